"""What a result must satisfy: a code, the course's scale, the day of examination."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Decision, Period
from testamur.law.se_university.pack import PACK
from tests.law.se_university.making import DAY, DECIDED, decision

OTHER = DAY + timedelta(days=60)


def refused(changed: Decision) -> str:
    with pytest.raises(Refused) as caught:
        PACK.check(changed)
    return caught.value.code


@pytest.mark.feature("B29")
def test_modules_and_whole_courses_are_decided_on_the_scale_of_the_course():
    PACK.check(decision())
    PACK.check(decision("VG", "UV", kind="course", code="DV1574"))
    PACK.check(decision("U", "TH", decided_on=None))


@pytest.mark.feature("B29")
@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("module", "DV1574"),
        ("module", "DV1574/"),
        ("module", "/1405"),
        ("module", "DV1574/1405/2"),
        ("module", "dv1574/1405"),
        ("course", "DV1574/1405"),
        ("course", ""),
        ("course", "DV 1574"),
    ],
)
def test_a_module_is_named_with_its_course_and_a_course_without_module(kind: str, code: str):
    assert refused(decision(kind=kind, code=code)) == "se.university.code.malformed"


@pytest.mark.feature("B19")
@pytest.mark.parametrize("occasion", ["", "2026-02-30", "20261030", "2026-W44-5", "30/10 2026", "mid"])
def test_a_result_without_a_day_of_examination_asks_for_the_day(occasion: str):
    assert refused(replace(decision(), occasion=occasion)) == "se.university.examined.missing"


@pytest.mark.feature("B19")
def test_the_day_of_examination_is_not_after_the_decision_and_need_not_be_its_day():
    PACK.check(decision(on=DECIDED))
    PACK.check(decision(on=DECIDED - timedelta(days=400)))
    assert refused(decision(on=DECIDED + timedelta(days=1))) == "se.university.examined.later"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (decision(kind="grade"), "se.university.kind.unknown"),
        (decision("VG"), "se.university.value.off_scale"),
        (decision(scale=""), "se.university.scale.unknown"),
        (replace(decision(), year_level=1), "se.university.year.unknown"),
        (replace(decision(), period=Period("2026/2027", "", DAY, DAY)), "se.university.period.unknown"),
        (decision(on=date(1990, 5, 2)), "se.university.scale.none_in_force"),
    ],
)
def test_what_is_unlawful_is_refused_with_its_reason(changed: Decision, code: str):
    assert refused(changed) == code


def test_another_day_is_another_result_and_the_same_day_is_not():
    PACK.check_set([decision("F"), decision("C", on=OTHER), decision("A", code="DV1574/1408")])
    with pytest.raises(Refused) as caught:
        PACK.check_set([decision("F"), decision("C")])
    assert caught.value.code == "se.university.set.twice"
    with pytest.raises(Refused) as caught:
        PACK.check_set([decision("F"), decision("G", "UG", on=OTHER)])
    assert caught.value.code == "se.university.set.two_scales"


def test_codes_are_read_in_any_case_and_never_guessed():
    assert PACK.normalise_code("module", " dv1574 / 1405 ") == "DV1574/1405"
    assert PACK.normalise_code("course", "åä-12.b") == "ÅÄ-12.B"
    for kind, text in (("course", "dv1574/1405"), ("module", "1405"), ("course", "Programmering, grund")):
        with pytest.raises(Refused):
            PACK.normalise_code(kind, text)


def test_the_law_alone_has_no_scale_and_says_which_there_are():
    for ask in (
        lambda: PACK.scale("module", "DV1574/1405", DAY),
        lambda: PACK.normalise_value("module", "DV1574/1405", "G", DAY),
    ):
        with pytest.raises(Refused) as caught:
            ask()
        assert caught.value.code == "se.university.scale.of_course"
        assert caught.value.found["accepted"] == "UG, UV, TH, AF, PF"


def test_the_pack_has_no_subjects_and_compares_nobody():
    assert PACK.subjects == PACK.subjects_for(0, DAY) == ()
    assert not PACK.may_compare("mark_average")
    assert (PACK.terms, PACK.kinds, PACK.year_levels) == (("HT", "VT"), ("module", "course"), (0,))


def test_the_results_of_the_pack_name_documents_that_it_has():
    law = PACK.results
    assert law is not None
    assert {law.list_document, law.certificate, law.process_document} == set(PACK.documents)
    signers = {name: [s.role for s in d.signers] for name, d in PACK.documents.items()}
    assert signers == {
        "resultatlista": ["examiner"],
        "resultatintyg": ["examiner"],
        "processbeslut": ["principal"],
    }
    assert not any(d.routine for d in PACK.documents.values())
