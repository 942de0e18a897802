"""Tables: the chain of help."""
