"""What stands in the Vietnamese transcripts: the `content` member of the snapshot, built from facts. Pure.

Order and headings follow Appendix 1 of Circular 27/2020/TT-BGDĐT. Plain JSON types only; numbers that may have a
fraction are text with a decimal comma, dates are ``dd/mm/yyyy`` as on paper. A year::

    {"school_year", "class", "year_level", "school", "height", "weight", "health", "absent_with_leave",
     "absent_without_leave", "subjects": [{"code", "name", "level", "mark", "comment", "former_level", "former_mark"}],
     "qualities" | "general" | "specific": [{"code", "name", "level", "comment", "former_level"}],
     "result", "awards": [text], "completion", "class_teacher", "principal"}

`former_*` hold the value before a rectification, empty otherwise; the template strikes it through. A year whose result
was put right has ``former_result`` and ``result_corrected`` (who, when) too; one in which an award was put right has
``former_awards`` and ``awards_corrected``, beside ``awards`` one by one and empty where nothing was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Decision, DocumentFacts, Lack, PupilFacts
from testamur.law.register_content import Form
from testamur.law.register_content import content as register_content
from testamur.law.vn_primary import results, rules, tables
from testamur.law.vn_primary.diary import DIARY

COMMENT_LIMIT = 500
"""Characters of one comment."""


class PupilMissing(Refused):
    """A transcript needs a pupil with name, date of birth and identifier."""

    code = "vn.primary.document.pupil_missing"


class NotYearEnd(Refused):
    """A transcript year is written at the end of the school year."""

    code = "vn.primary.document.not_year_end"


class Incomplete(Refused):
    """Assessments of the year are missing, or nobody has decided the year result; `found["missing"]` says which."""

    code = "vn.primary.document.incomplete"


class NothingToShow(Refused):
    """There is no year with decisions."""

    code = "vn.primary.document.empty"


class CommentTooLong(Refused):
    """A comment does not fit the form."""

    code = "vn.primary.document.comment_too_long"


@dataclass(frozen=True, slots=True)
class _Year:
    school_year: str
    year_level: int
    class_name: str
    school: str
    decisions: tuple[Decision, ...]


def hoc_ba_year(facts: DocumentFacts) -> dict[str, Any]:
    """Content of one year's transcript: ``{"heading", "person", "year"}``.

    Raises `PupilMissing`, `NotYearEnd`, `Incomplete` and what `rules.check_set`, `results.check_year_result` raise.
    """
    pupil = _pupil(facts)
    year = _this_year(facts)
    if facts.period.term not in {"", "HK2"}:
        raise NotYearEnd(
            f"A transcript is written at the end of the year, not for {facts.period.label}.", field="period"
        )
    outcome = results.year_result(year.decisions, year.year_level)
    if outcome.result is None:
        raise Incomplete(
            f"{len(outcome.missing)} assessments are missing.",
            field="decisions",
            missing=tuple(c.text for c in outcome.missing),
        )
    if not any(d.kind == "year_result" for d in year.decisions):
        raise Incomplete("Nobody has decided the year result.", field="decisions", missing=("year_result",))
    return {
        "heading": f"Lớp {facts.year_level}, năm học {facts.period.school_year}",
        "person": _person(pupil),
        "year": _year(year, facts.notes, facts.class_teacher, facts.principal),
    }


def hoc_ba(facts: DocumentFacts) -> dict[str, Any]:
    """Content of the booklet: ``{"heading", "person", "person_rows", "place", "years"}``, oldest year first.

    A pupil who moves within a year takes the year as far as it is written; what is written must agree. Raises
    `PupilMissing`, `NothingToShow` and what `rules.check_set`, `results.check_year_result` raise.
    """
    pupil = _pupil(facts)
    past = [
        _Year(period.school_year, level, class_name, school, decisions)
        for period, level, class_name, school, decisions in facts.history
    ]
    current = [_this_year(facts)] if facts.decisions else []
    years = [y for y in past if y.decisions and (not current or y.school_year != current[0].school_year)] + current
    if not years:
        raise NothingToShow("No year has anything to show.", field="history")
    school = facts.school
    place = [("Xã/Phường", school.district), ("Tỉnh/Thành phố", school.province)]
    return {
        "heading": "Cấp tiểu học",
        "person": _person(pupil),
        "person_rows": [[name, value] for name, value in _person_rows(pupil)],
        "place": [[name, value] for name, value in place if value],
        "years": [
            _year(y, facts.notes, *((facts.class_teacher, facts.principal) if y in current else ("", "")))
            for y in years
        ],
    }


def lacks(decisions: Sequence[Decision], year_level: int) -> tuple[Lack, ...]:
    """What the year-end decisions of one pupil lack before `hoc_ba_year` can be made: as it refuses, without a person.

    Codes: ``missing.level``, ``missing.test``, ``missing.trait``, ``missing.year_result``; ``year_result.differs`` when
    the decided result is not the one that follows. Each decision is taken to be lawful by itself.
    """
    ends = [d for d in decisions if rules.is_year_end(d) and d.year_level == year_level]
    ends.sort(key=lambda d: (tables.RETEST in d.flags, d.decided_on or date.min))
    have = results.Standing(
        levels={d.code: d.value for d in ends if d.kind == "level"},
        traits={d.code: d.value for d in ends if d.kind in {"quality", "competence"}},
        tests={d.code: int(d.value) for d in ends if d.kind == "test"},
    )
    found = [Lack(c.code, c.about, c.text) for c in results.missing(have, year_level)]
    decided = [d.value for d in ends if d.kind == "year_result"]
    if not decided:
        found.append(Lack("missing.year_result", "", "Chưa xác nhận kết quả giáo dục cuối năm."))
    elif not found:
        reached = results.reached(have.levels.values(), have.traits.values(), have.tests.values())
        if decided[-1] != reached:
            told = f"Kết quả đã ghi khác kết quả theo đánh giá: {_named('year_result', reached)}."
            found.append(Lack("year_result.differs", "", told))
    return tuple(found)


def so_theo_doi(facts: DocumentFacts) -> dict[str, Any]:
    """Content of the follow-up book of a class (see `register_content`)."""
    return register_content(
        facts,
        Form(
            diary=DIARY,
            heading=lambda f: f"Lớp {f.class_name}, năm học {f.period.school_year}",
            terms={"HK1": "Học kì I", "HK2": "Học kì II"},
            subject=lambda code: (s.order, s.name) if (s := tables.BY_CODE.get(code)) else (99, code),
        ),
    )


def _this_year(facts: DocumentFacts) -> _Year:
    return _Year(facts.period.school_year, facts.year_level, facts.class_name, facts.school.name, facts.decisions)


def _pupil(facts: DocumentFacts) -> PupilFacts:
    pupil = facts.pupil
    if pupil is None or not pupil.name.strip() or not pupil.identifier.strip() or pupil.birth_date is None:
        raise PupilMissing("The transcript needs the pupil's name, date of birth and identifier.", field="pupil")
    return pupil


_SEXES = {"f": "Nữ", "female": "Nữ", "m": "Nam", "male": "Nam"}
_PARENTS = {"father": "Họ và tên cha", "mother": "Họ và tên mẹ", "guardian": "Người giám hộ"}


def _day(on: date | None) -> str:
    return on.strftime("%d/%m/%Y") if on else ""


def _person(pupil: PupilFacts) -> dict[str, str]:
    return {
        "birth_date": _day(pupil.birth_date),
        "sex": _SEXES.get(pupil.sex.lower(), pupil.sex),
        "identifier": pupil.identifier,
    }


def _person_rows(pupil: PupilFacts) -> list[tuple[str, str]]:
    """Page 3 of the booklet, in the order of the form."""
    person = _person(pupil)
    return [
        ("Họ và tên", pupil.name),
        ("Giới tính", person["sex"]),
        ("Ngày, tháng, năm sinh", person["birth_date"]),
        ("Nơi sinh", pupil.birth_place),
        ("Dân tộc", pupil.ethnicity),
        ("Quốc tịch", pupil.nationality),
        ("Nơi ở hiện nay", pupil.home),
        *((_PARENTS.get(relation, relation), name) for relation, name in pupil.parents),
        ("Mã định danh", pupil.identifier),
    ]


def _year(year: _Year, notes: Mapping[str, str], class_teacher: str, principal: str) -> dict[str, Any]:
    rules.check_set(year.decisions)
    for d in year.decisions:
        rules.check(d)
    results.check_year_result(year.decisions, year.year_level)
    row = _Rows(year, notes)
    decided = row.one("year_result", tables.WHOLE_YEAR["year_result"])
    outcome = results.promotion(year.decisions, year.year_level)
    # who put the result right is no class teacher for that
    teacher = next(iter(decided.decided_by), "") if decided and decided.reason != "rectification" else ""
    return {
        "school_year": year.school_year,
        "class": year.class_name,
        "year_level": year.year_level,
        "school": year.school,
        "height": row.measure("height_cm", "cm"),
        "weight": row.measure("weight_kg", "kg"),
        "health": row.measure("health", ""),
        "absent_with_leave": row.measure("absent_with_leave", ""),
        "absent_without_leave": row.measure("absent_without_leave", ""),
        "subjects": [
            row.subject(s.code, s.name) for s in rules.subjects_for(year.year_level) if row.has_subject(s.code)
        ],
        "qualities": [row.trait("quality", c, n) for c, n in tables.QUALITIES.items()],
        "general": [row.trait("competence", c, n) for c, n in tables.GENERAL.items()],
        "specific": [
            row.trait("competence", c, n)
            for c, n in tables.SPECIFIC.items()
            if row.one("competence", c) or year.year_level >= tables.COMPETENCE_FROM.get(c, 1)
        ],
        "result": _named("year_result", decided.value) if decided else "",
        **_former_result(row, decided),
        **row.awards(),
        "completion": outcome.text if decided and outcome.step in {"completed", "promoted", "retained"} else "",
        "class_teacher": teacher or class_teacher,
        "principal": principal or (decided.decided_by[1] if decided and len(decided.decided_by) > 1 else ""),
    }


def _former_result(row: _Rows, decided: Decision | None) -> dict[str, str]:
    """The year result that was struck out, by its name, and who put it right; nothing where none was."""
    former = row.former("year_result", tables.WHOLE_YEAR["year_result"])
    if not former or decided is None:
        return {}
    return {"former_result": _named("year_result", former), "result_corrected": _corrector(decided)}


def _corrector(d: Decision) -> str:
    return f"Người sửa: {', '.join(d.decided_by)}, {_day(d.decided_on)}".rstrip(", ")


def _award(d: Decision) -> str:
    told = d.comment.strip()
    return _named("award", d.value) + (f": {told}" if told else "")


def _named(kind: str, value: str) -> str:
    step = tables.SCALES[kind].find(value)
    return step.name if step else value


class _Rows:
    """The year-end decisions of one year, by kind and code; a re-assessment counts instead of the former one."""

    def __init__(self, year: _Year, notes: Mapping[str, str]) -> None:
        self._year = year
        self._notes = notes
        mine = [d for d in year.decisions if rules.is_year_end(d)]
        self._all = sorted(mine, key=lambda d: (tables.RETEST in d.flags, d.decided_on or date.min))
        self._by = {(d.kind, d.code): d for d in self._all}

    def one(self, kind: str, code: str) -> Decision | None:
        return self._by.get((kind, code))

    def value(self, kind: str, code: str) -> str:
        found = self.one(kind, code)
        return found.value if found else ""

    def measure(self, code: str, unit: str) -> str:
        value = self.value("fact", code)
        if tables.FACTS[code].least is not None:
            value = value.replace(".", ",")
        return f"{value} {unit}".strip() if value else ""

    def former(self, kind: str, code: str) -> str:
        """The value before a rectification: the caller's note ``former.<kind>.<code>.<school year>``."""
        found = self.one(kind, code)
        if found is None or found.reason != "rectification":
            return ""
        return self._notes.get(f"former.{kind}.{code}.{self._year.school_year}", "")

    def has_subject(self, code: str) -> bool:
        return any((kind, code) in self._by for kind in ("level", "test"))

    def comment(self, *kinds: str, code: str) -> str:
        """What was written about it: comments of the decisions, then free comments; who put it right, and when."""
        parts: list[str] = []
        for kind in (*kinds, "comment"):
            d = self.one(kind, code)
            if d is None:
                continue
            parts.append((d.comment or (d.value if kind == "comment" else "")).strip())
            if self.former(kind, code):
                parts.append(_corrector(d))
        text = " ".join(dict.fromkeys(p for p in parts if p))
        if len(text) > COMMENT_LIMIT:
            raise CommentTooLong(
                f"The comment on {code} has {len(text)} characters; {COMMENT_LIMIT} fit the form.",
                field="decisions",
                code=code,
                limit=COMMENT_LIMIT,
                length=len(text),
            )
        return text

    def subject(self, code: str, name: str) -> dict[str, str]:
        return {
            "code": code,
            "name": name,
            "level": self.value("level", code),
            "mark": self.value("test", code),
            "comment": self.comment("level", "test", code=code),
            "former_level": self.former("level", code),
            "former_mark": self.former("test", code),
        }

    def trait(self, kind: str, code: str, name: str) -> dict[str, str]:
        return {
            "code": code,
            "name": name,
            "level": self.value(kind, code),
            "comment": self.comment(kind, code=code),
            "former_level": self.former(kind, code),
        }

    def awards(self) -> dict[str, list[str]]:
        """The awards in words; where one was put right, the former ones and who put them right, one by one."""
        given: Sequence[Decision] = [d for d in self._all if d.kind == "award"]
        told = {"awards": [_award(d) for d in given]}
        struck = [self.former("award", d.code) if d.reason == "rectification" else "" for d in given]
        if any(struck):
            told["former_awards"] = [_named("award", former) if former else "" for former in struck]
            told["awards_corrected"] = [
                _corrector(d) if former else "" for d, former in zip(given, struck, strict=True)
            ]
        return told
