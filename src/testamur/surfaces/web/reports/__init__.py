"""Reports for class teachers, principals and authorities."""
