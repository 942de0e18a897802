"""Decisions about pupils, and the documents that a term gives rise to.

A *decision* is a value set by named persons in a role, on a scale of the law, with date and reason. It is immutable:
a correction is a new decision that names the one it takes the place of. Refuses what the pack refuses, a second first
decision for the same subject and term, and a correction of what has been corrected already.
"""
