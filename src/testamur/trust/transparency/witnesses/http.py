"""The same protocol over HTTP: a small server for one witness, and the client that a log uses."""

from __future__ import annotations

import http.client
import re
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from testamur.trust.transparency.witnesses.local import Witness
from testamur.trust.transparency.witnesses.protocol import MAX_BODY, WitnessRefused, WitnessUnreachable

TIMEOUT = 10.0
"""Seconds that a log waits for one witness."""
MAX_ANSWER = 65_536

_MONITOR = re.compile(r"/([0-9a-f]{64})/checkpoint")


class HttpWitness:
    """A witness at a submission prefix, e.g. ``https://witness.example/w1``."""

    def __init__(self, url: str) -> None:
        """Raises ValueError unless `url` is http or https with a host and nothing but a path."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("url")
        if parts.username or parts.password:
            raise ValueError("url")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._prefix = parts.path.rstrip("/")

    def add_checkpoint(self, body: bytes) -> bytes:
        """POST one request. Raises WitnessRefused (400, 403, 404, 409, 422) or WitnessUnreachable for the rest."""
        status, answer = self._call("POST", "/add-checkpoint", body)
        if status == http.client.OK:
            return answer
        if status not in {400, 403, 404, 409, 422}:
            raise WitnessUnreachable(f"HTTP status {status}")
        size = re.fullmatch(rb"(0|[1-9][0-9]{0,18})\n", answer) if status == http.client.CONFLICT else None
        message = answer[:200].decode("utf-8", "replace").strip()
        raise WitnessRefused(status, message, size=int(size[1]) if size else None)

    def latest(self, origin_hash: str) -> bytes | None:
        """GET the head it cosigned last, where the monitoring prefix is the submission prefix."""
        status, answer = self._call("GET", f"/{origin_hash}/checkpoint")
        return answer if status == http.client.OK else None

    def _call(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=TIMEOUT)
        try:
            connection.request(method, self._prefix + path, body, {"Content-Type": "application/octet-stream"})
            response = connection.getresponse()
            answer = response.read(MAX_ANSWER + 1)
        except (OSError, http.client.HTTPException) as error:
            raise WitnessUnreachable(str(error)) from error
        finally:
            connection.close()
        if len(answer) > MAX_ANSWER:
            raise WitnessUnreachable("the answer is too long")
        return response.status, answer


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness on the loopback interface; put a TLS proxy in front for others to reach it."""

    daemon_threads = True

    def __init__(self, witness: Witness, *, port: int = 0) -> None:
        """`port` 0 takes a free one; see `url`."""
        self.witness = witness
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        """The submission and monitoring prefix."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: WitnessServer
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self._answer(404, b"no such call\n", close=True)
        elif not re.fullmatch(r"[0-9]{1,9}", length) or int(length) > MAX_BODY:
            self._answer(400, b"a body of known and bounded length is needed\n", close=True)
        else:
            self._add(self.rfile.read(int(length)))

    def _add(self, body: bytes) -> None:
        try:
            lines = self.server.witness.add_checkpoint(body, time=int(time.time()))
        except WitnessRefused as refused:
            if refused.size is not None:
                self._answer(refused.status, f"{refused.size}\n".encode(), "text/x.tlog.size")
            else:
                self._answer(refused.status, f"{refused}\n".encode())
        else:
            self._answer(200, lines)

    def do_GET(self) -> None:
        match = _MONITOR.fullmatch(self.path)
        data = self.server.witness.latest(match[1]) if match else None
        if data is None:
            self._answer(404, b"nothing here\n")
        else:
            self._answer(200, data)

    def _answer(
        self, status: int, body: bytes, kind: str = "text/plain; charset=utf-8", *, close: bool = False
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if close:  # the body was not read, so the connection cannot be used again
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature of http.server
        """Nothing: a witness logs heads, not requests."""
