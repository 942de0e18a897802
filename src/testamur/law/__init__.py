"""What do the rules say? One pure package per jurisdiction, and the contract they share."""
