"""Attacks by somebody who knows the format, and often holds the issuer's own keys: what each must be answered with.

The files are sealed, logged and proved in earnest; only one thing in each is not what the people signed.
"""

from __future__ import annotations

import hashlib
import re
import time
import tracemalloc
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from testamur.kernel.proofs.jcs import canonical
from testamur.kernel.proofs.pdf.contents import embedded_files
from testamur.kernel.proofs.pdf.reader import read
from testamur.kernel.proofs.pdf.values import PdfError
from testamur.kernel.proofs.report import Verdict
from testamur.kernel.proofs.verify import verify_file
from testamur.trust.sealing import cms
from testamur.trust.sealing.revision import drafting
from testamur.trust.sealing.rules import Algorithm
from testamur.trust.sealing.sealer import Sealed
from tests.conformance import builder as make
from tests.conformance import personal
from tests.conformance.bad_files import new_number, page_number, plain, where


def verdict_on(data: bytes) -> Verdict:
    return verify_file(data, make.world().trust(), "file.pdf")


def rewritten(first: bytes, change: Callable[[dict[int, bytes]], None]) -> bytes:
    """A first revision written anew with `change` done to its objects; its trailer stays."""
    pdf = read(first)
    objects = {n: pdf.raw(obj) for n in pdf.numbers() if (obj := pdf.find(n)) is not None}
    change(objects)
    return written(objects, pdf.revisions[0].section.trailer.values["Root"].number)  # type: ignore[union-attr]


def written(objects: Mapping[int, bytes], root: int) -> bytes:
    """A file of one revision with these objects."""
    body, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
    for number, raw in objects.items():
        offsets[number] = len(body)
        body += raw + b"\n"
    start, size = len(body), max(objects) + 1
    rows = [b"%010d 00000 n \n" % offsets[n] if n in offsets else b"0000000000 00001 f \n" for n in range(1, size)]
    table = b"xref\n0 %d\n0000000000 65535 f \n" % size + b"".join(rows)
    trailer = b"trailer\n<</Size %d/Root %d 0 R/ID[<00><00>]>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, start)
    return bytes(body) + table + trailer


def built_on(first: bytes, record_json: bytes) -> make.Built:
    """A record over this first revision, everything else in order."""
    evidence = make.signed_evidence(first)
    return make.finish(make.seal(first, evidence), record_json, evidence)


def record_json(**changes: Any) -> bytes:
    return canonical(make.snapshot(**changes))


# --- shadow attacks ------------------------------------------------------------------------------


def announced(
    announcement: Callable[[dict[int, bytes], int, int], None], *, generation: int = 0, trailer: bytes = b""
) -> Verdict:
    """The verdict on a document that refers to an object which only the second revision has, hung on the seal's font.

    `announcement` gets the objects of the first revision, the number of its page and the number that is still free.
    """
    frozen = record_json()
    rendered = make.render(frozen)
    hole = int(str(read(rendered).trailer["Size"]))

    def announce(objects: dict[int, bytes]) -> None:
        announcement(objects, page_number(rendered), hole)
        objects[hole + 40] = plain(hole + 40, b"<</Nothing true>>")

    first = rewritten(rendered, announce)
    if trailer:
        first = first.replace(b"/ID[<00>", trailer % hole + b"/ID[<00>")
    built = built_on(first, frozen)
    font = where_in(built.data, b"/Subtype/Type0")

    def fill(objects: dict[int, bytes]) -> None:
        stream = b"q 1 g 0 0 595 842 re f Q"
        objects[hole] = b"%d %d obj\n<</Length %d>>\nstream\n%b\nendstream\nendobj" % (
            hole, generation, len(stream), stream,
        )  # fmt: skip
        objects[font] = objects[font].replace(b"/Type0", b"/Type0/Hidden %d %d R" % (hole, generation), 1)

    sealed = with_generation(make.reseal(built.sealed.file(), len(built.first), fill), hole, generation)
    return verdict_on(make.finish(sealed, frozen, built.evidence).data)


