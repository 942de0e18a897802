"""What follows at the end of a year: result, awards, promotion, completion (Circular 27/2020 art. 9, 11, 13). Pure.

All of it is proposed, with the reasons; the class teacher and the principal decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Condition, Decision, Scale
from testamur.law.vn_primary import tables
from testamur.law.vn_primary.rules import check, expected, expected_tests, is_year_end, lacking


class ResultDiffers(Refused):
    """The decided year result is not the one that follows from the assessments."""

    code = "vn.primary.year_result.differs"


class AwardDiffers(Refused):
    """The title needs another year result than the one reached (art. 13.1.a)."""

    code = "vn.primary.award.differs"


@dataclass(frozen=True, slots=True)
class Standing:
    """One pupil's year-end assessments: subject → level, quality or competence → level, subject → test mark."""

    levels: dict[str, str]
    traits: dict[str, str]
    tests: dict[str, int]


@dataclass(frozen=True, slots=True)
class YearResult:
    """The year result and why.

    Attributes:
        result: ``xuat_sac``, ``tot``, ``hoan_thanh``, ``chua_hoan_thanh``; None while assessments are missing.
        name: its legal name; empty while there is no result.
        missing: what is not assessed yet, met = False each.
        unmet: for each better result than the one reached, best first, the demands that failed.
    """

    result: str | None
    name: str
    missing: tuple[Condition, ...]
    unmet: tuple[tuple[str, tuple[Condition, ...]], ...]


@dataclass(frozen=True, slots=True)
class AwardProposal:
    """An award that may be given; `open` holds the demands that only people can confirm."""

    award: str
    name: str
    open: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class PromotionProposal:
    """What follows from the year result.

    Attributes:
        step: ``completed``, ``help_and_reassess``, ``principal_decides``, ``promoted``, ``retained``, ``waiting``.
        text: for people, in Vietnamese.
        completes_primary: True when the pupil has completed the primary programme (grade 5).
    """

    step: str
    text: str
    completes_primary: bool


def of_grade(decisions: Sequence[Decision], year_level: int) -> list[Decision]:
    """The decisions of that grade; of the last school year alone when the pupil has repeated it."""
    mine = [d for d in decisions if d.year_level == year_level]
    last = max((d.period.ends, d.period.school_year) for d in mine)[1] if mine else ""
    return [d for d in mine if d.period.school_year == last]


def standing(decisions: Sequence[Decision], year_level: int) -> Standing:
    """The year-end assessments of that grade; a re-test or re-assessment counts instead of the former one.

    Raises `Refused` when one of them is not lawful.
    """
    mine = [d for d in of_grade(decisions, year_level) if is_year_end(d)]
    for d in mine:
        check(d)
    ordered = sorted(mine, key=lambda d: (tables.RETEST in d.flags, d.decided_on or date.min))
    return Standing(
        levels={d.code: d.value for d in ordered if d.kind == "level"},
        traits={d.code: d.value for d in ordered if d.kind in {"quality", "competence"}},
        tests={d.code: int(d.value) for d in ordered if d.kind == "test"},
    )


def demands(demand: tables.Demand, have: Standing) -> tuple[Condition, ...]:
    """Every demand of one year result, met and unmet, in Vietnamese."""
    return (
        *(
            Condition(
                "year_result.subject",
                value in demand.levels,
                f"{tables.BY_CODE[code].name}: {_name(tables.LEVEL, value)}, "
                f"cần {_names(tables.LEVEL, demand.levels)}.",
                about=code,
                found=value,
                needed=demand.levels,
            )
            for code, value in have.levels.items()
        ),
        *(
            Condition(
                "year_result.trait",
                value in demand.traits,
                f"{_trait(code)}: {_name(tables.TRAIT, value)}, cần {_names(tables.TRAIT, demand.traits)}.",
                about=code,
                found=value,
                needed=demand.traits,
            )
            for code, value in have.traits.items()
        ),
        *(
            Condition(
                "year_result.test",
                mark >= demand.mark,
                f"Bài kiểm tra cuối năm {tables.BY_CODE[code].name}: {mark} điểm, cần từ {demand.mark} điểm trở lên.",
                about=code,
                found=str(mark),
                needed=str(demand.mark),
            )
            for code, mark in have.tests.items()
        ),
    )


def reached(levels: Iterable[str], traits: Iterable[str], marks: Iterable[int]) -> str:
    """The year result of complete assessments (art. 9.2.b): the best whose every demand is met."""
    levels, traits, marks = tuple(levels), tuple(traits), tuple(marks)
    for d in tables.DEMANDS:
        if set(levels) <= set(d.levels) and set(traits) <= set(d.traits) and all(m >= d.mark for m in marks):
            return d.result
    return tables.NOT_DONE


def missing(have: Standing, year_level: int) -> tuple[Condition, ...]:
    """What is not assessed yet at the end of that grade."""
    rows = [
        (kind, code, f"{tables.BY_CODE[code].name}: chưa có {what}.")
        for kind, what, all_ways, got in (
            ("level", "mức đạt được cuối năm", expected(year_level), have.levels),
            ("test", "điểm kiểm tra cuối năm", expected_tests(year_level, ""), have.tests),
        )
        for ways in all_ways
        for code in lacking(ways, got)
    ]
    wanted = [*tables.QUALITIES, *(c for c in tables.COMPETENCES if year_level >= tables.COMPETENCE_FROM.get(c, 1))]
    rows += [("trait", c, f"{_trait(c)}: chưa được đánh giá cuối năm.") for c in wanted if c not in have.traits]
    return tuple(Condition(f"missing.{kind}", met=False, text=text, about=code) for kind, code, text in rows)


