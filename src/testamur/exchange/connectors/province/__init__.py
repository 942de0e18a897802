"""A whole province in one delivery: a folder or ZIP with one part for each school, each with a report of its own.

Words: a *part* is one bundle of the delivery: the loose tables at its top (offices, schools, school years: read first),
each folder, each inner ZIP or workbook. A part that cannot be read, or of which rows are refused, stops no other.

Refuses: a ZIP whose names climb out, that is encrypted, or that unpacks to more than it may; more parts than
`parts.MAX_PARTS`.
"""
