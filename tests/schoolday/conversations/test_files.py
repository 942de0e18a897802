"""Attachments: known by their content, cleaned, scanned, kept once, tidied away when nobody names them."""

from __future__ import annotations

import io
import os
import socket
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image

from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotFound, Refused
from testamur.schoolday.conversations import actions, files, queries
from testamur.schoolday.conversations.models import Attachment
from testamur.schoolday.conversations.rules import FileInfected, FileUnchecked, Kind, sniff
from testamur.schoolday.conversations.rules.files import named
from tests.gateways.clamd import EICAR, Clamd
from tests.schoolday.conversations.conftest import new, seen, start
from tests.schoolday.diary.school import NOW, School

pytestmark = pytest.mark.feature("C5")


def packed(*names: str, **texts: str) -> bytes:
    """A ZIP file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as one:
        for name, text in {**texts, **dict.fromkeys(names, "<x/>")}.items():
            one.writestr(name, text)
    return out.getvalue()


def photo(form: str = "JPEG") -> bytes:
    """A picture, taken upside down, that says where it was taken."""
    picture, exif = Image.new("RGB", (40, 20), "red"), Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Telefon AB"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    picture.save(out, form, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n", Kind.PDF),
        (packed("[Content_Types].xml", "word/document.xml"), Kind.DOCX),
        (packed("[Content_Types].xml", "xl/workbook.xml"), Kind.XLSX),
        (packed("[Content_Types].xml", "ppt/presentation.xml"), Kind.PPTX),
        (packed("content.xml", mimetype=Kind.ODT.value), Kind.ODT),
        ("Hej! Здравей\n".encode(), Kind.TXT),
        (photo(), Kind.JPEG),
        (photo("PNG"), Kind.PNG),
    ],
)
def test_a_file_is_what_it_holds(data: bytes, kind: Kind):
    assert sniff(data) is kind


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\x00",
        b"\x7fELF",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a\x00",
        b"PK\x03\x04broken",
        packed("something.txt"),
        packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        packed("content.xml", "Basic/Standard/Module1.xml", mimetype=Kind.ODT.value),
        b"text\x00with nul",
    ],
)
def test_everything_else_is_refused(data: bytes):
    with pytest.raises(Refused) as refused:
        sniff(data)
    assert refused.value.code == "conversations.file.kind"


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("../../etc/passwd", Kind.TXT, "passwd.txt"),
        ("brev.exe", Kind.PDF, "brev.pdf"),
        ("Foto.JPEG", Kind.JPEG, "Foto.jpg"),
        ("C:\\Users\\x\\lista.xlsx", Kind.XLSX, "lista.xlsx"),
        ("", Kind.PDF, "file.pdf"),
        ("årsplan v1.2026 klar", Kind.PDF, "årsplan v1.2026 klar.pdf"),
    ],
)
def test_a_name_says_what_the_file_is(name: str, kind: Kind, kept: str):
    assert named(name, kind) == kept


def test_pictures_are_upright_and_tell_no_place(tmp_path: Path):
    for form, name in (("JPEG", "a.jpg"), ("PNG", "a.png")):
        taken = files.take([(name, photo(form))])[0]
        with Image.open(io.BytesIO(files.content(taken.digest))) as kept:
            assert kept.size == (20, 40)
            assert not kept.getexif()
        assert b"Telefon" not in files.content(taken.digest)
    assert tmp_path.exists()


def test_pictures_of_one_message_share_what_a_request_has_the_time_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files, "_ENOUGH", 1000)
    one, two = files.take([("a.jpg", photo("JPEG"))]), files.take([("a.jpg", photo("JPEG"))] * 2)
    sizes = []
    for taken in (one[0], two[0], two[1]):
        with Image.open(io.BytesIO(files.content(taken.digest))) as kept:
            sizes.append(kept.size)
    assert sizes == [(20, 40), (10, 20), (10, 20)]
    assert files.take([("a.png", photo("PNG"))])
    with pytest.raises(Refused) as refused:
        files.take([("a.png", photo("PNG"))] * 2)
    assert refused.value.code == "conversations.file.kind"


def test_files_that_only_cost_time_are_refused_at_once():
    """A hundred thousand entries in ten megabytes, or a text of which each letter is looked at by itself."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for n in range(6000):
            made.writestr(str(n), b"")
    with pytest.raises(Refused):
        sniff(out.getvalue())
    assert sniff(("räksmörgås, ja\n" * 400_000).encode()) is Kind.TXT
    with pytest.raises(Refused):
        sniff(("räksmörgås\n" * 400_000 + "\x85").encode())


