"""For a registry without an API: a file of signed lists with a number and a digest, and its receipt read back.

The file holds personal numbers and grades; it lies under the data folder (mode 0600) and is given again on request.
A row that the receipt takes is attested, one that it refuses waits for the office with the receipt's own words.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from testamur.exchange.connectors.ladok import following, ledger
from testamur.exchange.connectors.models import FeedCursor, Transfer, TransferRow
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.schoolday.reporting.queries import transfer as reporting
from testamur.schoolday.reporting.rules.documents import SignedList, SignedRow

Format = Literal["csv", "xml"]
COLUMNS = (
    "file", "list", "control_number", "row", "personal_number", "course", "module", "scale", "grade", "examined_on",
    "title", "title_en", "examiner", "signed_on",
)  # fmt: skip
RECEIPT = ("file", "sha256", "row", "status", "message")
COUNTER = "file"
"""Name of the cursor that counts files."""
MAX_RECEIPT = 50_000_000


class ReceiptWrong(Refused):
    """The receipt is about no file of ours, about another content of it, or cannot be read."""

    code = "connectors.registry.receipt_wrong"


@dataclass(frozen=True, slots=True)
class Exported:
    """A file for the registry. `sha256` is of its rows, in either format, and stands in the file; 0 lists: no file."""

    number: int
    name: str
    data: bytes
    sha256: str
    lists: int
    rows: int


@dataclass(slots=True)
class Received:
    """What a receipt said: rows taken and refused, lists that were entered, rows that the file does not have."""

    taken: int = 0
    refused: int = 0
    entered: int = 0
    unknown: int = 0


def folder() -> Path:
    """Where files for the registry lie."""
    place = Path(settings.DATA) / "registry"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def again(*, by: Actor, number: int) -> bytes:
    """The file of that number, as it was. Needs ``connectors.registry.export`` everywhere. Raises ``not_found``."""
    by.must("connectors.registry.export")
    return _kept(number)[1]


@transaction.atomic
def export(*, by: Actor, path: str, now: datetime, form: Format = "csv") -> Exported:
    """Write signed lists at or below `path` that are not entered and were in no file yet into the next one.

    Needs ``connectors.registry.export`` and ``reporting.list.read`` at `path`. Journal:
    ``connectors.registry.exported/1``.
    """
    by.must("connectors.registry.export", path)
    waiting = reporting.not_entered(by=by, path=path)
    counter, _new = FeedCursor.objects.select_for_update().get_or_create(registry=COUNTER, defaults={"entry": "0"})
    done = set(Transfer.objects.filter(list__in=waiting).exclude(state="waiting").values_list("list", flat=True))
    signed = [reporting.signed(by=by, list=key) for key in dict.fromkeys(waiting) if key not in done]
    if not signed:
        return Exported(0, "", b"", "", 0, 0)
    number = int(counter.entry or 0) + 1
    lines = _lines(by, signed, number)
    data, digest = _written(lines, number, form)
    name = f"results-{number:06d}.{form}"
    _keep(folder() / name, data)
    for one in signed:
        _note(one, number, now)
    counter.entry, counter.at = str(number), now
    counter.save(update_fields=["entry", "at"])
    refs = {"file": number, "sha256": digest, "lists": [str(one.id) for one in signed], "rows": len(lines)}
    append(by=by, kind="connectors.registry.exported/1", path=path, refs=refs, now=now)
    return Exported(number, name, data, digest, len(signed), len(lines))


@transaction.atomic
def receive(*, by: Actor, data: bytes, now: datetime) -> Received:
    """Read a receipt (CSV, ``;``): ``file``, ``sha256``, ``row``, ``status`` (ok or refused), ``message``.

    All or nothing where it names another content than ours. Said again it changes nothing. Needs
    ``connectors.registry.export`` everywhere. Raises `ReceiptWrong`, ``not_found``. Journal:
    ``connectors.registry.received/1``.
    """
    by.must("connectors.registry.export")
    rows = _receipt(data)
    digests: dict[str, str] = {}
    done = Received()
    touched: set[UUID] = set()
    for told in rows:
        number = told["file"]
        if number not in digests:
            digests[number] = _kept(int(number) if number.isascii() and number.isdigit() else 0)[0]
        if told["sha256"].lower() != digests[number]:
            raise ReceiptWrong("The receipt is about another content of that file.", field="sha256", file=number)
        row = TransferRow.objects.filter(row=_uuid(told["row"]), attempt=f"file:{number}").first()
        if row is None:
            done.unknown += 1
        elif told["status"] == "ok":
            done.taken += row.state != "attested"
            ledger.note_row(row.id, state="attested", message="", fault="")
            touched.add(row.transfer_id)
        else:
            done.refused += row.state != "refused"
            ledger.note_refused(row.id, told["message"] or "The registry refused the row.")
            touched.add(row.transfer_id)
    for transfer in touched:
        held = Transfer.objects.get(id=transfer)
        if held.state != "attested":
            Transfer.objects.filter(id=transfer).update(state=ledger.rest_state(transfer), message="")
    done.entered = following.enter_attested(by=by, now=now)
    refs = {"files": sorted(digests), "taken": done.taken, "refused": done.refused, "entered": done.entered}
    append(by=by, kind="connectors.registry.received/1", path="/", refs=refs, now=now)
    return done


def _note(signed: SignedList, number: int, now: datetime) -> None:
    """The list is in the file: its rows wait for the receipt."""
    transfer = Transfer.objects.filter(list=signed.id).first()
    if transfer is None:
        transfer = Transfer(id=new_id(), list=signed.id, number=signed.number, path=signed.path, begun_at=now)
    transfer.state, transfer.error, transfer.message = "ready", "", f"In file {number}; the receipt is awaited."
    transfer.save()
    there = set(TransferRow.objects.filter(transfer=transfer.id).values_list("row", flat=True))
    TransferRow.objects.bulk_create(
        TransferRow(id=new_id(), transfer=transfer, row=row.row, person=row.person)
        for row in signed.rows
        if row.row not in there
    )
    TransferRow.objects.filter(transfer=transfer.id).update(state="ready", attempt=f"file:{number}")


def _lines(by: Actor, signed: Sequence[SignedList], number: int) -> list[list[str]]:
    persons = {row.person for one in signed for row in one.rows}
    numbers = {
        person: next((i.value for i in held if i.ends is None), "")
        for person, held in people.identifiers(by=by, persons=persons).items()
    }
    names = people.people(by=by, ids=[one.examiner for one in signed], numbers=False)
    return [
        _line(one, row, number, numbers.get(row.person, ""), names[one.examiner].name if one.examiner in names else "")
        for one in signed
        for row in one.rows
    ]


def _line(signed: SignedList, row: SignedRow, number: int, personal: str, examiner: str) -> list[str]:
    return [
        str(number), str(signed.number), signed.control_number, str(row.row), personal, signed.course_code,
        signed.module_code, signed.scale, row.value, row.examined_on.isoformat(), signed.title, signed.title_en,
        examiner, timezone.localdate(signed.signed_at).isoformat(),
    ]  # fmt: skip


def _written(lines: Sequence[Sequence[str]], number: int, form: Format) -> tuple[bytes, str]:
    """The file and the digest of its rows: SHA-256 of them as CSV, header and all, whatever the format."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(lines)
    body = buffer.getvalue().encode()
    digest = hashlib.sha256(body).hexdigest()
    if form == "csv":
        return body + f"END;{len(lines)};{digest}\r\n".encode(), digest
    root = Element("results", {"file": str(number), "rows": str(len(lines)), "sha256": digest})
    for line in lines:
        row = SubElement(root, "row")
        for name, value in zip(COLUMNS[1:], line[1:], strict=True):
            SubElement(row, name).text = value
    return tostring(root, encoding="utf-8", xml_declaration=True), digest


