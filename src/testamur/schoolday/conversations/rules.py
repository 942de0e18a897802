"""Pure rules: messages."""
