"""Keys on PKCS#11 tokens: hardware security modules, and SoftHSM where one learns.

One session per process, used by the thread that opened it: two threads with two sessions crash SoftHSM, and a session
does not survive a fork. Workers are processes, and each opens its own.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pkcs11
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import PKCS11Error
from pkcs11.util.ec import encode_ec_public_key

from testamur.trust.sealing.keys.contract import KeyElsewhere, KeyUnavailable
from testamur.trust.sealing.keys.software import public_parts
from testamur.trust.sealing.rules import Algorithm, Locator, digest_must_be_sha256

_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""DigestInfo of SHA-256 up to the digest itself (RFC 8017 section 9.2, note 1)."""

_loaded: dict[str, tuple[int, int]] = {}
"""PKCS#11 library → process and thread that loaded it; a library does not survive a fork (PKCS#11 2.40 section 5.4)."""

_sessions: dict[tuple[str, str], Any] = {}
"""(library, token label) → the one session: a login holds for the whole token, so its keys share it."""


class Pkcs11Key:
    """A private key that never leaves its token. Made by `open_pkcs11`."""

    def __init__(self, private: Any, algorithm: Algorithm, public_key: bytes) -> None:
        """Bound to the process and the thread that make it."""
        self.algorithm = algorithm
        self.public_key = public_key
        self._private = private
        self._home = _here()

    def sign(self, digest: bytes) -> bytes:
        """See `contract.SealKey.sign`."""
        digest_must_be_sha256(digest)
        if self._home != _here():
            raise KeyElsewhere("The key was opened in another process or thread; open it where it is used.")
        try:
            if self.algorithm.rsa_bits:
                return bytes(self._private.sign(_DIGEST_INFO + digest, mechanism=Mechanism.RSA_PKCS))
            raw = bytes(self._private.sign(digest, mechanism=Mechanism.ECDSA))
        except PKCS11Error as error:
            raise KeyUnavailable(f"The token did not sign ({type(error).__name__}).") from error
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))


def open_pkcs11(locator: Locator) -> Pkcs11Key:
    """Log in to the token and find the one private key that the locator names (RFC 7512).

    The PIN is read from the file ``pin-source``. Raises `KeyUnavailable`, `LocatorInvalid`.
    """
    module, pin_source = locator.option("module-path"), Path(locator.option("pin-source"))
    label, key_id = locator.attribute("object"), locator.attribute("id")
    if not locator.attribute("token") or not (label or key_id):
        raise KeyUnavailable("A pkcs11 locator names a token and an object or id.", field="locator")
    try:
        pin = pin_source.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise KeyUnavailable(f"{pin_source.name} cannot be read ({error.strerror}).", field="locator") from error
    if _loaded.setdefault(module, _here()) != _here():
        raise KeyElsewhere("The token was opened in another process or thread; start workers afresh (spawn).")
    wanted: dict[Attribute, object] = {}
    if label:
        wanted[Attribute.LABEL] = label
    if key_id:
        wanted[Attribute.ID] = key_id.encode("latin-1")
    try:
        session = _session(module, locator.attribute("token"), pin)
        private = _only(session, {Attribute.CLASS: ObjectClass.PRIVATE_KEY, **wanted})
        public = _only(session, {Attribute.CLASS: ObjectClass.PUBLIC_KEY, **wanted})
        algorithm, spki = _public(public)
    except (PKCS11Error, RuntimeError, ValueError) as error:
        raise KeyUnavailable(
            f"The token {locator.attribute('token')!r} or the key on it cannot be used ({type(error).__name__}).",
            field="locator",
        ) from error
    return Pkcs11Key(private, algorithm, spki)


def _session(module: str, token: str, pin: str) -> Any:
    if (module, token) not in _sessions:
        _sessions[module, token] = pkcs11.lib(module).get_token(token_label=token).open(user_pin=pin)
    return _sessions[module, token]


def _here() -> tuple[int, int]:
    return os.getpid(), threading.get_ident()


def _only(session: Any, wanted: dict[Attribute, object]) -> Any:
    found = list(session.get_objects(wanted))
    if len(found) != 1:
        raise KeyUnavailable(f"The locator matches {len(found)} keys on the token, not one.", field="locator")
    return found[0]


def _public(public: Any) -> tuple[Algorithm, bytes]:
    """Algorithm and SubjectPublicKeyInfo of a public key object on the token."""
    key: object
    if public.key_type == KeyType.RSA:
        exponent, modulus = (int.from_bytes(public[a], "big") for a in (Attribute.PUBLIC_EXPONENT, Attribute.MODULUS))
        key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    else:
        key = load_der_public_key(encode_ec_public_key(public))
    return public_parts(key)
