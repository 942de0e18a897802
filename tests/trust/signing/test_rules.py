"""What is signed, byte by byte."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs import jcs, merkle
from testamur.trust.signing import rules
from testamur.trust.signing.rules import DocumentToSign, Evidences, SignedDocument, State
from tests.trust.signing.conftest import documents

CEREMONY = UUID("018f0000-0000-7000-8000-000000000001")
ORGANISATION = UUID("018f0000-0000-7000-8000-000000000002")
RECORD = UUID("018f0000-0000-7000-8000-000000000003")
CREATED = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)


def made(docs: list[DocumentToSign], locale: str = "sv") -> rules.Manifest:
    return rules.manifest(
        ceremony=CEREMONY,
        organisation=ORGANISATION,
        role="principal",
        signer="Rut Exempel",
        documents=docs,
        locale=locale,
        created=CREATED,
        organisation_name="Ekskolan",
    )


def test_a_leaf_is_the_canonical_json_of_the_format() -> None:
    leaf = rules.leaf(record=RECORD, h0="ab" * 32, size=1234)
    assert leaf == jcs.canonical({"h0": "ab" * 32, "record": f"urn:uuid:{RECORD}", "size": 1234})


def test_the_header_has_exactly_the_members_of_the_format_and_the_root_of_rfc_6962() -> None:
    docs = documents(5)
    manifest = made(docs)
    leaves = [rules.leaf(record=d.record, h0=d.h0, size=d.size) for d in docs]
    assert jcs.parse_canonical(manifest.header) == {
        "v": 1,
        "ceremony": f"urn:uuid:{CEREMONY}",
        "purpose": "sign-records",
        "organisation": f"urn:uuid:{ORGANISATION}",
        "role": "principal",
        "signer": "Rut Exempel",
        "count": 5,
        "root": merkle.root(leaves).hex(),
        "created": "2026-06-10T08:00:00Z",
    }


def test_the_root_of_a_single_document_is_its_leaf_hash() -> None:
    only = DocumentToSign(record=RECORD, h0="ab" * 32, size=1234, title="Betyg")
    leaf = rules.leaf(record=RECORD, h0="ab" * 32, size=1234)
    assert made([only]).root == hashlib.sha256(b"\x00" + leaf).hexdigest()


def test_the_last_line_of_the_visible_text_binds_it_to_the_root() -> None:
    manifest = made(documents(24))
    assert manifest.visible.split("\n")[-1] == f"Testamur 1: 24 {manifest.root}"
    assert manifest.visible.startswith("Jag skriver under 24 handlingar.\nI egenskap av: rektor, Ekskolan\n")


def test_the_text_names_the_single_document_but_never_the_pupils_of_many() -> None:
    one = [replace(documents(1)[0], title="Slutbetyg, Alva Påhittad")]
    assert "• Slutbetyg, Alva Påhittad" in made(one).visible
    many = [replace(d, title=f"Slutbetyg, Alva Påhittad {i}") for i, d in enumerate(documents(30))]
    assert "Alva" not in made(many).visible
    assert "• Terminsbetyg 6A: 8" in made(many).visible


def test_documents_without_a_group_are_counted_not_named() -> None:
    many = [replace(d, group="") for d in documents(7)]
    assert "• Handlingar: 7" in made(many).visible


def test_a_title_cannot_forge_a_line_or_turn_the_text_around() -> None:
    nasty = replace(documents(1)[0], title="Betyg\nTestamur 1: 9 ff\u202egib\u200b\x00!")
    lines = made([nasty]).visible.split("\n")
    assert sum(line.startswith("Testamur 1:") for line in lines) == 1
    assert not set("\u202e\u200b\x00") & set("".join(lines))


@given(st.lists(st.text(max_size=400), min_size=1, max_size=200))
def test_the_visible_text_always_fits_and_its_counts_add_up(groups: list[str]) -> None:
    docs = [DocumentToSign(uuid4(), "0" * 64, 1, "t", group=g) for g in groups]
    visible = made(docs).visible
    assert len(visible.encode()) <= rules.VISIBLE_LIMIT
    assert visible.split("\n")[-1].startswith(f"Testamur 1: {len(docs)} ")


def test_a_thousand_groups_are_cut_and_what_is_left_out_is_counted() -> None:
    docs = [replace(d, group=f"Grupp {i}") for i, d in enumerate(documents(1000))]
    assert f"… och {1000 - rules.LISTED} till" in made(docs).visible


@pytest.mark.parametrize("locale", ["sv", "en", "vi", "bg", "sv-SE", "tlh"])
def test_every_language_says_how_many(locale: str) -> None:
    assert "12" in made(documents(12), locale).visible.split("\n")[0]


@pytest.mark.feature("A11")
def test_a_hundred_thousand_documents_have_a_header_as_small_as_one() -> None:
    assert abs(len(made(documents(1)).header) - len(made(documents(20_000)).header)) < 10


@pytest.mark.parametrize(
    ("docs", "code"),
    [
        ([], "signing.documents.count"),
        (
            [DocumentToSign(RECORD, "0" * 64, 1, "a"), DocumentToSign(RECORD, "1" * 64, 1, "b")],
            "signing.documents.twice",
        ),
        ([DocumentToSign(RECORD, "AB" * 32, 1, "a")], "signing.documents.invalid"),
        ([DocumentToSign(RECORD, "0" * 63, 1, "a")], "signing.documents.invalid"),
        ([DocumentToSign(RECORD, "0" * 64, 0, "a")], "signing.documents.invalid"),
        ([DocumentToSign(RECORD, "0" * 64, 1, "a", order=0)], "signing.documents.invalid"),
    ],
)
def test_a_list_that_no_verifier_could_accept_is_refused(docs: list[DocumentToSign], code: str) -> None:
    with pytest.raises(Refused) as caught:
        made(docs)
    assert caught.value.code == code


# --- evidence ------------------------------------------------------------------------------------


def evidences(docs: list[DocumentToSign], manifest: rules.Manifest) -> Evidences:
    stored = [SignedDocument(d.record, d.h0, d.size, d.order) for d in docs]
    return Evidences(
        stored, header=manifest.header, root=manifest.root, method="simulated", role="principal", proof=b'{"a":"b"}'
    )


@given(st.integers(1, 70))
def test_every_documents_evidence_is_canonical_and_leads_to_the_root(count: int) -> None:
    docs = documents(count)
    manifest = made(docs)
    for index, (record, evidence) in enumerate(evidences(docs, manifest)):
        parsed = jcs.parse_canonical(evidence)  # raises unless canonical
        assert set(parsed) == {"v", "order", "role", "method", "header", "leaf", "index", "path", "proof"}
        assert (parsed["v"], parsed["order"], parsed["method"], parsed["role"]) == (1, 1, "simulated", "principal")
        assert parsed["header"] == json.loads(manifest.header)
        assert parsed["index"] == index
        assert parsed["leaf"]["record"] == f"urn:uuid:{record}"
        assert merkle.verify_inclusion(
            index,
            count,
            merkle.leaf_hash(jcs.canonical(parsed["leaf"])),
            [bytes.fromhex(h) for h in parsed["path"]],
            bytes.fromhex(manifest.root),
        )


def test_evidence_carries_the_signers_order_of_each_record() -> None:
    docs = [replace(d, order=i + 1) for i, d in enumerate(documents(3))]
    made_of = evidences(docs, made(docs))
    assert [json.loads(e)["order"] for _, e in made_of] == [1, 2, 3]
    assert made_of.of(docs[1].record) == made_of.at(1)


def test_documents_that_are_not_those_of_the_header_give_no_evidence_at_all() -> None:
    docs = documents(4)
    manifest = made(docs)
    with pytest.raises(rules.RootDiffers):
        evidences([*docs[:3], replace(docs[3], size=1)], manifest)
    with pytest.raises(rules.RootDiffers):
        evidences([docs[1], docs[0], *docs[2:]], manifest)


# --- states --------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(list(State)), max_size=12))
def test_no_way_through_the_table_leaves_a_final_state_or_signs_without_having_begun(way: list[State]) -> None:
    state, been = State.STARTED, [State.STARTED]
    for step in way:
        if rules.may_go(state, step):
            assert state not in rules.FINAL
            state = step
            been.append(step)
    assert State.SIGNED not in been or been == [State.STARTED, State.PENDING, State.SIGNED]
    assert len(been) <= 3
