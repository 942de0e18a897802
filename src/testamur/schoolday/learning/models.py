"""Tables: plans, development plans, portfolio."""
