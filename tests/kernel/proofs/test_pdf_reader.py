"""Revisions, objects, pages, embedded files and signatures."""

from __future__ import annotations

import contextlib
import re
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur.kernel.proofs.pdf import contents, reader
from testamur.kernel.proofs.pdf.changes import compare_revisions, differences, references
from testamur.kernel.proofs.pdf.values import Name, PdfError, Ref
from tests.kernel.proofs.pdfmaker import SIMPLE, revision, stream

FIRST = revision(SIMPLE)


def changed(old: bytes, new: bytes) -> bytes:
    """The simple file with one of its objects changed, and a table that fits."""
    return revision({n: body.replace(old, new) for n, body in SIMPLE.items()})


def code_of(data: bytes) -> str:
    with pytest.raises(PdfError) as refused:
        everything(data)
    assert str(refused.value)
    return refused.value.code


def everything(data: bytes) -> reader.PdfFile:
    """Read all there is to read."""
    pdf = reader.read(data)
    for number in pdf.numbers():
        obj = pdf.find(number)
        if obj is not None and obj.stream is not None:
            pdf.stream(obj)
    contents.pages(pdf)
    contents.embedded_files(pdf)
    contents.signatures(pdf)
    for rev in pdf.revisions[1:]:
        compare_revisions(pdf, rev.number)
    return pdf


def test_a_file_of_one_revision_is_read() -> None:
    pdf = everything(FIRST)
    assert [(r.number, r.start, r.end) for r in pdf.revisions] == [(1, 0, len(FIRST))]
    assert [p.number for p in contents.pages(pdf)] == [3]
    content = pdf.get(Ref(4))
    assert pdf.stream(content) == b"BT ET"
    assert pdf.raw(content).startswith(b"4 0 obj")
    assert pdf.raw(content).endswith(b"endobj")


def test_each_revision_ends_where_the_file_ended_then() -> None:
    second = revision({3: b"<</Type/Page/Parent 2 0 R/Annots[5 0 R]>>", 5: b"<</Type/Annot>>"}, before=FIRST)
    third = revision({5: b"<</Type/Annot/New true>>"}, before=second, size=6)
    pdf = everything(third)
    assert [r.end for r in pdf.revisions] == [len(FIRST), len(second), len(third)]
    assert "Annots" not in pdf.get(Ref(3), revision=1).fields
    assert pdf.get(Ref(5), revision=2).fields == {"Type": "Annot"}
    assert pdf.get(Ref(5)).fields["New"] is True
    assert pdf.find(5, revision=1) is None


