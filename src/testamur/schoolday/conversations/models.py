"""Tables: messages."""
