"""The chain of help: from the child's teacher to the school's office and the body's support, and back (row C25).

Words: a *question* is about a child or about the service; a *desk* is where it lies (teacher, school, body); a *step*
is a handing-on, an answer or a note among staff.

Refuses: an answer from a desk that does not have the question, a question about somebody else's child.
"""
