"""A robot that plays the telephone carrier: it calls, reads TwiML, presses keys, is silent, hangs up, and signs.

`call = Caller(client, "+359888123456").dial()`; `call.press("123456#")`; `call.heard` is what was said last. It knows
the verbs that the product may use and nothing else, and takes absolute addresses with POST alone.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, fromstring

from django.conf import settings
from django.urls import reverse

from testamur.kernel.delivery.channels.twilio import signature

TOKEN = "0123456789abcdef"
VERBS = {"Gather", "Say", "Play", "Pause", "Redirect", "Hangup", "Reject"}
ASKED = {"input", "numDigits", "finishOnKey", "timeout", "action", "method", "actionOnEmptyResult"}
LANGUAGES = {"bg-BG", "sv-SE", "vi-VN", "en-GB"}
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Heard:
    """One thing that was said or played."""

    text: str
    language: str


@dataclass
class Caller:
    """One call.

    Attributes:
        said: everything since the call began; `heard` the answer to the last keys or silence.
        over: the service hung up.
        status: HTTP status of the last answer.
    """

    client: Any
    number: str
    called: str = "+35929000000"
    token: str = TOKEN
    sid: str = field(default_factory=lambda: f"CA{next(_numbers):032d}")
    said: list[Heard] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    over: bool = False
    status: int = 0
    gather: dict[str, str] = field(default_factory=dict)
    after: str = ""

    def dial(self) -> Caller:
        self._fetch(settings.PUBLIC_URL + reverse("phone:voice"), {"CallStatus": "ringing", "Direction": "inbound"})
        return self

    def press(self, keys: str) -> Caller:
        """Press keys while the service waits for them: ends at # or when it has as many as it wants."""
        assert self.gather, "the service waits for no keys"
        wanted, end = int(self.gather["numDigits"]), self.gather["finishOnKey"]
        digits, _, rest = keys.partition(end)
        assert not rest, "keys after the end are lost"
        assert end in keys or len(digits) >= wanted, "the service still waits"
        assert len(digits) <= wanted, "more keys than are taken"
        if not digits and self.gather.get("actionOnEmptyResult") != "true":
            return self.silence()
        return self._fetch(self.gather["action"], {"Digits": digits})

    def silence(self) -> Caller:
        """Press nothing until the service goes on by itself."""
        assert self.after, "nothing follows the question"
        return self._fetch(self.after, {})

    def hang_up(self) -> Caller:
        self._fetch(settings.PUBLIC_URL + reverse("phone:ended"), {"CallStatus": "completed", "CallDuration": "7"})
        self.over = True
        return self

    @property
    def text(self) -> str:
        """What was heard last, as one text."""
        return " ".join(one.text for one in self.heard)

    @property
    def languages(self) -> set[str]:
        return {one.language for one in self.heard}

    def _fetch(self, url: str, more: dict[str, str]) -> Caller:
        form = {"CallSid": self.sid, "AccountSid": "AC1", "From": self.number, "To": self.called, **more}
        form.setdefault("CallStatus", "in-progress")
        parts = urlsplit(url)
        answer = self.client.post(
            parts.path + (f"?{parts.query}" if parts.query else ""),
            form,
            headers={"X-Twilio-Signature": signature(self.token, url, form)},
        )
        self.status, self.heard, self.gather, self.after = answer.status_code, [], {}, ""
        if answer.status_code == 200:
            assert answer.headers["Content-Type"].startswith("text/xml")
            self._follow(fromstring(answer.content))
        return self

    def _follow(self, document: Element) -> None:
        assert document.tag == "Response"
        for verb in document:
            assert verb.tag in VERBS, verb.tag
            if verb.tag == "Gather":
                assert set(verb.attrib) <= ASKED
                assert verb.attrib["input"] == "dtmf"
                self._absolute(verb.attrib["action"], verb)
                self.gather = dict(verb.attrib)
                for inner in verb:
                    self._say(inner)
            elif verb.tag == "Redirect":
                self._absolute(verb.text or "", verb)
                self.after = verb.text or ""
            elif verb.tag in {"Hangup", "Reject"}:
                self.over = True
            else:
                self._say(verb)
        assert self.over or self.gather, "the carrier would hang up in the middle"

    def _say(self, verb: Element) -> None:
        assert verb.tag in {"Say", "Play", "Pause"}
        if verb.tag == "Say":
            assert verb.attrib["language"] in LANGUAGES
            assert verb.text
        if verb.tag != "Pause":
            self.heard.append(Heard(verb.text or "", verb.attrib.get("language", "")))
            self.said.append(self.heard[-1])

    @staticmethod
    def _absolute(url: str, verb: Element) -> None:
        assert url.startswith(settings.PUBLIC_URL + "/phone/"), url
        assert len(url) < 2000
        assert verb.attrib["method"] == "POST"
