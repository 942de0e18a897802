"""Pages about oneself: the profile, the app, what is held, who saw it, and asking for a correction."""
