"""Pages of plans, matrices, development plans and portfolios."""
