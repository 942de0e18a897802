"""Two SMS carriers on loopback: they check requests, keep messages, and report: late, twice, in any order, forged.

`with Running(Carrier("elks46")) as carrier` serves; `point(settings, carrier, folder)` has this installation use it;
`carrier.report(n, status)` is what it says of its n-th message, `Lies(carrier, seed)` what it says of all of them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from testamur.kernel.delivery.channels.twilio import signature
from tests.gateways.serving import Served

USER, PASSWORD = "u1234", "12345"
UNKNOWN = "+46700000000"
"""The number that no carrier takes."""
STOPPED = "+46700000021"
"""The number whose owner answered STOP; only Twilio knows of such."""


@dataclass(frozen=True)
class Reported:
    """A request that a carrier makes to us."""

    url: str
    form: dict[str, str]
    signature: str

    @property
    def path(self) -> str:
        """Path of the address, as a test client posts to it."""
        return urlsplit(self.url).path

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the request."""
        return {"X-Twilio-Signature": self.signature} if self.signature else {}

    @property
    def message(self) -> str:
        return self.path.split("/")[-3]

    @property
    def token(self) -> str:
        return self.path.split("/")[-2]


@dataclass
class Carrier:
    """State of one simulated carrier.

    Attributes:
        kind: ``elks46`` or ``twilio``.
        down: an HTTP status to answer everything with.
        busy: so many requests per hundred are answered with 500 before anything is taken, by `random`.
        dead: numbers that are taken and then reported as failed.
        price: what a part costs, in 1/10000 of the currency.
    """

    kind: str
    url: str = ""
    down: int = 0
    busy: int = 0
    dead: set[str] = field(default_factory=set)
    price: int = 3500
    taken: list[dict[str, str]] = field(default_factory=list)
    random: Random = field(default_factory=lambda: Random(46))

    def serve(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        status, said = self.answer(path, headers.get("authorization", ""), form)
        return status, json.dumps(said).encode()

    def answer(self, path: str, authorization: str, form: dict[str, str]) -> tuple[int, Any]:
        if self.down:
            return self.down, {}
        if authorization != "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode():
            return 401, {}
        if self.random.randrange(100) < self.busy:
            return 500, {}
        if self.kind == "elks46":
            return self._elks46(path, form)
        return self._twilio(path, form)

    def _elks46(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        if path != "/a1/sms" or not {"from", "to", "message"} <= set(form):
            return 404, {}
        if form["to"] == UNKNOWN:
            return 400, {}  # plain text in reality
        self.taken.append({"to": form["to"], "text": form["message"], "report": form["whendelivered"]})
        return 200, {"id": f"s{len(self.taken)}", "status": "created", "parts": 1, "cost": self.price, **form}

    def _twilio(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        if path != f"/2010-04-01/Accounts/{USER}/Messages.json" or not {"From", "To", "Body"} <= set(form):
            return 404, {}
        if form["To"] in {UNKNOWN, STOPPED}:
            return 400, {"code": 21211 if form["To"] == UNKNOWN else 21610, "message": "invalid To", "status": 400}
        self.taken.append({"to": form["To"], "text": form["Body"], "report": form["StatusCallback"]})
        return 201, {
            "sid": f"SM{len(self.taken)}",
            "status": "queued",
            "error_code": None,
            "num_segments": "1",
            "price": f"-{self.price / 10_000}",
            "price_unit": "USD",
        }

    def report(self, number: int, status: str, *, error: str = "30006") -> Reported:
        """The carrier's report that its `number`-th message is ``sent``, ``delivered`` or ``failed``."""
        url = self.taken[number]["report"]
        if self.kind == "elks46":
            return Reported(url, {"id": f"s{number + 1}", "status": status}, "")
        form = {"MessageSid": f"SM{number + 1}", "MessageStatus": status, "To": self.taken[number]["to"]}
        if status == "failed":
            form["ErrorCode"] = error
        return Reported(url, form, signature(PASSWORD, url, form))


@dataclass
class Lies:
    """What a lying carrier reports of all that it took: each word twice at times, in any order, with forgeries between.

    Iterating gives (request, whether it must be refused).
    """

    carrier: Carrier
    seed: int

    def __iter__(self) -> Iterator[tuple[Reported, bool]]:
        random = Random(self.seed)
        told: list[tuple[Reported, bool]] = []
        for number, taken in enumerate(self.carrier.taken):
            end = "failed" if taken["to"] in self.carrier.dead else "delivered"
            words = [self.carrier.report(number, status) for status in ("sent", end)]
            told += [(word, False) for word in words for _again in range(random.choice((1, 1, 2, 3)))]
            told += [(self._forged(random, number, words[1]), True)]
        random.shuffle(told)
        yield from told

    def _forged(self, random: Random, number: int, word: Reported) -> Reported:
        """Another secret, a report turned to its opposite without a signature, or another message's address."""
        guessed = replace(word, url=word.url.replace(word.token, "A" * len(word.token)))
        other = self.carrier.taken[number - 1]["report"]
        if self.carrier.kind == "elks46" or number == 0:
            return guessed
        turned = {"delivered": "failed", "failed": "delivered"}[word.form["MessageStatus"]]
        return random.choice(
            (guessed, replace(word, form={**word.form, "MessageStatus": turned}), replace(word, url=other))
        )


class Running:
    """The carrier's HTTP server, in a thread of its own."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._served = Served(carrier.serve)

    def __enter__(self) -> Carrier:
        self._carrier.url = self._served.__enter__()
        return self._carrier

    def __exit__(self, *problem: object) -> None:
        self._served.__exit__(*problem)


def point(settings: Any, carrier: Carrier, folder: Path) -> None:
    """Have this installation send its SMS through the carrier; the other channels stay as they are."""
    secret = folder / "sms-password"
    secret.write_text(PASSWORD + "\n")
    way = f"testamur.kernel.delivery.channels.{carrier.kind}.configured"
    settings.DELIVERY_CHANNELS = {**settings.DELIVERY_CHANNELS, "sms": way}
    settings.SMS = {
        "url": carrier.url,
        "user": USER,
        "password_file": secret,
        "from": "Skolan",
        "currency": "SEK",
    }
