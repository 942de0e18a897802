"""A signing service on this machine that behaves like one (CSC API v2), for demonstrations and tests.

PINs are compared, codes are sent and used once, three wrong ones lock a credential, activation data hold for exactly
the digests that were authorised and for a short time, and no more is signed than was authorised.
"""
