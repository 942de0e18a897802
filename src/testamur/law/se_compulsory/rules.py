"""What a decision and a set of decisions must satisfy to be lawful in Swedish compulsory school. Pure.

Every breach is a `Refused` whose code starts with ``se.compulsory``. What a document must show is in `papers`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Decision, Scale, Subject
from testamur.law.se_compulsory import tables
from testamur.law.se_compulsory.languages import CANONICAL, LANGUAGES


class KindUnknown(Refused):
    """The pack knows no such kind of decision, or no scale for it."""

    code = "se.compulsory.kind.unknown"


class SubjectUnknown(Refused):
    """The code names no subject, language or fact of the pack."""

    code = "se.compulsory.subject.unknown"


class OffScale(Refused):
    """The value is not on the scale in force on that day."""

    code = "se.compulsory.value.off_scale"


class NoScale(Refused):
    """No scale was in force on that day."""

    code = "se.compulsory.scale.none_in_force"


class PeriodUnknown(Refused):
    """The term or occasion is none of the pack's."""

    code = "se.compulsory.period.unknown"


class YearUnknown(Refused):
    """The year level is none of compulsory school's."""

    code = "se.compulsory.year.unknown"


class TooEarly(Refused):
    """No grades are set that early (10 kap. 15 §)."""

    code = "se.compulsory.grade.too_early"


class NeedsPrincipal(Refused):
    """Lawful only when the principal has decided so (flag ``early_grades`` or ``block``)."""

    code = "se.compulsory.grade.needs_principal"


class BlockYear(Refused):
    """One grade for NO or SO is set in year 6 only."""

    code = "se.compulsory.grade.block_year"


class NoJudgement(Refused):
    """Written judgements belong to the years without grades (10 kap. 13 §)."""

    code = "se.compulsory.level.graded_year"


class NeedsLicence(Refused):
    """An unlicensed teacher decides together with a licensed one (3 kap. 16 §): two names are needed."""

    code = "se.compulsory.grade.needs_licensed"


class Twice(Refused):
    """Two decisions for the same subject and period."""

    code = "se.compulsory.set.twice"


class Exclusive(Refused):
    """A pupil has one of the two subjects, not both."""

    code = "se.compulsory.set.exclusive"


class BlockAndPart(Refused):
    """A grade for the whole block and for one of its subjects."""

    code = "se.compulsory.set.block_and_part"


class TwoLanguages(Refused):
    """A pupil has one språkval."""

    code = "se.compulsory.set.two_sprakval"


def canonical(code: str) -> str | None:
    """The one code for a subject: ``M2GER`` → ``M2DEU``, ``MA`` → ``MA``; None when there is no such subject."""
    if code in tables.BY_CODE:
        return code
    if code[:2] in tables.LANGUAGE_SUBJECTS and (language := CANONICAL.get(code[2:])):
        return code[:2] + language
    return None


def subject(code: str) -> Subject:
    """The subject of any code, languages included; raises `SubjectUnknown`."""
    known = canonical(code)
    if known is None:
        raise SubjectUnknown(f"There is no subject {code!r} in compulsory school.", field="code", code=code)
    if known in tables.BY_CODE:
        return tables.BY_CODE[known]
    name, order = tables.LANGUAGE_SUBJECTS[known[:2]]
    return Subject(known, f"{name}, {LANGUAGES[known[2:]].name}", known[:2], order, elective=True)


def scale(kind: str, on: date) -> Scale:
    """The scale for ``grade`` or ``level`` in force on that day; raises `KindUnknown`, `NoScale`."""
    scales = {"grade": tables.GRADES, "level": tables.LEVELS}.get(kind)
    if scales is None:
        raise KindUnknown(f"There is no scale for {kind!r}.", field="kind", kind=kind)
    found = next((s for s in scales if s.valid_from <= on and (s.valid_to is None or on <= s.valid_to)), None)
    if found is None:
        raise NoScale(f"No scale for {kind!r} was in force on {on}.", field="period", kind=kind, on=on)
    return found


def check(decision: Decision) -> None:
    """Raise `Refused` when the decision is not lawful by itself.

    Of kind ``comment`` only the place is checked, of kind ``fact`` the code and a whole number of hours.
    """
    if decision.kind not in tables.KINDS:
        raise KindUnknown(f"{decision.kind!r} is no kind of decision here.", field="kind", kind=decision.kind)
    if decision.year_level not in tables.YEAR_LEVELS:
        raise YearUnknown(
            f"There is no year {decision.year_level} in compulsory school.",
            field="year_level",
            year_level=decision.year_level,
        )
    if decision.period.term not in {"", *tables.TERMS} or decision.occasion:
        raise PeriodUnknown(
            f"Terms are HT and VT, and decisions belong to their end; found {decision.period.term!r} "
            f"{decision.occasion!r}.",
            field="period",
            term=decision.period.term,
            occasion=decision.occasion,
        )
    if decision.kind == "fact":
        _check_fact(decision)
    elif decision.kind == "level":
        _check_level(decision)
    elif decision.kind == "grade":
        _check_grade(decision)


