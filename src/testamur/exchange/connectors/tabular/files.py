"""The files of a bundle: a folder, a ZIP or one file, with bounds against bombs and names that climb out."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from testamur.kernel.base.refused import Refused

MAX_MEMBERS = 100_000
MAX_TOTAL = 16 * 2**30
"""Bytes of a whole bundle when unpacked."""
MAX_RATIO = 250
"""A CSV of keys packs 10 to 40 times; what packs more than this over `RATIO_FROM` bytes is a bomb."""
RATIO_FROM = 32 * 2**20
_SKIPPED = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")


class BundleUnreadable(Refused):
    """The bundle cannot be opened at all, or is unsafe to open."""

    code = "import.bundle.unreadable"


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the bundle: its name as shown to people, its size in bytes, and where it is."""

    name: str
    size: int
    inner: str


class Files:
    """Read access to a bundle. Names are matched without regard to case or folder."""

    def __init__(self, path: Path, *, deep: bool = False) -> None:
        """Raise `BundleUnreadable` when `path` is absent, broken, encrypted or unsafe.

        A folder is taken without its sub-folders unless `deep`; a ZIP always whole.
        """
        self.path = path
        self._zip: zipfile.ZipFile | None = None
        if path.is_dir():
            members = _of_folder(path, deep=deep)
        elif path.is_file() and zipfile.is_zipfile(path) and path.suffix.lower() not in {".xlsx", ".ods"}:
            self._zip = _open_zip(path)
            members = _of_zip(path, self._zip)
        elif path.is_file():
            members = [Member(path.name, path.stat().st_size, "")]
        else:
            raise BundleUnreadable(f"{path}: there is no such file or folder.", field="path", value=str(path))
        if len(members) > MAX_MEMBERS:
            raise BundleUnreadable(f"{path}: more than {MAX_MEMBERS} files.", field="path", value=str(path))
        self.members: tuple[Member, ...] = tuple(sorted(members, key=lambda m: m.name))
        self._by_name = {m.name.lower(): m for m in self.members}
        for member in self.members:
            self._by_name.setdefault(PurePosixPath(member.name).name.lower(), member)

    def close(self) -> None:
        """Let go of the ZIP."""
        if self._zip is not None:
            self._zip.close()

    def find(self, name: str) -> Member | None:
        """The member with that name (case and folder do not matter), or None."""
        return self._by_name.get(name.lower())

    def names(self) -> tuple[str, ...]:
        """All names as shown to people."""
        return tuple(m.name for m in self.members)

    @contextmanager
    def open(self, member: Member) -> Iterator[IO[bytes]]:
        """The bytes of one member, as a stream. A damaged ZIP member raises `BundleUnreadable` while it is read."""
        try:
            if self._zip is not None:
                with self._zip.open(member.inner) as stream:
                    yield stream
            else:
                with self.real_path(member).open("rb") as stream:
                    yield stream
        except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError) as error:
            raise BundleUnreadable(f"{member.name}: cannot be read ({error}).", value=member.name) from error

    def read(self, member: Member, limit: int) -> bytes:
        """All bytes of one member; raises `BundleUnreadable` when there are more than `limit`."""
        with self.open(member) as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise BundleUnreadable(f"{member.name}: larger than {limit} bytes.", value=member.name)
        return data

    def real_path(self, member: Member) -> Path:
        """Where a member of a folder (or the single file) is on disk."""
        return self.path / member.inner if member.inner else self.path

    def digest(self) -> str:
        """SHA-256 over names and contents: equal for equal bundles, packed or not."""
        total = hashlib.sha256()
        for member in self.members:
            inner = hashlib.sha256()
            with self.open(member) as stream:
                while chunk := stream.read(1 << 20):
                    inner.update(chunk)
            total.update(f"{PurePosixPath(member.name).name.lower()}\0{inner.hexdigest()}\n".encode())
        return total.hexdigest()


def _skipped(name: str) -> bool:
    lower = name.lower()
    return lower.startswith(_SKIPPED[0]) or PurePosixPath(lower).name in _SKIPPED or "/." in f"/{lower}"


def _of_folder(path: Path, *, deep: bool) -> list[Member]:
    root = path.resolve()
    members: list[Member] = []
    for entry in sorted(path.rglob("*") if deep else path.iterdir()):
        name = entry.relative_to(path).as_posix()
        if _skipped(name) or not entry.is_file():
            continue
        if not entry.resolve().is_relative_to(root):
            raise BundleUnreadable(f"{name}: a link out of the folder is not followed.", value=name)
        members.append(Member(name, entry.stat().st_size, name))
        if len(members) > MAX_MEMBERS:
            break
    return members


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise BundleUnreadable(f"{path.name}: not a readable ZIP ({error}).", value=path.name) from error


def _of_zip(path: Path, archive: zipfile.ZipFile) -> list[Member]:
    members: list[Member] = []
    total = 0
    for info in archive.infolist():
        parts = PurePosixPath(info.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in str(parts)[:3]:
            raise BundleUnreadable(
                f"{path.name}: the name {info.filename!r} climbs out of the ZIP.", value=info.filename
            )
        if info.is_dir() or _skipped(info.filename):
            continue
        if info.flag_bits & 0x1:
            raise BundleUnreadable(f"{path.name}: {info.filename} is encrypted.", value=info.filename)
        total += info.file_size
        if info.file_size > RATIO_FROM and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise BundleUnreadable(
                f"{path.name}: {info.filename} would unpack to {info.file_size} bytes, more than {MAX_RATIO} times "
                "its packed size; send it unpacked if that is right.",
                value=info.filename,
            )
        members.append(Member(parts.as_posix(), info.file_size, info.filename))
    if total > MAX_TOTAL:
        raise BundleUnreadable(f"{path.name}: would unpack to more than {MAX_TOTAL} bytes.", value=path.name)
    return members
