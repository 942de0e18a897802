"""Support: the chain of help, the reception of protected persons, named contacts, places in other systems.

Words: a *question* goes its *way* from the teacher to the school's office to the support of the body responsible, and
its answer comes back the same way; a *case* is the reception of one protected person, step by step; a *contact* is whom
one reaches at a school; a *link* leads a group to its place in another system, a *tool* is launched there (LTI 1.3).

Refuses: to show a word among staff to whoever asked, a question to those whom it never reached, a case to anyone
without ``people.protected.see`` at its place; links to hosts that the body responsible does not allow.
"""
