"""Identification and signing ceremonies: one act of a person with an e-ID over 1 to 100,000 documents.

A *ceremony* binds one signer, in one role, to the Merkle root of a list of documents (docs/formats.md section 3). The
signer reads the *visible text*; the e-ID signs that text and the *header*. Out of one signed header every document gets
its own *evidence* (section 4), which verifies alone. A *method* is a way to sign (BankID; a simulated one for demos).

Refused: an e-ID of somebody else, signed data that differ by a byte from what was asked, any step that the table of
transitions in `rules` does not know. What an e-ID answers is stored before it is judged, and judged before it is
believed.
"""