def _check_fact(decision: Decision) -> None:
    if decision.code not in tables.FACTS:
        raise SubjectUnknown(f"{decision.code!r} is no fact of this pack.", field="code", code=decision.code)
    if not (decision.value.isascii() and decision.value.isdigit() and len(decision.value) <= 4):  # noqa: PLR2004 - a term has fewer than 10,000 hours
        raise OffScale(
            f"Unexcused absence is a whole number of hours; found {decision.value!r}.",
            field="value",
            value=decision.value,
        )


def _check_value(decision: Decision) -> None:
    in_force = scale(decision.kind, decision.period.ends)
    if in_force.find(decision.value) is None:
        accepted = ", ".join(v.value for v in in_force.values)
        raise OffScale(
            f"{decision.value!r} is not on the scale {accepted}.",
            field="value",
            value=decision.value,
            accepted=accepted,
        )


def _check_level(decision: Decision) -> None:
    subject(decision.code)
    _check_value(decision)
    if decision.year_level not in tables.LEVEL_YEARS:
        raise NoJudgement(
            f"Written judgements belong to years 1-5; this is year {decision.year_level}.",
            field="year_level",
            year_level=decision.year_level,
        )


def _check_grade(decision: Decision) -> None:
    known = subject(decision.code)
    _check_value(decision)
    year, ends = decision.year_level, decision.period.ends
    rule = next(r for r in tables.GRADE_YEARS if r.valid_from <= ends)
    if year not in rule.years and year not in rule.by_decision:
        raise TooEarly(f"No grades are set in year {year}.", field="year_level", year_level=year)
    if year in rule.by_decision and tables.EARLY not in decision.flags:
        raise NeedsPrincipal(
            f"Grades in year {year} need the principal's decision.",
            field="flags",
            flag=tables.EARLY,
            law="skollagen 3 kap. 14 a §",
        )
    if known.code.startswith("M2") and year < tables.SPRAKVAL_FROM:
        raise TooEarly("Språkval is graded from year 7.", field="year_level", year_level=year, code=known.code)
    if known.covers:
        if year not in tables.BLOCK_YEARS or ends < tables.BLOCKS_FROM:
            raise BlockYear(
                f"One grade for {known.code} is set in year 6 only; this is year {year}.",
                field="code",
                code=known.code,
                year_level=year,
            )
        if tables.BLOCK not in decision.flags:
            raise NeedsPrincipal(
                f"One grade for {known.code} needs the principal's decision.",
                field="flags",
                flag=tables.BLOCK,
                law="skollagen 10 kap. 15 §",
            )
    if tables.UNLICENSED in decision.flags and len(set(decision.decided_by)) < 2:  # noqa: PLR2004 - the teacher and a licensed one
        raise NeedsLicence(
            "A teacher without a licence sets the grade together with one who has: two names are needed.",
            field="decided_by",
            decided_by=decision.decided_by,
        )


def check_set(decisions: Sequence[Decision]) -> None:
    """Raise `Refused` when decisions about one pupil are not lawful together, term by term.

    One grade per subject and term, SV or SVA, IDH or DA, the block or its parts, one språkval; no written judgement
    beside a grade.
    """
    by_period: dict[str, list[Decision]] = {}
    for decision in decisions:
        by_period.setdefault(decision.period.label, []).append(decision)
    for rows in by_period.values():
        seen: set[tuple[str, str]] = set()
        for row in rows:
            key = (row.kind, canonical(row.code) or row.code)
            if key in seen and row.kind != "comment":
                raise Twice(
                    f"{row.code} stands twice in {row.period.label}.",
                    field="decisions",
                    code=row.code,
                    period=row.period.label,
                )
            seen.add(key)
        graded = {code for kind, code in seen if kind == "grade"}
        check_together(graded)
        both = sorted(graded & {code for kind, code in seen if kind == "level"})
        if both:
            raise NoJudgement(
                f"{both[0]} has a grade and a written judgement in the same term.", field="decisions", code=both[0]
            )


def check_together(codes: Iterable[str]) -> None:
    """Raise `Refused` when one pupil cannot have all these subjects at once; codes in any of their forms."""
    have = {canonical(c) or c for c in codes}
    for one, other in tables.EXCLUSIVE:
        if one in have and other in have:
            raise Exclusive(f"A pupil has {one} or {other}, not both.", field="decisions", one=one, other=other)
    for block in tables.SUBJECTS:
        if block.code in have and (parts := sorted(have & set(block.covers))):
            raise BlockAndPart(
                f"{block.code} already covers {parts[0]}.", field="decisions", block=block.code, part=parts[0]
            )
    chosen = sorted(c for c in have if c.startswith("M2"))
    if len(chosen) > 1:
        raise TwoLanguages(
            f"A pupil has one språkval; found {' and '.join(chosen)}.", field="decisions", codes=tuple(chosen)
        )
