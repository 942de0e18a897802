"""A port of this machine for a server that lives as long as a test or a measurement."""

from __future__ import annotations

import secrets
import socket

FIRST, LAST = 20_000, 32_000
"""Below the ports that Linux gives to outgoing connections (`ip_local_port_range`, from 32768): a server that is
killed and started again must find its port free, although clients have kept trying to connect meanwhile."""


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on at this moment. Raises OSError when a hundred tries found none."""
    for _ in range(100):
        port = FIRST + secrets.randbelow(LAST - FIRST)
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no port is free between {FIRST} and {LAST}")
