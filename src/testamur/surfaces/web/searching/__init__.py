"""Search across what one may see: each source is one function, asked with the visitor's own eyes (rows C2, C19)."""
