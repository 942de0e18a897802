"""Asking a virus scanner: clamd's INSTREAM over a socket (clamd(8), section COMMANDS). Outside every transaction."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

from testamur.schoolday.conversations.rules.files import FileInfected, FileUnchecked

TIMEOUT = 30.0
_CHUNK = 2**16
_MOST_ANSWER = 4096


def scan(data: bytes, *, clamd: str, name: str = "") -> None:
    """Have `data` looked at by the clamd at ``host:port`` or at the path of a socket; nothing when `clamd` is empty.

    Raises FileInfected when it finds something, FileUnchecked when it does not answer, or not what it should.
    """
    if not clamd:
        return
    try:
        with _connected(clamd) as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), _CHUNK):
                part = data[start : start + _CHUNK]
                line.sendall(struct.pack("!I", len(part)) + part)
            line.sendall(struct.pack("!I", 0))
            answer = _answer(line)
    except OSError as error:
        raise FileUnchecked("The virus scanner does not answer.", field="enclosed", name=name) from error
    if answer.endswith("FOUND"):
        raise FileInfected("The virus scanner finds something in it.", field="enclosed", name=name)
    if not answer.endswith("OK"):
        raise FileUnchecked("The virus scanner does not answer.", field="enclosed", name=name)


def _connected(clamd: str) -> socket.socket:
    if clamd.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(TIMEOUT)
        try:
            line.connect(str(Path(clamd)))
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = clamd.rpartition(":")
    if not port.isdecimal():
        raise OSError("clamd is host:port or the path of a socket")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=TIMEOUT)


def _answer(line: socket.socket) -> str:
    """``stream: OK`` or ``stream: … FOUND``."""
    said = b""
    while b"\0" not in said and len(said) < _MOST_ANSWER:
        part = line.recv(1024)
        if not part:
            break
        said += part
    return said.split(b"\0", 1)[0].decode("ascii", "replace").strip()
