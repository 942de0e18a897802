"""The making of an extract: what each package of the product holds of one person, as tables in one file."""
