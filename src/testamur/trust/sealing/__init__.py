"""The organisation's seal: keys and certificates, the second PDF revision, PAdES signatures, time-stamps.

Words. *Seal*: the organisation's PAdES signature over a whole file. *Evidence*: files that show how the signers
signed, carried in the same revision. *Proof*: inclusion in the transparency log, put into the seal afterwards without
touching a signed byte. It refuses files that are encrypted, already signed or revised, and text its font cannot show.
It holds no private key: it opens them where they live (a PKCS#12 file, a PKCS#11 token) by a locator without secrets.
"""