def test_a_broken_picture_and_too_much_are_refused():
    big = b"%PDF-" + b"x" * (10 * 2**20)
    for sent, code in (
        ([("a.jpg", b"\xff\xd8\xffnothing")], "conversations.file.kind"),
        ([("a.pdf", big)], "conversations.file.too_large"),
        ([("a.pdf", b"")], "conversations.file.too_large"),
        ([("a.txt", b"x")] * 6, "conversations.file.too_many"),
    ):
        with pytest.raises(Refused) as refused:
            files.take(sent)
        assert refused.value.code == code


def test_a_scanner_is_asked_where_there_is_one(settings: Any):
    with Clamd() as clamd:
        settings.CLAMD = clamd.address
        assert files.take([("a.txt", b"Hej")])[0].kind is Kind.TXT
        assert clamd.seen == [b"Hej"]
        with pytest.raises(FileInfected):
            files.take([("a.txt", EICAR)])
    with pytest.raises(FileUnchecked):
        files.take([("a.txt", b"Hej")])  # it is gone
    for address in ("nowhere", "/no/such/socket"):
        settings.CLAMD = address
        with pytest.raises(FileUnchecked):
            files.take([("a.txt", b"Hej")])


def test_a_scanner_that_answers_something_else_lets_nothing_through(settings: Any):
    with Clamd(answer=b"INSTREAM size limit exceeded. ERROR\0") as clamd:
        settings.CLAMD = clamd.address
        with pytest.raises(FileUnchecked):
            files.take([("a.txt", b"Hej")])


def test_a_scanner_can_listen_on_a_socket_of_the_machine(settings: Any, tmp_path: Path):
    place = str(tmp_path / "clamd.sock")
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(place)
    server.listen()
    settings.CLAMD = place
    with Clamd(server=server) as clamd:
        assert files.take([("a.txt", b"Hej")])[0].size == 3
        assert clamd.seen == [b"Hej"]


@pytest.mark.django_db
def test_files_are_read_by_those_who_read_the_post(school: School):
    teacher, mother = school.actor("class_teacher"), school.actor("guardian")
    one = start(teacher, new(school), files=files.take([("brev.pdf", b"%PDF-1.7 brev")]))
    file = seen(mother, one).posts[0].files[0]
    assert (file.name, file.inline) == ("brev.pdf", False)
    _view, digest = queries.file(by=mother, id=file.id, now=NOW)
    assert files.content(digest) == b"%PDF-1.7 brev"
    for name in ("stranger", "principal", "0"):
        with pytest.raises(NotFound):
            queries.file(by=school.actor(name), id=file.id, now=NOW)
    actions.withdraw(by=teacher, post=seen(teacher, one).posts[0].id, now=NOW)
    with pytest.raises(NotFound):
        queries.file(by=mother, id=file.id, now=NOW)


@pytest.mark.django_db
def test_what_no_message_names_is_tidied_away_after_a_day(school: School):
    kept, loose = files.take([("a.txt", b"kept"), ("b.txt", b"loose")])
    start(school.actor("class_teacher"), new(school), files=[kept])
    assert actions.tidy_files(by=operator(), now=NOW) == 0
    long_ago = (NOW - timedelta(days=2)).timestamp()
    for digest in (kept.digest, loose.digest):
        os.utime(Path(settings.DATA) / "attachments" / digest[:2] / digest, (long_ago, long_ago))
    assert actions.tidy_files(by=operator(), now=NOW) == 1
    assert Attachment.objects.get().digest == kept.digest
    assert files.content(kept.digest) == b"kept"
    with pytest.raises(FileNotFoundError):
        files.content(loose.digest)
