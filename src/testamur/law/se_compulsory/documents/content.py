"""What stands in each Swedish document: the `content` member of the snapshot, built from facts. Pure.

The rules of `papers` decide whether the document may be issued at all; here it is put into words and order. Plain JSON
types only. Members shared by the pupil documents::

    {"heading", "identifier_label", "class", "year_level", "scale": "letters" | "words", "carried": bool,
     "groups": [{"title", "rows": [{"code", "subject", "grade", "note", "carried_from"}]}], "remarks": [text]}

`grade` is the value on the scale (``A`` … ``F``, ``-``); `carried_from` the period of a carried grade, else empty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Decision, DocumentFacts, Period, PupilFacts
from testamur.law.register_content import Form
from testamur.law.register_content import content as register_content
from testamur.law.se_compulsory import papers, rules, tables
from testamur.law.se_compulsory.diary import DIARY

_TERMS = {"HT": "höstterminen", "VT": "vårterminen"}
_IDENTIFIERS = {
    "se.personnummer": "Personnummer",
    "se.samordningsnummer": "Samordningsnummer",
    "se.temporary": "Tillfälligt nummer",
}
_GROUPS = (("", "Ämnen"), ("NO", "Naturorienterande ämnen"), ("SO", "Samhällsorienterande ämnen"), ("ML", "Språk"))
_LANGUAGES = frozenset({"M1", "M2", "ML", "TN"})
_REASONS = {
    "rectification": "Rättat enligt 3 kap. 19 § skollagen",
    "change": "Ändrat enligt 3 kap. 20 § skollagen",
    "test": "Efter prövning",
}


class PupilMissing(Refused):
    """A pupil's document needs a pupil with name and identifier."""

    code = "se.compulsory.document.pupil_missing"


class RemarkTooLong(Refused):
    """A remark does not fit the form; it belongs into the pupil's file, not on a grade document."""

    code = "se.compulsory.document.remark_too_long"


REMARK_LIMIT = 300
"""Characters of one remark."""


def terminsbetyg(facts: DocumentFacts) -> dict[str, Any]:
    """Content of a terminsbetyg; adds ``unexcused_hours`` (int). Raises what `papers.check_terminsbetyg` raises."""
    papers.check_terminsbetyg(facts)
    return {**_pupil_document(facts), "unexcused_hours": papers.unexcused_hours(facts) or 0}


def slutbetyg(facts: DocumentFacts) -> dict[str, Any]:
    """Content of a slutbetyg; adds ``adjusted_timetable`` (subjects, or empty). Raises as `papers.check_slutbetyg`."""
    papers.check_slutbetyg(facts)
    reduced = [rules.subject(d.code).name for d in papers.grades(facts.decisions) if tables.ADJUSTED in d.flags]
    sentence = ""
    if papers.adjusted_timetable(facts):
        sentence = ", ".join(reduced) if reduced else "Ja"
    return {**_pupil_document(facts), "heading": "Grundskolan, årskurs 9", "adjusted_timetable": sentence}


def betygskatalog(facts: DocumentFacts) -> dict[str, Any]:
    """Content of the catalogue of one group, subject and term; raises what `papers.check_betygskatalog` raises.

    ``{"heading", "subject": {"code", "name"}, "term", "tally", "scale", "carried": false, "remarks", "rows": […]}``, a
    row ``{"number", "name", "identifier", "grade", "decided_on", "decided_by": […], "note"}``; in the order given.
    """
    papers.check_betygskatalog(facts)
    subject = rules.subject(facts.subject_code)
    rows = [_catalogue_row(n, pupil, decisions) for n, (pupil, decisions) in enumerate(facts.rows, start=1)]
    term = term_name(facts.period)
    return {
        "heading": f"{subject.name}, {term}",
        "subject": {"code": subject.code, "name": subject.name},
        "term": _capital(term),
        "tally": _tally(rows),
        "scale": _scale_words(facts),
        "carried": False,
        "remarks": _remarks(facts.decisions),
        "rows": rows,
    }


def klassdagbok(facts: DocumentFacts) -> dict[str, Any]:
    """Content of the class register (see `register_content`)."""
    return register_content(
        facts,
        Form(
            diary=DIARY,
            heading=lambda f: f"Klass {f.class_name}, läsåret {f.period.school_year}",
            terms={"HT": "Höstterminen", "VT": "Vårterminen"},
            subject=_named,
        ),
    )


def _named(code: str) -> tuple[int, str]:
    """Order and name of a subject; a group's own activity stands last, under its code."""
    try:
        known = rules.subject(code)
    except rules.SubjectUnknown:
        return 99, code
    return known.order, known.name


