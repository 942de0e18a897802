"""Pages for everybody: verify, help, contact, news and status."""