@pytest.mark.parametrize("generation", [0, 1])
def test_contents_that_the_first_revision_only_announces_are_refused(generation: int) -> None:
    """The page refers to a stream that is free when people sign, and that the second revision then fills.

    A free entry of generation 1 is taken up by an object of generation 1 (ISO 32000-1 section 7.5.4).
    """

    def announce(objects: dict[int, bytes], paper: int, hole: int) -> None:
        objects[paper] = with_contents(objects[paper], b"[\\1 %d %d R]" % (hole, generation))

    verdict = announced(announce, generation=generation)
    assert (verdict.word, verdict.code) == ("invalid", "revision.dangling"), verdict.checks


@pytest.mark.feature("D15")
@pytest.mark.parametrize("filled_by", ["the first signer", "the second signer", "the seal"])
def test_contents_that_are_announced_to_those_who_sign_in_the_file_are_refused(filled_by: str) -> None:
    """The page refers to a stream that none of the signers saw, whoever's revision then brings it."""
    frozen = canonical(make.snapshot(signers=personal.BOTH))
    rendered = make.render(frozen)
    hole = int(str(read(rendered).trailer["Size"]))

    def announce(objects: dict[int, bytes]) -> None:
        paper = page_number(rendered)
        objects[paper] = with_contents(objects[paper], b"[\\1 %d 0 R]" % hole)
        objects[hole + 40] = plain(hole + 40, b"<</Nothing true>>")

    def fill(objects: dict[int, bytes]) -> None:
        stream = b"q 1 g 0 0 595 842 re f Q"
        objects[hole] = b"%d 0 obj\n<</Length %d>>\nstream\n%b\nendstream\nendobj" % (hole, len(stream), stream)

    first = rewritten(rendered, announce)
    one = personal.signed(first, personal.TEACHER, 1)
    if filled_by == "the first signer":
        one = personal.rewritten(first, one, fill, personal.own(personal.TEACHER))
    two = personal.signed(first + one, personal.PRINCIPAL, 2)
    if filled_by == "the second signer":
        two = personal.rewritten(first + one, two, fill, personal.own(personal.PRINCIPAL))
    built = personal.finished(first, [one, two], change=fill if filled_by == "the seal" else None)
    verdict = verdict_on(built.data)
    assert (verdict.word, verdict.code) == ("invalid", "revision.dangling"), verdict.checks


def with_contents(page: bytes, contents: bytes) -> bytes:
    changed = re.sub(rb"/Contents (\d+ 0 R)", b"/Contents" + contents, page)
    assert changed != page
    return changed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"/A(1# %)", b"/B(\n 0 R)"),  # the sign of a comment in a string, and the end of a reference in another
        (b"/A(# %)", b"/B(\n 0 R)"),
        (b"/A(9 %)", b"/B(\n 0 R)"),
        (b"%1# \n", b"%\n"),
    ],
)
def test_no_decoy_hides_a_reference_to_what_comes_later(before: bytes, after: bytes) -> None:
    def announce(objects: dict[int, bytes], paper: int, hole: int) -> None:
        decoy = before.replace(b"#", b"%d" % hole)
        changed = with_contents(objects[paper], b"[\\1 %d 0 R]" % hole + after)
        objects[paper] = changed.replace(b"/Contents", decoy + b"/Contents", 1)

    verdict = announced(announce)
    assert (verdict.word, verdict.code) == ("invalid", "revision.dangling"), verdict.checks


@pytest.mark.parametrize("reference", [b"%d.0 0 R", b"+%d 0 R", b"%d %%\n0 R", b"%d 0R"])
def test_no_other_spelling_of_a_reference_is_let_through(reference: bytes) -> None:
    """Some readers take them for references; this one refuses the object."""

    def announce(objects: dict[int, bytes], _paper: int, hole: int) -> None:
        objects[hole + 41] = plain(hole + 41, b"[" + reference % hole + b"]")

    verdict = announced(announce)
    assert (verdict.word, verdict.code) == ("invalid", "pdf.syntax"), verdict.checks


def test_a_trailer_that_announces_what_comes_later_is_refused() -> None:
    verdict = announced(lambda _objects, _paper, _hole: None, trailer=b"/Info %d 0 R")
    assert (verdict.word, verdict.code) == ("invalid", "revision.dangling"), verdict.checks


def first_revision(change: Callable[[bytes], bytes], objects: Mapping[int, bytes] = {}) -> Verdict:
    """The verdict on a record whose first revision has these objects more and was then changed."""
    frozen = record_json()
    first = rewritten(make.render(frozen), lambda held: held.update(objects))
    return verdict_on(built_on(change(first), frozen).data)


