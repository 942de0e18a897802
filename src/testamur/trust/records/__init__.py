"""Legal documents: frozen as a snapshot, rendered, signed, sealed, logged, archived, published, later replaced.

Refuses every step out of order (in code and in the database) and never seals, logs or archives a record twice.
Words: *record* (the legal document about one pupil or group), *snapshot* (its frozen content, `record.json`),
*first revision* and *H0* (the rendered bytes and their digest), *issue batch* (records that are sealed, logged and
archived together). Formats: docs/formats.md.
"""