def term_name(period: Period) -> str:
    """``vårterminen 2026``; the school year where there is no term."""
    years = period.school_year.split("/")
    if period.term not in _TERMS:
        return f"läsåret {period.school_year}"
    return f"{_TERMS[period.term]} {years[0] if period.term == 'HT' else years[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _pupil_document(facts: DocumentFacts) -> dict[str, Any]:
    pupil = facts.pupil
    if pupil is None or not pupil.name.strip() or not pupil.identifier.strip():
        raise PupilMissing("The document needs the pupil's name and identifier.", field="pupil")
    rows = papers.grades(facts.decisions)
    return {
        "heading": f"{_capital(term_name(facts.period))}, årskurs {facts.year_level}",
        "identifier_label": _IDENTIFIERS.get(pupil.identifier_scheme, "Identitetsbeteckning"),
        "class": facts.class_name,
        "year_level": facts.year_level,
        "scale": _scale_words(facts),
        "carried": any(d.carried_over for d in rows),
        "groups": _groups(rows),
        "remarks": _remarks(facts.decisions),
    }


def _groups(decisions: Sequence[Decision]) -> list[dict[str, Any]]:
    parts: dict[str, list[dict[str, Any]]] = {}
    for d in decisions:
        known = rules.subject(d.code)
        group = "ML" if known.group in _LANGUAGES or known.code in _LANGUAGES else known.group
        group = group if group in {"NO", "SO", "ML"} else ""
        name = f"{known.name}, gemensamt betyg" if known.covers else known.name
        parts.setdefault(group, []).append(
            {
                "code": known.code,
                "subject": name,
                "grade": d.value,
                "note": _note(d),
                "carried_from": d.period.label if d.carried_over else "",
            }
        )
    return [{"title": title, "rows": parts[group]} for group, title in _GROUPS if group in parts]


def _note(d: Decision) -> str:
    notes = [
        f"Betyg från {term_name(d.period)}" if d.carried_over else "",
        "Efter prövning" if tables.TEST in d.flags else "",
        "Underlag saknas på grund av frånvaro" if d.value == tables.DASH else "",
        d.comment.strip(),
    ]
    text = ". ".join(n for n in notes if n)
    _bounded(text, "decisions")
    return text


def _catalogue_row(number: int, pupil: PupilFacts, decisions: Sequence[Decision]) -> dict[str, Any]:
    d = next(iter(papers.grades(decisions)), None)
    if d is None:
        return {
            "number": number,
            "name": pupil.name,
            "identifier": pupil.identifier,
            "grade": "",
            "decided_on": "",
            "decided_by": [],
            "note": "Inget betyg har beslutats",
        }
    deciders = [name for name in d.decided_by if name.strip()]
    reason = "Efter prövning" if tables.TEST in d.flags else _REASONS.get(d.reason, "")
    comments = [c.comment or c.value for c in decisions if c.kind == "comment"]
    note = ". ".join(t for t in (", ".join(deciders), reason, d.comment.strip(), *comments) if t)
    _bounded(note, "rows")
    return {
        "number": number,
        "name": pupil.name,
        "identifier": pupil.identifier,
        "grade": d.value,
        "decided_on": d.decided_on.isoformat() if d.decided_on else "",
        "decided_by": deciders,
        "note": note,
    }


def _tally(rows: Sequence[dict[str, Any]]) -> str:
    """``A 4 · B 7 · … · – 1 · utan beslut 2``."""
    counts = Counter(str(row["grade"]) for row in rows)
    steps = [v.value for scale in reversed(tables.GRADES) for v in scale.values]
    parts = [f"{'–' if step == tables.DASH else step} {counts[step]}" for step in steps if counts[step]]
    if counts[""]:
        parts.append(f"utan beslut {counts['']}")
    return "  ·  ".join(parts)


def _scale_words(facts: DocumentFacts) -> str:
    in_force = rules.scale("grade", facts.period.ends)
    return "letters" if in_force.find("A") else "words"


def _remarks(decisions: Sequence[Decision]) -> list[str]:
    remarks = [(d.comment or d.value).strip() for d in decisions if d.kind == "comment"]
    for remark in remarks:
        _bounded(remark, "decisions")
    return [r for r in remarks if r]


def _bounded(text: str, field: str) -> None:
    if len(text) > REMARK_LIMIT:
        raise RemarkTooLong(
            f"A remark may have {REMARK_LIMIT} characters; this one has {len(text)}.",
            field=field,
            limit=REMARK_LIMIT,
            length=len(text),
        )
