"""The end of a year in Vietnamese primary school, in the shape that the product uses (`testamur.law.year`). Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from testamur.law.contract import Condition, Decision, Scale
from testamur.law.vn_primary import english, results, rules, tables
from testamur.law.year import AwardOffer, Weak, YearEnd, YearProposal

COMMENT_LENGTH = 400
"""Characters of a comment: fewer than the form holds, which prints several together."""
_ASSESSED = ("level", "test", "quality", "competence")


@dataclass(frozen=True, slots=True)
class PrimaryYear:
    """Satisfies `testamur.law.year.YearEnd`, where each member is described."""

    result: tuple[str, str] = ("year_result", tables.WHOLE_YEAR["year_result"])
    award: tuple[str, str] = ("award", tables.WHOLE_YEAR["award"])
    promotion: tuple[str, str] = ("promotion", tables.WHOLE_YEAR["promotion"])
    promotions: Scale = tables.PROMOTION
    agreed: str = tables.CLASS_AGREES
    longest_comment: int = COMMENT_LENGTH
    further_awards: tuple[str, ...] = tables.FURTHER_AWARDS

    @property
    def merits(self) -> Mapping[str, str]:
        """Art. 13.1.a: outstanding in a subject, or clear progress in a quality or competence."""
        return {
            tables.OUTSTANDING: "Thành tích xuất sắc về ít nhất một môn học",
            tables.PROGRESS: "Tiến bộ rõ rệt ít nhất một phẩm chất, năng lực",
        }

    @property
    def free_awards(self) -> Mapping[str, str]:
        """Art. 13: an award for a special achievement at any time, a letter of praise."""
        return {one.value: one.name for one in tables.AWARDS.values if one.value in {tables.ON_THE_SPOT, tables.LETTER}}

    def subjects(self, year_level: int, taught: Collection[str]) -> tuple[str, ...]:
        """The programme's subjects; what is elective in that grade only where somebody teaches it."""
        found = []
        must = {code for ways in rules.expected(year_level) for way in ways for code in way}
        for one in rules.subjects_for(year_level):
            block = next((s for s in tables.SUBJECTS if one.code in s.covers), None)
            apart = any(part in taught for part in (block.covers if block else one.covers))
            if apart if one.covers else (block is not None and not apart):
                continue
            if one.code in must or one.code in taught:
                found.append(one.code)
        return tuple(found)

    def missing(
        self, decisions: Sequence[Decision], year_level: int, term: str, occasion: str
    ) -> tuple[Condition, ...]:
        """Levels, tests, qualities and competences of that moment (art. 7.1, 7.2); facts and comments are not asked."""
        have: dict[str, set[str]] = {kind: set() for kind in _ASSESSED}
        for d in decisions:
            if d.kind in have and (d.period.term, d.occasion) == (term, occasion):
                have[d.kind].add(d.code)
        rows = [
            (f"missing.{kind}", code, f"{tables.BY_CODE[code].name}: chưa có {what}.")
            for kind, what, all_ways in (
                ("level", "mức đạt được", rules.expected(year_level)),
                ("test", "điểm kiểm tra", rules.expected_tests(year_level, occasion)),
            )
            for ways in all_ways
            for code in rules.lacking(ways, have[kind])
        ]
        rows += [
            ("missing.trait", code, f"{rules.trait_name(code)}: chưa được đánh giá.")
            for kind, codes in rules.traits_for(year_level)
            for code in codes
            if code not in have[kind]
        ]
        return tuple(Condition(what, met=False, text=text, about=code) for what, code, text in rows)

    def propose(self, decisions: Sequence[Decision], year_level: int) -> YearProposal:
        """See `results`: year result with reasons, awards, and what follows."""
        outcome = results.year_result(decisions, year_level)
        follows = results.promotion(decisions, year_level)
        return YearProposal(
            result=outcome.result or "",
            name=outcome.name,
            passed=outcome.result not in {None, tables.NOT_DONE},
            reasons=results.explain(outcome),
            missing=outcome.missing,
            awards=tuple(AwardOffer(a.award, a.name, a.open) for a in results.propose_awards(decisions, year_level)),
            step=follows.step,
            follows=follows.text,
            completes=follows.completes_primary,
        )

    def weak(self, decisions: Sequence[Decision], year_level: int) -> tuple[Weak, ...]:
        """What keeps the year result from *Hoàn thành* (art. 9.2.b, 11)."""
        have = results.standing(decisions, year_level)
        if results.missing(have, year_level):
            return ()
        least = tables.DEMANDS[-1]
        found = []
        for failed in (c for c in results.demands(least, have) if not c.met):
            kind = failed.code.removeprefix("year_result.")
            if kind == "trait":
                kind = "quality" if failed.about in tables.QUALITIES else "competence"
            kind = "level" if kind == "subject" else kind
            found.append(Weak(kind, failed.about, self.name(kind, failed.about), failed.found, tables.SCALES[kind]))
        return tuple(found)

    def name(self, kind: str, code: str) -> str:
        """``Toán``, ``Yêu nước``, ``Chiều cao``."""
        if kind in {"level", "test", "comment"}:
            subject = tables.BY_CODE.get(code)
            return subject.name if subject is not None else rules.trait_name(code) or code
        if kind == "fact":
            fact = tables.FACTS.get(code)
            return fact.name if fact is not None else code
        return rules.trait_name(code) or code

    def value(self, kind: str, value: str) -> str:
        """``Hoàn thành tốt``; a mark and a fact as they are."""
        scale = tables.SCALES.get(kind)
        step = scale.find(value) if scale is not None else None
        return step.name if step is not None else value

    def english(self, kind: str, code: str) -> str:
        """``Mathematics``, ``Diligence``, ``Middle of term 1``."""
        return english.name(kind, code)

    def english_value(self, kind: str, value: str) -> str:
        """``Completed well``; empty for a mark or a fact."""
        return english.value(kind, value)


YEAR: YearEnd = PrimaryYear()
