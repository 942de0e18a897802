"""Durable files: many writes, one flush.

A batch writes hundreds of small files. Flushing each alone costs a disk round trip per file; `sync_tree` asks the
kernel once to flush the file system that holds the folder (Linux syncfs(2)), and falls back to one fsync per file and
folder where there is no such call.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def _load_syncfs() -> ctypes._NamedFuncPointer | None:
    with suppress(OSError, AttributeError):
        function = ctypes.CDLL(None, use_errno=True).syncfs
        function.argtypes = (ctypes.c_int,)
        return function
    return None


_SYNCFS = _load_syncfs()


def write_durable(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write one file so that after return it holds all of `data`, and never a part: temporary name, fsync, rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _written(path, data, mode)
    temporary.replace(path)
    sync_folder(path.parent)


def write_first(path: Path, data: bytes, *, mode: int = 0o600) -> bool:
    """As `write_durable`, but the first writer wins: False, and nothing changed, when the file is there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _written(path, data, mode)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True


def _written(path: Path, data: bytes, mode: int) -> Path:
    """A flushed temporary file beside `path`; none is left behind when the disk refuses."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        try:
            _write_all(fd, data)
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def write_plain(path: str, data: bytes) -> None:
    """Write a new file without flushing; the caller flushes the batch with `sync_tree`. Refuses to overwrite."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        _write_all(fd, data)
    finally:
        os.close(fd)


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def sync_folder(folder: Path) -> None:
    """Flush the names in one folder."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_tree(folder: Path, paths: Iterable[Path] = ()) -> None:
    """Flush everything written below `folder`; `paths` names the files and folders where syncfs is missing.

    Raises OSError when the disk refused (full, failing): nothing of the batch may then count as written.
    """
    if _SYNCFS is not None:
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if _SYNCFS(fd) != 0:
                code = ctypes.get_errno()
                raise OSError(code, os.strerror(code), str(folder))
        finally:
            os.close(fd)
        return
    for path in paths:
        fd = os.open(path, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
