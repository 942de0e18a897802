"""OneRoster 1.2, Gradebook Service, for reading: results of a university by course occasion.

A class is a course occasion, a line item one of its modules or the whole course. Rostering is another service.
"""
