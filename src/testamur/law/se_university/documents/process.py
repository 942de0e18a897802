"""The words of a decision about how results are signed (rows B24 and B45). Pure.

What holds is told by the day of *examination*: a result of an earlier day follows the former order, whenever it is
reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from testamur.kernel.base.refused import Refused
from testamur.law.contract import SchoolFacts
from testamur.law.results import ProcessFacts


class WayUnknown(Refused):
    """Results are signed electronically or on paper."""

    code = "se.university.document.way_unknown"


@dataclass(frozen=True, slots=True)
class Said:
    """One paragraph in Swedish and English; ``{day}`` stands for the first day of examination."""

    sv: str
    en: str


_RULES: Mapping[str, tuple[Said, Said]] = {
    "electronic": (
        Said(
            sv="Resultat med examinationsdatum från och med {day} beslutas genom examinatorns elektroniska "
            "underskrift i systemet för resultatrapportering. Den elektroniska underskriften är ensam rättsligt "
            "giltig. Ingen lista undertecknas för hand; den utskrivna arkivlistan ger endast det kontrollnummer som "
            "används vid definitiv inläggning.",
            en="Results with a date of examination on or after {day} are decided by the examiner's electronic "
            "signature in the system for result reporting. The electronic signature alone is legally valid. No list "
            "is signed by hand; the printed archive list only gives the control number used at definitive entry.",
        ),
        Said(
            sv="Resultat med tidigare examinationsdatum, och resultat som inte rapporteras i systemet, följer den "
            "ordning som gällde dessförinnan.",
            en="Results with an earlier date of examination, and results not reported in the system, follow the order "
            "that held before.",
        ),
    ),
    "paper": (
        Said(
            sv="Resultat med examinationsdatum från och med {day} beslutas genom att examinatorn för hand undertecknar "
            "den utskrivna arkivlistan. Underskriften i systemet för resultatrapportering är då inte tillräcklig; "
            "listan läggs in definitivt när den undertecknade arkivlistan har kommit in.",
            en="Results with a date of examination on or after {day} are decided by the examiner signing the printed "
            "archive list by hand. The signature in the system for result reporting is then not sufficient; the list "
            "is entered definitively when the signed archive list has been received.",
        ),
        Said(
            sv="Resultat med tidigare examinationsdatum följer den ordning som gällde dessförinnan.",
            en="Results with an earlier date of examination follow the order that held before.",
        ),
    ),
}
_NAMES: Mapping[str, Said] = {
    "electronic": Said("Elektronisk underskrift", "Electronic signature"),
    "paper": Said("På papper", "On paper"),
}


def words(facts: ProcessFacts, school: SchoolFacts) -> dict[str, Any]:
    """The content of the decision; raises `WayUnknown`.

    ``{"heading", "heading_en", "way", "way_name", "way_name_en", "grade_from", "decided_by", "reference",
    "paragraphs": [{"sv", "en"}]}``.
    """
    rules = _RULES.get(facts.way)
    if rules is None:
        known = ", ".join(_RULES)
        raise WayUnknown(f"There is no way {facts.way[:40]!r} to sign results.", field="way", accepted=known)
    day = facts.grade_from.isoformat()
    # the name of the body is put in as it is: it is not part of a pattern
    opening = {"sv": f"{school.authority} beslutar följande.", "en": f"{school.authority} decides as follows."}
    return {
        "heading": f"Gäller examinationsdatum från och med {day}",
        "heading_en": f"For dates of examination on or after {day}",
        "way": facts.way,
        "way_name": _NAMES[facts.way].sv,
        "way_name_en": _NAMES[facts.way].en,
        "grade_from": day,
        "decided_by": facts.decided_by,
        "reference": facts.reference,
        "paragraphs": [opening, *({"sv": r.sv.format(day=day), "en": r.en.format(day=day)} for r in rules)],
    }
