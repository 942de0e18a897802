"""Signing with a personal certificate: the signer's own key signs each document itself, as PAdES (row D11).

Two ways. *certificate*: the key lies in a file or on a token of the signer's own computer, and either an agent there
signs (`agent`), or a request is fetched as a file, signed there and its answer handed in. *csc*: the key lies with a
signing service that speaks the API of the Cloud Signature Consortium (`csc`).

Either way the server prepares the signed attributes of every document for the signer's certificate and one instant;
what comes back is compared with them, and the ceremony is signed when the last one has come. The server never sees a
private key and never stores a PKCS#12 file; a PIN for an agent is typed on the signer's own computer and stays there.
"""
