"""Pages of pick-up and drop-off."""
