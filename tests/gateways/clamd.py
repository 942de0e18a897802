"""A virus scanner of the tests: speaks clamd's INSTREAM on loopback, and finds the harmless test file of EICAR."""

from __future__ import annotations

import socket
import struct
import threading
from typing import Any, Self

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """`with Clamd() as clamd`, then `clamd.address`; `answer` instead of what it finds: a scanner that is broken."""

    def __init__(self, answer: bytes = b"", server: socket.socket | None = None) -> None:
        self._answer = answer
        self._server = server or socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(0.05)
        self._over = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.seen: list[bytes] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        self._thread.join(10)
        self._server.close()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.getsockname()[1]}"

    def _serve(self) -> None:
        while not self._over:
            try:
                line, _peer = self._server.accept()
            except TimeoutError:
                continue
            line.setblocking(True)
            with line:
                self._one(line)

    def _one(self, line: Any) -> None:
        stream = line.makefile("rb")
        assert stream.read(10) == b"zINSTREAM\0"
        data = b""
        while size := struct.unpack("!I", stream.read(4))[0]:
            data += stream.read(size)
        self.seen.append(data)
        found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"
        line.sendall(self._answer or found)
