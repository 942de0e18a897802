"""What the signature box says, in the document's own language, at the document's own clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class BoxWords:
    """Words of one language. `zone` is where the documents of that language are issued."""

    signed: str
    sealed: str
    field: str
    zone: str
    day: str


WORDS = {
    "sv": BoxWords(
        "Elektroniskt undertecknat av {name}, {title}, {at}",
        "Stämplat av {organisation} {at}",
        "Elektronisk stämpel av {organisation}",
        "Europe/Stockholm",
        "%Y-%m-%d kl. %H.%M",
    ),
    "vi": BoxWords(
        "{title} {name} đã ký điện tử, {at}",
        "{organisation} đã đóng dấu điện tử, {at}",
        "Dấu điện tử của {organisation}",
        "Asia/Ho_Chi_Minh",
        "%d/%m/%Y %H:%M",
    ),
    "bg": BoxWords(
        "Подписано електронно от {name}, {title}, {at}",
        "Подпечатано от {organisation}, {at}",
        "Електронен печат на {organisation}",
        "Europe/Sofia",
        "%d.%m.%Y г. %H:%M",
    ),
    "en": BoxWords(
        "Electronically signed by {name}, {title}, {at}",
        "Sealed by {organisation}, {at}",
        "Electronic seal of {organisation}",
        "UTC",
        "%Y-%m-%d %H:%M UTC",
    ),
}


def words(locale: str) -> BoxWords:
    """The words of a language; English where we have none of its own."""
    return WORDS.get(locale.partition("-")[0], WORDS["en"])


def at(moment: datetime, locale: str) -> str:
    """A moment on the document's clock, in its language's form."""
    chosen = words(locale)
    return moment.astimezone(ZoneInfo(chosen.zone)).strftime(chosen.day)
