"""Pages of the delivery to the ministry's store: for the department all of it, for a school its own records."""
