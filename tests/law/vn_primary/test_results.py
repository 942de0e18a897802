"""Year result with its reasons, awards, promotion and completion in Vietnamese primary school."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.law.contract import Decision, Period
from testamur.law.naming import fold
from testamur.law.vn_primary import results, rules, tables
from testamur.law.vn_primary.pack import PACK

YEAR = Period("2025/2026", "", date(2025, 9, 5), date(2026, 5, 29))
BEFORE = Period("2024/2025", "", date(2024, 9, 5), date(2025, 5, 30))
ORDER = ["chua_hoan_thanh", "hoan_thanh", "tot", "xuat_sac"]  # from worst to best

WORKED = [
    ("TTTTTTTTTTT", "TTTTTTTTTTTTTTT", [9, 10, 9], "Hoàn thành xuất sắc"),
    ("TTTTTTTTTTH", "TTTTTTTTTTTTTTT", [10, 10, 10], "Hoàn thành"),
    ("TTTTTTTTTTT", "TTTTTTTTTTTTTTĐ", [10], "Hoàn thành"),
    ("TTTTTTTTTTC", "TTTTTTTTTTTTTTT", [9], "Chưa hoàn thành"),
]


def name_of(result: str) -> str:
    step = tables.YEAR_RESULT.find(result)
    assert step is not None
    return step.name


@pytest.mark.parametrize(("levels", "traits", "marks", "expected"), WORKED)
def test_the_worked_examples(levels: str, traits: str, marks: list[int], expected: str):
    assert name_of(results.reached(levels, traits, marks)) == expected


def test_the_shared_worked_examples_give_the_same(golden: list[dict[str, Any]]):
    rows = [row for row in golden if row["case"] == "vn_primary"]
    assert len(rows) == 4
    for row in rows:
        given_ = row["input"]
        found = results.reached(given_["levels"], given_["qualities"].replace("D", "Đ"), given_["tests"])
        assert fold(name_of(found)) == fold(row["expected"])


def complete(
    year: int = 4, period: Period = YEAR, *, value: str = "T", trait: str = "T", mark: str = "9"
) -> list[Decision]:
    """Everything that has to be assessed at the end of that grade, all alike; parts where a subject has them."""
    parts = [code for ways in rules.expected(year) for code in ways[-1]]
    tests = [code for ways in rules.expected_tests(year, "") for code in ways[-1]]
    return [
        *(Decision("level", c, value, period, year) for c in parts),
        *(Decision("test", c, mark, period, year) for c in tests),
        *(Decision("quality", c, trait, period, year) for c in tables.QUALITIES),
        *(Decision("competence", c, trait, period, year) for c in tables.COMPETENCES),
    ]


def changed(rows: list[Decision], kind: str, code: str, value: str, *flags: str) -> list[Decision]:
    return [replace(d, value=value, flags=frozenset(flags)) if (d.kind, d.code) == (kind, code) else d for d in rows]


@pytest.mark.parametrize("year", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(("mark", "expected"), [("10", "xuat_sac"), ("9", "xuat_sac"), ("8", "tot"), ("7", "tot")])
def test_all_t_and_tot_with_the_tests_decide_between_excellent_and_good(year: int, mark: str, expected: str):
    assert results.year_result(complete(year, mark=mark), year).result == expected


@pytest.mark.parametrize(("mark", "expected"), [("6", "hoan_thanh"), ("5", "hoan_thanh"), ("4", "chua_hoan_thanh")])
def test_one_test_below_7_or_5_is_enough_to_fall(mark: str, expected: str):
    assert results.year_result(changed(complete(), "test", "TOAN", mark), 4).result == expected


def test_an_elective_subject_counts_when_it_is_taken():
    rows = [*complete(), Decision("level", "TDT", "H", YEAR, 4)]
    assert results.year_result(rows, 4).result == "hoan_thanh"


def test_the_explanation_names_exactly_what_stood_in_the_way():
    rows = changed(changed(complete(), "test", "TOAN", "8"), "quality", "cham_chi", "Đ")
    outcome = results.year_result(rows, 4)
    assert outcome.result == "hoan_thanh"
    assert [(r, [(c.code, c.about, c.found, c.needed) for c in cs]) for r, cs in outcome.unmet] == [
        ("xuat_sac", [("year_result.trait", "cham_chi", "Đ", "T"), ("year_result.test", "TOAN", "8", "9")]),
        ("tot", [("year_result.trait", "cham_chi", "Đ", "T")]),
    ]
    assert results.explain(outcome) == (
        "Kết quả giáo dục: Hoàn thành.",
        "Chưa đạt mức Hoàn thành xuất sắc vì:",
        "Chăm chỉ: Đạt, cần Tốt.",
        "Bài kiểm tra cuối năm Toán: 8 điểm, cần từ 9 điểm trở lên.",
        "Chưa đạt mức Hoàn thành tốt vì:",
        "Chăm chỉ: Đạt, cần Tốt.",
    )


def test_there_is_no_result_while_something_is_not_assessed():
    rows = [d for d in complete() if d.code not in {"MT", "trung_thuc"}]
    outcome = results.year_result(rows, 4)
    assert outcome.result is None
    assert [c.about for c in outcome.missing] == ["MT", "trung_thuc"]
    assert results.explain(outcome)[1:] == (
        "Nghệ thuật (Mĩ thuật): chưa có mức đạt được cuối năm.",
        "Trung thực: chưa được đánh giá cuối năm.",
    )
    assert results.promotion(rows, 4).step == "waiting"
    assert results.propose_awards(rows, 4) == ()


def test_assessments_of_other_moments_do_not_count():
    hk1 = Period("2025/2026", "HK1", date(2025, 9, 5), date(2026, 1, 16))
    rows = [*complete(), Decision("level", "TOAN", "C", hk1, 4), Decision("test", "TV", "1", hk1, 4, occasion="mid")]
    assert results.year_result(rows, 4).result == "xuat_sac"


def test_a_test_sat_again_counts_instead_of_the_first():
    rows = changed(complete(), "test", "TOAN", "3")
    again = Decision("test", "TOAN", "9", YEAR, 4, flags=frozenset({"retest"}))
    assert results.year_result(rows, 4).result == "chua_hoan_thanh"
    assert results.year_result([*rows, again], 4).result == "xuat_sac"
    assert results.year_result([again, *rows], 4).result == "xuat_sac"


def test_a_repeated_grade_counts_its_last_year_alone():
    failed, again = complete(period=BEFORE, value="C"), complete()
    for rows in ([*failed, *again], [*again, *failed]):
        assert results.year_result(rows, 4).result == "xuat_sac"
    assert results.year_result([*failed, *again[:5]], 4).result is None


def test_informatics_and_technology_as_one_subject_is_as_complete_as_in_two_strands():
    whole = [d for d in complete() if d.code not in {"TH", "CN"}]
    whole += [Decision("level", "THCN", "T", YEAR, 4), Decision("test", "THCN", "9", YEAR, 4)]
    assert results.year_result(whole, 4).result == "xuat_sac"
    half = [d for d in complete() if d.code != "CN"]
    assert {c.about for c in results.year_result(half, 4).missing} == {"CN"}


def test_an_unlawful_value_is_refused_and_not_reckoned_with():
    with pytest.raises(rules.OffScale):
        results.year_result(changed(complete(), "test", "TOAN", "9.5"), 4)


def test_a_decided_result_must_follow_from_the_assessments():
    decided = Decision("year_result", "ket_qua_giao_duc", "tot", YEAR, 4)
    PACK.check_set([*complete(mark="8"), decided])
    PACK.check_set([decided])
    with pytest.raises(results.ResultDiffers) as refused:
        PACK.check_set([*complete(), decided])
    assert refused.value.found["reckoned"] == "xuat_sac"


def test_a_title_needs_its_result():
    title = Decision("award", "khen_thuong", "hs_xuat_sac", YEAR, 4)
    PACK.check_set([*complete(), title])
    with pytest.raises(results.AwardDiffers):
        PACK.check_set([*complete(mark="8"), title])
    PACK.check_set([*complete(mark="8"), replace(title, value="dot_xuat")])


def test_excellent_pupils_are_proposed_for_the_title_at_once():
    (award,) = results.propose_awards(complete(), 4)
    assert (award.name, award.open) == ("Học sinh Xuất sắc", ())


def test_model_pupils_need_an_outstanding_subject_or_progress_and_the_class():
    rows = complete(mark="8")
    (award,) = results.propose_awards(rows, 4)
    assert award.name == "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện"
    assert [c.code for c in award.open] == ["award.outstanding_or_progress", "award.class_agrees"]
    rows = changed(rows, "level", "AN", "T", "outstanding")
    (award,) = results.propose_awards(rows, 4)
    assert [c.code for c in award.open] == ["award.class_agrees"]
    agreed = Decision("award", "khen_thuong", "hs_tieu_bieu", YEAR, 4, flags=frozenset({"class_agrees"}))
    (award,) = results.propose_awards([*rows, agreed], 4)
    assert award.open == ()


def test_progress_in_a_quality_opens_the_title_too():
    rows = changed(complete(mark="7"), "quality", "cham_chi", "T", "progress")
    (award,) = results.propose_awards(rows, 4)
    assert [c.code for c in award.open] == ["award.class_agrees"]


def test_completing_grade_5_completes_primary_school():
    assert results.promotion(complete(5), 5) == results.PromotionProposal(
        "completed", "Hoàn thành chương trình tiểu học.", completes_primary=True
    )
    assert results.promotion(complete(4), 4).text == "Hoàn thành chương trình lớp 4."
    assert not results.promotion(complete(4), 4).completes_primary


def test_who_has_not_completed_is_helped_re_assessed_and_then_the_principal_decides():
    rows = changed(complete(5), "level", "TOAN", "C")
    assert results.promotion(rows, 5).step == "help_and_reassess"
    still = Decision("level", "TOAN", "C", YEAR, 5, flags=frozenset({"retest"}))
    assert results.promotion([*rows, still], 5).step == "principal_decides"
    better = replace(still, value="H")
    assert results.promotion([*rows, better], 5).completes_primary
    for value, step in (("len_lop", "promoted"), ("o_lai", "retained")):
        decided = Decision("promotion", "len_lop", value, YEAR, 5)
        assert results.promotion([*rows, still, decided], 5).step == step


def test_the_summary_is_plain_and_about_the_highest_grade():
    summary = PACK.summary([*complete(3, BEFORE, value="C"), *complete(4)])
    assert (summary["year_level"], summary["year_result"]) == (4, "xuat_sac")
    assert summary["awards"] == [{"award": "hs_xuat_sac", "name": "Học sinh Xuất sắc", "open": []}]
    assert summary["promotion"]["step"] == "completed"
    assert PACK.summary([]) == {}


# --- for every set of assessments -----------------------------------------------------------------

levels = st.lists(st.sampled_from("THC"), min_size=1, max_size=12)
traits = st.lists(st.sampled_from("TĐC"), min_size=1, max_size=15)
marks = st.lists(st.integers(0, 10), max_size=7)


@given(levels, traits, marks, st.randoms())
def test_the_order_of_assessments_does_not_matter(ls: list[str], ts: list[str], ms: list[int], random: Any):
    before = results.reached(ls, ts, ms)
    for rows in (ls, ts, ms):
        random.shuffle(rows)
    assert results.reached(ls, ts, ms) == before


@given(levels, traits, marks, st.data())
def test_a_better_assessment_never_gives_a_worse_result(ls: list[str], ts: list[str], ms: list[int], data: Any):
    before = ORDER.index(results.reached(ls, ts, ms))
    i, j = data.draw(st.integers(0, len(ls) - 1)), data.draw(st.integers(0, len(ts) - 1))
    ls[i] = data.draw(st.sampled_from("THC"[: "THC".index(ls[i]) + 1]))
    ts[j] = data.draw(st.sampled_from("TĐC"[: "TĐC".index(ts[j]) + 1]))
    ms = [data.draw(st.integers(m, 10)) for m in ms]
    assert ORDER.index(results.reached(ls, ts, ms)) >= before


@given(st.integers(1, 5), st.data())
def test_the_explanation_agrees_with_the_result(year: int, data: Any):
    values = {"level": "THC", "quality": "TĐC", "competence": "TĐC"}
    rows = complete(year)
    for _ in range(data.draw(st.integers(0, 4))):
        i = data.draw(st.integers(0, len(rows) - 1))
        steps = values.get(rows[i].kind)
        value = data.draw(st.sampled_from(steps) if steps else st.integers(0, 10).map(str))
        rows[i] = replace(rows[i], value=value)
    outcome = results.year_result(rows, year)
    have = results.standing(rows, year)
    assert outcome.result is not None
    assert outcome.result == results.reached(have.levels.values(), have.traits.values(), have.tests.values())
    assert [r for r, _ in outcome.unmet] == [r for r in ORDER[::-1] if ORDER.index(r) > ORDER.index(outcome.result)]
    assert all(conditions and not any(c.met for c in conditions) for _, conditions in outcome.unmet)
    for demand in tables.DEMANDS:
        met = all(c.met for c in results.demands(demand, have))
        assert met == (ORDER.index(outcome.result) >= ORDER.index(demand.result))
    assert bool(results.propose_awards(rows, year)) == (outcome.result in {"xuat_sac", "tot"})
    done = results.promotion(rows, year).step == "completed"
    assert done == (outcome.result != "chua_hoan_thanh")
    lines = results.explain(outcome)
    assert lines[0] == f"Kết quả giáo dục: {outcome.name}."
    assert (len(lines) == 1) == (outcome.result == "xuat_sac")


@given(st.integers(1, 5), st.data())
def test_leaving_out_any_assessment_that_is_expected_withholds_the_result(year: int, data: Any):
    rows = complete(year)
    i = data.draw(st.integers(0, len(rows) - 1))
    expected = not (rows[i].kind == "competence" and year < tables.COMPETENCE_FROM.get(rows[i].code, 1))
    assert (results.year_result(rows[:i] + rows[i + 1 :], year).result is None) == expected
