"""Answers in TwiML, by the few verbs that every dialect of it has: Gather, Say, Play, Redirect, Hangup."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

VOICES = {"bg": "bg-BG", "sv": "sv-SE", "vi": "vi-VN", "en": "en-GB"}
LONGEST = 1500
"""Characters of one Say; carriers take some thousand."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something that is said in a language. `play` is the address of a recording of it, where there is one."""

    text: str
    locale: str
    play: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """Keys that are waited for: at most so many, for so many seconds; `url` is absolute, and called on silence too."""

    keys: int
    seconds: int
    url: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller hears; without `ask` the service hangs up after it."""

    says: tuple[Said, ...]
    ask: Ask | None = None


def rendered(answer: Answer) -> str:
    """The document."""
    root = Element("Response")
    if answer.ask is None:
        _say(root, answer.says)
        SubElement(root, "Hangup")
    else:
        ask = answer.ask
        gather = SubElement(
            root,
            "Gather",
            {
                "input": "dtmf",
                "numDigits": str(ask.keys),
                "finishOnKey": "#",
                "timeout": str(ask.seconds),
                "action": ask.url,
                "method": "POST",
            },
        )
        _say(gather, answer.says)
        SubElement(root, "Redirect", {"method": "POST"}).text = ask.url
    return '<?xml version="1.0" encoding="UTF-8"?>' + tostring(root, encoding="unicode")


def message(text: str) -> str:
    """The document that answers a text message; without a text nothing is answered."""
    root = Element("Response")
    if text:
        SubElement(root, "Message").text = _plain(text)
    return '<?xml version="1.0" encoding="UTF-8"?>' + tostring(root, encoding="unicode")


def _say(parent: Element, says: tuple[Said, ...]) -> None:
    for one in says:
        if one.play:
            SubElement(parent, "Play").text = one.play
        elif text := _plain(one.text)[:LONGEST]:
            SubElement(parent, "Say", {"language": VOICES[one.locale]}).text = text


def _plain(text: str) -> str:
    """One line of printable text: XML has no place for control characters, and nobody can say them."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())
