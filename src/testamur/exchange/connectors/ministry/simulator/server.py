"""The loopback HTTPS server of the simulated store: the interface for who has our certificate; a page of control."""

from __future__ import annotations

import html
import json
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from testamur.exchange.connectors.ministry import container
from testamur.exchange.connectors.ministry.mapping.rendering import Writer
from testamur.exchange.connectors.ministry.settings import StoreSettings, simulated_settings
from testamur.exchange.connectors.ministry.simulator import pki
from testamur.exchange.connectors.ministry.simulator.state import Kept, Sender
from testamur.exchange.connectors.ministry.simulator.taking import Reading, Said, take
from testamur.kernel.base.mutual import LoopbackServer, QuietHandler, Serving, server_context

CONTROL = "/simulator/"
MAX_BODY = 300_000_000
_PARTS = 5  # of senders/<sender>/batches/<number>, with the empty one before the first slash


class Simulator(Serving):
    """A store on a loopback port. ``with Simulator(folder, writer) as store:`` gives `settings`, `state` and faults.

    Attributes:
        down: every call is answered with 503.
        slow: seconds before every answer.
        lose: so many batches more are taken, and the answers lost on the way.
        half: so many answers more are cut in the middle.
        forge: so many receipts more are signed by somebody else.
        mix: so many receipts more are those of another batch.
        drop: so many receipts more leave a record out.
        busy: so many calls more are answered with "at work".
        refuse: so many batches more are refused as a whole.
        seen: how often each method was called.
    """

    def __init__(
        self, folder: Path, writer: Writer, *, reading: Reading | None = None, port: int = 0, keep: bool = False
    ) -> None:
        """`folder` keeps the certificates and, with `keep`, all that is taken; port 0 takes a free one."""
        pki.make(folder)
        self.folder, self.writer, self.reading = folder, writer, reading or Reading()
        self.kept = Kept(folder / "store.json" if keep else None)
        self.down, self.slow = False, 0.0
        self.lose = self.half = self.forge = self.mix = self.drop = self.busy = self.refuse = 0
        self.seen: Counter[str] = Counter()
        self._key, self._certificates = pki.key_of(folder)
        super().__init__(_Server(port, self), "ministry-simulator")
        self.url = f"https://localhost:{self.port}/"

    @property
    def settings(self) -> StoreSettings:
        """How a client reaches this simulator."""
        return simulated_settings(self.folder, self.url)

    def knows(self, code: str, certificates: Sequence[bytes]) -> None:
        """A sender is registered with the certificates (DER) that it signs with; said again, it has those as well."""
        with self.kept.lock:
            one = self.kept.state.senders.setdefault(code, Sender())
            prints = [x509.load_der_x509_certificate(c).fingerprint(hashes.SHA256()).hex() for c in certificates]
            one.certificates = list(dict.fromkeys([*one.certificates, *prints]))
        self.kept.save()

    def answer(self, receipt: dict[str, Any]) -> bytes:
        """The signed receipt, with the faults that are switched on."""
        if self.mix:
            self.mix -= 1
            receipt = {**receipt, "number": receipt["number"] - 1}
        if self.drop:
            self.drop -= 1
            receipt = {**receipt, "records": receipt["records"][1:]}
        if self.forge:
            self.forge -= 1
            key, certificates = pki.stranger()
            return container.make_receipt(receipt, key, certificates)
        return container.make_receipt(receipt, self._key, self._certificates)

    def stop(self) -> None:
        """Stop serving, free the port, write down what is kept."""
        super().stop()
        self.kept.save()


def serve(folder: Path, writer: Writer, *, port: int = 0) -> Simulator:
    """Start the store in the background and write its address into `folder`, where ``simulated`` looks for it."""
    simulator = Simulator(folder, writer, port=port, keep=True).start()
    (folder / "address").write_text(simulator.url)
    return simulator


class _Server(LoopbackServer):
    def __init__(self, port: int, simulator: Simulator) -> None:
        folder = simulator.folder
        super().__init__(port, _Handler, server_context(folder / "server.pem", client_root=folder / "root.pem"))
        self.simulator = simulator


