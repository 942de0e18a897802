"""The simulated signing service over loopback HTTP, with a page for whoever plays it."""

from __future__ import annotations

import json
import threading
import time
from base64 import b64encode
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from testamur.trust.signing.methods.certificate.csc.settings import CscSettings
from testamur.trust.signing.methods.certificate.csc.simulator.state import Fault, Said, Service

API = "/csc/v2/"
TOKEN = "/oauth2/token"  # noqa: S105 - an address
PUSHED, AUTHORIZE = "/oauth2/pushed_authorize", "/oauth2/authorize"
MOST_BODY = 16 << 20


class Simulator:
    """A signing service on a loopback port. ``with Simulator(service, folder) as there:`` gives `there.settings`.

    `GET /simulator/` shows the codes that were sent; `POST /simulator/confirm` plays the signer's app.
    """

    def __init__(self, service: Service, folder: Path, *, port: int = 0) -> None:
        """`folder` keeps the file with the secret; port 0 takes a free one."""
        self.service = service
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._secret = folder / "csc-secret"
        self._secret.touch(mode=0o600)
        self._secret.write_text(service.client_secret, encoding="utf-8")
        self._server = _Server(("127.0.0.1", port), _Handler, service)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="csc", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens, with a slash at the end."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def settings(self) -> CscSettings:
        """How a signature application reaches it."""
        return CscSettings(**self.values)

    @property
    def values(self) -> dict[str, Any]:
        """The same as ``settings.CSC`` has it."""
        return {
            "url": self.url.rstrip("/") + API,
            "token_url": self.url.rstrip("/") + TOKEN,
            "client_id": self.service.client_id,
            "client_secret_file": self._secret,
            "server_root": None,
            "user": "{scheme}:{number}",
            "timeout": 2.0,
            "authorize_url": "",
        }

    def start(self) -> Self:
        """Serve in the background."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[_Handler], service: Service) -> None:
        super().__init__(address, handler)
        self.service = service

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A peer that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 20

    def do_POST(self) -> None:
        """One call."""
        try:
            raw = self._body()
            if self.path == TOKEN:
                self._answer(200, self.server.service.token(dict(parse_qsl(raw.decode("ascii", "replace")))))
            elif self.path == PUSHED:
                self._answer(201, self.server.service.push(dict(parse_qsl(raw.decode("ascii", "replace")))))
            elif self.path == AUTHORIZE:
                form = dict(parse_qsl(raw.decode("utf-8", "replace")))
                back = self.server.service.confirm(form.get("request_uri", ""), form.get("pin", ""))
                self._answer(302, b"", {"Location": back})
            elif self.path.startswith(API):
                self._api(self.path.removeprefix(API), raw)
            elif self.path == "/simulator/confirm":
                user = dict(parse_qsl(raw.decode("utf-8", "replace"))).get("user", "")
                for account in self.server.service.accounts.values():
                    account.confirmed = account.confirmed or account.user == user
                self._page()
            else:
                self._answer(404, {"error": "invalid_request", "error_description": "No such address"})
        except Said as said:
            self._answer(said.status, {"error": said.error, "error_description": said.words})

    def do_GET(self) -> None:
        """The page of whoever plays the service, or the one where a signer authorises."""
        found = urlsplit(self.path)
        if found.path != AUTHORIZE:
            self._page()
            return
        request = escape(dict(parse_qsl(found.query)).get("request_uri", ""), quote=True)
        told = (
            "<!doctype html><html lang=en><meta charset=utf-8><title>TEST signing service</title>"
            "<h1>TEST signing service (simulated)</h1><form method=post action=/oauth2/authorize>"
            f'<input type=hidden name=request_uri value="{request}"><label>PIN <input name=pin type=password></label> '
            "<button>Authorise</button></form></html>"
        )
        self._answer(200, told.encode(), {"Content-Type": "text/html; charset=utf-8"})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of http.server
        """Silent: requests hold numbers, PINs and codes."""

    def _api(self, call: str, raw: bytes) -> None:
        fault = self.server.service.fault(call)
        if self._failed(fault):
            return
        try:
            body = json.loads(raw or b"{}")
        except ValueError as error:
            raise Said(400, "invalid_request", "No JSON") from error
        if not isinstance(body, dict):
            raise Said(400, "invalid_request", "No JSON object")
        bearer = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        status, answer = self.server.service.call(call, bearer, body)
        if fault is Fault.SIGNED_THEN_LOST:
            self.close_connection = True
            self.connection.close()
            return
        if fault is Fault.WRONG_SIGNATURE:
            answer["signatures"] = [b64encode(b"0" * 70).decode() for _ in answer["signatures"]]
        if fault is Fault.TOO_FEW:
            answer["signatures"] = answer["signatures"][:-1]
        self._answer(status, answer)

    def _failed(self, fault: Fault | None) -> bool:
        """Play a fault that comes before the call; True when it has been answered."""
        if fault is Fault.SERVER_ERROR:
            raise Said(500, "server_error", "Internal error")
        if fault is Fault.SAD_EXPIRED:
            raise Said(400, "invalid_request", "SAD expired")
        if fault is Fault.TOO_MANY:
            self._answer(429, {"error": "invalid_request"}, {"Retry-After": "2"})
        elif fault is Fault.NOT_JSON:
            self._answer(200, b"<html>maintenance</html>")
        elif fault is Fault.SLOW:
            time.sleep(self.server.service.limits.slow)
        return fault in {Fault.TOO_MANY, Fault.NOT_JSON}

    def _page(self) -> None:
        rows = "".join(
            f"<tr><td>{escape(one.user)}</td><td>{escape(one.chain[0].subject.rfc4514_string())}</td>"
            f"<td>{escape(one.pin)}</td><td>{escape(one.code or '–')}</td></tr>"
            for one in self.server.service.accounts.values()
        )
        told = (
            "<!doctype html><html lang=en><meta charset=utf-8><title>TEST signing service</title>"
            "<h1>TEST signing service (simulated)</h1><p>Whoever asked for a code finds it here.</p>"
            f"<table border=1><tr><th>User<th>Certificate<th>PIN<th>Code</tr>{rows}</table></html>"
        )
        self._answer(200, told.encode(), {"Content-Type": "text/html; charset=utf-8"})

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length") or "0"
        if not (length.isascii() and length.isdigit()) or int(length[:10]) > MOST_BODY:
            self.close_connection = True
            raise Said(400, "invalid_request", "Too large")
        return self.rfile.read(int(length))

    def _answer(self, status: int, body: dict[str, Any] | bytes, headers: dict[str, str] | None = None) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if status != 204 else b""  # noqa: PLR2004 - no content
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
