"""Who gets where, and what an attacker tries."""
