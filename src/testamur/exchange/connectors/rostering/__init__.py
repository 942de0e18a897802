"""Reading rosters of other systems: which there are, and reading each. What is told to others is `roster`."""
