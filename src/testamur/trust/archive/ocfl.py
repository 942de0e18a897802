"""The files of the archive: write many objects with one flush, read them back, check them (OCFL 1.1)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from uuid import UUID

from testamur.kernel.base.durable import sync_tree, write_durable, write_plain
from testamur.kernel.base.ids import new_id, urn
from testamur.trust.archive import rules
from testamur.trust.archive.objects import ArchiveConflict, ArchiveDamaged, Objects
from testamur.trust.archive.rules import NewObject, StoredObject


class Store(Objects):
    """A location that is a folder of this machine."""

    def __init__(self, root: Path) -> None:
        """`root` is made with its namaste and layout files when it does not exist."""
        self.root = root
        self._staging = root.parent / f"{root.name}.staging"
        if not (root / rules.ROOT_NAMASTE[0]).exists():
            self._initialise()
        self._staging.mkdir(parents=True, exist_ok=True)

    def _initialise(self) -> None:
        for name, data in rules.root_files().items():
            write_durable(self.root / name, data)

    def write(self, objects: Sequence[NewObject], *, created: datetime) -> list[StoredObject]:
        """See `Objects.write`: staged, flushed with one call, re-read, and moved into place."""
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
        """See `Objects.add_version`."""
        place = rules.object_path(record)
        base = self.root / place
        head, inventory, files = self.next_version(record, added, created=created, message=message)
        staging = self._staging / f"{record}-v{head}"
        rmtree(staging, ignore_errors=True)
        for name, data in files.items():
            path = staging / name.partition("/")[2]
            path.parent.mkdir(parents=True, exist_ok=True)
            write_plain(str(path), data)
        sync_tree(staging, staging.rglob("*"))
        final = base / f"v{head}"
        if final.exists():  # a crash left a version that the root inventory does not know: not content, replace it
            rmtree(final)
        staging.rename(final)
        digest = hashlib.sha512(inventory).hexdigest()
        write_durable(base / "inventory.json", inventory)
        write_durable(base / "inventory.json.sha512", rules.sidecar(digest))
        return StoredObject(record, head, digest, sum(self.contents(place).values()))

    def sweep(self, older_than: float) -> int:
        """Remove staging folders that a killed process left before that time (seconds since the epoch)."""
        left = [path for path in self._staging.iterdir() if path.stat().st_mtime < older_than]
        for path in left:
            rmtree(path, ignore_errors=True)
        return len(left)

    def get(self, path: str) -> bytes:
        """See `Objects.get`."""
        return _read(f"{self.root}/{path}")

    def contents(self, place: str) -> Mapping[str, int]:
        """See `Objects.contents`."""
        base = self.root / place
        found = (path for path in base.glob("v*/content/**/*") if path.is_file())
        return {str(path.relative_to(base)): path.stat().st_size for path in found}

    def objects(self) -> Iterator[str]:
        """See `Objects.objects`."""
        for first in sorted(p for p in self.root.iterdir() if len(p.name) == rules.LAYOUT_CONFIG["tupleSize"]):
            for found in sorted(first.glob(f"*/{rules.OBJECT_NAMASTE[0]}")):
                yield str(found.parent.relative_to(self.root))


def _read(path: str) -> bytes:
    fd = os.open(path, os.O_RDONLY)
    try:
        parts = []
        while chunk := os.read(fd, 1 << 20):
            parts.append(chunk)
        return parts[0] if len(parts) == 1 else b"".join(parts)
    finally:
        os.close(fd)
