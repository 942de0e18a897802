"""The parts of a delivery: which bundles it holds, in which order, and where they lie once unpacked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from testamur.exchange.connectors.tabular.files import BundleUnreadable, Files
from testamur.kernel.base.text import harmless

MAX_PARTS = 5000
_TABLES = (".csv", ".txt", ".tsv")
_PACKED = (".zip", ".xlsx", ".ods")
COMMON = "."
"""Name of the part that holds the loose tables at the top."""


@dataclass(frozen=True, slots=True)
class Part:
    """One bundle of a delivery: its name as the delivery has it, and where it can be opened."""

    name: str
    path: Path


def is_province(path: Path) -> bool:
    """Whether the delivery at `path` holds bundles in folders, or packed ones, rather than tables alone."""
    try:
        if path.is_dir():
            return any(entry.is_dir() or entry.suffix.lower() in _PACKED for entry in path.iterdir()) and not any(
                entry.suffix.lower() == ".pdf" for entry in path.iterdir()
            )
        files = Files(path)
    except (BundleUnreadable, OSError):
        return False
    try:
        names = _unwrapped(files)
    finally:
        files.close()
    if path.suffix.lower() != ".zip" or any(name.suffix.lower() == ".pdf" for name in names):
        return False
    folders = {name.parts[0] for name in names if len(name.parts) > 1}
    return len(folders) > 1 or any(name.suffix.lower() in _PACKED for name in names)


@contextmanager
def opened(path: Path, scratch: Path | None = None) -> Iterator[tuple[Part, ...]]:
    """The parts of a delivery, the common one first, then by name; what had to be unpacked goes at the end.

    `scratch`: where to unpack; by default the machine's own place for such. Raises BundleUnreadable.
    """
    if path.is_dir():
        yield _parts(path)
        return
    with TemporaryDirectory(prefix="testamur-province-", dir=scratch) as made:
        folder = Path(made)
        folder.chmod(0o700)
        _unpack(path, folder)
        yield _parts(folder)


def _unwrapped(files: Files) -> list[PurePosixPath]:
    """The names of a ZIP's members, without the one folder that holds all of them where there is one."""
    names = [PurePosixPath(member.name) for member in files.members]
    wrapped = len({name.parts[0] for name in names}) == 1 and all(len(name.parts) > 1 for name in names)
    return [PurePosixPath(*name.parts[1:]) for name in names] if wrapped else names


def _parts(folder: Path) -> tuple[Part, ...]:
    entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    root = folder.resolve()
    found: list[Part] = []
    if any(entry.suffix.lower() in _TABLES and entry.is_file() for entry in entries):
        found.append(Part(COMMON, folder))  # a folder is read without its sub-folders
    for entry in entries:
        if not entry.resolve().is_relative_to(root):
            raise BundleUnreadable(f"{entry.name}: a link out of the folder is not followed.", value=entry.name)
        if entry.is_dir() or entry.suffix.lower() in _PACKED:
            found.append(Part(entry.name, entry))
    if not found:
        raise BundleUnreadable("There is no school in it: send a folder or a ZIP for each.", field="path")
    if len(found) > MAX_PARTS:
        raise BundleUnreadable(f"More than {MAX_PARTS} parts.", field="path")
    return tuple(found)


def _unpack(path: Path, folder: Path) -> None:
    """One level of a ZIP: folders become folders, inner ZIPs stay packed and are opened later with the same bounds."""
    files = Files(path)  # refuses names that climb out, encryption, bombs
    try:
        for member, name in zip(files.members, _unwrapped(files), strict=True):
            parts = [harmless(one).strip() for one in name.parts]
            if not all(parts) or ".." in parts:
                raise BundleUnreadable(f"{member.name}: no usable name.", value=member.name)
            target = folder.joinpath(*([parts[0], parts[-1]] if len(parts) > 1 else parts))
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                raise BundleUnreadable(f"{member.name}: two files of one part have that name.", value=member.name)
            with files.open(member) as stream, target.open("xb") as out:
                shutil.copyfileobj(stream, out, 1 << 20)
    finally:
        files.close()
