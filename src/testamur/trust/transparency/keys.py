"""Private keys of logs and witnesses: one PEM file each under ``<data>/keys``, never in the database."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

from testamur.kernel.base.durable import sync_folder
from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs.notes import Ed25519Signer, Kind, Signer


class KeyUnusable(Refused):
    """The key file is missing, unreadable, of another kind, or not the key that the log was made with."""

    code = "transparency.key.unusable"


def key_file(label: str) -> Path:
    """Where the key ``log-<code>`` or ``witness-<name>`` lies."""
    return Path(settings.DATA) / "keys" / f"{label}.pem"


def make(label: str, name: str, kind: Kind) -> Signer:
    """A new Ed25519 key in a new file (mode 0600, folder 0700), on disk when this returns.

    An existing file is used as it is, so that a crash between the file and the database leaves nothing to clean.
    """
    file = key_file(label)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    draft = file.with_suffix(f".{os.getpid()}.tmp")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, file)  # unlike rename never replaces a key
    except FileExistsError:
        return load(label, name, kind)
    finally:
        draft.unlink()
    sync_folder(file.parent)
    return Ed25519Signer(name, key, kind)


def load(label: str, name: str, kind: Kind, *, vkey: str = "") -> Signer:
    """The signer of a key file; raises KeyUnusable, also when it is not the key `vkey`."""
    file = key_file(label)
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise KeyUnusable(f"The key file {file.name} cannot be read.", file=file.name) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"The key file {file.name} does not hold an Ed25519 key.", file=file.name)
    signer = Ed25519Signer(name, key, kind)
    if vkey and str(signer.vkey) != vkey:
        raise KeyUnusable(f"The key file {file.name} does not hold the key of {name}.", file=file.name)
    return signer
