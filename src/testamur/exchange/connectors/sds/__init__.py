"""Microsoft School Data Sync CSV: v2.1, v2 (four files) and classic (v1: School, Section, Student, Teacher …)."""
