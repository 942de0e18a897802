"""The agent's door: HTTP on 127.0.0.1, for pages of the named services alone, and only with the pairing code.

A page reaches it with `fetch`; the browser tells the page's origin, which no page can forge. `Host` must be this
address, so that a name that was pointed here (DNS rebinding) opens nothing. A request from outside the browser needs
the pairing code like every other, and after ten wrong ones the agent answers nobody until it is started again.

    GET    /v1/               {"agent": "testamur", "v": 1}
    GET    /v1/certificates   {"certificates": [{"fingerprint", "holder", "issuer", "until", "chain": [base64]}]}
    POST   /v1/sign           a signing request → {"job": id}; 409 while another one is under way
    GET    /v1/jobs/ID?from=N {"state", "why", "count", "made", "signatures": {record: base64}} from the N-th on
    DELETE /v1/jobs/ID        stop

The web thread touches no key: it hands the request to the thread that opened the token, and reads what that has made.
"""

from __future__ import annotations

import hmac
import json
import queue
import secrets
import threading
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from cryptography import x509

from testamur.kernel.proofs import chain
from testamur.trust.signing.methods.certificate.agent import jobs
from testamur.trust.signing.methods.certificate.agent.jobs import Job, Say
from testamur.trust.signing.methods.certificate.agent.keys import Ask, Key
from testamur.trust.signing.methods.certificate.requests import (
    MOST_BYTES,
    RequestUnreadable,
    fingerprint,
    read_request,
)

PORT = 24826
PAIRING = "Testamur-Pairing"
MOST_WRONG = 10
MOST_AT_ONCE = 200
_TIMEOUT = 20


