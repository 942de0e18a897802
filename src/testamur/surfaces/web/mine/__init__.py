"""Pages of what is held of a person, and the app."""
