"""The loopback HTTPS server of the simulated registry: the API for who has our certificate, and a page of control."""

from __future__ import annotations

import html
import json
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

from testamur.exchange.connectors.ladok.settings import LadokSettings, simulated_settings
from testamur.exchange.connectors.ladok.simulator import feed, pki
from testamur.exchange.connectors.ladok.simulator.calls import Calls, Said, part_of
from testamur.exchange.connectors.ladok.simulator.state import SCALES, Result, State
from testamur.kernel.base.mutual import LoopbackServer, QuietHandler, Serving, server_context

CONTROL = "/simulator/"
FEED = "/uppfoljning/feed/"
MAX_BODY = 2_000_000


class Simulator(Serving):
    """A registry on a loopback port. ``with Simulator(folder) as registry:`` gives `settings`, `state` and controls.

    Attributes:
        down: every call is answered with 503.
        slow: seconds before every answer.
        lose: so many writes more are carried out, and their answers lost on the way.
        seen: how often each call was made.
    """

    def __init__(self, folder: Path, *, port: int = 0, keep: bool = False) -> None:
        """`folder` keeps the certificates and, with `keep`, all that is reported; port 0 takes a free one."""
        pki.make(folder)
        self.folder = folder
        self.state = State(folder / "registry.json" if keep else None)
        self.calls = Calls(self.state)
        self.down, self.slow, self.lose = False, 0.0, 0
        self.seen: Counter[str] = Counter()
        super().__init__(_Server(port, self), "registry-simulator")
        self.url = f"https://localhost:{self.port}/"

    @property
    def settings(self) -> LadokSettings:
        """How a client reaches this simulator."""
        return simulated_settings(self.folder, self.url)

    def attest(self, *, examiner: str = "", only: str = "") -> int:
        """What examiners do inside the registry: attest what is ready. Returns how many."""
        return feed.attest(self.calls, examiner=examiner, only=only)

    def annul(self, result: str) -> bool:
        """An attested result is taken back; False when there is none."""
        return feed.annul(self.calls, result)

    def draft(self, number: str, instance: str, value: str, examined_on: str) -> str:
        """Somebody else enters a draft, or changes the one that is there, inside the registry; returns its id."""
        state = self.state
        with state.lock:
            student = state.numbers[number]
            held = next(
                r for r in state.results.values()
                if r.student == student and instance in instances(state, r.occasion)
            )  # fmt: skip
            course = state.structure(held.occasion)
            part = part_of(course, instance)
            scale = part.scale if part is not None else course.scale
            grade = next(g for g, (code, _ok) in SCALES[scale][1].items() if code == value)
            there = held.working.get(instance)
            uid = there.uid if there is not None else str(uuid4())
            state.put(held, Result(uid, instance, scale, grade, examined_on, state.stamp()))
            return uid

    def stop(self) -> None:
        """Stop serving, free the port, write down what is kept."""
        super().stop()
        self.state.save()


