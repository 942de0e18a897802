"""Pages of the roll-out: the plan of a body, what it asks of a school, and the first steps of each role."""
