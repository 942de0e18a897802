"""Our own documented tables, CSV or XLSX: schools, terms, groups, persons, guardians, enrolments, grades."""