def test_a_first_revision_that_only_has_more_objects_is_valid() -> None:
    assert first_revision(bytes, {900: plain(900, b"[1 0 R]")}).word == "valid"


@pytest.mark.parametrize("around", [b"(%b)", b"%%%b\n0", b"<</Length 24>>\nstream\n%b\nendstream"])
def test_an_object_inside_a_string_a_comment_or_a_stream_is_none(around: bytes) -> None:
    inside = plain(901, b"[false]").replace(b"\n", b" ")
    outside = plain(900, around % inside)

    def point_inside(first: bytes) -> bytes:
        at, place = first.index(b"901 0 obj [false]"), re.search(rb"\n901 0 obj\n0", first)
        assert place is not None
        return first.replace(b"%010d 00000 n" % (place.start() + 1), b"%010d 00000 n" % at)

    verdict = first_revision(point_inside, {900: outside, 901: plain(901, b"0")})
    assert (verdict.word, verdict.code) == ("invalid", "pdf.object"), verdict.checks


def test_an_entry_that_points_nowhere_is_refused_even_if_nobody_uses_it() -> None:
    """Readers that meet one rebuild the table from whatever looks like an object, evidence included."""
    verdict = first_revision(lambda first: first.replace(b"900 0 obj", b"902 0 obj"), {900: plain(900, b"[1 0 R]")})
    assert (verdict.word, verdict.code) == ("invalid", "pdf.object"), verdict.checks


def test_an_object_beyond_the_size_of_the_first_trailer_is_refused() -> None:
    """Readers ignore it when people sign, and show it once the second trailer counts it in."""
    frozen = record_json()
    counted = rewritten(make.render(frozen), lambda held: held.update({900: plain(900, b"[1 0 R]")}))
    first = counted.replace(b"/Size 901/", b"/Size 900/")
    assert first != counted
    evidence = make.signed_evidence(first)
    file = make.seal(counted, evidence).file()  # the product refuses to seal such a file
    sealed = make.reseal(first + file[len(first) :], len(first), lambda _objects: None)
    verdict = verdict_on(make.finish(sealed, frozen, evidence).data)
    assert (verdict.word, verdict.code) == ("invalid", "revision.trailer"), verdict.checks


def where_in(data: bytes, mark: bytes) -> int:
    pdf = read(data)
    return next(n for n in pdf.revisions[1].section.numbers() if mark in pdf.raw(pdf.find(n)))  # type: ignore[arg-type]


def with_generation(sealed: Sealed, number: int, generation: int) -> Sealed:
    """The same seal with that generation in the table, sealed again."""
    tail = re.sub(rb"(\n%d 1\n\d{10}) 00000 n" % number, lambda m: m[1] + b" %05d n" % generation, sealed.tail)
    digest = hashlib.sha256(sealed.first + sealed.head + tail).digest()
    template = cms.Template([make.world().seal.der, make.world().seal_ca.der], Algorithm.P256)
    signature = make.Key(make.world().seal).sign(hashlib.sha256(template.to_be_signed(digest)).digest())
    return replace(
        sealed, tail=tail, cms=template.build(digest, signature), doc_digest=digest, signature_value=signature
    )


def test_a_seal_whose_box_is_the_whole_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stood on the page when it was signed could be covered by the seal's picture."""
    rect = (0, 0, 59_500, 84_200)
    changes = {"seal": {"page": 1, "rect": list(rect)}}
    with pytest.raises(drafting.RectInvalid):
        make.build(snapshot_changes=changes, rect=rect)
    monkeypatch.setattr(drafting, "MAX_SEAL_AREA", 10**12)
    built = make.build(snapshot_changes=changes, rect=rect)
    verdict = verdict_on(built.data)
    assert (verdict.word, verdict.code) == ("invalid", "record.malformed"), verdict.checks


def painted(content: bytes) -> bytes:
    """A record whose seal's picture paints something else."""
    number = where(b"/Subtype/Form")

    def change(objects: dict[int, bytes]) -> None:
        head = objects[number].partition(b"/Length")[0]
        objects[number] = head + b"/Length %d>>\nstream\n%b\nendstream\nendobj" % (len(content), content)

    return make.resealed(change)


