"""Making the file of a copy or an extract: to be printed, and with the original inside for whoever gets the file."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pikepdf
import typst

from testamur.kernel.base.actor import Actor
from testamur.kernel.proofs.snapshot import is_practice
from testamur.schoolday.custody.rules import CopyKind, CopyView
from testamur.schoolday.custody.words import words
from testamur.trust.records import queries as records
from testamur.trust.records.originals import Fetched
from testamur.trust.records.render import FONT_FILES, fonts_dir, qr_svg

_TEMPLATE = Path(__file__).parent / "copy.typ"


def years_of(*, by: Actor, record: UUID) -> tuple[str, ...]:
    """The school years that stand in a document, oldest first; empty where its form has none.

    Needs ``records.record.read`` at its place.
    """
    if not records.by_ids(by=by, records=[record]):
        return ()
    snapshot = records.frozen(records=[record]).get(record, {})
    return tuple(str(year["school_year"]) for year in _years(snapshot.get("content", {})))


def file_of(copy: CopyView, fetched: Fetched, *, office: str, clerk: str, zone_day: str, now: datetime) -> bytes:
    """The PDF of a copy. `zone_day`: the day it was given, as people there write it.

    A copy is the pages of the original with a line at the foot of each and a page of attestation; an extract shows the
    chosen years. Both carry the original as it was issued as an attachment: who has the file can check everything.
    """
    snapshot: Mapping[str, Any] = json.loads(fetched.record_json)
    if copy.kind is CopyKind.EXTRACT:
        chosen = [year for year in _years(snapshot["content"]) if str(year["school_year"]) in copy.years]
        told = _told(copy, fetched, snapshot, office, clerk, zone_day, pages=0)
        told |= {"years": [_year(year, words(snapshot["document"]["locale"])) for year in chosen]}
        made = pikepdf.open(io.BytesIO(_compiled(told, now)))
    else:
        made = _pages(fetched.pdf)
        told = _told(copy, fetched, snapshot, office, clerk, zone_day, pages=len(made.pages))
        added = pikepdf.open(
            io.BytesIO(_compiled(told, now))
        )  # its pages are copied at saving: it stays open until then
        _overlay(made, added)
    original = pikepdf.AttachedFileSpec(made, fetched.pdf, filename=f"{fetched.code}.pdf", mime_type="application/pdf")
    made.attachments[f"{fetched.code}.pdf"] = original
    out = io.BytesIO()
    made.save(out, deterministic_id=True)
    return out.getvalue()


def _pages(pdf: bytes) -> pikepdf.Pdf:
    """The original as a picture of itself: what signatures show stays, the signatures do not: a print has none."""
    made = pikepdf.open(io.BytesIO(pdf))
    made.flatten_annotations("all")
    for name in ("/AcroForm", "/Perms", "/DSS", "/AF"):
        if name in made.Root:
            del made.Root[name]
    for name in list(made.attachments):
        del made.attachments[name]
    return made


def _overlay(made: pikepdf.Pdf, added: pikepdf.Pdf) -> None:
    *lines, attestation = added.pages
    for page, line in zip(made.pages, lines, strict=True):
        page.add_overlay(line, pikepdf.Rectangle(page.mediabox))
    made.pages.append(attestation)


def _compiled(told: Mapping[str, Any], now: datetime) -> bytes:
    found: Any = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        timestamp=now.replace(microsecond=0),
        sys_inputs={"told": json.dumps(told, ensure_ascii=False)},
    )
    return bytes(found)


@cache
def _fonts() -> Any:
    folder = fonts_dir()
    folders = sorted({str(next(folder.rglob(name)).parent) for name in FONT_FILES})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


def _told(
    copy: CopyView, fetched: Fetched, snapshot: Mapping[str, Any], office: str, clerk: str, day: str, *, pages: int
) -> dict[str, Any]:
    locale, subject = snapshot["document"]["locale"], snapshot["subject"]
    say = words(locale)
    practice = is_practice(test=bool(snapshot["test"]), issuer=snapshot["issuer"]["name"])
    number = f"{copy.number}/{copy.year}"
    identifier = subject["identifier"]["value"]
    named = say["extract" if copy.kind is CopyKind.EXTRACT else "copy"]
    url = snapshot["verify"]["url"]
    return {
        "locale": locale,
        "words": dict(say),
        "title": f"{named}: {fetched.title}",
        "office": office,
        "overlay": copy.kind is CopyKind.COPY,
        "pages": pages,
        "line": f"{named} {say['number'].lower()} {number} · {day} · {office} · {url.partition('://')[2]}",
        "test": bool(snapshot["test"]),
        "practice": practice,
        "test-word": say["practice" if practice else "test"],
        "person": [
            [say["pupil"], subject["name"]],
            [say["born"], _day(subject["birth_date"] or "", locale)],
            [say["identifier"], identifier],
        ],
        "years": [],
        "attestation": say["attestation_extract" if copy.kind is CopyKind.EXTRACT else "attestation"],
        "facts": [
            [say["number"], number],
            [say["made"], day],
            [say["office"], office],
            [say["of"], f"{fetched.title}, {snapshot['issuer']['unit']['name']}"],
            [say["period"], fetched.period],
            [say["pupil"], f"{subject['name']}, {identifier}"],
            [say["purpose"], copy.purpose],
            [say["digest"], hashlib.sha256(fetched.pdf).hexdigest()],
        ],
        "qr": qr_svg(url),
        "qr-alt": f"QR {fetched.code}",
        "url": url.partition("://")[2],
        "clerk": clerk,
    }


def _day(iso: str, locale: str) -> str:
    between = {"vi": "/", "bg": "."}.get(locale)
    return between.join(reversed(iso.split("-"))) if between and iso else iso


def _years(content: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The years of a transcript or a booklet, as the packs write them."""
    if "years" in content:
        return list(content["years"])
    return [content["year"]] if isinstance(content.get("year"), Mapping) else []


def _year(year: Mapping[str, Any], say: Mapping[str, str]) -> dict[str, Any]:
    return {
        "heading": f"{say['period']} {year['school_year']}, {say['class'].lower()} {year['class']}, {year['school']}",
        "parts": list(_parts(year, say)),
        "lines": [
            [say[key], value if isinstance(value, str) else "; ".join(map(str, value))]
            for key in ("result", "awards", "completion")
            if (value := year.get(key))
        ],
    }


def _parts(year: Mapping[str, Any], say: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    if year.get("subjects"):
        yield {
            "head": [say["subject"], say["level"], say["mark"], say["comment"]],
            "rows": [
                [str(one.get(k, "") or "") for k in ("name", "level", "mark", "comment")] for one in year["subjects"]
            ],
        }
    traits = [one for part in ("qualities", "general", "specific") for one in year.get(part, ())]
    if traits:
        yield {
            "head": [say["trait"], say["level"], say["comment"]],
            "rows": _cells(traits, "name", "level", "comment"),
        }


def _cells(rows: Sequence[Mapping[str, Any]], *members: str) -> list[list[str]]:
    return [[str(row.get(member) or "") for member in members] for row in rows]
