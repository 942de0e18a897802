"""The command line: parses arguments, calls verbs, prints. Holds no rule."""
