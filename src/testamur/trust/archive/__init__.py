"""The final archive: one OCFL object per record, written once, re-read before it counts, provable ever after.

Refuses to overwrite content: later versions add files. Words: *object* (one record with all its evidence), *version*,
*inventory* (the object's own table of digests), *audit* (a full re-read that compares every byte with the inventory).
"""
