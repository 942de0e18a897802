"""A registry without an API: a numbered file with a digest, once for each list, and a receipt that closes its rows."""

from __future__ import annotations

import csv
import hashlib
import io
import stat
from pathlib import Path
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest

from testamur.exchange.connectors.ladok import files
from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.schoolday.reporting.queries import transfer
from tests.exchange.connectors.ladok.world import EXAM, World


@pytest.fixture
def without(world: World, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> World:
    """The university, whose registry has no API."""

    def not_entered(*, by: object, path: str) -> tuple[UUID, ...]:
        gone = {key for key, _number in world.entered}
        return tuple(key for key, one in world.lists.items() if key not in gone and one.path.startswith(path))

    settings.DATA = tmp_path
    monkeypatch.setattr(transfer, "not_entered", not_entered)
    return world


def export(world: World, form: files.Format = "csv") -> files.Exported:
    return files.export(by=operator(), path=world.u.path, now=world.now, form=form)


def receipt(made: files.Exported, rows: list[tuple[UUID, str, str]], sha256: str = "") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(files.RECEIPT)
    writer.writerows([made.number, sha256 or made.sha256, row, status, message] for row, status, message in rows)
    return out.getvalue().encode()


@pytest.mark.feature("B36")
def test_signed_lists_stand_in_one_file_each_with_number_digest_and_personal_numbers(without: World) -> None:
    a, b = without.u.students[:2]
    key = without.sign([(a, "A", EXAM), (b, "F", EXAM)])
    made = export(without)
    assert (made.number, made.lists, made.rows) == (1, 1, 2)
    body, _, end = made.data.decode().rstrip("\r\n").rpartition("\r\n")
    assert end.startswith("END;2;")
    assert end.split(";")[2] == hashlib.sha256(f"{body}\r\n".encode()).hexdigest() == made.sha256
    rows = list(csv.DictReader(io.StringIO(body), delimiter=";"))
    assert [(r["grade"], r["examined_on"], r["course"], r["module"]) for r in rows] == [
        ("A", "2026-10-28", "DV1574", "1405"), ("F", "2026-10-28", "DV1574", "1405"),
    ]  # fmt: skip
    assert {r["personal_number"] for r in rows} == {without.number(a), without.number(b)}
    assert rows[0]["control_number"] == without.lists[key].control_number
    place = files.folder() / made.name
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert files.again(by=operator(), number=1) == made.data
    assert export(without).lists == 0
    without.sign([(a, "A", EXAM)], module="1415")
    assert export(without).number == 2


def test_the_same_rows_as_xml_have_the_same_digest(without: World) -> None:
    without.sign([(without.u.students[0], "A", EXAM)], title="<&>")
    made = export(without, "xml")
    root = ET.fromstring(made.data)
    assert (root.get("sha256"), root.get("rows")) == (made.sha256, "1")
    assert [e.text for e in root.iter("title")] == ["<&>"]
    row = without.lists[next(iter(without.lists))].rows[0].row
    done = files.receive(by=operator(), data=receipt(made, [(row, "ok", "")]), now=without.now)
    assert done.entered == 1


@pytest.mark.feature("B36")
def test_a_receipt_enters_what_was_taken_and_shows_what_was_refused(without: World) -> None:
    a, b = without.u.students[:2]
    whole, half = without.sign([(a, "A", EXAM)]), without.sign([(a, "A", EXAM), (b, "B", EXAM)])
    made = export(without)
    rows = [row.row for one in (whole, half) for row in without.lists[one].rows]
    told = receipt(made, [(rows[0], "ok", ""), (rows[1], "ok", ""), (rows[2], "refused", "Unknown student")])
    done = files.receive(by=operator(), data=told, now=without.now)
    assert (done.taken, done.refused, done.entered, done.unknown) == (2, 1, 1, 0)
    assert without.transfer(whole).state == "attested"
    assert (without.transfer(half).state, without.row(half, b).message) == ("failed", "Unknown student")
    again = files.receive(by=operator(), data=told, now=without.now)
    assert (again.taken, again.refused, again.entered) == (0, 0, 0)
    assert without.entered == [(whole, without.lists[whole].control_number)]


def test_a_receipt_about_other_content_or_none_of_ours_changes_nothing(without: World) -> None:
    key = without.sign([(without.u.students[0], "A", EXAM)])
    made = export(without)
    row = without.lists[key].rows[0].row
    for data in (
        receipt(made, [(row, "ok", "")], sha256="0" * 64), receipt(made, [(row, "perhaps", "")]), b"", b"\xff\xfe",
        b"file;row\n1;2\n", receipt(made, [(row, "ok", "")]).replace(str(row).encode(), b"x"),
    ):  # fmt: skip
        with pytest.raises(files.ReceiptWrong):
            files.receive(by=operator(), data=data, now=without.now)
    with pytest.raises(NotFound):
        files.receive(
            by=operator(), data=receipt(made, [(row, "ok", "")]).replace(b"\r\n1;", b"\r\n7;"), now=without.now
        )
    stranger = receipt(made, [(UUID(int=5), "ok", "")])
    assert files.receive(by=operator(), data=stranger, now=without.now).unknown == 1
    assert without.transfer(key).state == "ready"
    with pytest.raises(NotAllowed):
        files.receive(by=without.u.actor("administrator"), data=stranger, now=without.now)
