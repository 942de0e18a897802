"""Private keys where they live: PKCS#12 files and PKCS#11 tokens, behind one small interface.

A key is opened once per process and never leaves it: a handle that crossed a fork refuses to sign.
"""
