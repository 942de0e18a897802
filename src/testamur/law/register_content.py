"""What stands in a class register: the `content` member of the snapshot, built from the facts. Pure, for every pack.

Plain JSON types only; numbers that may have a fraction are text as people of the law write it, days are ISO dates::

    {"heading", "class", "year_level", "school_year", "starts", "ends", "class_teacher", "principal", "count": int,
     "terms": [{"code", "name"}],
     "pupils": [{"number", "name", "identifier", "joined", "left", "success", "absences": [one for each term, then the
                 year: {"excused", "unexcused", "late"}]}],
     "subjects": [{"code", "name", "lessons": int,
                   "rows": [{"number", "name", "terms": [{"marks", "average", "closing"}], "annual"}]}],
     "texts": [{"number", "name", "subject", "term", "value", "text", "plan"}],
     "lessons": [{"on", "number", "subject", "topic", "teacher", "absent", "late", "cancelled": bool}],
     "notes": [{"on", "number", "name", "kind", "text", "author"}]}

A subject has a table of marks when it has marks; every pupil of the class has a row in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from testamur.kernel.base.refused import Refused
from testamur.law.contract import DocumentFacts
from testamur.law.diary import Diary, MarkFact
from testamur.law.register import RegisterAbsence, RegisterFacts, RegisterPupil


class RegisterMissing(Refused):
    """The facts hold no register, or one without terms or pupils."""

    code = "law.register.missing"


class NumberUnknown(Refused):
    """A lesson or remark names a pupil by a number that the class does not have, or two pupils have the same."""

    code = "law.register.number_unknown"


@dataclass(frozen=True, slots=True)
class Form:
    """What a pack adds: its diary, its words, its subjects.

    Attributes:
        diary: the pack's.
        heading: of the document, from class and school year.
        terms: term code → its name in the language of the law.
        subject: code → (order, name).
    """

    diary: Diary
    heading: Callable[[DocumentFacts], str]
    terms: Mapping[str, str]
    subject: Callable[[str], tuple[int, str]]


def content(facts: DocumentFacts, form: Form) -> dict[str, Any]:
    """The content of the register of one class; raises `RegisterMissing`, `NumberUnknown`."""
    register = _checked(facts)
    names = {p.number: p.facts.name for p in register.pupils}
    terms = tuple(p.term for p in register.periods)
    kinds = {k.code: k.name for k in form.diary.remarks}
    return {
        "heading": form.heading(facts),
        "class": facts.class_name,
        "year_level": facts.year_level,
        "school_year": facts.period.school_year,
        "starts": min(p.starts for p in register.periods).isoformat(),
        "ends": max(p.ends for p in register.periods).isoformat(),
        "class_teacher": facts.class_teacher,
        "principal": facts.principal,
        "count": len(register.pupils),
        "terms": [{"code": t, "name": form.terms.get(t, t)} for t in terms],
        "pupils": [_pupil(p, terms, form.diary) for p in register.pupils],
        "subjects": _subjects(facts, register, form),
        "texts": _texts(register, form),
        "lessons": [
            {
                "on": one.on.isoformat(),
                "number": one.number,
                "subject": form.subject(one.subject)[1],
                "topic": one.topic,
                "teacher": one.teacher,
                "absent": _numbers(one.absent),
                "late": _numbers(one.late),
                "cancelled": one.cancelled,
            }
            for one in register.lessons
        ],
        "notes": [
            {
                "on": one.on.isoformat(),
                "number": one.pupil,
                "name": names[one.pupil],
                "kind": kinds.get(one.kind, one.kind),
                "text": one.text,
                "author": one.author,
            }
            for one in register.remarks
        ],
    }


def _checked(facts: DocumentFacts) -> RegisterFacts:
    register = facts.register
    if register is None or not register.periods or not register.pupils:
        raise RegisterMissing("A class register needs terms and pupils from the diary.", field="register")
    counted = Counter(p.number for p in register.pupils)
    named = {r.pupil for r in register.remarks}.union(*((*one.absent, *one.late) for one in register.lessons))
    wrong = sorted({n for n, times in counted.items() if times > 1} | (named - counted.keys()))
    if wrong:
        raise NumberUnknown(f"Number {wrong[0]} names no pupil of the class alone.", field="register", numbers=wrong)
    return register


def _numbers(numbers: Sequence[int]) -> str:
    return ", ".join(str(n) for n in sorted(set(numbers)))


def _day(on: date | None) -> str:
    return on.isoformat() if on else ""


def _pupil(pupil: RegisterPupil, terms: Sequence[str], diary: Diary) -> dict[str, Any]:
    by_term = {a.term: a for a in pupil.absences}
    found = [by_term.get(t, RegisterAbsence(t)) for t in terms]
    year = RegisterAbsence(
        "",
        diary.count([a.excused for a in found]),
        diary.count([a.unexcused for a in found]),
        sum(a.late for a in found),
    )
    success = diary.success(pupil.marks)
    return {
        "number": pupil.number,
        "name": pupil.facts.name,
        "identifier": pupil.facts.identifier,
        "joined": _day(pupil.joined),
        "left": _day(pupil.left),
        "success": "" if success is None else f"{success:f}".replace(".", ","),
        "absences": [
            {
                "excused": diary.show_count(a.excused),
                "unexcused": diary.show_count(a.unexcused),
                "late": a.late,
            }
            for a in (*found, year)
        ],
    }


def _subjects(facts: DocumentFacts, register: RegisterFacts, form: Form) -> list[dict[str, Any]]:
    given = Counter(one.subject for one in register.lessons if not one.cancelled)
    codes = {m.subject for p in register.pupils for m in p.marks}
    closes = {k.code: k.closes for k in form.diary.mark_kinds(facts.year_level, register.periods[-1].ends)}
    terms = tuple(p.term for p in register.periods)
    return [
        {
            "code": code,
            "name": form.subject(code)[1],
            "lessons": given[code],
            "rows": [
                {
                    "number": p.number,
                    "name": p.facts.name,
                    **_marks([m for m in p.marks if m.subject == code], terms, closes, form.diary),
                }
                for p in register.pupils
            ],
        }
        for code in sorted(codes, key=lambda c: (*form.subject(c), c))
    ]


def _marks(marks: Sequence[MarkFact], terms: Sequence[str], closes: Mapping[str, str], diary: Diary) -> dict[str, Any]:
    told = []
    for term in terms:
        mine = [m for m in marks if m.term == term]
        average = diary.average(mine)
        told.append(
            {
                "marks": " ".join(m.value for m in mine if not closes.get(m.kind, "")),
                "average": "" if average is None else f"{average:f}".replace(".", ","),
                "closing": " ".join(m.value for m in mine if closes.get(m.kind, "") == "term"),
            }
        )
    return {"terms": told, "annual": " ".join(m.value for m in marks if closes.get(m.kind, "") == "year")}


def _texts(register: RegisterFacts, form: Form) -> list[dict[str, Any]]:
    order = {p.term: n for n, p in enumerate(register.periods)}
    return [
        {
            "number": pupil.number,
            "name": pupil.facts.name,
            "subject": form.subject(one.subject)[1],
            "term": form.terms.get(one.term, one.term) if one.term else "",
            "value": one.value,
            "text": one.text,
            "plan": one.plan,
        }
        for pupil in register.pupils
        for one in sorted(pupil.texts, key=lambda t: (*form.subject(t.subject), order.get(t.term, len(order))))
    ]
