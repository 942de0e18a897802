"""Learning platforms: launches, members, grades, files."""
