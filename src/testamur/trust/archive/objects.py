"""What every place of the archive has in common: finding, reading and checking objects (OCFL 1.1)."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from testamur.kernel.base.ids import urn
from testamur.kernel.base.refused import Refused
from testamur.trust.archive import rules
from testamur.trust.archive.rules import NewObject, StoredObject


class ArchiveDamaged(Refused):
    """What the disk gives back is not what was written."""

    code = "archive.damaged"


class ArchiveConflict(Refused):
    """Another object stands at this record's place."""

    code = "archive.conflict"


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect found by an audit; `code` is stable, `path` is relative to the storage root."""

    record: str
    path: str
    code: str


class Objects(ABC):
    """One storage root (one location). A *place* is the path of an object below it (`rules.object_path`)."""

    @abstractmethod
    def write(self, objects: Sequence[NewObject], *, created: datetime) -> list[StoredObject]:
        """Write, flush, re-read and only then put in place. A second call with the same content is a no-op.

        Raises ArchiveConflict when other content stands at an object's place, ArchiveDamaged when the re-read
        differs, OSError when the location refuses; in each case no object of this call is half there.
        """

    @abstractmethod
    def add_version(self, record: UUID, added: Mapping[str, bytes], *, created: datetime, message: str) -> StoredObject:
        """Add files as a new version; nothing that was there is touched. Refuses a path that already exists."""

    @abstractmethod
    def objects(self) -> Iterator[str]:
        """The place of every object, found in the location itself (the index is not asked)."""

    @abstractmethod
    def sweep(self, older_than: float) -> int:
        """Remove what a killed process left half-written before that time (seconds since the epoch)."""

    @abstractmethod
    def get(self, path: str) -> bytes:
        """One file below the root. Raises OSError."""

    @abstractmethod
    def contents(self, place: str) -> Mapping[str, int]:
        """Files that lie below the versions' ``content`` of an object: path below `place` → size in bytes."""

    def standing(self, record: UUID) -> StoredObject | None:
        """The object at this record's place, or None; checked against its sidecar. Raises ArchiveDamaged."""
        place = rules.object_path(record)
        try:
            data = self.get(f"{place}/inventory.json")
        except FileNotFoundError:
            return None
        inventory = self.read_inventory(record)
        digest = hashlib.sha512(data).hexdigest()
        return StoredObject(record, int(str(inventory["head"])[1:]), digest, sum(self.contents(place).values()))

    def read_inventory(self, record: UUID) -> dict[str, Any]:
        """The object's current inventory, checked against its sidecar. Raises ArchiveDamaged."""
        place = rules.object_path(record)
        try:
            data = self.get(f"{place}/inventory.json")
            told = self._told(place, data)
        except OSError as error:
            raise ArchiveDamaged(f"The object cannot be read: {error}", record=urn(record)) from error
        if not told:
            raise ArchiveDamaged("The inventory does not match its sidecar.", record=urn(record))
        value: dict[str, Any] = json.loads(data)
        return value

    def _told(self, place: str, data: bytes) -> bool:
        """Whether a sidecar vouches for the inventory: the object's own, or that of its newest version.

        A process that dies between writing the two files of a new version at the root leaves the former sidecar there.
        """
        wanted = rules.sidecar(hashlib.sha512(data).hexdigest())
        if self.get(f"{place}/inventory.json.sha512") == wanted:
            return True
        try:
            head = f"{place}/{json.loads(data)['head']}/inventory.json"
            return self.get(f"{head}.sha512") == wanted and self.get(head) == data
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def read(self, record: UUID, name: str) -> bytes:
        """One file of the newest version by logical path, checked against its digest. Raises ArchiveDamaged."""
        inventory = self.read_inventory(record)
        for digest, names in inventory["versions"][inventory["head"]]["state"].items():
            if name in names:
                path = inventory["manifest"][digest][0]
                data = self.get(f"{rules.object_path(record)}/{path}")
                if hashlib.sha512(data).hexdigest() != digest:
                    raise ArchiveDamaged(f"{name} does not match its digest.", record=urn(record))
                return data
        raise ArchiveDamaged(f"{name} is not in the object.", record=urn(record))

    def check(self, place: str) -> list[Finding]:
        """Full re-read of one object: inventory, sidecar, every content byte, nothing unlisted, right place."""
        try:
            data = self.get(f"{place}/inventory.json")
            told = self._told(place, data)
            inventory = json.loads(data)
            record = str(inventory["id"])
            manifest: dict[str, list[str]] = inventory["manifest"]
        except (OSError, ValueError, KeyError, TypeError):
            return [Finding("", place, "inventory-unreadable")]
        findings: list[Finding] = []
        if not told:
            findings.append(Finding(record, f"{place}/inventory.json", "inventory-changed"))
        if place != rules.place_of(record):
            findings.append(Finding(record, place, "wrong-place"))
        head = f"{place}/{inventory['head']}"
        if self._perhaps(f"{head}/inventory.json") != data:
            findings.append(Finding(record, head, "head-inventory-differs"))
        listed = {path: digest for digest, paths in manifest.items() for path in paths}
        for path, digest in listed.items():
            found = self._perhaps(f"{place}/{path}")
            if found is None:
                findings.append(Finding(record, f"{place}/{path}", "content-missing"))
            elif hashlib.sha512(found).hexdigest() != digest:
                findings.append(Finding(record, f"{place}/{path}", "content-changed"))
        extra = sorted(set(self.contents(place)) - set(listed))
        findings.extend(Finding(record, f"{place}/{path}", "content-unlisted") for path in extra)
        return findings

    def _perhaps(self, path: str) -> bytes | None:
        try:
            return self.get(path)
        except OSError:
            return None

    def next_version(
        self, record: UUID, added: Mapping[str, bytes], *, created: datetime, message: str
    ) -> tuple[int, bytes, dict[str, bytes]]:
        """Number and inventory of the next version, and the files of it by path below the object's place.

        Raises ArchiveConflict for a path that exists, ArchiveDamaged.
        """
        before = self.read_inventory(record)
        for paths in before["versions"][before["head"]]["state"].values():
            for name in paths:
                if name in added:
                    raise ArchiveConflict(f"{name} is already in the object.", record=urn(record))
        digests = {name: hashlib.sha512(data).hexdigest() for name, data in added.items()}
        head, inventory = rules.next_inventory(before, digests, created=created, message=message)
        fresh = {name: data for name, data in added.items() if digests[name] not in before["manifest"]}
        files = {f"v{head}/content/{name}": data for name, data in fresh.items()}
        files[f"v{head}/inventory.json"] = inventory
        files[f"v{head}/inventory.json.sha512"] = rules.sidecar(hashlib.sha512(inventory).hexdigest())
        return head, inventory, files
