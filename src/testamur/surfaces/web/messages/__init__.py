"""Pages of messages between school and home."""
