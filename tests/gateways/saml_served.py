"""The identity provider on a real socket: metadata, a page that posts its answer, and logging out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

from cryptography import x509

from testamur.kernel.base import clock
from tests.gateways.saml import Pair, Provider, sealed


class Served:
    """One that runs: whom it says that the browser is, and what it was told."""

    def __init__(self, us: x509.Certificate, signer: Pair) -> None:
        """`us`: our certificate; `signer`: who signs its metadata, as a federation does."""
        self.number, self.fetched = "", 0
        self.left: list[str] = []
        self.answers: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, *_: object) -> None:
                """Nothing is said."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        self.provider = Provider(entity=f"{self.base}/metadata", sso=f"{self.base}/sso", slo=f"{self.base}/slo")
        self._us, self._signer = us, signer

    def answer(self, asked: BaseHTTPRequestHandler) -> None:
        """What it says at an address."""
        path, url = urlsplit(asked.path).path, self.base + asked.path
        status, body = 200, ""
        if path == "/metadata":
            self.fetched += 1
            body = self.provider.described(signer=self._signer).decode()
        elif path == "/sso":
            request = self.provider.read(url, self._us)
            answer = self.provider.response(request, self.number, clock.now(), seal=sealed(self._us))
            fields = {"SAMLResponse": answer, "RelayState": request.state}
            inputs = "".join(f'<input name="{name}" value="{escape(value)}">' for name, value in fields.items())
            body = f'<form method="post" action="{escape(request.acs)}">{inputs}</form>'
        elif path == "/slo":
            self.left.append(self.provider.read_leaving(url, self._us)[2])
            body = "left"
        elif path == "/slo/done":
            self.answers.append(self.provider.read_answer(url, self._us)[1])
            body = "done"
        else:
            status = 404
        asked.send_response(status)
        asked.end_headers()
        asked.wfile.write(body.encode())

    def leaving(self, address: str, name: str) -> str:
        """Our address to which it sends a browser that logged out there."""
        return self.provider.leaving(address, name, clock.now())


@contextmanager
def served(us: x509.Certificate, signer: Pair) -> Iterator[Served]:
    """It runs as long as this."""
    one = Served(us, signer)
    Thread(target=one.server.serve_forever, daemon=True).start()
    try:
        yield one
    finally:
        one.server.shutdown()
        one.server.server_close()
