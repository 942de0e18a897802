"""What programs read over HTTP: tokens, the OneRoster gradebook, SS 12000 grades, badges.

Each standard is a package with its own shapes, errors and paging; they share the door (`doors`), which asks for a
token, counts, and writes down what was read. Nobody's name or number leaves here: persons are ids. Protected
persons are left out.
"""
