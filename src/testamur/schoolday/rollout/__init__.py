"""Bringing a province into one system: the plan, the first steps of each role, practice.

Words: a *plan* of a body responsible says which grades of which schools take part from when to when, in *stages*; a
school *joins* a plan that asks it to take part; *first steps* are what a role has to have done once, read from what has
been done; *practice* is an installation of its own, with invented pupils, that is begun again at will.

Refuses: stages whose dates run backwards, two stages that ask the same grade of the same school, two plans in force for
one school year, a school that joins twice or is not asked, or leaves what has
begun.

Source: Plan 213/KH-BGDĐT of 1 March 2024 (pilot in grades 1-4) and letter 1396/BGDĐT-GDTH of 27 March 2024.
"""