class Agent:
    """The agent with one key. `serve` works in the caller's thread until `stop`; HTTP runs beside it."""

    def __init__(self, key: Key, *, origins: Sequence[str], port: int = PORT, code: str = "") -> None:
        """`origins`: services as a browser names them, ``https://host[:port]``; port 0 takes a free one."""
        self.key = key
        self.origins = frozenset(origins)
        self.code = code or f"{secrets.randbelow(1_000_000):06d}"
        self.wrong = 0
        self.job: Job | None = None
        self.lock = threading.Lock()
        self._work: queue.Queue[Job | None] = queue.Queue()
        self._server = _Server(("127.0.0.1", port), _Handler, self)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="agent", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def serve(self, *, ask: Ask, say: Say) -> None:
        """Do one act of signing after another, until stopped."""
        while (job := self._work.get()) is not None:
            jobs.run(job, self.key, ask=ask, say=say)

    def stop(self) -> None:
        """End `serve` when the act under way is over."""
        self._work.put(None)

    def add(self, job: Job) -> bool:
        """Take a job on; False while another one is under way."""
        with self.lock:
            if self.job is not None and self.job.state not in jobs.ENDED:
                return False
            self.job = job
        self._work.put(job)
        return True

    def paired(self, code: str) -> bool:
        """Whether that is the pairing code; every wrong one is counted."""
        with self.lock:
            if self.wrong >= MOST_WRONG:
                return False
            if hmac.compare_digest(code.encode(), self.code.encode()):
                self.wrong = 0
                return True
            self.wrong += 1
            return False


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[_Handler], agent: Agent) -> None:
        super().__init__(address, handler)
        self.agent = agent

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A page that was closed is no news."""


class _Refused(Exception):  # noqa: N818 - an answer, not an error
    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "testamur-agent", ""
    timeout = _TIMEOUT

    def do_OPTIONS(self) -> None:
        """The browser asks first, since the page lies on another address (and, for Chromium, on another network)."""
        try:
            self._door()
        except _Refused as refused:
            self._answer(refused.status, {"error": refused.why})
            return
        self._answer(204, None)

    def do_GET(self) -> None:
        """Read."""
        self._handle(self._read)

    def do_POST(self) -> None:
        """A signing request."""
        self._handle(self._sign)

    def do_DELETE(self) -> None:
        """Stop."""
        self._handle(self._stop)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of http.server
        """Silent: the terminal belongs to the signer."""

    def _handle(self, what: Any) -> None:
        try:
            self._door(paired=True)
            status, body = what()
        except _Refused as refused:
            self.close_connection = True  # what was sent with it may lie unread on the line
            self._answer(refused.status, {"error": refused.why})
        else:
            self._answer(status, body)

    def _door(self, *, paired: bool = False) -> None:
        here = {f"127.0.0.1:{self.server.agent.port}", f"localhost:{self.server.agent.port}"}
        if self.headers.get("Host", "") not in here:
            raise _Refused(421, "host")
        if self.headers.get("Origin", "") not in self.server.agent.origins:
            raise _Refused(403, "origin")
        if paired and not self.server.agent.paired(self.headers.get(PAIRING, "")):
            raise _Refused(401, "pairing")

    def _read(self) -> tuple[int, dict[str, Any]]:
        found = urlsplit(self.path)
        if found.path == "/v1/":
            return 200, {"agent": "testamur", "v": 1}
        if found.path == "/v1/certificates":
            return 200, {"certificates": [_told(self.server.agent.key.certificates)]}
        job = self._job(found.path)
        first = parse_qs(found.query).get("from", ["0"])[0]
        start = int(first) if first.isascii() and first.isdigit() and len(first) < 8 else 0  # noqa: PLR2004 - digits
        state = job.state  # read before what was made: "done" then means that nothing is missing below
        made = job.made[start : start + MOST_AT_ONCE]
        return 200, {
            "state": state.value,
            "why": job.why,
            "count": len(job.request.documents),
            "made": len(job.made),
            "signatures": {str(record): b64encode(value).decode() for record, value in made},
        }

    def _sign(self) -> tuple[int, dict[str, Any]]:
        if self.path != "/v1/sign":
            raise _Refused(404, "path")
        length = self.headers.get("Content-Length") or ""
        if not (length.isascii() and length.isdigit()) or int(length[:12]) > MOST_BYTES:
            self.close_connection = True
            raise _Refused(413, "size")
        try:
            request = read_request(self.rfile.read(int(length)))
        except RequestUnreadable as error:
            raise _Refused(400, "request") from error
        if request.service not in self.server.agent.origins or request.service != self.headers.get("Origin"):
            raise _Refused(403, "service")
        if request.certificate != fingerprint(self.server.agent.key.certificates[0]):
            raise _Refused(409, "certificate")
        job = Job(request)
        if not self.server.agent.add(job):
            raise _Refused(409, "busy")
        return 202, {"job": job.id}

    def _stop(self) -> tuple[int, dict[str, Any]]:
        self._job(urlsplit(self.path).path).stop.set()
        return 200, {}

    def _job(self, path: str) -> Job:
        job = self.server.agent.job
        if job is None or path != f"/v1/jobs/{job.id}":
            raise _Refused(404, "job")
        return job

    def _answer(self, status: int, body: dict[str, Any] | None) -> None:
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        origin = self.headers.get("Origin", "")
        if origin in self.server.agent.origins:
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Access-Control-Allow-Methods", "GET, POST, DELETE")
            self.send_header("Access-Control-Allow-Headers", f"Content-Type, {PAIRING}")
            self.send_header("Access-Control-Allow-Private-Network", "true")
            self.send_header("Access-Control-Max-Age", "600")
        self.send_header("Vary", "Origin")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _told(ders: Sequence[bytes]) -> dict[str, Any]:
    leaf = x509.load_der_x509_certificate(ders[0])
    issuer = leaf.issuer.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return {
        "fingerprint": fingerprint(ders[0]),
        "holder": chain.name_of(leaf),
        "issuer": str(issuer[0].value) if issuer else leaf.issuer.rfc4514_string(),
        "until": leaf.not_valid_after_utc.astimezone(UTC).date().isoformat(),
        "chain": [b64encode(der).decode() for der in ders],
    }
