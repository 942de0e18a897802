"""Acts on the year's transcripts of a school."""
