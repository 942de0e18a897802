"""The second revision of a record: evidence, seal box and an empty signature, written without rewriting anything.

The first revision stays the byte prefix. Objects that must change (catalog, page, structure tree) are copied with their
bytes and only the new entries spliced in, so a verifier can see that nothing else moved (docs/formats.md section 5).
"""
