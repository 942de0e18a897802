"""Witnesses: the protocol by which a log asks others to cosign its head (C2SP tlog-witness)."""