def test_a_revision_says_what_it_redefines_adds_and_frees() -> None:
    second = revision(
        {3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[5 0 R]>>", 5: b"<</A/B>>"}, before=FIRST
    )
    pdf = reader.read(second)
    changes = compare_revisions(pdf, 2)
    assert [r.after.number for r in changes.redefined] == [3]
    assert [a.number for a in changes.added] == [5]
    assert changes.freed == ()
    assert changes.trailer == ("Prev", "Size")
    found = {
        d.path: (d.added, d.removed)
        for d in differences(changes.redefined[0].before.value, changes.redefined[0].after.value)
    }
    assert found == {("Annots",): (True, False), ("Contents",): (False, True)}
    assert list(references(changes.redefined[0].after.value)) == [Ref(2), Ref(5)]


def test_a_freed_object_is_gone() -> None:
    data = revision({5: b"null"}, before=FIRST).replace(b"xref\n5 1\n", b"xref\n4 1\n0000000000 00001 f \n5 1\n")
    table = data.rindex(b"xref\n4 1")
    data = re.sub(rb"startxref\n\d+\n%%EOF\n\Z", b"startxref\n%d\n%%%%EOF\n" % table, data)
    pdf = reader.read(data)
    assert pdf.find(4) is None
    assert compare_revisions(pdf, 2).freed == (4,)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "pdf.header"),
        (b"hello", "pdf.header"),
        (b"%PDF-2.0\n", "pdf.header"),
        (FIRST[:-7], "pdf.end"),
        (FIRST + b"x", "pdf.end"),
        (FIRST + b"\n\n", "pdf.end"),
        (FIRST[: len(FIRST) // 2], "pdf.end"),
        (FIRST.replace(b"startxref\n", b"startxref\n9"), "pdf.xref"),
        (FIRST.replace(b"%%EOF", b"junk %%EOF"), "pdf.end"),
        (FIRST.replace(b"/Root 1 0 R", b"/Root 2 0 R"), "pdf.catalog"),
        (FIRST.replace(b"/Root 1 0 R", b"/Root 9 0 R"), "pdf.reference"),
        (FIRST.replace(b"/Root", b"/Encrypt 4 0 R/Root"), "pdf.encrypted"),
        (FIRST.replace(b"/Root", b"/XRefStm 15/Root"), "pdf.xref_stream"),
        (FIRST.replace(b"/Root", b"/Prev 99999/Root"), "pdf.revisions"),
        (FIRST.replace(b"/Root", b"/Prev 0/Root"), "pdf.revisions"),
        (FIRST.replace(b" 00000 n ", b" 00000 x ", 1), "pdf.xref"),
        (FIRST.replace(b"3 0 obj", b"7 0 obj"), "pdf.object"),
        (changed(b"BT ET", b"BT"), "pdf.stream"),
        (changed(b"/Length 5", b"/Length 7"), "pdf.stream"),
        (changed(b"/Length 5", b"/Length -"), "pdf.syntax"),
        (changed(b"/Length 5", b"/Lengxx 5"), "pdf.stream"),
        (changed(b"/Length 5", b"/Length 99999999"), "pdf.stream"),
        (changed(b"/Kids[3 0 R]", b"/Kids[2 0 R]"), "pdf.pages"),
        (changed(b"/Count 1", b"/Count 2"), "pdf.pages"),
        (revision({**SIMPLE, 4: stream(b"x", b"/Filter/LZWDecode")}), "pdf.stream"),
        (revision({**SIMPLE, 4: stream(b"x", b"/Filter/FlateDecode")}), "pdf.stream"),
        (revision({**SIMPLE, 4: stream(zlib.compress(b"x" * 99)[:-5], b"/Filter/FlateDecode")}), "pdf.stream"),
    ],
)
def test_a_broken_file_is_refused_with_a_code_of_its_own(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_a_cross_reference_stream_is_named_as_such() -> None:
    data = b"%PDF-1.7\n1 0 obj\n<</Type/XRef>>\nendobj\nstartxref\n9\n%%EOF\n"
    assert code_of(data) == "pdf.xref_stream"


def test_a_second_end_of_file_for_the_same_table_is_refused() -> None:
    assert code_of(FIRST + FIRST[FIRST.rindex(b"startxref") :]) == "pdf.end"
    assert code_of(FIRST + b"9 0 obj\n(hidden)\nendobj\n" + FIRST[FIRST.rindex(b"startxref") :]) == "pdf.end"


def test_a_flate_bomb_is_refused() -> None:
    bomb = zlib.compress(bytes(reader.MAX_STREAM + 1), 9)
    pdf = reader.read(revision({**SIMPLE, 4: stream(bomb, b"/Filter/FlateDecode")}))
    with pytest.raises(PdfError) as refused:
        pdf.stream(pdf.get(Ref(4)))
    assert refused.value.code == "pdf.size"


def test_a_file_beyond_the_size_limit_is_not_read() -> None:
    with pytest.raises(PdfError) as refused:
        reader.read(FIRST, max_size=100)
    assert refused.value.code == "pdf.size"


def test_a_later_table_may_not_point_into_an_earlier_revision() -> None:
    second = revision({5: b"null"}, before=FIRST)
    place = FIRST.index(b"3 0 obj")
    table = second.rindex(b"5 1\n")
    moved = second[:table] + b"3 1\n%010d" % place + second[table + 14 :]
    pdf = reader.read(moved)
    with pytest.raises(PdfError) as refused:
        pdf.find(3)
    assert refused.value.code == "pdf.xref"


def test_revisions_that_point_at_each_other_are_refused() -> None:
    second = revision({5: b"null"}, before=FIRST)
    own = int(second[second.rindex(b"startxref") :].split()[1])
    looping = re.sub(rb"/Prev \d+", b"/Prev %d" % own, second)
    assert code_of(looping) in {"pdf.revisions", "pdf.end"}


def test_bytes_between_trailer_and_the_next_revision_belong_to_that_revision_only() -> None:
    smuggled = FIRST + b"9 0 obj\n(hidden)\nendobj\n"
    second = revision({5: b"null"}, before=smuggled)
    pdf = reader.read(second)
    assert pdf.revisions[0].end == len(FIRST)
    assert pdf.find(9) is None


def test_pages_of_a_deep_tree_come_in_order_and_one_by_one() -> None:
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Count 5/Kids[3 0 R 6 0 R 7 0 R]>>",
        3: b"<</Type/Pages/Count 2/Kids[4 0 R 5 0 R]>>",
        4: b"<</Type/Page>>",
        5: b"<</Type/Page>>",
        6: b"<</Type/Page>>",
        7: b"<</Type/Pages/Count 2/Kids[8 0 R 10 0 R]>>",
        8: b"<</Type/Pages/Count 1/Kids[9 0 R]>>",
        9: b"<</Type/Page>>",
        10: b"<</Type/Page>>",
    }
    pdf = reader.read(revision(objects))
    order = [p.number for p in contents.pages(pdf)]
    assert order == [4, 5, 6, 9, 10]
    assert [contents.page(pdf, n).number for n in range(1, 6)] == order
    for wrong in (0, -1, 6):
        with pytest.raises(PdfError):
            contents.page(pdf, wrong)


