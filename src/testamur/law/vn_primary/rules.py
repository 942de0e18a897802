"""What a decision and a set of decisions must satisfy in Vietnamese primary school (Circular 27/2020). Pure.

Every breach is a `Refused` whose code starts with ``vn.primary``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Decision, Scale, Subject
from testamur.law.vn_primary import tables

_NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")


class KindUnknown(Refused):
    """The pack knows no such kind of decision, or no scale for it."""

    code = "vn.primary.kind.unknown"


class CodeUnknown(Refused):
    """The code names no subject, quality, competence or fact of the pack."""

    code = "vn.primary.code.unknown"


class OffScale(Refused):
    """The value is not on the scale."""

    code = "vn.primary.value.off_scale"


class PeriodUnknown(Refused):
    """The term or occasion is none of the pack's."""

    code = "vn.primary.period.unknown"


class YearUnknown(Refused):
    """The grade is none of primary school's."""

    code = "vn.primary.year.unknown"


class NotInForce(Refused):
    """Circular 27/2020 did not apply to that grade yet."""

    code = "vn.primary.not_in_force"


class NotTaught(Refused):
    """The subject does not belong to that grade."""

    code = "vn.primary.subject.not_in_grade"


class NoTest(Refused):
    """There is no periodic test in that subject, grade and moment (art. 7.1.b)."""

    code = "vn.primary.test.none"


class YearEndOnly(Refused):
    """Year results, promotions and awards for the year belong to its end."""

    code = "vn.primary.period.year_end_only"


class Twice(Refused):
    """Two decisions fill the same place, and neither replaces the other."""

    code = "vn.primary.set.twice"


class BlockAndPart(Refused):
    """Assessed as a whole and in one of its parts."""

    code = "vn.primary.set.block_and_part"


def subjects_for(year_level: int) -> tuple[Subject, ...]:
    """Subjects and activities that can be assessed in that grade, in the transcript's order."""
    return tuple(s for s in tables.SUBJECTS if not s.years or year_level in s.years)


def expected(year_level: int) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """What has to be assessed in that grade: for each subject the ways to do it, whole or in all its parts.

    Grade 4: ``((("TV",),), …, (("THCN",), ("TH", "CN")), …)``.
    """
    parts = {code for s in tables.SUBJECTS for code in s.covers}
    return tuple(
        ((s.code,), s.covers) if s.covers else ((s.code,),)
        for s in subjects_for(year_level)
        if s.code not in parts and not s.elective and year_level not in tables.ELECTIVE_IN.get(s.code, ())
    )


