"""Pure parts of the archive: where an object lies, what its inventory says (OCFL 1.1), its PREMIS record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape

from testamur.kernel.base.clock import stamp
from testamur.kernel.base.ids import urn

LAYOUT = "0003-hash-and-id-n-tuple-storage-layout"
LAYOUT_CONFIG: dict[str, Any] = {
    "extensionName": LAYOUT,
    "digestAlgorithm": "sha256",
    "tupleSize": 3,
    "numberOfTuples": 1,
}
INVENTORY_TYPE = "https://ocfl.io/1.1/spec/#inventory"
OBJECT_NAMASTE = ("0=ocfl_object_1.1", b"ocfl_object_1.1\n")
ROOT_NAMASTE = ("0=ocfl_1.1", b"ocfl_1.1\n")


@dataclass(frozen=True, slots=True)
class NewObject:
    """A record on its way into the archive: logical path → bytes. Paths are relative and use ``/``."""

    record: UUID
    organisation: UUID
    files: Mapping[str, bytes]
    message: str = "Issued"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as the index knows it."""

    record: UUID
    head: int
    inventory_sha512: str
    size: int


@dataclass(frozen=True, slots=True)
class Event:
    """One PREMIS event: `kind` from the PREMIS event type vocabulary."""

    kind: str
    at: datetime
    detail: str
    outcome: str = "success"


def folder_name(record: UUID) -> str:
    """The URN as a folder name (extension 0003: everything but letters, digits, ``-`` and ``_`` percent-encoded)."""
    return urn(record).replace(":", "%3a")


def record_of(folder: str) -> str:
    """The inverse of `folder_name`, as a URN."""
    return folder.replace("%3a", ":")


def object_path(record: UUID) -> str:
    """Path of the object below the storage root (extension 0003: three digits of its SHA-256, then the id)."""
    return place_of(urn(record))


def place_of(object_id: str) -> str:
    """`object_path` for an object id as it stands in an inventory."""
    digest = hashlib.sha256(object_id.encode()).hexdigest()
    return f"{digest[:3]}/{object_id.replace(':', '%3a')}"


def inventory(record: UUID, digests: Mapping[str, str], *, created: datetime, message: str) -> bytes:
    """Inventory of a first version. `digests`: logical path → sha512 hex. Content lies at ``v1/content/<path>``."""
    manifest: dict[str, list[str]] = {}
    state: dict[str, list[str]] = {}
    for path, digest in digests.items():
        manifest.setdefault(digest, []).append(f"v1/content/{path}")
        state.setdefault(digest, []).append(path)
    return _dump(
        {
            "id": urn(record),
            "type": INVENTORY_TYPE,
            "digestAlgorithm": "sha512",
            "head": "v1",
            "manifest": manifest,
            "versions": {"v1": _version(state, created, message)},
        }
    )


def next_inventory(
    before: Mapping[str, Any], added: Mapping[str, str], *, created: datetime, message: str
) -> tuple[int, bytes]:
    """Inventory of the next version: all former content stays, `added` (logical path → sha512) joins it."""
    head = int(str(before["head"])[1:])
    version = f"v{head + 1}"
    manifest = {d: list(p) for d, p in before["manifest"].items()}
    state = {d: list(p) for d, p in before["versions"][f"v{head}"]["state"].items()}
    for path, digest in added.items():
        if digest not in manifest:
            manifest[digest] = [f"{version}/content/{path}"]
        state.setdefault(digest, []).append(path)
    versions = {**before["versions"], version: _version(state, created, message)}
    return head + 1, _dump({**before, "head": version, "manifest": manifest, "versions": versions})


def _version(state: Mapping[str, list[str]], created: datetime, message: str) -> dict[str, Any]:
    return {
        "created": stamp(created),
        "message": message,
        "state": state,
        "user": {"name": "Testamur", "address": "https://testamur.example/about"},
    }


def _dump(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def sidecar(digest: str) -> bytes:
    """Content of ``inventory.json.sha512``."""
    return f"{digest} inventory.json\n".encode()


def root_files() -> dict[str, bytes]:
    """What stands at the root of a location, in the order of writing: the namaste file makes it one, so it is last."""
    layout = {"extension": LAYOUT, "description": "Three digits of the SHA-256 of the object id, then the id"}
    return {
        f"extensions/{LAYOUT}/config.json": json.dumps(LAYOUT_CONFIG, indent=1).encode(),
        "ocfl_layout.json": json.dumps(layout, indent=1).encode(),
        ROOT_NAMASTE[0]: ROOT_NAMASTE[1],
    }


def premis(record: UUID, *, name: str, size: int, sha256: str, events: Sequence[Event], agent: str) -> bytes:
    """PREMIS 3 record of one file with its events, for the archivist who has nothing but the object."""
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<premis xmlns="http://www.loc.gov/premis/v3" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">\n'
        f'<object xsi:type="file"><objectIdentifier><objectIdentifierType>URN</objectIdentifierType>'
        f"<objectIdentifierValue>{urn(record)}</objectIdentifierValue></objectIdentifier>"
        "<objectCharacteristics><fixity><messageDigestAlgorithm>SHA-256</messageDigestAlgorithm>"
        f"<messageDigest>{sha256}</messageDigest></fixity><size>{size}</size><format><formatDesignation>"
        "<formatName>PDF/A</formatName><formatVersion>3</formatVersion></formatDesignation></format>"
        f"</objectCharacteristics><originalName>{escape(name)}</originalName></object>\n"
    )
    parts = [head]
    parts.extend(
        "<event><eventIdentifier><eventIdentifierType>local</eventIdentifierType>"
        f"<eventIdentifierValue>{number}</eventIdentifierValue></eventIdentifier>"
        f"<eventType>{escape(event.kind)}</eventType><eventDateTime>{stamp(event.at)}</eventDateTime>"
        f"<eventDetailInformation><eventDetail>{escape(event.detail)}</eventDetail></eventDetailInformation>"
        f"<eventOutcomeInformation><eventOutcome>{escape(event.outcome)}</eventOutcome></eventOutcomeInformation>"
        "<linkingObjectIdentifier><linkingObjectIdentifierType>URN</linkingObjectIdentifierType>"
        f"<linkingObjectIdentifierValue>{urn(record)}</linkingObjectIdentifierValue></linkingObjectIdentifier>"
        "</event>\n"
        for number, event in enumerate(events, 1)
    )
    parts.append(
        "<agent><agentIdentifier><agentIdentifierType>local</agentIdentifierType><agentIdentifierValue>1"
        f"</agentIdentifierValue></agentIdentifier><agentName>{escape(agent)}</agentName>"
        "<agentType>software</agentType></agent>\n</premis>\n"
    )
    return "".join(parts).encode()
