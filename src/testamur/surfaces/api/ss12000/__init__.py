"""SS 12000:2020 (v2): grades, and the syllabuses and deleted entities that a reader of grades needs."""