def test_embedded_files_are_found_through_a_tree_with_branches() -> None:
    objects = {
        **SIMPLE,
        1: b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 5 0 R>>/AF[8 0 R]>>",
        5: b"<</Kids[6 0 R 7 0 R]>>",
        6: b"<</Limits[(a)(a)]/Names[(a) 8 0 R]>>",
        7: b"<</Limits[(b)(b)]/Names[(b) 9 0 R]>>",
        8: b"<</Type/Filespec/F(a.json)/UF(a.json)/AFRelationship/Data/EF<</F 10 0 R>>>>",
        9: b"<</Type/Filespec/F(b.bin)/UF<FEFF00620000E5>/EF<</F 11 0 R>>>>".replace(b"620000E5", b"6200E5"),
        10: stream(b"{}", b"/Type/EmbeddedFile/Subtype/application#2Fjson"),
        11: stream(zlib.compress(b"bytes"), b"/Filter/FlateDecode"),
    }
    files = contents.embedded_files(reader.read(revision(objects)))
    assert [(f.name, f.relationship, f.mime, f.associated, f.data) for f in files] == [
        ("a.json", "Data", "application/json", True, b"{}"),
        ("bå", "", "", False, b"bytes"),
    ]


@pytest.mark.parametrize(
    "tree",
    [
        b"<</Kids[5 0 R]>>",
        b"<</Names[(a)]>>",
        b"<</Names[/a 6 0 R]>>",
        b"<</Names[(a) 6 0 R(a) 6 0 R]>>",
        b"<</Names[(a) 6 0 R(b) 6 0 R]>>",
    ],
)
def test_a_crooked_tree_of_embedded_files_is_refused(tree: bytes) -> None:
    objects = {
        **SIMPLE,
        1: b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 5 0 R>>>>",
        5: tree,
        6: b"<</F(a)/EF<</F 4 0 R>>>>",
    }
    assert code_of(revision(objects)) == "pdf.embedded"


def signed_objects(byte_range: bytes = b"[0 1 2 3]", value: bytes = b"<00ff>") -> dict[int, bytes]:
    return {
        **SIMPLE,
        1: b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>",
        5: b"<</FT/Sig/Kids[6 0 R]>>",
        6: b"<</Parent 5 0 R/T(s)/V 7 0 R>>",
        7: b"<</Type/Sig/ByteRange%s/Contents %s>>" % (byte_range, value),
    }


def test_a_signature_is_found_with_the_place_of_its_contents() -> None:
    data = revision(signed_objects())
    (found,) = contents.signatures(reader.read(data))
    assert data[found.contents_start : found.contents_end] == b"<00ff>"
    assert (found.field, found.number, found.byte_range, found.contents) == (6, 7, (0, 1, 2, 3), b"\x00\xff")
    assert not found.covers(len(data))
    gap = (0, found.contents_start, found.contents_end, len(data) - found.contents_end)
    assert contents.Signature(6, 7, 1, gap, found.contents_start, found.contents_end, b"", {}, {}).covers(len(data))


@pytest.mark.parametrize("byte_range", [b"[0 1 2]", b"[0 1 2 -3]", b"[0 1 2 true]", b" 5", b"[0 1 2 3.0]"])
def test_a_malformed_byte_range_is_refused(byte_range: bytes) -> None:
    assert code_of(revision(signed_objects(byte_range))) == "pdf.signature"


def test_contents_that_are_not_hexadecimal_are_refused() -> None:
    assert code_of(revision(signed_objects(value=b"(\x00)"))) == "pdf.signature"


def test_form_fields_that_loop_are_refused() -> None:
    objects = {**signed_objects(), 6: b"<</Kids[5 0 R]>>"}
    assert code_of(revision(objects)) == "pdf.form"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_damage_gives_an_answer_or_a_typed_error(data: st.DataObject) -> None:
    whole = revision({5: b"<</A[1 2(x)]>>"}, before=revision(signed_objects()))
    at = data.draw(st.integers(0, len(whole) - 1))
    damage = data.draw(st.sampled_from(["flip", "cut", "drop", "insert"]))
    junk = data.draw(st.binary(min_size=1, max_size=6))
    if damage == "flip":
        hurt = whole[:at] + bytes([whole[at] ^ junk[0] or 1]) + whole[at + 1 :]
    elif damage == "cut":
        hurt = whole[:at]
    elif damage == "drop":
        hurt = whole[:at] + whole[at + len(junk) :]
    else:
        hurt = whole[:at] + junk + whole[at:]
    with contextlib.suppress(PdfError):
        everything(hurt)


def test_an_object_that_is_not_what_was_asked_for_is_a_typed_error() -> None:
    pdf = reader.read(FIRST)
    for wrong in (
        lambda: pdf.array(1),
        lambda: pdf.dictionary((1,)),
        lambda: pdf.get(Name("x")),
        lambda: pdf.stream(pdf.get(Ref(1))),
        lambda: compare_revisions(pdf, 2),
        lambda: compare_revisions(pdf, 1),
    ):
        with pytest.raises(PdfError):
            wrong()
