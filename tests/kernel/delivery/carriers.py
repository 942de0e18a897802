"""Two SMS carriers on loopback: they check requests, keep messages, and report on them, twice and in any order."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from testamur.kernel.delivery.channels.twilio import signature

USER, PASSWORD = "u1234", "12345"
UNKNOWN = "+46700000000"
"""The number that no carrier delivers to."""


@dataclass(frozen=True)
class Reported:
    """A request that a carrier makes to us."""

    url: str
    form: dict[str, str]
    signature: str

    @property
    def message(self) -> str:
        return urlsplit(self.url).path.split("/")[-3]

    @property
    def token(self) -> str:
        return urlsplit(self.url).path.split("/")[-2]


@dataclass
class Carrier:
    """State of one simulated carrier; `down` is an HTTP status to answer everything with."""

    kind: str
    url: str = ""
    down: int = 0
    taken: list[dict[str, str]] = field(default_factory=list)

    def answer(self, path: str, authorization: str, form: dict[str, str]) -> tuple[int, Any]:
        if self.down:
            return self.down, {}
        if authorization != "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode():
            return 401, {}
        if self.kind == "elks46":
            return self._elks46(path, form)
        return self._twilio(path, form)

    def _elks46(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        if path != "/a1/sms" or not {"from", "to", "message"} <= set(form):
            return 404, {}
        if form["to"] == UNKNOWN:
            return 400, {}  # plain text in reality
        self.taken.append({"to": form["to"], "text": form["message"], "report": form["whendelivered"]})
        return 200, {"id": f"s{len(self.taken)}", "status": "created", **form}

    def _twilio(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        if path != f"/2010-04-01/Accounts/{USER}/Messages.json" or not {"From", "To", "Body"} <= set(form):
            return 404, {}
        if form["To"] == UNKNOWN:
            return 400, {"code": 21211, "message": "invalid To", "status": 400}
        self.taken.append({"to": form["To"], "text": form["Body"], "report": form["StatusCallback"]})
        return 201, {"sid": f"SM{len(self.taken)}", "status": "queued", "error_code": None}

    def report(self, number: int, status: str) -> Reported:
        """The carrier's report that its `number`-th message is ``sent``, ``delivered`` or ``failed``."""
        url = self.taken[number]["report"]
        if self.kind == "elks46":
            return Reported(url, {"id": f"s{number + 1}", "status": status}, "")
        form = {"MessageSid": f"SM{number + 1}", "MessageStatus": status, "To": self.taken[number]["to"]}
        if status == "failed":
            form["ErrorCode"] = "30006"
        return Reported(url, form, signature(PASSWORD, url, form))


class Running:
    """The carrier's HTTP server, in a thread of its own."""

    def __init__(self, carrier: Carrier) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                form = dict(parse_qsl(self.rfile.read(size).decode(), keep_blank_values=True))
                status, body = carrier.answer(self.path, self.headers.get("Authorization", ""), form)
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self._carrier = carrier
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> Carrier:
        self._thread.start()
        self._carrier.url = f"http://127.0.0.1:{self._server.server_port}"
        return self._carrier

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)
