"""Pages of guardians, pupils and former pupils."""
