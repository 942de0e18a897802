"""The parts of the reports; their door is `queries.reporting`."""
