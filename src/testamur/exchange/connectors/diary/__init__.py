"""Taking over a running diary from another system, and giving out everything that a school owns.

What another system exports is told by a *mapping*, which is data: which column is which field, which words mean what.
Marks, absences and remarks are entered through the diary's own verbs; nobody is told of them (the journal names
``import`` as the way of identification). Refuses: to guess between two pupils, to overwrite what differs.
"""
