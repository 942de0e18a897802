"""Pages of the year's transcripts: the chain of a class and of a school."""
