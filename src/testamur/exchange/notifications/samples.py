"""What a text message would look like and how many parts it has, for whoever chooses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from testamur.exchange.notifications.rules.families import About, Settings, Thing, Way
from testamur.exchange.notifications.words.families import write
from testamur.kernel.delivery.rules import sms_size
from testamur.schoolday.diary.rules.states import AbsenceKind, Part

_ON = date(2026, 3, 11)
_THINGS = (
    Thing(Part.MARKS, _ON, "MAT", "6"),
    Thing(Part.MARKS, _ON, "BEL", "5"),
    Thing(Part.ABSENCES, _ON, "MAT", AbsenceKind.LATE.value, 10),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One way to write the same invented news. `chosen`: as the reader has it now."""

    details: bool
    latin: bool
    text: str
    encoding: str
    parts: int
    chosen: bool


def samples(*, locale: str, settings: Settings) -> Sequence[Sample]:
    """Short and with details, in the language's own letters and in Latin ones where that makes a difference."""
    found: list[Sample] = []
    for details in (False, True):
        for latin in (False, True):
            asked = replace(settings, details=details, latin=latin)
            text = write((About("Иван" if locale == "bg" else "Alva", _THINGS),), Way.SMS, locale, "", asked).text
            size = sms_size(text)
            chosen = (details, latin) == (settings.details, settings.latin)
            if not latin or text != found[-1].text:
                found.append(Sample(details, latin, text, size.encoding, size.parts, chosen))
    return found