def instances(state: State, occasion: str) -> set[str]:
    """Where results may be reported in an occasion."""
    course = state.structure(occasion)
    return {course.instance, *(m.instance for m in course.modules)}


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
        """One call, or the page of control."""
        path = urlsplit(self.path).path
        try:
            raw = self._body()
            if path.startswith(CONTROL) or path == "/":
                self._control(method, path.removeprefix(CONTROL), raw)
                return
            self._api(method, path, raw)
        except Said as said:
            self._json(said.status, said.body)
        except (ValueError, KeyError, TypeError, AttributeError):  # whatever is no request of the real one's
            self._json(400, Said(400, "felaktigt_format", "Anropet kan inte läsas.").body)

    def _api(self, method: str, path: str, raw: bytes) -> None:
        simulator = self.server.simulator
        if not self.request.getpeercert(binary_form=True):
            raise Said(401, "ej_behorig", "Klientcertifikat saknas.")
        if simulator.slow:
            time.sleep(simulator.slow)
        if simulator.down:
            self._send(503, "text/html", b"<html>Driftstopp</html>")
            return
        if path.startswith(FEED):
            self._feed(path.removeprefix(FEED))
            return
        found = simulator.calls.find(method, unquote(path).strip("/"))
        if found is None:
            raise Said(404, "hittades_ej", "Tjänsten finns inte.")
        call, ids = found
        self._media(call.service, writes=method != "GET")
        body: Mapping[str, Any] = json.loads(raw) if raw else {}
        if method == "GET":
            body = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        with simulator.state.lock:
            simulator.seen["/".join(call.path)] += 1
            answer = call.answer(body, *ids)
        if simulator.lose and "SenasteResultatandring" in answer:
            simulator.lose -= 1
            self.close_connection = True  # it is done, and nobody hears of it
            return
        self._json(200, answer, f"application/vnd.ladok-{call.service}+json")

    def _feed(self, name: str) -> None:
        if "application/atom+xml" not in (self.headers.get("Accept") or ""):
            raise Said(406, "mediatyp", "Svaret finns bara som application/atom+xml.")
        simulator = self.server.simulator
        with simulator.state.lock:
            data = feed.page(simulator.state, simulator.url, name)
        if data is None:
            raise Said(404, "hittades_ej", "Sidan finns inte.")
        self._send(200, "application/atom+xml", data)

    def _media(self, service: str, *, writes: bool) -> None:
        accepted = {f"application/vnd.ladok-{service}+json"}
        if writes and (self.headers.get("Content-Type") or "").split(";")[0] not in accepted:
            raise Said(415, "mediatyp", f"Innehållet ska vara application/vnd.ladok-{service}+json.")
        if not any(part.split(";")[0].strip() in accepted for part in (self.headers.get("Accept") or "").split(",")):
            raise Said(406, "mediatyp", f"Svaret finns bara som application/vnd.ladok-{service}+json.")

    def _control(self, method: str, name: str, raw: bytes) -> None:
        simulator = self.server.simulator
        if method == "POST":
            origin = self.headers.get("Origin")
            if origin and urlsplit(origin).netloc != self.headers.get("Host"):
                raise Said(403, "ej_behorig", "Från en annan sida.")
            told = {key: values[0] for key, values in parse_qs(raw.decode()).items()}
            match name:
                case "attest":
                    simulator.attest(examiner=told.get("examiner", ""), only=told.get("result", ""))
                case "annul":
                    simulator.annul(told["result"])
                case "outage":
                    simulator.down = not simulator.down
                case "slow":
                    simulator.slow = 0.0 if simulator.slow else 10.0
                case "draft":
                    simulator.draft(told["number"], told["instance"], told["value"], told["date"])
                case _:
                    raise Said(404, "hittades_ej", "Ingen sådan knapp.")
            simulator.state.save()
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
            raise Said(400, "felaktigt_format", "För långt.")
        return self.rfile.read(int(length))

    def _json(self, status: int, body: Any, media: str = "application/json") -> None:
        self._send(status, media, json.dumps(body, ensure_ascii=False).encode())

    def _send(self, status: int, media: str, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _page(simulator: Simulator) -> str:
    """The page of control: what there is, and a button for each thing that may happen."""
    state = simulator.state
    with state.lock:
        working = [r for held in state.results.values() for r in held.working.values()]
        rows = {
            "Courses": len(state.courses),
            "Students": len(state.students),
            "Drafts": sum(r.status == 1 for r in working),
            "Ready to be attested": sum(r.status == 2 for r in working),  # noqa: PLR2004 - ready
            "Attested": sum(len(held.attested) for held in state.results.values()),
            "Events": len(state.events),
            "Answers": "503 to everything" if simulator.down else "normally",
            "Delay": f"{simulator.slow:g} s",
        }
    told = "".join(f"<tr><th>{html.escape(k)}</th><td>{html.escape(str(v))}</td></tr>" for k, v in rows.items())
    buttons = "".join(
        f'<form method="post" action="{CONTROL}{name}"><button>{label}</button></form>'
        for name, label in (
            ("attest", "Attest all that is ready"),
            ("outage", "Outage on or off"),
            ("slow", "Slow on or off"),
        )
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>TEST registry</title></head>'
        f"<body><h1>TEST: simulated student registry</h1><table>{told}</table>{buttons}</body></html>"
    )
