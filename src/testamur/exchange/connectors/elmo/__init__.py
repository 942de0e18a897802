"""ELMO: a student's completed courses as one XML file for another university (EMREX, schema v1).

The file holds what the register and the decisions say, and the sealed certificates as they lie in the archive. It bears
no XML signature of its own: whoever wants proof checks the seal of each certificate inside. Without one the file is not
what an EMREX client takes from an EMREX server; a student sends it, or a reader loads it.
"""