def year_result(decisions: Sequence[Decision], year_level: int) -> YearResult:
    """The year result that follows from one pupil's decisions, with all that stood in the way of a better one."""
    have = standing(decisions, year_level)
    absent = missing(have, year_level)
    if absent:
        return YearResult(None, "", absent, ())
    result = reached(have.levels.values(), have.traits.values(), have.tests.values())
    better = tables.DEMANDS[: next((i for i, d in enumerate(tables.DEMANDS) if d.result == result), None)]
    unmet = tuple((d.result, tuple(c for c in demands(d, have) if not c.met)) for d in better)
    return YearResult(result, _name(tables.YEAR_RESULT, result), (), unmet)


def explain(outcome: YearResult) -> tuple[str, ...]:
    """The result in sentences for people, in Vietnamese; then what stood in the way of better ones."""
    if outcome.result is None:
        return ("Chưa xếp được kết quả giáo dục vì còn thiếu:", *(c.text for c in outcome.missing))
    lines = [f"Kết quả giáo dục: {outcome.name}."]
    for result, conditions in outcome.unmet:
        lines.append(f"Chưa đạt mức {_name(tables.YEAR_RESULT, result)} vì:")
        lines.extend(c.text for c in conditions)
    return tuple(lines)


def check_year_result(decisions: Sequence[Decision], year_level: int) -> None:
    """Raise `ResultDiffers` or `AwardDiffers` when a decided result or title does not follow from the assessments.

    While assessments are missing nothing follows and nothing is refused.
    """
    outcome = year_result(decisions, year_level)
    if outcome.result is None:
        return
    for d in of_grade(decisions, year_level):
        wanted = {tables.TITLE_EXCELLENT: tables.EXCELLENT, tables.TITLE_MODEL: tables.GOOD}.get(d.value)
        if d.kind == "award" and wanted and wanted != outcome.result:
            raise AwardDiffers(
                f"{_name(tables.AWARDS, d.value)} needs {_name(tables.YEAR_RESULT, wanted)}; "
                f"the assessments give {outcome.name}.",
                field="decisions",
                value=d.value,
                reckoned=outcome.result,
            )
        if d.kind == "year_result" and d.value != outcome.result:
            raise ResultDiffers(
                f"The assessments give {outcome.name}; decided was {_name(tables.YEAR_RESULT, d.value)}.",
                field="decisions",
                value=d.value,
                reckoned=outcome.result,
                explain=explain(outcome),
            )


def propose_awards(decisions: Sequence[Decision], year_level: int) -> tuple[AwardProposal, ...]:
    """Titles that follow from the year result (art. 13.1.a). Ad-hoc awards are people's idea, never proposed."""
    outcome = year_result(decisions, year_level)
    if outcome.result == tables.EXCELLENT:
        return (AwardProposal(tables.TITLE_EXCELLENT, _name(tables.AWARDS, tables.TITLE_EXCELLENT), ()),)
    if outcome.result != tables.GOOD:
        return ()
    mine = of_grade(decisions, year_level)
    merit = any(
        (d.kind in {"level", "test"} and tables.OUTSTANDING in d.flags)
        or (d.kind in {"quality", "competence"} and tables.PROGRESS in d.flags)
        or (d.kind == "award" and d.flags & {tables.OUTSTANDING, tables.PROGRESS})
        for d in mine
    )
    agreed = any(d.kind == "award" and tables.CLASS_AGREES in d.flags for d in mine)
    conditions = (
        Condition(
            "award.outstanding_or_progress",
            merit,
            "Có thành tích xuất sắc về ít nhất một môn học hoặc tiến bộ rõ rệt ít nhất một phẩm chất, năng lực.",
        ),
        Condition("award.class_agrees", agreed, "Được tập thể lớp công nhận."),
    )
    return (
        AwardProposal(
            tables.TITLE_MODEL, _name(tables.AWARDS, tables.TITLE_MODEL), tuple(c for c in conditions if not c.met)
        ),
    )


def promotion(decisions: Sequence[Decision], year_level: int) -> PromotionProposal:
    """What follows for the pupil (art. 11): completed; help and re-assessment; then the principal decides.

    Re-assessed means that some year-end assessment of that grade is flagged ``retest``.
    """
    outcome = year_result(decisions, year_level)
    last = year_level == tables.YEAR_LEVELS[-1]
    if outcome.result is None:
        return PromotionProposal("waiting", "Chưa đủ đánh giá cuối năm.", completes_primary=False)
    if outcome.result != tables.NOT_DONE:
        text = "Hoàn thành chương trình tiểu học." if last else f"Hoàn thành chương trình lớp {year_level}."
        return PromotionProposal("completed", text, completes_primary=last)
    mine = of_grade(decisions, year_level)
    decided = [d for d in mine if d.kind == "promotion"]
    if decided:
        value = max(decided, key=lambda d: d.decided_on or date.min).value
        step = "promoted" if value == tables.PROMOTED else "retained"
        return PromotionProposal(
            step, f"{_name(tables.PROMOTION, value)} (hiệu trưởng quyết định).", completes_primary=False
        )
    if any(tables.RETEST in d.flags and is_year_end(d) for d in mine):
        return PromotionProposal(
            "principal_decides",
            "Đã đánh giá bổ sung mà vẫn chưa hoàn thành: hiệu trưởng quyết định.",
            completes_primary=False,
        )
    return PromotionProposal(
        "help_and_reassess", "Giáo viên hướng dẫn, giúp đỡ và đánh giá bổ sung.", completes_primary=False
    )


def _name(scale: Scale, value: str) -> str:
    step = scale.find(value)
    return step.name if step else value


def _names(scale: Scale, values: str) -> str:
    return " hoặc ".join(_name(scale, v) for v in values)


def _trait(code: str) -> str:
    return tables.QUALITIES.get(code) or tables.COMPETENCES[code]