WHITE_BAR = (
    b"q .55 G .5 w .25 .25 249.50 59.50 re S 1 g 0 0 250 60.00 re f Q\n"
    b"BT 0 g /F 9 Tf 12.06 TL 7 40.00 Td\n<0001> Tj T*\nET"
)


@pytest.mark.parametrize(
    "content",
    [
        b"1 g 0 0 250 60 re f",
        WHITE_BAR,
        b"BT 1 g /F 900 Tf 12 TL 7 40 Td\n<0001> Tj T*\nET",
    ],
)
def test_a_seal_that_paints_over_what_was_signed_is_refused(content: bytes) -> None:
    verdict = verdict_on(painted(content))
    assert (verdict.word, verdict.code) == ("invalid", "revision.appearance"), verdict.checks


def test_a_seal_written_in_a_font_that_draws_pictures_is_refused() -> None:
    number = where(b"/Subtype/Type0")

    def change(objects: dict[int, bytes]) -> None:
        objects[number] = objects[number].replace(b"/Subtype/Type0", b"/Subtype/Type3", 1)

    verdict = verdict_on(make.resealed(change))
    assert (verdict.word, verdict.code) == ("invalid", "revision.appearance"), verdict.checks


def test_evidence_that_bears_another_name_in_other_readers_is_refused() -> None:
    """`/F` beside `/UF`, and an embedded file of its own for one platform: two readers, two files."""
    number = where(b"/AFRelationship/Supplement")
    for old, new in ((b"/F(evidence-1.json)", b"/F(record.json)"), (b"/EF<<", b"/EF<</DOS %d 0 R" % new_number())):

        def change(objects: dict[int, bytes], old: bytes = old, new: bytes = new) -> None:
            assert old in objects[number], objects[number]
            objects[number] = objects[number].replace(old, new, 1)
            objects[new_number()] = plain(new_number(), b"<</Length 2>>\nstream\n{}\nendstream")

        verdict = verdict_on(make.resealed(change))
        assert verdict.word == "invalid", (new, verdict.checks)
        assert verdict.code in {"revision.attachments", "revision.extra", "pdf.embedded"}, verdict.checks


# --- files that cost -----------------------------------------------------------------------------