def expected_tests(year_level: int, occasion: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The same for periodic tests, at the end of a term or at ``mid``."""
    return tuple(ways for ways in expected(year_level) if has_test(ways[0][0], year_level, occasion))


def has_test(code: str, year_level: int, occasion: str) -> bool:
    """Whether there is a periodic test in that subject and grade at that moment (art. 7.1.b)."""
    test = tables.TESTS.get(code)
    return test is not None and year_level in (test.mid if occasion == tables.MID else test.ends)


def traits_for(year_level: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Qualities and competences that have to be assessed in that grade, as (kind, codes)."""
    begun = tuple(c for c in tables.COMPETENCES if year_level >= tables.COMPETENCE_FROM.get(c, 1))
    return (("quality", tuple(tables.QUALITIES)), ("competence", begun))


def trait_name(code: str) -> str:
    """The name of a quality or competence; empty for anything else."""
    return tables.QUALITIES.get(code) or tables.COMPETENCES.get(code, "")


def fact_value(code: str, text: str) -> str:
    """A fact as it is kept: ``125,5`` → ``125.5``; free text stays. Raises `OffScale` outside the fact's bounds."""
    fact, wanted = tables.FACTS[code], " ".join(text.split())
    if fact.least is None or fact.most is None:
        if len(wanted) > tables.FACT_LENGTH:
            raise OffScale(f"At most {tables.FACT_LENGTH} characters.", field="value", value=text[:60], accepted="")
        return wanted
    number = wanted.replace(",", ".")
    if _NUMBER.fullmatch(number) and fact.least <= Decimal(number) <= fact.most and not Decimal(number) % fact.step:
        return f"{Decimal(number).normalize():f}"
    bounds = f"{fact.least}–{fact.most}".replace(".", ",")
    raise OffScale(
        f"{fact.name}: {bounds}, in steps of {fact.step}; found {text[:60]!r}.",
        field="value",
        value=text[:60],
        accepted=bounds,
    )


def lacking(ways: Sequence[Sequence[str]], have: Collection[str]) -> tuple[str, ...]:
    """Codes that are missing for one subject: none when one way is complete, else those of the way begun."""
    best: tuple[str, ...] | None = None
    for way in ways:
        missing = tuple(c for c in way if c not in have)
        if not missing:
            return ()
        if best is None or len(missing) < len(way):
            best = missing
    return best or ()


def scale(kind: str, on: date) -> Scale:
    """The scale for that kind of decision; raises `KindUnknown`, `NotInForce`."""
    found = tables.SCALES.get(kind)
    if found is None:
        raise KindUnknown(f"There is no scale for {kind!r}.", field="kind", kind=kind)
    if on < found.valid_from:
        raise NotInForce(f"Circular 27/2020 was not in force on {on}.", field="period", on=on)
    return found


def is_year_end(decision: Decision) -> bool:
    """Whether the decision belongs to the end of the school year."""
    return decision.period.term in {"HK2", ""} and not decision.occasion


def check(decision: Decision) -> None:
    """Raise `Refused` when the decision is not lawful by itself."""
    if decision.kind not in tables.KINDS:
        raise KindUnknown(f"{decision.kind!r} is no kind of decision here.", field="kind", kind=decision.kind)
    year = decision.year_level
    if year not in tables.YEAR_LEVELS:
        raise YearUnknown(f"There is no grade {year} in primary school.", field="year_level", year_level=year)
    _check_period(decision)
    if decision.period.ends < tables.IN_FORCE[year]:
        raise NotInForce(
            f"Circular 27/2020 applies to grade {year} from {tables.IN_FORCE[year]}.",
            field="period",
            year_level=year,
            ends=decision.period.ends,
        )
    if decision.kind == "fact":
        _check_fact(decision)
    elif decision.kind != "comment":
        _check_code(decision)
        _check_value(decision)


def _check_period(decision: Decision) -> None:
    term, occasion = decision.period.term, decision.occasion
    places = {(o.term, o.code) for o in tables.OCCASIONS} | {("", "")}
    if (term, occasion) not in places:
        raise PeriodUnknown(
            f"Pupils are assessed at mid-term and at the end of HK1 and HK2; found {term!r} {occasion!r}.",
            field="period",
            term=term,
            occasion=occasion,
        )
    if decision.kind in {"year_result", "promotion"} and not is_year_end(decision):
        raise YearEndOnly(f"A {decision.kind} belongs to the end of the year.", field="period", kind=decision.kind)


def _check_code(decision: Decision) -> None:
    kind, code, year = decision.kind, decision.code, decision.year_level
    known: Collection[str] = {
        "quality": tables.QUALITIES,
        "competence": tables.COMPETENCES,
        "level": tables.BY_CODE,
        "test": tables.BY_CODE,
        "award": {tables.WHOLE_YEAR["award"], *tables.FURTHER_AWARDS},
    }.get(kind) or {tables.WHOLE_YEAR[kind]}
    if code not in known:
        raise CodeUnknown(f"There is no {kind} {code!r} in primary school.", field="code", kind=kind, code=code)
    if kind in {"level", "test"} and code not in {s.code for s in subjects_for(year)}:
        raise NotTaught(
            f"{tables.BY_CODE[code].name} is not taught in grade {year}.", field="code", code=code, year_level=year
        )
    if kind == "test" and not has_test(code, year, decision.occasion):
        raise NoTest(
            f"There is no periodic test in {tables.BY_CODE[code].name} in grade {year} then.",
            field="code",
            code=code,
            year_level=year,
            occasion=decision.occasion,
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


def _check_fact(decision: Decision) -> None:
    fact = tables.FACTS.get(decision.code)
    if fact is None:
        raise CodeUnknown(f"{decision.code!r} is no fact of this pack.", field="code", code=decision.code)
    if fact.least is None or fact.most is None:
        return
    number = Decimal(decision.value) if _NUMBER.fullmatch(decision.value) else Decimal(-1)
    if not (fact.least <= number <= fact.most and number % fact.step == 0):
        raise OffScale(
            f"{fact.name}: a number from {fact.least} to {fact.most} in steps of {fact.step}; "
            f"found {decision.value!r}.",
            field="value",
            value=decision.value,
        )


def check_set(decisions: Sequence[Decision]) -> None:
    """Raise `Refused` when decisions about one pupil are not lawful together.

    One value per subject, quality … and moment (a re-test beside the test is lawful); a subject as a whole or in its
    parts. Whether a decided year result agrees with the rest is `results.check_year_result`'s matter.
    """
    seen: set[tuple[tuple[str, str, str, str], bool]] = set()
    for d in decisions:
        if d.kind == "comment" or (d.kind == "award" and d.value in {tables.ON_THE_SPOT, tables.LETTER}):
            continue
        # the end of term 2 is the end of the year, however the period is written
        moment = "year" if is_year_end(d) else f"{d.period.term} {d.occasion}"
        place = ((d.kind, d.code, d.period.school_year, moment), tables.RETEST in d.flags)
        if place in seen:
            raise Twice(f"{d.code} stands twice in {d.period.label}.", field="decisions", kind=d.kind, code=d.code)
        seen.add(place)
    assessed = {place for place, _ in seen}
    for kind, code, year, moment in sorted(assessed):
        block = tables.BY_CODE.get(code) if kind in {"level", "test"} else None
        for part in block.covers if block else ():
            if (kind, part, year, moment) in assessed:
                raise BlockAndPart(
                    f"{code} is assessed as a whole and in {part}.", field="decisions", block=code, part=part
                )
