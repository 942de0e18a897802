"""Keys of a person on the person's own computer. A PIN is asked here, used here, and sent nowhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from testamur.kernel.base.refused import Refused

Ask = Callable[[str], str]
"""Asks the person for a PIN or password, with that prompt."""
_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
_TRIES = 3


class KeyRefused(Refused):
    """The file or token cannot be used, or the PIN was wrong."""

    code = "agent.key"


class Key(Protocol):
    """A certificate and the key that belongs to it."""

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """DER, the signer's own first."""

    def unlock(self, ask: Ask) -> None:
        """Make the key ready for one act of signing. Raises `KeyRefused`."""

    def sign(self, data: bytes) -> bytes:
        """Signature over SHA-256 of `data`: RSA PKCS#1 v1.5, or ECDSA in DER. Raises `KeyRefused`."""

    def lock(self) -> None:
        """Forget the PIN and the key until they are asked for again."""


@dataclass(slots=True)
class FileKey:
    """A PKCS#12 file; its password is asked for each act."""

    path: Path
    certificates: tuple[bytes, ...]
    _key: Any = None

    def unlock(self, ask: Ask) -> None:
        """See `Key.unlock`."""
        self._key, _certificates = _opened(self.path, ask)

    def sign(self, data: bytes) -> bytes:
        """See `Key.sign`."""
        digest = sha256(data).digest()
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))
        raise KeyRefused("The key is locked.")

    def lock(self) -> None:
        """See `Key.lock`."""
        self._key = None


def open_file(path: Path, ask: Ask) -> FileKey:
    """The certificate of a PKCS#12 file; the key is let go again at once. Raises `KeyRefused`."""
    _key, certificates = _opened(path, ask)
    return FileKey(path, certificates)


def _opened(path: Path, ask: Ask) -> tuple[Any, tuple[bytes, ...]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise KeyRefused(f"{path.name} cannot be read ({error.strerror}).", field="p12") from error
    for attempt in range(_TRIES):
        try:
            key, leaf, others = pkcs12.load_key_and_certificates(data, ask(f"Password of {path.name}: ").encode())
        except ValueError as error:
            if attempt == _TRIES - 1:
                raise KeyRefused(f"{path.name} does not open with that password.", field="p12") from error
            continue
        if key is None or leaf is None:
            raise KeyRefused(f"{path.name} holds no key with a certificate.", field="p12")
        return key, tuple(one.public_bytes(Encoding.DER) for one in (leaf, *others))
    raise AssertionError("unreachable")


class TokenKey:
    """A key on a PKCS#11 token. One session in one process, used by the thread that opened it.

    A token locks itself after a few wrong PINs, so a wrong one is not tried a second time.
    """

    def __init__(self, module: Path, token: Any, label: str, certificates: tuple[bytes, ...], key_id: bytes) -> None:
        """Made by `open_token`."""
        self.certificates = certificates
        self._module, self._token, self._label, self._id = module, token, label, key_id
        self._session: Any = None
        self._private: Any = None

    def unlock(self, ask: Ask) -> None:
        """See `Key.unlock`."""
        import pkcs11
        from pkcs11.exceptions import PKCS11Error

        self.lock()
        try:
            self._session = self._token.open(user_pin=ask(f"PIN of the token {self._label}: "))
            wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.Attribute.ID: self._id}
            found = list(self._session.get_objects(wanted))
        except PKCS11Error as error:
            self.lock()
            raise KeyRefused(f"The token did not open ({type(error).__name__}).", field="pin") from error
        if len(found) != 1:
            self.lock()
            raise KeyRefused("The token holds no single key for the certificate.", field="label")
        self._private = found[0]

    def sign(self, data: bytes) -> bytes:
        """See `Key.sign`."""
        from pkcs11 import KeyType, Mechanism
        from pkcs11.exceptions import PKCS11Error

        if self._private is None:
            raise KeyRefused("The key is locked.")
        digest = sha256(data).digest()
        try:
            if self._private.key_type == KeyType.RSA:
                return bytes(self._private.sign(_DIGEST_INFO + digest, mechanism=Mechanism.RSA_PKCS))
            raw = bytes(self._private.sign(digest, mechanism=Mechanism.ECDSA))
        except PKCS11Error as error:
            raise KeyRefused(f"The token did not sign ({type(error).__name__}).", field="pin") from error
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))

    def lock(self) -> None:
        """See `Key.lock`."""
        if self._session is not None:
            self._session.close()
        self._session = self._private = None


def open_token(module: Path, *, token_label: str, label: str = "") -> TokenKey:
    """A signing certificate on a token, without a PIN: certificates can be read by anybody. Raises `KeyRefused`.

    `label` of the certificate is needed only where the token holds several for signing.
    """
    import pkcs11
    from pkcs11.exceptions import PKCS11Error

    try:
        token = pkcs11.lib(str(module)).get_token(token_label=token_label)
        with token.open() as session:
            wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}
            rows = [
                (bytes(one[pkcs11.Attribute.VALUE]), bytes(one[pkcs11.Attribute.ID]), str(one[pkcs11.Attribute.LABEL]))
                for one in session.get_objects(wanted)
            ]
    except (PKCS11Error, RuntimeError) as error:
        raise KeyRefused(f"The token {token_label} cannot be used ({type(error).__name__}).", field="label") from error
    mine = [row for row in rows if _for_signing(row[0]) and label in {"", row[2]}]
    if len(mine) != 1:
        raise KeyRefused(f"The token holds {len(mine)} certificates for signing; name one with --label.", field="label")
    der, key_id, _name = mine[0]
    others = tuple(row[0] for row in rows if row[0] != der and not _for_signing(row[0]))
    return TokenKey(module, token, token_label, (der, *_above(der, others)), key_id)


def _for_signing(der: bytes) -> bool:
    certificate = x509.load_der_x509_certificate(der)
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return not usage.key_cert_sign and (usage.digital_signature or usage.content_commitment)


def _above(der: bytes, others: Sequence[bytes]) -> tuple[bytes, ...]:
    """The issuers of a certificate that lie beside it, nearest first."""
    found: list[bytes] = []
    lowest = x509.load_der_x509_certificate(der)
    while True:
        rest = [one for one in others if one not in found]
        issuer = next((one for one in rest if x509.load_der_x509_certificate(one).subject == lowest.issuer), None)
        if issuer is None:
            return tuple(found)
        found.append(issuer)
        lowest = x509.load_der_x509_certificate(issuer)
