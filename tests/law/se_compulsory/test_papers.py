"""What Swedish grade documents must and must not show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Decision, DocumentFacts, Period, PupilFacts, SchoolFacts
from testamur.law.se_compulsory import papers, rules
from testamur.law.se_compulsory.pack import PACK
from testamur.law.se_compulsory.tables import ADJUSTED, BLOCK, EARLY, UNEXCUSED

VT8 = Period("2024/2025", "VT", date(2025, 1, 8), date(2025, 6, 12))
HT9 = Period("2025/2026", "HT", date(2025, 8, 18), date(2025, 12, 19))
VT9 = Period("2025/2026", "VT", date(2026, 1, 8), date(2026, 6, 10))
ALVA = PupilFacts("Alva Påhittad", "Alva", "Påhittad", "test", "20100304-0000", date(2010, 3, 4))
BO = replace(ALVA, name="Bo Uppdiktad", given="Bo", family="Uppdiktad")


def grade(code: str, period: Period = HT9, value: str = "C", year: int = 9) -> Decision:
    return Decision("grade", code, value, period, year, decided_by=("Lena Lärare",))


def hours(value: str = "3", period: Period = HT9, year: int = 9) -> Decision:
    return Decision("fact", UNEXCUSED, value, period, year)


def facts(*decisions: Decision, period: Period = HT9, year: int = 9) -> DocumentFacts:
    school = SchoolFacts("00000000", "Påhittade skolan", "Påhittade kommun")
    return DocumentFacts(school, period, year, "9A", ALVA, decisions, period.ends)


def carried(code: str, period: Period = VT8, year: int = 8) -> Decision:
    return replace(grade(code, period, year=year), carried_over=True)


def test_a_terminsbetyg_shows_this_terms_grades_and_the_unexcused_hours():
    papers.check_terminsbetyg(facts(grade("MA"), grade("SV"), hours("0")))
    assert papers.unexcused_hours(facts(grade("MA"), hours("12"))) == 12


def test_a_terminsbetyg_without_the_hours_is_refused_even_when_last_terms_are_there():
    with pytest.raises(papers.AbsenceMissing):
        papers.check_terminsbetyg(facts(grade("MA")))
    with pytest.raises(papers.AbsenceMissing):
        papers.check_terminsbetyg(facts(grade("MA"), hours(period=VT8, year=8)))


def test_a_grade_of_an_earlier_term_must_be_marked_as_carried_over():
    papers.check_terminsbetyg(facts(grade("MA"), carried("HKK"), hours()))
    with pytest.raises(papers.NotTaught):
        papers.check_terminsbetyg(facts(grade("MA"), grade("HKK", VT8, year=8), hours()))


def test_a_grade_of_this_term_is_not_carried_over():
    with pytest.raises(papers.CarriedWrongly):
        papers.check_terminsbetyg(facts(carried("MA", HT9, 9), hours()))


def test_a_subject_does_not_stand_twice():
    with pytest.raises(papers.CarriedWrongly):
        papers.check_terminsbetyg(facts(grade("MA"), carried("MA"), hours()))
    with pytest.raises(papers.CarriedWrongly):
        papers.check_terminsbetyg(facts(grade("M2DEU"), carried("M2GER"), hours()))


def test_svenska_carried_over_beside_svenska_som_andrasprak_is_refused():
    with pytest.raises(rules.Exclusive):
        papers.check_terminsbetyg(facts(grade("SVA"), carried("SV"), hours()))


def test_a_grade_of_a_later_term_is_refused():
    with pytest.raises(papers.Later):
        papers.check_terminsbetyg(facts(grade("MA"), carried("EN", VT9, 9), hours()))


@pytest.mark.parametrize(("year", "period"), [(5, HT9), (9, VT9), (8, replace(HT9, term=""))])
def test_a_terminsbetyg_is_not_issued_outside_its_years_and_terms(year: int, period: Period):
    with pytest.raises(papers.NotNow):
        papers.check_terminsbetyg(facts(grade("MA", period, year=year), hours(period=period), period=period, year=year))


def test_a_terminsbetyg_in_year_5_where_the_principal_has_decided_so():
    early = replace(grade("MA", year=5), flags=frozenset({EARLY}))
    papers.check_terminsbetyg(facts(early, hours(year=5), year=5))


def test_a_document_without_grades_or_with_an_unlawful_one_is_refused():
    with pytest.raises(papers.NoGrades):
        papers.check_terminsbetyg(facts(hours()))
    with pytest.raises(rules.OffScale):
        papers.check_terminsbetyg(facts(grade("MA", value="VG"), hours()))


def test_a_slutbetyg_shows_finished_subjects_of_earlier_terms_and_no_absence():
    papers.check_slutbetyg(facts(grade("MA", VT9), grade("HKK", VT8, year=8), period=VT9))
    with pytest.raises(papers.AbsenceForbidden):
        papers.check_slutbetyg(facts(grade("MA", VT9), hours(period=VT9), period=VT9))


def test_a_slutbetyg_is_issued_at_the_end_of_year_9():
    with pytest.raises(papers.NotNow):
        papers.check_slutbetyg(facts(grade("MA")))
    with pytest.raises(papers.NotNow):
        papers.check_slutbetyg(facts(grade("MA", VT8, year=8), period=VT8, year=8))


def test_a_slutbetyg_has_no_block_grade():
    vt6 = Period("2022/2023", "VT", date(2023, 1, 9), date(2023, 6, 12))
    block = replace(grade("NO", vt6, year=6), flags=frozenset({BLOCK}))
    with pytest.raises(papers.BlockForbidden):
        papers.check_slutbetyg(facts(grade("MA", VT9), block, period=VT9))


def test_an_adjusted_timetable_is_noticed():
    adjusted = replace(grade("SL", VT9), flags=frozenset({ADJUSTED}))
    assert papers.adjusted_timetable(facts(adjusted, period=VT9))
    assert not papers.adjusted_timetable(facts(grade("SL", VT9), period=VT9))


def test_grades_stand_in_the_order_of_the_law_with_languages_last():
    rows = [grade(c) for c in ("MLARA", "TK", "M2SPA", "BL", "SVA", "EN", "FY", "BI")]
    assert [d.code for d in papers.grades(rows)] == ["BL", "EN", "BI", "FY", "SVA", "TK", "M2SPA", "MLARA"]


def catalogue(*rows: tuple[PupilFacts, tuple[Decision, ...]], code: str = "MA") -> DocumentFacts:
    return replace(facts(), pupil=None, rows=rows, subject_code=code)


def test_a_catalogue_holds_one_grade_a_pupil_with_who_decided():
    papers.check_betygskatalog(catalogue((ALVA, (grade("MA"),)), (BO, (grade("MA", value="-"),))))
    papers.check_betygskatalog(catalogue((ALVA, (grade("M2GER"),)), code="M2DEU"))


@pytest.mark.parametrize(
    ("decisions", "error"),
    [
        ((grade("EN"),), papers.OtherSubject),
        ((grade("MA", VT8, year=8),), papers.OtherSubject),
        ((grade("MA"), grade("MA", value="B")), papers.OtherSubject),
        ((replace(grade("MA"), carried_over=True),), papers.CarriedWrongly),
        ((replace(grade("MA"), decided_by=()),), papers.NoDecider),
        ((replace(grade("MA"), decided_by=(" ",)),), papers.NoDecider),
        ((), papers.NoGrades),
    ],
)
def test_what_does_not_belong_in_a_catalogue_is_refused(decisions: tuple[Decision, ...], error: type[Refused]):
    with pytest.raises(error):
        papers.check_betygskatalog(catalogue((ALVA, decisions)))


def test_a_catalogue_of_an_unknown_subject_is_refused():
    with pytest.raises(rules.SubjectUnknown):
        papers.check_betygskatalog(catalogue((ALVA, (grade("MA"),)), code="ZZ"))


def test_the_principal_may_delegate_the_terminsbetyg_but_not_the_slutbetyg():
    if not PACK.documents:
        pytest.skip("the pack has no documents")
    assert any(s.delegable for s in PACK.documents["terminsbetyg"].signers)
    assert not any(s.delegable for s in PACK.documents["slutbetyg"].signers)
