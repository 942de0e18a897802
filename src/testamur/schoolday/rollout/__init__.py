"""Bringing a province into one system: the plan, the first steps of each role, practice.

Words: a *plan* of a body responsible says which grades of which schools take part from when to when, in *stages*; a
school *joins* a stage; *first steps* are what a role has to have done once, read from what has been done; *practice* is
an installation of its own, with invented pupils, that is begun again at will.

Refuses: stages whose dates or grades overlap, a school that joins twice.
"""
