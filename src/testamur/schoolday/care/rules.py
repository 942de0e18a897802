"""Pure rules: pick-up and drop-off."""
