"""Files of other systems: what is refused at the door, what is tried, what is loaded."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from testamur.exchange.connectors import tasks, uploads
from testamur.kernel.base.actor import operator
from testamur.register.people import queries as people
from testamur.surfaces.cli import demo_data
from testamur.trust.records import queries
from testamur.trust.records.rules import State
from testamur.trust.records.trial import sample
from tests.surfaces.web.office.conftest import Answer, LogIn, do_work, text
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
PERSONS = """personnummer,given_name,family_name,school_code,role
{number},Prov,Importsson,99990001,pupil
,Utan,Nummer,99990001,pupil
"""


def send(browser: Client, *files: tuple[str, bytes], **more: str) -> Answer:
    sent = [SimpleUploadedFile(name, data) for name, data in files]
    return browser.post(reverse("office:imports"), {"sent": sent, **more})


def kept() -> list[Path]:
    return sorted(uploads.folder().iterdir()) if uploads.folder().is_dir() else []


@pytest.mark.feature("A5", "A16")
def test_a_bundle_is_tried_shown_and_then_loaded(world: World, log_in: LogIn) -> None:
    boss = log_in("authority_administrator")
    random = Random(99)
    number = next(demo_data.swedish(random, demo_data.days(random, 2012))).number
    data = PERSONS.format(number=number).encode()
    answer = send(boss, ("persons.csv", data))
    work = do_work(answer)
    page = text(boss.get(answer["Location"]))
    assert "would be left out" in page
    assert "persons.csv, row 3" in page
    assert people.search(by=operator(), text="Importsson", path="/") == ()
    report = boss.get(reverse("office:report", args=[work]))
    assert b"persons.csv,3," in report.content
    loaded = boss.post(reverse("office:load", args=[work]))
    do_work(loaded)
    assert "What has changed" in text(boss.get(loaded["Location"]))
    assert len(people.search(by=operator(), text="Importsson", path="/")) == 1
    assert kept() == []
    again = boss.post(reverse("office:load", args=[work]))
    assert again.status_code == 404
    history = text(boss.get(reverse("office:imports")))
    assert "persons.csv" in history
    assert "exempelkommun" in history.lower()
    assert log_in("other_administrator").get(loaded["Location"]).status_code == 404


def register(world: World, pupil: str, name: str = "a.pdf") -> bytes:
    signer = f"principal:{world.numbers['principal']}:Rektor"
    return (
        "file,identifier,document_type,signers,title,school_code,school_year,term\n"
        f"{name},{world.numbers[pupil]},external.intyg,{signer},Intyg,,2025/2026,VT\n"
    ).encode()


@pytest.mark.feature("A16")
def test_a_school_takes_in_finished_pdfs_of_its_own_pupils(world: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    both = register(world, "pupil") + register(world, "other_pupil", "b.pdf").splitlines(keepends=True)[1]
    answer = send(browser, ("register.csv", both), ("a.pdf", sample()), ("b.pdf", sample() + b"%\n%%EOF\n"),
                  identifier_scheme="se.personnummer")  # fmt: skip
    work = do_work(answer)
    page = text(browser.get(answer["Location"]))
    assert "register.csv, row 3" in page
    assert "another school" in page
    assert "register.csv, row 3" not in text(log_in("principal").get(answer["Location"]))
    assert queries.records(by=operator(), path="/") == []
    do_work(browser.post(reverse("office:load", args=[work])))
    (record,) = queries.records(by=operator(), path="/")
    assert (record.subject, record.state, record.title) == (world.persons["pupil"], State.DRAFTED, "Intyg")
    shown = browser.get(reverse("office:pdf", args=[record.id]))
    assert shown.content.startswith(b"%PDF-")


def test_a_school_does_not_import_a_roster(world: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    answer = send(browser, ("persons.csv", PERSONS.format(number="20100101-2380").encode()))
    do_work(answer)
    assert "Broken off" in text(browser.get(answer["Location"]))
    assert "Not allowed" in text(browser.get(answer["Location"]))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("a.pdf", b"MZ\x90\x00 a program")], "not what its name says"),
        ([("a.exe", b"plain text")], "not what its name says"),
        ([("a.zip", b"PK\x03\x04 broken")], "not what its name says"),
        ([("a.csv", b"")], "The submitted file is empty"),
        ([("a.csv", b"x\n1\n"), ("../a.csv", b"x\n2\n")], "not what its name says"),
        ([("b.zip", b"zip"), ("a.csv", b"x\n1\n")], "not what its name says"),
        ([], "This field is required"),
    ],
)
def test_what_is_no_import_is_refused_and_not_kept(
    world: World, log_in: LogIn, files: list[tuple[str, bytes]], said: str
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x.csv", "a,b\n")
    sent = [(name, packed.getvalue() if data == b"zip" else data) for name, data in files]
    answer = send(log_in("administrator"), *sent)
    assert answer.status_code == 400
    assert said in text(answer)
    assert kept() == []


def test_strangers_send_nothing_and_nobody_has_many_uploads_open(world: World, log_in: LogIn) -> None:
    file = ("persons.csv", b"personnummer,given_name,family_name\n")
    assert send(Client(), file).status_code == 302
    assert send(log_in("teacher"), file).status_code == 403
    assert send(log_in("principal"), file).status_code == 403
    assert kept() == []
    browser = log_in("authority_administrator")
    works = [send(browser, file)["Location"] for _n in range(uploads.MAX_OPEN)]
    refused = send(browser, file)
    assert "as many uploads open as anyone may" in text(refused)
    work = UUID(works[0].rstrip("/").rpartition("/")[2])
    assert log_in("administrator").post(reverse("office:give_up", args=[work])).status_code == 404
    browser.post(reverse("office:give_up", args=[work]))
    assert len(kept()) == uploads.MAX_OPEN - 1
    assert (kept()[0] / "files" / "persons.csv").stat().st_mode & 0o077 == 0


def test_a_body_that_is_too_long_is_refused_before_it_is_stored(world: World) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="sent"; filename="a.csv"\r\n\r\nx\r\n--x--\r\n'
    answer = Client().generic(
        "POST", reverse("office:imports"), body, content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=2**31
    )
    assert answer.status_code in {302, 400}
    assert kept() == []


def test_uploads_and_reports_go_in_time(world: World, log_in: LogIn) -> None:
    browser = log_in("authority_administrator")
    send(browser, ("persons.csv", b"personnummer,given_name,family_name\n"))
    assert tasks.tidy.call() == 0
    meta = kept()[0] / "meta.json"
    meta.write_text(meta.read_text().replace("2026-06-10", "2026-06-08"))
    assert tasks.tidy.call() == 1
    assert kept() == []
    assert settings.DATA.exists()
