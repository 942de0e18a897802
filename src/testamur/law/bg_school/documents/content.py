"""What stands in the Bulgarian documents: the `content` member of the snapshot, built from facts. Pure.

``spravka`` (statement of marks)::

    {"heading", "identifier_label", "class", "year_level", "columns": [text], "rows": [{"code", "subject", "values":
     [text, one for each column]}], "success": text, "absences": [{"name", "value"}], "remarks": [text]}

A mark stands with its word and number (``отличен 6``), as on paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from testamur.kernel.base.refused import Refused
from testamur.law.bg_school import marks, rules, tables
from testamur.law.bg_school.diary import DIARY
from testamur.law.bg_school.subjects import BY_CODE
from testamur.law.contract import Decision, DocumentFacts
from testamur.law.register_content import Form
from testamur.law.register_content import content as register_content

REMARK_LIMIT = 300
"""Characters of one remark."""

_IDENTIFIERS = {"bg.egn": "ЕГН", "bg.lnch": "ЛНЧ"}
_COLUMNS = {"I": "I срок", "II": "II срок", "": "Годишна"}


class PupilMissing(Refused):
    """A statement needs a pupil with name and identifier."""

    code = "bg.school.document.pupil_missing"


class NothingToShow(Refused):
    """There are no marks of a term or of the year."""

    code = "bg.school.document.empty"


class RemarkTooLong(Refused):
    """A remark does not fit the form."""

    code = "bg.school.document.remark_too_long"


def spravka(facts: DocumentFacts) -> dict[str, Any]:
    """Content of a statement of marks; raises `PupilMissing`, `NothingToShow`, `RemarkTooLong` and as `rules.check`."""
    pupil = facts.pupil
    if pupil is None or not pupil.name.strip() or not pupil.identifier.strip():
        raise PupilMissing("The statement needs the pupil's name and identifier.", field="pupil")
    rules.check_set(facts.decisions)
    for d in facts.decisions:
        rules.check(d)
    shown = [d for d in facts.decisions if d.kind in tables.SCALES]
    if not shown:
        raise NothingToShow("There are no marks to show.", field="decisions")
    terms = [t for t in _COLUMNS if any(d.period.term == t for d in shown)]
    by_place = {(d.code, d.period.term): d for d in shown}
    codes = sorted({d.code for d in shown}, key=lambda c: BY_CODE[c].order)
    return {
        "heading": _heading(facts),
        "identifier_label": _IDENTIFIERS.get(pupil.identifier_scheme, "Служебен номер"),
        "class": facts.class_name,
        "year_level": facts.year_level,
        "columns": [_COLUMNS[t] for t in terms],
        "rows": [
            {
                "code": code,
                "subject": BY_CODE[code].name,
                "values": [_words(by_place.get((code, t))) for t in terms],
            }
            for code in codes
        ],
        "success": _success(shown, terms[-1]),
        "absences": _absences(facts.decisions),
        "remarks": _remarks(facts.decisions),
    }


def _heading(facts: DocumentFacts) -> str:
    year = f"учебна {facts.period.school_year} година"
    return f"{tables.TERM_NAMES[facts.period.term].capitalize()}, {year}" if facts.period.term else year.capitalize()


def _words(decision: Decision | None) -> str:
    if decision is None:
        return "–"
    step = tables.SCALES[decision.kind].find(decision.value)
    name = step.name if step else ""
    return f"{name} {decision.value}".strip() if decision.kind == "grade" else name


def _success(decisions: Sequence[Decision], term: str) -> str:
    numbers = [Fraction(d.value) for d in decisions if d.kind == "grade" and d.period.term == term]
    if not numbers:
        return ""
    mean = marks.rounded(sum(numbers, Fraction(0)) / len(numbers))
    return f"{marks.word(mean)} {marks.shown(mean)}"


def _absences(decisions: Sequence[Decision]) -> list[dict[str, str]]:
    """By kind and term, terms in order."""
    rows = []
    for code, names in tables.FACTS.items():
        mine = [d for d in decisions if d.kind == "fact" and d.code == code]
        for d in sorted(mine, key=lambda d: [*_COLUMNS].index(d.period.term)):
            count = DIARY.show_count(DIARY.count([Decimal(d.value)]))
            rows.append({"name": f"{names[0]}, {tables.TERM_NAMES[d.period.term]}", "value": count})
    return rows


def _remarks(decisions: Sequence[Decision]) -> list[str]:
    remarks = [(d.comment or d.value).strip() for d in decisions if d.kind == "comment"]
    for remark in remarks:
        if len(remark) > REMARK_LIMIT:
            raise RemarkTooLong(
                f"A remark may have {REMARK_LIMIT} characters; this one has {len(remark)}.",
                field="decisions",
                limit=REMARK_LIMIT,
                length=len(remark),
            )
    return [r for r in remarks if r]


def _subject(code: str) -> tuple[int, str]:
    known = BY_CODE.get(code)
    return (known.order, known.name) if known else (99, code)


def dnevnik(facts: DocumentFacts) -> dict[str, Any]:
    """Content of the class diary (see `register_content`)."""
    return register_content(
        facts,
        Form(
            diary=DIARY,
            heading=lambda f: f"{f.class_name} паралелка, учебна {f.period.school_year} година",
            terms={"I": "I срок", "II": "II срок"},
            subject=_subject,
        ),
    )