def test_a_thousand_names_for_one_packed_stream_do_not_fill_the_memory() -> None:
    packed = zlib.compress(bytes(16 << 20), 9)
    names = b"".join(b"(%05d)%d 0 R" % (n, 10 + n) for n in range(500))
    objects = {
        1: plain(1, b"<</Type/Catalog/Names<</EmbeddedFiles<</Names[%b]>>>>>>" % names),
        2: plain(2, b"<</Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream" % (len(packed), packed)),
    }
    objects |= {10 + n: plain(10 + n, b"<</F(a%d)/UF(a%d)/EF<</F 2 0 R>>>>" % (n, n)) for n in range(500)}
    bomb = written(objects, 1)
    tracemalloc.start()
    try:
        verdict = verdict_on(bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (verdict.word, verdict.code) == ("foreign", "pdf.size")
    assert peak < 160 << 20


def test_more_embedded_files_than_any_record_has_are_refused_before_they_are_read() -> None:
    kid = b"<</Names[%b]>>" % b"".join(b"(%d)2 0 R" % n for n in range(900))
    objects = {
        1: plain(1, b"<</Type/Catalog/Names<</EmbeddedFiles<</Kids[%b]>>>>>>" % (kid * 30)),
        2: plain(2, b"<<>>"),
    }
    with pytest.raises(PdfError, match="embedded files"):
        embedded_files(read(written(objects, 1)))


def scattered(objects: Mapping[int, bytes], first: bytes, root: int) -> bytes:
    """A second revision whose table has a subsection for each object."""
    parts, rows, at = [], [], len(first)
    for number, raw in objects.items():
        rows.append(b"%d 1\n%010d 00000 n \n" % (number, at))
        parts.append(raw + b"\n")
        at += len(parts[-1])
    previous = read(first).revisions[0].section.start
    trailer = b"trailer\n<</Size %d/Root %d 0 R/ID[<00><00>]/Prev %d>>" % (max(objects) + 1, root, previous)
    return first + b"".join(parts) + b"xref\n" + b"".join(rows) + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % at


def test_a_table_cut_into_very_many_pieces_is_read_in_little_time() -> None:
    first = written({1: plain(1, b"<</Type/Catalog>>")}, 1)
    pdf = read(scattered({2 * n: plain(2 * n, b"0") for n in range(1, 20_000)}, first, 1))
    began = time.process_time()
    assert len(pdf.numbers()) == 20_000
    assert time.process_time() - began < 2


@pytest.mark.parametrize("filling", [b"1 1 1 1 ", b"12345 0 ", b"1 ", b"%\n1 ", b"%901 \n", b"(%", b"1 0 R "])
def test_a_first_revision_full_of_lines_is_read_in_proportion(filling: bytes) -> None:
    """Comments, numbers and half references, of which a careless search would begin anew at each."""
    body = filling * ((1 << 19) // len(filling)) + b")" * (filling.count(b"(") * ((1 << 19) // len(filling)))
    objects = {900: plain(900, b"[" + body + b"\n]")}
    frozen = record_json()
    first = rewritten(make.render(frozen), lambda held: held.update(objects))
    data = built_on(first, frozen).data
    began = time.process_time()
    verdict = verdict_on(data)
    assert time.process_time() - began < 3
    assert verdict.word == "valid", verdict.checks


def test_objects_that_share_one_comment_are_refused_at_the_second() -> None:
    """Each would be read to the end of all: a table with a hundred thousand of them would take hours."""
    numbers = range(900, 5_900)
    start = b"".join(b"%d 0 obj%%" % number for number in numbers) + b"\n0\nendobj"
    frozen = record_json()
    rendered = make.render(frozen)

    def nest(objects: dict[int, bytes]) -> None:
        objects.update({number: plain(number, b"0") for number in numbers})

    first = rewritten(rendered, nest)
    table = first.rindex(b"\nxref\n") + 1
    at = {number: table + start.index(b"%d 0 obj%%" % number) for number in numbers}
    for number in numbers:
        old = first.index(b"\n%d 0 obj" % number) + 1
        first = first.replace(b"\n%010d 00000 n" % old, b"\n%010d 00000 n" % at[number], 1)
    first = (first[:table] + start + b"\n" + first[table:]).replace(
        b"startxref\n%d\n" % table, b"startxref\n%d\n" % (table + len(start) + 1)
    )
    data = built_on(first, frozen).data
    began = time.process_time()
    verdict = verdict_on(data)
    assert time.process_time() - began < 2
    assert (verdict.word, verdict.code) == ("invalid", "pdf.object"), verdict.checks


def test_a_second_revision_with_thousands_of_objects_is_refused_before_it_is_compared() -> None:
    def crowd(objects: dict[int, bytes]) -> None:
        for number in range(new_number(), new_number() + 3_000):
            objects[number] = plain(number, b"0")

    data = make.resealed(crowd)
    began = time.process_time()
    verdict = verdict_on(data)
    assert (verdict.word, verdict.code) == ("invalid", "revision.size"), verdict.checks
    assert time.process_time() - began < 2


# --- names ---------------------------------------------------------------------------------------


def test_a_signature_under_a_name_that_is_not_the_e_ids_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The issuer names a minister and binds the number of somebody else, who signs: the reader must learn whose."""
    assert "bears the name" not in signer_line(make.good().data)
    minister = replace(make.PRINCIPAL, name="Statsrådet Påhittson")
    clerk = replace(make.PRINCIPAL, name="Kontorist Låtsasdotter")
    real = make.person_certificate(clerk)
    monkeypatch.setattr(make, "person_certificate", lambda _signer: real)
    data = make.build((minister,)).data
    assert verdict_on(data).word == "valid"
    assert 'whose e-ID bears the name "Kontorist Låtsasdotter TEST"' in signer_line(data)


def signer_line(data: bytes) -> str:
    return next(check.found for check in verdict_on(data).checks if check.name == "signer 1")


def test_a_pupil_whose_birth_date_is_not_known_has_a_valid_record_all_the_same() -> None:
    """What the register may lack must not make a genuine record look forged."""
    subject = make.snapshot()["subject"] | {"birth_date": None}
    assert verdict_on(make.build(snapshot_changes={"subject": subject}).data).word == "valid"
