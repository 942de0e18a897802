"""TLS on which both sides show a certificate: the context of a client, and a loopback server for simulators.

A simulator is `Serving` with a `LoopbackServer` and a handler derived from `QuietHandler`. Nothing here is for a
network: the server binds to 127.0.0.1 alone.
"""

from __future__ import annotations

import os
import ssl
import tempfile
import threading
from abc import ABC, abstractmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

_POLL = 0.02  # seconds until a request to stop is noticed


def client_context(
    certificate: Path, *, key: Path | None, password_file: Path | None, server_root: Path
) -> ssl.SSLContext:
    """Our certificate (PEM, or PKCS#12 by its suffix), and the service's root as the only trusted one.

    `key` is the PEM file of the key where it is not in `certificate`. Raises OSError (ssl.SSLError is one), ValueError.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks names, trusts nobody yet
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cafile=server_root)
    password = password_file.read_bytes().rstrip(b"\r\n") if password_file else None
    if certificate.suffix.lower() in {".p12", ".pfx"}:
        _load_pkcs12(context, certificate.read_bytes(), password)
    else:
        context.load_cert_chain(certificate, key, password=password or "")
    return context


def _load_pkcs12(context: ssl.SSLContext, data: bytes, password: bytes | None) -> None:
    """Python's ssl reads files only: the key is written once, encrypted under a throw-away password, and removed."""
    key, certificate, others = pkcs12.load_key_and_certificates(data, password)
    if key is None or certificate is None:
        raise ValueError("the PKCS#12 file holds no key with certificate")
    once = os.urandom(24).hex().encode()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(once))
    load_pem_private_key(pem, once)  # a key that OpenSSL cannot read back is reported here, with a clear message
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:  # mode 0600
        file.write(pem + b"".join(c.public_bytes(Encoding.PEM) for c in (certificate, *others)))
        file.flush()
        context.load_cert_chain(file.name, password=once)


def server_context(certificate: Path, *, client_root: Path) -> ssl.SSLContext:
    """A server's certificate (its key beside it, ``.key``). Who comes without a certificate gets in, to be told so."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    context.load_verify_locations(cafile=client_root)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


class LoopbackServer(ThreadingHTTPServer):
    """HTTPS on 127.0.0.1, a thread for each connection."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, handler: type[QuietHandler], context: ssl.SSLContext) -> None:
        """Port 0 takes a free one."""
        super().__init__(("127.0.0.1", port), handler)
        self.context = context

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A peer that hangs up or fails the handshake is no news."""


class QuietHandler(BaseHTTPRequestHandler, ABC):
    """One connection: its handshake, and no word in a log."""

    server: LoopbackServer
    protocol_version = "HTTP/1.1"
    timeout = 30

    def setup(self) -> None:
        """The handshake happens here, in the connection's own thread, so a slow peer keeps nobody waiting."""
        self.request.settimeout(self.timeout)
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        """Close the wrapped socket; the server only knows the bare one, which the wrapping emptied."""
        super().finish()
        self.request.close()

    @abstractmethod
    def called(self, method: str) -> None:
        """Answer one call; `method` in capitals."""

    def do_GET(self) -> None:
        """See `called`, as for the others."""
        self.called(self.command)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names http.server calls

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of http.server
        """Silent: requests hold personal numbers."""


class Serving:
    """Something that serves: in the background (``with``), or in the foreground until interrupted."""

    def __init__(self, server: LoopbackServer, name: str) -> None:
        """`name` is the thread's."""
        self._server = server
        self.port: int = server.server_address[1]
        self._thread = threading.Thread(target=server.serve_forever, args=(_POLL,), name=name, daemon=True)

    def start(self) -> Self:
        """Serve in the background."""
        self._thread.start()
        return self

    def serve(self) -> None:
        """Serve in the foreground, until interrupted."""
        self._server.serve_forever()

    def stop(self) -> None:
        """Stop serving and free the port."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()
