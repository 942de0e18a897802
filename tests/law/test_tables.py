"""The table of packs and what every pack promises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Decision, Pack, Period
from testamur.law.naming import LONGEST, Names, fold
from testamur.law.tables import PACKS, PackUnknown, pack


def refusal_of(ask: Callable[[], object]) -> Refused | None:
    try:
        ask()
    except Refused as refused:
        return refused
    return None


every_pack = pytest.mark.parametrize("rules", PACKS.values(), ids=PACKS)
TODAY = date(2026, 6, 10)


def test_a_pack_is_found_by_its_id():
    assert pack("se.compulsory").id == "se.compulsory"
    assert pack("vn.primary").id == "vn.primary"
    assert pack("bg.school").id == "bg.school"
    assert pack("se.university").id == "se.university"


def test_an_unknown_pack_is_refused_with_near_ids():
    with pytest.raises(PackUnknown) as refused:
        pack("vn.primry")
    assert refused.value.found["near"] == ("vn.primary",)


@every_pack
def test_documents_belong_to_their_pack_and_are_signed_in_order(rules: Pack):
    for name, document in rules.documents.items():
        assert document.code == f"{rules.id}.{name}"
        assert [s.order for s in document.signers] == sorted(s.order for s in document.signers)


@every_pack
def test_every_subject_is_found_by_its_own_name_whatever_the_case_and_accents(rules: Pack):
    for subject in rules.subjects:
        for text in (subject.code, subject.name, subject.name.upper(), fold(subject.name), f"  {subject.name} "):
            assert rules.normalise_code("level", text) == subject.code


@every_pack
def test_blocks_cover_known_subjects_of_the_same_years(rules: Pack):
    by_code = {s.code: s for s in rules.subjects}
    for block in rules.subjects:
        for part in block.covers:
            assert by_code[part].group == block.group
            assert not by_code[part].years or set(by_code[part].years) <= set(block.years or rules.year_levels)


@every_pack
def test_every_value_of_every_scale_is_normalised_to_itself(rules: Pack):
    for kind in rules.kinds:
        try:
            scale = rules.scale(kind, "", TODAY)
        except Refused:
            continue
        for step in scale.values:
            assert rules.normalise_value(kind, "", f" {step.value.lower()} ", TODAY) == step.value


@every_pack
def test_correction_ways_are_kept_under_the_reason_they_give(rules: Pack):
    assert all(reason == rule.reason and rule.law and rule.roles for reason, rule in rules.corrections.items())


@every_pack
@given(data=st.data())
def test_whatever_is_asked_the_answer_is_a_value_or_a_refusal_with_the_packs_code(rules: Pack, data: Any):
    text = data.draw(st.text(max_size=12) | st.sampled_from(["DV1574", *(s.code for s in rules.subjects)]))
    decision = Decision(
        kind=data.draw(st.sampled_from([*rules.kinds, "nonsense"])),
        code=text,
        value=data.draw(
            st.sampled_from(["A", "T", "Đ", "9", "6", "П", "2.5", "-", "", "٣", "1_0", "NaN", "-1", "len_lop"])
        ),
        period=Period(
            "2025/2026", data.draw(st.sampled_from(["", "HT", "VT", "HK1", "HK2", "I", "II", "Q4"])), TODAY, TODAY
        ),
        year_level=data.draw(st.integers(-1, 12)),
        occasion=data.draw(st.sampled_from(["", "mid", "never", "2026-06-01", "2026-02-30"])),
        scale=data.draw(st.sampled_from(["", "AF", "XX"])),
    )
    for ask in (
        lambda: rules.check(decision),
        lambda: rules.check_set([decision, decision]),
        lambda: rules.normalise_code(decision.kind, text),
        lambda: rules.normalise_value(decision.kind, "", text, TODAY),
        lambda: rules.summary([decision]),
    ):
        refused = refusal_of(ask)
        if refused is not None:
            assert refused.code.startswith(rules.id + ".")
            assert str(refused) != refused.code


def test_folding_joins_composed_decomposed_and_legacy_letters():
    assert fold("Đạo đức") == fold("Đạo đức") == fold("Ðạo ðức") == fold("DAO-DUC") == "dao duc"


@given(st.text())
def test_folding_twice_changes_nothing_and_never_grows_without_bound(text: str):
    assert fold(fold(text)) == fold(text)
    assert len(fold(text)) <= LONGEST * 20


def test_two_codes_cannot_share_a_name():
    with pytest.raises(ValueError, match="names both"):
        Names.of([("A", ["same"]), ("B", ["Sàme"])])
