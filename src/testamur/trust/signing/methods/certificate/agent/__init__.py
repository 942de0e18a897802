"""The agent: signs on the signer's own computer, with a PKCS#12 file or a PKCS#11 token. Needs no Django."""
