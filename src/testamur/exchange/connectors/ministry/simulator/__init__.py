"""A ministry's store on this machine, over loopback mTLS with its own PKI, for demonstrations and tests.

It keeps what makes a store hard: it checks the signature of every batch, its number and the digest of the one before,
the schema, every file's digest and every pupil's number; it takes a batch once and gives the same receipt for it again;
and it can be slow, away, at work, forgetful of its answers, or wrong. Everything in it is invented.
"""
