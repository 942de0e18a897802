"""The files of the archive: write many objects with one flush, read them back, check them (OCFL 1.1)."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Any
from uuid import UUID

from testamur.kernel.base.durable import sync_tree, write_durable, write_plain
from testamur.kernel.base.ids import new_id, urn
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


class Store:
    """One storage root (one location)."""

    def __init__(self, root: Path) -> None:
        """`root` is made with its namaste and layout files when it does not exist."""
        self.root = root
        self._staging = root.parent / f"{root.name}.staging"
        if not (root / rules.ROOT_NAMASTE[0]).exists():
            self._initialise()
        self._staging.mkdir(parents=True, exist_ok=True)

    def _initialise(self) -> None:
        config = json.dumps(rules.LAYOUT_CONFIG, indent=1).encode()
        write_durable(self.root / "extensions" / rules.LAYOUT / "config.json", config)
        layout = {"extension": rules.LAYOUT, "description": "Three digits of the SHA-256 of the object id, then the id"}
        write_durable(self.root / "ocfl_layout.json", json.dumps(layout, indent=1).encode())
        write_durable(self.root / rules.ROOT_NAMASTE[0], rules.ROOT_NAMASTE[1])

    def write(self, objects: Sequence[NewObject], *, created: datetime) -> list[StoredObject]:
        """Write, flush, re-read and only then put in place. A second call with the same content is a no-op.

        Raises ArchiveConflict when other content stands at an object's place, ArchiveDamaged when the re-read
        differs, OSError when the disk refuses; in each case no object of this call is half there.
        """
        folder = self._staging / str(new_id())
        folder.mkdir()
        try:
            staged = [self._stage(folder, number, new, created) for number, new in enumerate(objects)]
            sync_tree(folder, folder.rglob("*"))
            for path, new, stored in staged:
                self._reread(path, new, stored)
            for path, _new, stored in staged:
                self._place(path, stored)
            sync_tree(self.root, (self.root / rules.object_path(s.record) for _p, _n, s in staged))
        finally:
            rmtree(folder, ignore_errors=True)
        return [stored for _path, _new, stored in staged]

    def _stage(
        self, folder: Path, number: int, new: NewObject, created: datetime
    ) -> tuple[str, NewObject, StoredObject]:
        base = f"{folder}/{number}"
        content = f"{base}/v1/content"
        os.makedirs(content)  # noqa: PTH103 - strings, not Path objects: this runs for every file of every record
        made = {""}
        digests: dict[str, str] = {}
        size = 0
        for name, data in new.files.items():
            parent = name.rpartition("/")[0]
            if parent not in made:
                os.makedirs(f"{content}/{parent}", exist_ok=True)  # noqa: PTH103 - as above
                made.add(parent)
            write_plain(f"{content}/{name}", data)
            digests[name] = hashlib.sha512(data).hexdigest()
            size += len(data)
        inventory = rules.inventory(new.record, digests, created=created, message=new.message)
        digest = hashlib.sha512(inventory).hexdigest()
        for place in (base, f"{base}/v1"):
            write_plain(f"{place}/inventory.json", inventory)
            write_plain(f"{place}/inventory.json.sha512", rules.sidecar(digest))
        write_plain(f"{base}/{rules.OBJECT_NAMASTE[0]}", rules.OBJECT_NAMASTE[1])
        return base, new, StoredObject(new.record, 1, digest, size)

    @staticmethod
    def _reread(base: str, new: NewObject, stored: StoredObject) -> None:
        if hashlib.sha512(_read(f"{base}/inventory.json")).hexdigest() != stored.inventory_sha512:
            raise ArchiveDamaged("The inventory read back differs from the one written.", record=urn(stored.record))
        for name, data in new.files.items():
            if _read(f"{base}/v1/content/{name}") != data:
                raise ArchiveDamaged(f"{name} read back differs from what was written.", record=urn(stored.record))

    def _place(self, base: str, stored: StoredObject) -> None:
        target = f"{self.root}/{rules.object_path(stored.record)}"
        if os.path.exists(target):  # noqa: PTH110 - a string, as above
            there = hashlib.sha512(_read(f"{target}/v1/inventory.json")).hexdigest()
            if there != stored.inventory_sha512:
                raise ArchiveConflict("Other content stands at this record's place.", record=urn(stored.record))
            return
        os.makedirs(target.rpartition("/")[0], exist_ok=True)  # noqa: PTH103 - as above
        os.rename(base, target)  # noqa: PTH104 - as above

    def add_version(self, record: UUID, added: Mapping[str, bytes], *, created: datetime, message: str) -> StoredObject:
        """Add files as a new version; nothing that was there is touched. Refuses a path that already exists."""
        base = self.root / rules.object_path(record)
        before = self.read_inventory(record)
        for paths in before["versions"][before["head"]]["state"].values():
            for name in paths:
                if name in added:
                    raise ArchiveConflict(f"{name} is already in the object.", record=urn(record))
        digests = {name: hashlib.sha512(data).hexdigest() for name, data in added.items()}
        head, inventory = rules.next_inventory(before, digests, created=created, message=message)
        digest = hashlib.sha512(inventory).hexdigest()
        staging = self._staging / f"{record}-v{head}"
        rmtree(staging, ignore_errors=True)
        for name, data in added.items():
            if digests[name] in before["manifest"]:
                continue
            path = staging / "content" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_plain(str(path), data)
        staging.mkdir(parents=True, exist_ok=True)
        write_plain(str(staging / "inventory.json"), inventory)
        write_plain(str(staging / "inventory.json.sha512"), rules.sidecar(digest))
        sync_tree(staging, staging.rglob("*"))
        final = base / f"v{head}"
        if final.exists():  # a crash left a version that the root inventory does not know: not content, replace it
            rmtree(final)
        staging.rename(final)
        write_durable(base / "inventory.json", inventory)
        write_durable(base / "inventory.json.sha512", rules.sidecar(digest))
        size = sum(f.stat().st_size for f in base.rglob("content/**/*") if f.is_file())
        return StoredObject(record, head, digest, size)

    def standing(self, record: UUID) -> StoredObject | None:
        """The object at this record's place, or None; checked against its sidecar. Raises ArchiveDamaged."""
        base = self.root / rules.object_path(record)
        if not base.exists():
            return None
        inventory = self.read_inventory(record)
        digest = hashlib.sha512(_read(f"{base}/inventory.json")).hexdigest()
        size = sum(f.stat().st_size for f in base.glob("v*/content/**/*") if f.is_file())
        return StoredObject(record, int(str(inventory["head"])[1:]), digest, size)

    def sweep(self, older_than: float) -> int:
        """Remove staging folders that a killed process left before that time (seconds since the epoch)."""
        left = [path for path in self._staging.iterdir() if path.stat().st_mtime < older_than]
        for path in left:
            rmtree(path, ignore_errors=True)
        return len(left)

    def read_inventory(self, record: UUID) -> dict[str, Any]:
        """The object's current inventory, checked against its sidecar. Raises ArchiveDamaged."""
        base = f"{self.root}/{rules.object_path(record)}"
        try:
            data = _read(f"{base}/inventory.json")
            wanted = _read(f"{base}/inventory.json.sha512").split(b" ", 1)[0].decode()
        except OSError as error:
            raise ArchiveDamaged(f"The object cannot be read: {error}", record=urn(record)) from error
        if hashlib.sha512(data).hexdigest() != wanted:
            raise ArchiveDamaged("The inventory does not match its sidecar.", record=urn(record))
        value: dict[str, Any] = json.loads(data)
        return value

    def read(self, record: UUID, name: str) -> bytes:
        """One file of the newest version by logical path, checked against its digest. Raises ArchiveDamaged."""
        inventory = self.read_inventory(record)
        for digest, names in inventory["versions"][inventory["head"]]["state"].items():
            if name in names:
                path = inventory["manifest"][digest][0]
                data = _read(f"{self.root}/{rules.object_path(record)}/{path}")
                if hashlib.sha512(data).hexdigest() != digest:
                    raise ArchiveDamaged(f"{name} does not match its digest.", record=urn(record))
                return data
        raise ArchiveDamaged(f"{name} is not in the object.", record=urn(record))

    def objects(self) -> Iterator[Path]:
        """Every object folder, found by walking the disk (the index is not asked)."""
        for first in sorted(p for p in self.root.iterdir() if len(p.name) == rules.LAYOUT_CONFIG["tupleSize"]):
            yield from (p.parent for p in sorted(first.glob(f"*/{rules.OBJECT_NAMASTE[0]}")))

    def check(self, base: Path) -> list[Finding]:
        """Full re-read of one object: inventory, sidecar, every content byte, nothing unlisted, right place."""
        place = str(base.relative_to(self.root))
        try:
            data = (base / "inventory.json").read_bytes()
            sidecar = (base / "inventory.json.sha512").read_bytes()
            inventory = json.loads(data)
            record = str(inventory["id"])
            manifest: dict[str, list[str]] = inventory["manifest"]
        except (OSError, ValueError, KeyError, TypeError):
            return [Finding("", place, "inventory-unreadable")]
        findings: list[Finding] = []
        if sidecar != rules.sidecar(hashlib.sha512(data).hexdigest()):
            findings.append(Finding(record, f"{place}/inventory.json", "inventory-changed"))
        if place != rules.place_of(record):
            findings.append(Finding(record, place, "wrong-place"))
        head = base / str(inventory["head"]) / "inventory.json"
        if not head.is_file() or head.read_bytes() != data:
            findings.append(Finding(record, f"{place}/{inventory['head']}", "head-inventory-differs"))
        listed = {path: digest for digest, paths in manifest.items() for path in paths}
        for path, digest in listed.items():
            try:
                if hashlib.sha512((base / path).read_bytes()).hexdigest() != digest:
                    findings.append(Finding(record, f"{place}/{path}", "content-changed"))
            except OSError:
                findings.append(Finding(record, f"{place}/{path}", "content-missing"))
        present = {str(f.relative_to(base)) for f in base.glob("v*/content/**/*") if f.is_file()}
        findings.extend(
            Finding(record, f"{place}/{extra}", "content-unlisted") for extra in sorted(present - set(listed))
        )
        return findings


def _read(path: str) -> bytes:
    fd = os.open(path, os.O_RDONLY)
    try:
        parts = []
        while chunk := os.read(fd, 1 << 20):
            parts.append(chunk)
        return parts[0] if len(parts) == 1 else b"".join(parts)
    finally:
        os.close(fd)
