"""Which grades and judgements are lawful in Swedish compulsory school."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Decision, Period
from testamur.law.se_compulsory import rules
from testamur.law.se_compulsory.languages import LANGUAGES
from testamur.law.se_compulsory.names import Ambiguous
from testamur.law.se_compulsory.pack import PACK
from testamur.law.se_compulsory.tables import BLOCK, EARLY, GRADES, SUBJECTS, UNEXCUSED, UNLICENSED

HT = Period("2025/2026", "HT", date(2025, 8, 18), date(2025, 12, 19))
VT = Period("2025/2026", "VT", date(2026, 1, 8), date(2026, 6, 10))


def grade(code: str = "MA", value: str = "C", year: int = 9, period: Period = VT, *flags: str) -> Decision:
    return Decision("grade", code, value, period, year, decided_by=("Lena Lärare",), flags=frozenset(flags))


def level(code: str = "MA", value: str = "1", year: int = 3) -> Decision:
    return Decision("level", code, value, VT, year)


@pytest.mark.parametrize("value", ["A", "B", "C", "D", "E", "F", "-"])
def test_grades_a_to_f_and_the_dash_are_lawful(value: str):
    PACK.check(grade(value=value))


def test_the_dash_is_a_decision_but_no_grade():
    dash = PACK.scale("grade", "MA", VT.ends).find("-")
    assert dash is not None
    assert (dash.is_grade, dash.passed, dash.points) == (False, None, None)


@pytest.mark.parametrize("value", ["a", "G", "MVG", "", "–", "A+", "10"])
def test_any_other_value_is_refused_and_the_scale_is_named(value: str):
    with pytest.raises(rules.OffScale, match="A, B, C, D, E, F, -"):
        PACK.check(grade(value=value))


def test_the_scale_follows_the_day():
    spring_2012 = Period("2011/2012", "VT", date(2012, 1, 9), date(2012, 6, 12))
    PACK.check(grade(value="MVG", period=spring_2012))
    with pytest.raises(rules.OffScale):
        PACK.check(grade(value="A", period=spring_2012))
    assert PACK.scale("grade", "", date(2012, 6, 30)).id != PACK.scale("grade", "", date(2012, 7, 1)).id
    with pytest.raises(rules.NoScale):
        PACK.scale("grade", "", date(1990, 1, 1))


def test_scales_of_grades_follow_each_other_without_gap_or_overlap():
    for older, newer in pairwise(GRADES):
        assert older.valid_to is not None
        assert (newer.valid_from - older.valid_to).days == 1


@pytest.mark.parametrize("year", [6, 7, 8, 9])
def test_grades_are_set_from_year_6(year: int):
    PACK.check(grade(year=year))


@pytest.mark.parametrize("year", [1, 2, 3])
def test_grades_are_refused_before_year_4(year: int):
    with pytest.raises(rules.TooEarly):
        PACK.check(grade("MA", "C", year, VT, EARLY))


@pytest.mark.parametrize("year", [4, 5])
def test_grades_in_years_4_and_5_need_the_principals_decision(year: int):
    PACK.check(grade("MA", "C", year, VT, EARLY))
    with pytest.raises(rules.NeedsPrincipal):
        PACK.check(grade(year=year))


def test_grades_from_year_4_were_unknown_before_autumn_2021():
    spring_2021 = Period("2020/2021", "VT", date(2021, 1, 11), date(2021, 6, 15))
    with pytest.raises(rules.TooEarly):
        PACK.check(grade("MA", "C", 4, spring_2021, EARLY))


def test_sprakval_is_graded_from_year_7_and_other_languages_from_year_6():
    PACK.check(grade("M2SPA", year=7))
    PACK.check(grade("MLARA", year=6))
    with pytest.raises(rules.TooEarly):
        PACK.check(grade("M2SPA", year=6))


@pytest.mark.parametrize("block", ["NO", "SO"])
def test_a_block_grade_needs_year_6_and_the_principals_decision(block: str):
    PACK.check(grade(block, "C", 6, VT, BLOCK))
    with pytest.raises(rules.NeedsPrincipal):
        PACK.check(grade(block, year=6))
    with pytest.raises(rules.BlockYear):
        PACK.check(grade(block, "C", 7, VT, BLOCK))


def test_judgements_belong_to_years_1_to_5():
    for value in ("-1", "0", "1", "2"):
        PACK.check(level(value=value, year=5))
    with pytest.raises(rules.NoJudgement):
        PACK.check(level(year=6))
    with pytest.raises(rules.OffScale):
        PACK.check(level(value="3"))


def test_a_subject_is_not_judged_and_graded_in_the_same_term():
    with pytest.raises(rules.NoJudgement):
        PACK.check_set([grade("MA", "C", 5, VT, EARLY), level("MA", year=5)])
    PACK.check_set([grade("MA", "C", 5, VT, EARLY), level("EN", year=5)])


def test_an_unlicensed_teacher_needs_a_licensed_colleague():
    alone = grade("MA", "C", 9, VT, UNLICENSED)
    with pytest.raises(rules.NeedsLicence):
        PACK.check(alone)
    PACK.check(replace(alone, decided_by=("Lena Lärare", "Leif Legitimerad")))


@pytest.mark.parametrize("hours", ["0", "7", "112"])
def test_unexcused_hours_are_a_whole_number(hours: str):
    PACK.check(Decision("fact", UNEXCUSED, hours, VT, 8))


@pytest.mark.parametrize("hours", ["", "-1", "1,5", "3.0", "٣", "12345", "många"])
def test_other_unexcused_hours_are_refused(hours: str):
    with pytest.raises(rules.OffScale):
        PACK.check(Decision("fact", UNEXCUSED, hours, VT, 8))


@pytest.mark.parametrize("pair", [("SV", "SVA"), ("IDH", "DA")])
def test_a_pupil_has_one_of_two_exclusive_subjects(pair: tuple[str, str]):
    with pytest.raises(rules.Exclusive):
        PACK.check_set([grade(pair[0]), grade(pair[1])])
    PACK.check_set([grade(pair[0], period=HT), grade(pair[1], period=VT)])


def test_the_block_or_its_subjects_but_not_both():
    with pytest.raises(rules.BlockAndPart):
        PACK.check_set([grade("NO", "C", 6, VT, BLOCK), grade("FY", year=6)])
    PACK.check_set([grade("NO", "C", 6, VT, BLOCK), grade("GE", year=6)])


def test_a_pupil_has_one_sprakval_however_its_code_is_written():
    with pytest.raises(rules.TwoLanguages):
        PACK.check_set([grade("M2DEU"), grade("M2SPA")])
    with pytest.raises(rules.Twice):
        PACK.check_set([grade("M2DEU"), grade("M2GER")])


def test_one_grade_for_a_subject_in_a_term():
    with pytest.raises(rules.Twice):
        PACK.check_set([grade(), grade(value="B")])


@given(st.sampled_from(sorted(LANGUAGES)), st.sampled_from(["M1", "M2", "ML"]))
def test_every_language_is_read_in_both_codes_and_by_its_names(language: str, prefix: str):
    row = LANGUAGES[language]
    kind = {"M1": "Moderna språk, elevens val", "M2": "Språkval", "ML": "Modersmål"}[prefix]
    for text in (row.code, row.other or row.code):
        assert PACK.normalise_code("grade", f"{prefix}{text}") == prefix + language
        assert PACK.normalise_code("grade", f"{prefix} {text.lower()}") == prefix + language
        assert rules.subject(prefix + text).code == prefix + language
    for text in (f"{kind} {row.name}", f"{kind} ({row.english})", f"{row.name.upper()} {kind}"):
        assert PACK.normalise_code("grade", text) == prefix + language


def test_language_codes_are_well_formed_and_no_code_means_two_languages():
    others = [x.other for x in LANGUAGES.values() if x.other]
    assert all(len(c) == 3 and c.isascii() and c.isupper() for c in (*LANGUAGES, *others))
    assert not set(others) & set(LANGUAGES)
    assert len(set(others)) == len(others)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Mathematics", "MA"),
        ("matematik", "MA"),
        ("Idrott och halsa", "IDH"),
        ("SLÖJD", "SL"),
        ("Slo\u0308jd", "SL"),
        ("Hem och konsumentkunskap", "HKK"),
        ("Swedish as a second language", "SVA"),
        ("Civics", "SH"),
        ("arabiska som modersmål", "MLARA"),
    ],
)
def test_names_are_read_in_swedish_and_english_without_accents_and_case(text: str, code: str):
    assert PACK.normalise_code("grade", text) == code


def test_a_misspelt_subject_is_refused_with_the_name_that_was_meant():
    with pytest.raises(rules.SubjectUnknown) as refused:
        PACK.normalise_code("grade", "Mattematik")
    assert refused.value.found["near"] == ("Matematik",)


@pytest.mark.parametrize("text", ["", "   ", "???", "Trollkonst", "M2", "M2XXX", "MLQ", "x" * 100_000])
def test_what_is_no_subject_is_refused_and_never_guessed(text: str):
    with pytest.raises(rules.SubjectUnknown):
        PACK.normalise_code("grade", text)


def test_a_language_alone_is_ambiguous():
    with pytest.raises(Ambiguous) as refused:
        PACK.normalise_code("grade", "Spanska")
    assert refused.value.found["near"] == ("M2SPA", "M1SPA", "MLSPA")


@pytest.mark.parametrize("text", ["-", "–", "—", "−", "streck", " Streck "])
def test_every_kind_of_dash_means_the_dash(text: str):
    assert PACK.normalise_value("grade", "MA", text, VT.ends) == "-"


def test_values_off_the_scale_are_not_normalised():
    for text in ("", "G", "E-", "--"):
        with pytest.raises(rules.OffScale):
            PACK.normalise_value("grade", "MA", text, VT.ends)


def test_no_merit_value_beside_another():
    assert not PACK.may_compare("merit_value")
    assert PACK.may_compare("mark_average")


@given(st.sets(st.sampled_from([s.code for s in SUBJECTS]), max_size=8), st.randoms())
def test_whether_a_set_is_lawful_does_not_depend_on_its_order(codes: set[str], random: object):
    rows = [grade(c, "C", 6, VT, BLOCK) for c in sorted(codes)]
    shuffled = rows.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random typed as object here

    def lawful(decisions: list[Decision]) -> bool:
        try:
            PACK.check_set(decisions)
        except Refused:
            return False
        return True

    assert lawful(rows) == lawful(shuffled)
    clash = {"SV", "SVA"} <= codes or {"IDH", "DA"} <= codes
    clash |= "NO" in codes and bool(codes & {"BI", "FY", "KE"})
    clash |= "SO" in codes and bool(codes & {"GE", "HI", "RE", "SH"})
    assert lawful(rows) != clash
