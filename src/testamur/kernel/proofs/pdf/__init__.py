"""A strict, bounded reader for PDF files with classic cross-reference tables (ISO 32000-1).

`values` parses objects, `reader` finds revisions and objects, `contents` finds pages, embedded files and signatures,
`changes` says what a later revision redefines and adds. It refuses what Testamur never writes (cross-reference streams,
encryption, repaired or garbled files) with one typed error, `values.PdfError`, and never guesses.
"""