def _receipt(data: bytes) -> list[Mapping[str, str]]:
    if len(data) > MAX_RECEIPT:
        raise ReceiptWrong("The receipt is too long.", field="receipt")
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ReceiptWrong("The receipt cannot be read: it is CSV in UTF-8, parted by semicolons.") from error
    if not rows or not set(RECEIPT) <= set(rows[0]):
        raise ReceiptWrong(f"The receipt has the columns {', '.join(RECEIPT)}.", field="receipt")
    told = [{name: (row.get(name) or "").strip() for name in RECEIPT} for row in rows]
    if any(row["status"] not in {"ok", "refused"} for row in told):
        raise ReceiptWrong("The status of a row is ok or refused.", field="status")
    return list(told)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ReceiptWrong("A row of the receipt has no id.", field="row") from error


def _kept(number: int) -> tuple[str, bytes]:
    """Digest and bytes of a file that was written."""
    for form in ("csv", "xml"):
        place = folder() / f"results-{number:06d}.{form}"
        if place.is_file():
            data = place.read_bytes()
            if form == "csv":
                return data.rstrip(b"\r\n").rpartition(b";")[2].decode(), data
            return data.partition(b'sha256="')[2].partition(b'"')[0].decode(), data
    raise NotFound("There is no such file.", field="file", file=number)


def _keep(place: Path, data: bytes) -> None:
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
