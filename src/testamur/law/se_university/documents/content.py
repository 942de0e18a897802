"""What stands in each document: the `content` member of the snapshot, built from facts. Pure, plain JSON types only.

Members shared by list and certificate::

    {"heading", "heading_en", "kind", "kind_name", "kind_name_en", "number": int, "occasion", "examiner",
     "course": {"code", "name", "name_en", "credits", "credits_en"}, "module": the same or null,
     "scale": {"id", "steps": [{"value", "name", "name_en"}] best first},
     "correction": {"reason", "name", "name_en", "law"} or null, "title", "title_en"}

Days are ISO. Credits are text, with a comma in Swedish. What lists add is in `resultatlista`, certificates in
`resultatintyg`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from testamur.kernel.base.refused import Refused
from testamur.law.contract import DocumentFacts, PupilFacts
from testamur.law.results import CourseFacts, ModuleResult, ResultFacts, ResultRow
from testamur.law.se_university import tables
from testamur.law.se_university.documents import process
from testamur.law.se_university.values import passed, scale_of, step_of

TEXT_LIMIT = 400
"""Characters of one title or explanation."""

_IDENTIFIERS = {
    "se.personnummer": ("Personnummer", "Personal identity number"),
    "se.samordningsnummer": ("Samordningsnummer", "Coordination number"),
    "se.temporary": ("Tillfälligt nummer", "Temporary number"),
}
_ENGLISH_WAYS = {"rectification": "Rectification", "re-examination": "Re-examination"}


class ResultsMissing(Refused):
    """The document needs the facts of a list (or of the decision about signing)."""

    code = "se.university.document.results_missing"


class NothingToShow(Refused):
    """A list without students is no list."""

    code = "se.university.document.empty"


class StudentMissing(Refused):
    """Every student is shown with name and identifier."""

    code = "se.university.document.student_missing"


class StudentTwice(Refused):
    """The same student stands twice in a list."""

    code = "se.university.document.student_twice"


class OneRow(Refused):
    """A certificate is about one result of the student that it names."""

    code = "se.university.document.one_row"


class NotPassed(Refused):
    """A certificate is issued for results that passed."""

    code = "se.university.document.not_passed"


class CorrectionUnclear(Refused):
    """A correction names its reason, the grade that it replaces and why; a list of new results does not."""

    code = "se.university.document.correction_unclear"


class TitleMissing(Refused):
    """A degree project has a title, in English too where it has an English one."""

    code = "se.university.document.title_missing"


class TextTooLong(Refused):
    """A title or an explanation does not fit the form."""

    code = "se.university.document.text_too_long"


def resultatlista(facts: DocumentFacts) -> dict[str, Any]:
    """Content of a list. Raises `ResultsMissing`, `NothingToShow`, `StudentMissing` … and as `values.step_of`.

    Adds ``"tally"``, ``"points": bool`` (somebody has points), ``"rows": [{"number": int, "family", "given",
    "identifier", "grade", "examined_on", "points", "before", "explanation", "finished": [{"code", "name", "credits",
    "grade", "examined_on", "credited": bool}]}]`` in the order given. Who has no separate family name stands under
    ``family`` whole.
    """
    told = _results(facts)
    seen: set[tuple[str, str]] = set()
    for row in told.rows:
        student = (row.student.identifier_scheme, row.student.identifier)
        if student in seen:
            raise StudentTwice(f"{row.student.name} stands twice.", field="rows", number=row.number)
        seen.add(student)
    rows = [_row(told, row) for row in told.rows]
    return {
        **_shared(told),
        "tally": _tally(told),
        "points": any(row["points"] for row in rows),
        "rows": rows,
    }


def resultatintyg(facts: DocumentFacts) -> dict[str, Any]:
    """Content of a student's certificate; raises as `resultatlista`, and `OneRow`, `NotPassed`.

    Adds ``"identifier_label", "identifier_label_en", "grade", "grade_name", "grade_name_en", "examined_on",
    "decided_on"`` (empty: the day of the signature), ``"authors": [text]``, ``"finished"`` as in a list, ``"before"``.
    The day of decision is taken from `facts.decisions`, where it is known.
    """
    told = _results(facts)
    if len(told.rows) != 1 or facts.pupil is None or told.rows[0].student.identifier != facts.pupil.identifier:
        raise OneRow("A certificate is about one result of the student that it names.", field="rows")
    row = _row(told, told.rows[0])
    scale, grade = told.course.scale, str(row["grade"])
    if not passed(scale, grade):
        raise NotPassed(f"A certificate is for a passing grade; {grade} is none.", field="rows", value=grade)
    label = _IDENTIFIERS.get(facts.pupil.identifier_scheme, ("Identitetsbeteckning", "Identifier"))
    decided = next((d.decided_on for d in facts.decisions if d.decided_on is not None), None)
    return {
        **_shared(told),
        "identifier_label": label[0],
        "identifier_label_en": label[1],
        "grade": grade,
        "grade_name": step_of(scale, grade).name,
        "grade_name_en": tables.ENGLISH[scale, grade],
        "examined_on": row["examined_on"],
        "decided_on": decided.isoformat() if decided else "",
        "authors": list(told.authors),
        "finished": row["finished"],
        "before": row["before"],
    }


def processbeslut(facts: DocumentFacts) -> dict[str, Any]:
    """Content of a decision about how lists are signed; see `process.words`. Raises `ResultsMissing` and as there."""
    if facts.process is None:
        raise ResultsMissing("The decision needs to say which way holds from when.", field="process")
    return process.words(facts.process, facts.school)


def hp(amount: Decimal) -> str:
    """Credits in Swedish: ``7,5``, ``15``."""
    return f"{amount.normalize():f}".replace(".", ",")


def _results(facts: DocumentFacts) -> ResultFacts:
    told = facts.results
    if told is None:
        raise ResultsMissing("The document needs the facts of a list.", field="results")
    if not told.rows:
        raise NothingToShow("The list holds no student.", field="rows")
    correction = told.kind == "correction"
    if correction is not (told.reason in tables.CORRECTIONS):
        raise CorrectionUnclear(
            f"A list of kind {told.kind} has not the reason {told.reason!r}.", field="reason", reason=told.reason
        )
    if told.title_en and not told.title:
        raise TitleMissing("The English title stands beside the original one.", field="title")
    _bounded(told.title, "title")
    _bounded(told.title_en, "title_en")
    return told


def _shared(told: ResultFacts) -> dict[str, Any]:
    course = told.course
    names = tables.KIND_NAMES.get(told.kind, (told.kind, told.kind))
    module = _module(course)
    way = tables.CORRECTIONS.get(told.reason)
    what = [f"{course.code} {course.name}", f"{module['code']} {module['name']}" if module else ""]
    what_en = [course.name_en, module["name_en"] if module else ""]
    return {
        "heading": ", ".join(part.strip() for part in what if part.strip()),
        "heading_en": ", ".join(part for part in what_en if part),
        "kind": told.kind,
        "kind_name": names[0],
        "kind_name_en": names[1],
        "number": told.number,
        "occasion": told.occasion,
        "examiner": told.examiner,
        "course": _unit(course.code, course.name, course.name_en, course.credits),
        "module": module,
        "scale": _scale(course.scale),
        "correction": {"reason": way.reason, "name": way.name, "name_en": _ENGLISH_WAYS[way.reason], "law": way.law}
        if way
        else None,
        "title": told.title,
        "title_en": told.title_en,
    }


def _unit(code: str, name: str, name_en: str, amount: Decimal | None) -> dict[str, Any]:
    swedish = hp(amount) if amount is not None else ""
    return {
        "code": code, "name": name, "name_en": name_en, "credits": swedish, "credits_en": swedish.replace(",", "."),
    }  # fmt: skip


def _module(course: CourseFacts) -> dict[str, Any] | None:
    if not course.module_code:
        return None
    return _unit(course.module_code, course.module_name, course.module_name_en, course.module_credits)


def _scale(scale: str) -> dict[str, Any]:
    steps = [
        {"value": v.value, "name": v.name, "name_en": tables.ENGLISH[scale, v.value]}
        for v in reversed(scale_of(scale).values)
    ]
    return {"id": scale, "steps": steps}


def _row(told: ResultFacts, row: ResultRow) -> dict[str, Any]:
    student = row.student
    if not student.name.strip() or not student.identifier.strip():
        raise StudentMissing(
            f"The student in line {row.number} needs name and identifier.", field="rows", number=row.number
        )
    if told.kind == "correction":
        step_of(told.course.scale, row.before)
        if not row.explanation.strip():
            raise CorrectionUnclear(f"Line {row.number} does not say why.", field="rows", number=row.number)
    elif row.before:
        raise CorrectionUnclear(f"Line {row.number} replaces a grade.", field="rows", number=row.number)
    _bounded(row.explanation, "rows")
    family, given = _names(student)
    return {
        "number": row.number,
        "family": family,
        "given": given,
        "identifier": student.identifier,
        "grade": step_of(told.course.scale, row.value).value,
        "examined_on": row.examined_on.isoformat(),
        "points": row.points,
        "before": row.before,
        "explanation": row.explanation.strip(),
        "finished": [_finished(m) for m in row.finished],
    }


def _names(student: PupilFacts) -> tuple[str, str]:
    """Family and given name; the whole name first where the two are not all of it."""
    both = sorted(f"{student.given} {student.family}".split())
    apart = bool(student.given.strip() and student.family.strip()) and both == sorted(student.name.split())
    return (student.family, student.given) if apart else (student.name, "")


def _finished(module: ModuleResult) -> dict[str, Any]:
    return {
        "code": module.code,
        "name": module.name,
        "credits": hp(module.credits),
        "grade": "" if module.credited else module.value,
        "examined_on": module.examined_on.isoformat() if module.examined_on and not module.credited else "",
        "credited": module.credited,
    }


def _tally(told: ResultFacts) -> str:
    """``VG 4 · G 17 · U 2``, best first, without what nobody got."""
    counts = Counter(row.value for row in told.rows)
    steps: Sequence[str] = [v.value for v in reversed(scale_of(told.course.scale).values)]
    return "  ·  ".join(f"{step} {counts[step]}" for step in steps if counts[step])


def _bounded(text: str, field: str) -> None:
    if len(text) > TEXT_LIMIT:
        raise TextTooLong(
            f"A title or explanation may have {TEXT_LIMIT} characters; this one has {len(text)}.",
            field=field,
            limit=TEXT_LIMIT,
            length=len(text),
        )
