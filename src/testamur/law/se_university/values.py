"""Scales, and what people and platforms write for their values. Pure; forgiving about form, never about meaning."""

from __future__ import annotations

import re
from collections.abc import Mapping

from testamur.kernel.base.refused import Refused
from testamur.law.naming import Names, fold_word
from testamur.law.scales import Scale, ScaleValue
from testamur.law.se_university import tables


class ScaleUnknown(Refused):
    """There is no such scale."""

    code = "se.university.scale.unknown"


class OffScale(Refused):
    """The value is not on the course's scale; `found["accepted"]` says what is."""

    code = "se.university.value.off_scale"


_SHORT = 2
"""Values have at most two signs. So short a text is compared sign by sign: an ``Å`` is no ``A``."""
_NUMBER = re.compile(r"([0-9])[.,]0{1,2}")
"""What a spreadsheet makes of a whole number."""


def _names(scale: Scale) -> Names:
    rows = []
    for step in scale.values:
        key = (scale.id, step.value)
        own = () if key in tables.AMBIGUOUS else (step.name, tables.ENGLISH[key])
        rows.append((step.value, (*own, *tables.WORDS.get(key, ()))))
    return Names.of(rows)


_WORDS: Mapping[str, Names] = {scale.id: _names(scale) for scale in tables.SCALES.values()}


def scale_of(scale: str) -> Scale:
    """The scale with that id; raises `ScaleUnknown`."""
    found = tables.SCALES.get(scale)
    if found is None:
        known = ", ".join(tables.SCALES)
        raise ScaleUnknown(
            f"There is no scale {scale[:40]!r}; there are {known}.", field="scale", scale=scale[:40], accepted=known
        )
    return found


def step_of(scale: str, value: str) -> ScaleValue:
    """The step with exactly that value; raises `ScaleUnknown`, `OffScale`."""
    found = scale_of(scale).find(value)
    if found is None:
        raise _off(scale, value)
    return found


def rank(scale: str, value: str) -> int:
    """How high the value stands, 0 is the worst; raises as `step_of`."""
    return scale_of(scale).values.index(step_of(scale, value))


def passed(scale: str, value: str) -> bool:
    """Whether that grade finishes the module or course; raises as `step_of`."""
    return bool(step_of(scale, value).passed)


def normalise(scale: str, text: str) -> str:
    """``väl godkänd`` → ``VG``, ``FX`` → ``Fx``, ``5,0`` → ``5``; raises `ScaleUnknown`, `OffScale`.

    A sign beside the value (``A-``, ``+G``) changes its meaning, and a word that could mean two values names none.
    """
    found = _read(scale_of(scale), text.strip())
    if found is None:
        raise _off(scale, text)
    return found


def _read(scale: Scale, wanted: str) -> str | None:
    if number := _NUMBER.fullmatch(wanted):
        wanted = number[1]
    exact = next((v.value for v in scale.values if v.value.casefold() == wanted.casefold()), None)
    if exact is not None or len(wanted) <= _SHORT:
        return exact
    return _WORDS[scale.id].find(fold_word(wanted))


def _off(scale: str, text: str) -> OffScale:
    accepted = ", ".join(v.value for v in scale_of(scale).values)
    return OffScale(f"{text[:60]!r} is not on the scale {accepted}.", field="value", value=text[:60], accepted=accepted)
