"""A time-stamping authority on loopback: OpenSSL makes the tokens, a flag makes it lie."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

from testamur.trust.sealing.testpki import TestKey, TestPki

POLICY = "1.2.3.4.1"
OTHER_POLICY = "1.2.3.4.2"

_CONFIG = """
[tsa]
default_tsa = unit
[unit]
serial = {folder}/serial
signer_cert = {folder}/unit.crt
certs = {folder}/issuing.crt
signer_key = {folder}/unit.key
signer_digest = sha256
default_policy = {policy}
other_policies = {other}
digests = sha256
ess_cert_id_alg = sha256
"""


@dataclass
class Authority:
    """Where it answers, and how it behaves."""

    folder: Path
    url: str = ""
    lie: str = ""
    asked: list[bytes] = field(default_factory=list)

    def answer(self, query: bytes) -> bytes:
        """OpenSSL's reply to a query, bent as `lie` says."""
        request = tsp.TimeStampReq.load(query)
        if self.lie == "imprint":
            request["message_imprint"]["hashed_message"] = bytes(32)
        elif self.lie == "nonce":
            request["nonce"] = 1
        elif self.lie == "policy":
            request["req_policy"] = OTHER_POLICY
        elif self.lie == "no_certificate":
            request["cert_req"] = False
        elif self.lie == "refuse":
            request["req_policy"] = "1.2.3.9"
        name = secrets.token_hex(8)  # a slow answer may still be under way when the next is asked for
        (self.folder / f"{name}.query").write_bytes(request.dump(force=True))
        subprocess.run(
            ["openssl", "ts", "-reply", "-queryfile", f"{name}.query", "-config", "tsa.cnf", "-out", f"{name}.reply"],
            cwd=self.folder, check=True, capture_output=True,
        )  # fmt: skip
        reply = (self.folder / f"{name}.reply").read_bytes()
        if self.lie == "damage":
            reply = reply[:-1] + bytes([reply[-1] ^ 1])
        return {"short": reply[:-9], "junk": b"<html>", "huge": bytes(100_000), "empty": b""}.get(self.lie, reply)


@contextlib.contextmanager
def running(folder: Path, pki: TestPki, unit: TestKey) -> Iterator[Authority]:
    """An authority that signs with `unit` while the block runs."""
    held: Any = pkcs12.load_pkcs12(unit.path.read_bytes(), unit.password_path.read_bytes())
    (folder / "unit.key").write_bytes(held.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "unit.crt").write_bytes(x509.load_der_x509_certificate(unit.certificate).public_bytes(Encoding.PEM))
    (folder / "issuing.crt").write_bytes(x509.load_der_x509_certificate(pki.issuing).public_bytes(Encoding.PEM))
    (folder / "serial").write_text("01")
    (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder, policy=POLICY, other=OTHER_POLICY))
    authority = Authority(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            authority.asked.append(query)
            if authority.lie == "slow":
                time.sleep(1)
            status = {"error": 503, "moved": 302}.get(authority.lie, 200)
            body = authority.answer(query)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", authority.url)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            with contextlib.suppress(BrokenPipeError):  # who asked may have gone
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Keep the tests quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    authority.url = f"http://127.0.0.1:{server.server_port}/tsa"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield authority
    finally:
        server.shutdown()
        server.server_close()