class _Handler(QuietHandler):
    server: _Server
    disable_nagle_algorithm = True
    wbufsize = -1

    def called(self, method: str) -> None:
        """A batch, the receipt of a number, or the page of control."""
        path = urlsplit(self.path).path
        try:
            raw = self._body()
            if path.startswith(CONTROL) or path == "/":
                self._control(method, path.removeprefix(CONTROL), raw)
            else:
                self._batch(method, path, raw)
        except Said as said:
            self._json(said.status, said.body)
        except (ValueError, KeyError, TypeError, AttributeError):  # whatever is no request of ours
            self._json(400, {"code": "request", "text": "The request cannot be read."})

    def _batch(self, method: str, path: str, raw: bytes) -> None:
        simulator = self.server.simulator
        if not self.request.getpeercert(binary_form=True):
            raise Said(401, "certificate", "A client certificate is missing.")
        simulator.seen[method] += 1
        if simulator.slow:
            time.sleep(simulator.slow)
        if simulator.down:
            self._send(503, "text/html", b"<html>maintenance</html>")
            return
        parts = unquote(path).split("/")
        if len(parts) != _PARTS or parts[1] != "senders" or parts[3] != "batches":
            raise Said(404, "address", "There is no such address.")
        sender, number = parts[2], int(parts[4])
        if simulator.busy:
            simulator.busy -= 1
            self._json(202, {"code": "working"})
            return
        with simulator.kept.lock:
            receipt = self._put(sender, number, raw) if method == "PUT" else self._known(sender, number)
        if simulator.lose and method == "PUT":
            simulator.lose -= 1
            self.close_connection = True  # it is taken, and nobody hears of it
            return
        answer = simulator.answer(receipt)
        if simulator.half:
            simulator.half -= 1
            self.close_connection = True
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer[: len(answer) // 2])
            return
        self._send(200, "application/json", answer)

    def _put(self, sender: str, number: int, raw: bytes) -> dict[str, Any]:
        simulator = self.server.simulator
        if simulator.refuse:
            simulator.refuse -= 1
            raise Said(422, "schema", "TEST: refused as a whole.")
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        digest = self.headers.get("Batch-SHA256") or ""
        receipt = take(
            simulator.kept.state, simulator.writer, simulator.reading, sender=sender, number=number, digest=digest,
            data=raw, at=at,
        )  # fmt: skip
        simulator.kept.save()
        return receipt

    def _known(self, sender: str, number: int) -> dict[str, Any]:
        former = self.server.simulator.kept.state.batches.get(f"{sender}/{number}")
        if former is None:
            raise Said(404, "unknown", "There is no such batch.")
        return dict(former["receipt"])

    def _control(self, method: str, name: str, raw: bytes) -> None:
        simulator = self.server.simulator
        if method == "POST":
            origin = self.headers.get("Origin")
            if origin and urlsplit(origin).netloc != self.headers.get("Host"):
                raise Said(403, "origin", "From another page.")
            told = {key: values[0] for key, values in parse_qs(raw.decode()).items()}
            state = simulator.kept.state
            match name:
                case "outage":
                    simulator.down = not simulator.down
                case "slow":
                    simulator.slow = 0.0 if simulator.slow else 10.0
                case "lose" | "half" | "forge" | "mix" | "drop" | "busy" | "refuse":
                    setattr(simulator, name, getattr(simulator, name) + 1)
                case "unknown":
                    state.unknown.append(told["number"])
                case "forget":
                    state.unknown.clear()
                case _:
                    raise Said(404, "button", "There is no such button.")
            simulator.kept.save()
            self.send_response(303)
            self.send_header("Location", CONTROL)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self._send(200, "text/html; charset=utf-8", _page(simulator).encode())

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length") or "0"
        if not (length.isascii() and length.isdigit()) or len(length) > len(str(MAX_BODY)) or int(length) > MAX_BODY:
            self.close_connection = True
            raise Said(413, "length", "Too long.")
        return self.rfile.read(int(length))

    def _json(self, status: int, body: Any) -> None:
        self._send(status, "application/json", json.dumps(body, ensure_ascii=False).encode())

    def _send(self, status: int, media: str, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _page(simulator: Simulator) -> str:
    """The page of control: what there is, and a button for each thing that may go wrong."""
    state = simulator.kept.state
    rows = {
        "Senders": ", ".join(f"{code} (next {one.next})" for code, one in sorted(state.senders.items())),
        "Batches": len(state.batches),
        "Records": len(state.records),
        "Numbers that it does not know": ", ".join(state.unknown) or "none",
        "Answers": "503 to everything" if simulator.down else "normally",
        "Delay": f"{simulator.slow:g} s",
    }
    told = "".join(f"<tr><th>{html.escape(k)}</th><td>{html.escape(str(v))}</td></tr>" for k, v in rows.items())
    buttons = "".join(
        f'<form method="post" action="{CONTROL}{name}"><button>{label}</button></form>'
        for name, label in (
            ("outage", "Outage on or off"), ("slow", "Slow on or off"), ("lose", "Lose the next answer"),
            ("half", "Cut the next answer"), ("forge", "Sign the next receipt with another key"),
            ("mix", "Give the next receipt another number"), ("drop", "Leave a record out of the next receipt"),
            ("busy", "Be at work once"), ("refuse", "Refuse the next batch"), ("forget", "Know everybody again"),
        )
    )  # fmt: skip
    number = (
        f'<form method="post" action="{CONTROL}unknown"><label>Number that it shall not know '
        '<input name="number"></label><button>Add</button></form>'
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>TEST store</title></head>'
        f"<body><h1>TEST: simulated store of the ministry</h1><table>{told}</table>{buttons}{number}</body></html>"
    )
