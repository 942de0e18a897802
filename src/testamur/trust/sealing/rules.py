"""Words and pure rules of sealing: algorithms, states, key locators."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias
from urllib.parse import parse_qsl, quote, unquote

from testamur.kernel.base.refused import Refused

SHA256_SIZE = 32

Rect: TypeAlias = tuple[int, int, int, int]
"""x0, y0, x1, y1 in PDF points ×100, origin bottom left; four zeros mean no visible box."""


class Algorithm(StrEnum):
    """Keys a seal may use (docs/formats.md section 6)."""

    P256 = "p256"
    RSA_2048 = "rsa-2048"
    RSA_3072 = "rsa-3072"
    RSA_4096 = "rsa-4096"

    @property
    def rsa_bits(self) -> int:
        """Modulus length in bits; 0 for elliptic curves."""
        return int(self.value[4:]) if self.value.startswith("rsa-") else 0

    @property
    def signature_size(self) -> int:
        """Longest signature value in bytes (DER for ECDSA)."""
        return self.rsa_bits // 8 or 72


class SealState(StrEnum):
    """Life of a seal certificate."""

    REQUESTED = "requested"
    ACTIVE = "active"
    RETIRED = "retired"


class LocatorInvalid(Refused):
    """The key locator is malformed, of an unknown kind, or holds a secret."""

    code = "sealing.locator.invalid"


@dataclass(frozen=True, slots=True)
class Locator:
    """Where a private key lives, without any secret.

    ``pkcs12:/path/seal.p12?pass-source=/path/seal.pass`` is a PKCS#12 file and the file with its password;
    ``pkcs11:token=T;object=O?module-path=/path/lib.so&pin-source=/path/pin`` follows RFC 7512.

    Attributes:
        scheme: ``pkcs12`` or ``pkcs11``.
        path: the file (``pkcs12``), else empty.
        attributes: path attributes of ``pkcs11``: ``token``, ``object``, ``id``, ``serial``.
        query: ``pass-source``, ``module-path``, ``pin-source``.
    """

    scheme: str
    path: str
    attributes: tuple[tuple[str, str], ...]
    query: tuple[tuple[str, str], ...]

    def attribute(self, name: str) -> str:
        """A path attribute, or an empty string."""
        return dict(self.attributes).get(name, "")

    def option(self, name: str) -> str:
        """A query attribute; raises `LocatorInvalid` when it is missing."""
        value = dict(self.query).get(name, "")
        if not value:
            raise LocatorInvalid(f"The key locator does not say {name}.", field="locator", missing=name)
        return value


_PATH_ATTRIBUTES = {"token", "object", "id", "serial", "manufacturer", "model", "type", "slot-id"}
_OPTIONS = {"pkcs12": {"pass-source"}, "pkcs11": {"module-path", "pin-source"}}


def parse_locator(text: str) -> Locator:
    """Read a key locator; raises `LocatorInvalid`, above all when it carries a PIN or password itself."""
    scheme, colon, rest = text.partition(":")
    path, _, query = rest.partition("?")
    if not colon or scheme not in _OPTIONS or not path:
        raise LocatorInvalid("A key locator begins with pkcs12: or pkcs11:.", field="locator")
    options = tuple(parse_qsl(query, keep_blank_values=True))
    for name, _value in options:
        if name not in _OPTIONS[scheme]:
            raise LocatorInvalid(f"A key locator may not carry {name}.", field="locator", option=name)
    options = tuple((n, v.removeprefix("file://").removeprefix("file:")) for n, v in options)
    if scheme == "pkcs12":
        return Locator(scheme, unquote(path), (), options)
    attributes = []
    for part in path.split(";"):
        name, equals, value = part.partition("=")
        if not equals or name not in _PATH_ATTRIBUTES:
            raise LocatorInvalid(f"A pkcs11 locator may not carry {name}.", field="locator", attribute=name)
        attributes.append((name, unquote(value)))
    return Locator(scheme, "", tuple(attributes), options)


def pkcs12_locator(path: str, password_file: str) -> str:
    """The locator of a PKCS#12 file whose password stands in another file."""
    return f"pkcs12:{quote(path)}?pass-source={quote(password_file)}"


def digest_must_be_sha256(digest: bytes) -> None:
    """Raise ValueError for anything but 32 bytes: only SHA-256 digests are ever sealed."""
    if len(digest) != SHA256_SIZE:
        raise ValueError("a SHA-256 digest has 32 bytes")


def stream_close(data: bytes) -> bytes:
    """End of line and ``endstream`` after stream data.

    Data that end in CR get CR LF: with a lone LF after them a reader that strips the end of line counts one byte less
    than ``/Length`` says (ISO 19005-3 section 6.1.7.1).
    """
    return b"\r\nendstream" if data.endswith(b"\r") else b"\nendstream"
