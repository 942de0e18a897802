"""Pure rules: plans, development plans, portfolio."""
