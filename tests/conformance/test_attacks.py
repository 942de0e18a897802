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

from testamur.kernel.proofs import additions
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


@pytest.mark.parametrize("few", [32, 0])
@pytest.mark.parametrize("generation", [0, 1])
def test_contents_that_the_first_revision_only_announces_are_refused(
    generation: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page refers to a stream that is free when people sign, and that the second revision then fills.

    A free entry of generation 1 is taken up by an object of generation 1 (ISO 32000-1 section 7.5.4).
    """
    monkeypatch.setattr(additions, "_FEW", few)
    frozen = record_json()
    rendered = make.render(frozen)
    hole = int(str(read(rendered).trailer["Size"]))
    paper = page_number(rendered)

    def announce(objects: dict[int, bytes]) -> None:
        objects[paper] = re.sub(
            rb"/Contents (\d+) 0 R", rb"/Contents [\1 0 R %d %d R]" % (hole, generation), objects[paper]
        )
        assert b"%d %d R]" % (hole, generation) in objects[paper]
        objects[hole + 40] = plain(hole + 40, b"<</Nothing true>>")

    built = built_on(rewritten(rendered, announce), frozen)
    font = where_in(built.data, b"/Subtype/Type0")

    def fill(objects: dict[int, bytes]) -> None:
        stream = b"q 1 g 0 0 595 842 re f Q"
        objects[hole] = b"%d %d obj\n<</Length %d>>\nstream\n%b\nendstream\nendobj" % (
            hole, generation, len(stream), stream,
        )  # fmt: skip
        objects[font] = objects[font].replace(b"/Type0", b"/Type0/Hidden %d %d R" % (hole, generation), 1)

    sealed = with_generation(make.reseal(built.sealed.file(), len(built.first), fill), hole, generation)
    verdict = verdict_on(make.finish(sealed, frozen, built.evidence).data)
    assert (verdict.word, verdict.code) == ("invalid", "revision.dangling"), verdict.checks


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


@pytest.mark.parametrize("filling", [b"1 1 1 1 ", b"12345 0 ", b"1", b" ", b"0", b"%\n1"])
def test_looking_for_references_takes_time_in_proportion(filling: bytes) -> None:
    body = filling * ((4 << 20) // len(filling))
    began = time.process_time()
    assert sum(1 for _ in additions._ANY_REFERENCE.finditer(body)) == 0
    assert time.process_time() - began < 3


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
