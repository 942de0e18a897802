"""Learning platforms in the browser."""
