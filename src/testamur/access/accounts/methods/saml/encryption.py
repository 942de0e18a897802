"""Assertions that were encrypted for us (XML Encryption 1.1): opened with our key, and believed no more for that.

Keys come by RSA-OAEP, contents by AES-GCM. AES-CBC proves nothing of what it hides, and whoever may change it and watch
us can read it (Jager and Somorovsky, "How to Break XML Encryption", 2011): it is opened only inside a response whose
signature was checked before. RSA with PKCS #1 v1.5 is not opened at all.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree

from testamur.access.accounts.methods.saml.xml import DSIG, SAML, Element, Refused, parse

XENC, XENC11 = "http://www.w3.org/2001/04/xmlenc#", "http://www.w3.org/2009/xmlenc11#"
OAEP_SHA1, OAEP = f"{XENC}rsa-oaep-mgf1p", f"{XENC11}rsa-oaep"
GCM: Mapping[str, int] = {f"{XENC11}aes{bits}-gcm": bits // 8 for bits in (128, 192, 256)}
CBC: Mapping[str, int] = {f"{XENC}aes{bits}-cbc": bits // 8 for bits in (128, 192, 256)}
_NAMES = {"xenc": XENC, "xenc11": XENC11, "ds": DSIG}
_SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"
_DIGESTS: Mapping[str, hashes.HashAlgorithm] = {
    _SHA1: hashes.SHA1(),  # noqa: S303 - inside OAEP it need not resist collisions
    f"{XENC}sha256": hashes.SHA256(), "http://www.w3.org/2001/04/xmldsig-more#sha384": hashes.SHA384(),
    f"{XENC}sha512": hashes.SHA512(),
}  # fmt: skip
_MASKS: Mapping[str, hashes.HashAlgorithm] = {
    f"{XENC11}mgf1sha1": hashes.SHA1(),  # noqa: S303 - as above
    f"{XENC11}mgf1sha256": hashes.SHA256(), f"{XENC11}mgf1sha384": hashes.SHA384(),
    f"{XENC11}mgf1sha512": hashes.SHA512(),
}  # fmt: skip
_IV, _TAG, _BLOCK = 12, 16, 16
_MOST_KEYS = 8


def opened(sealed: Element, key: bytes, *, signed: bool) -> Element:
    """The assertion inside an ``EncryptedAssertion``, as a document of its own.

    `key` is our private one (PEM). `signed`: what held it was signed as a whole, and the signature was checked. Raises
    Refused, and says of what could not be opened nothing but that.
    """
    data = sealed.findall("xenc:EncryptedData", _NAMES)
    if len(data) != 1:
        raise Refused(f"{len(data)} encrypted parts")
    kind = _algorithm(data[0])
    if kind not in GCM and not (kind in CBC and signed):
        raise Refused("a way to encrypt that is not taken")
    private = load_pem_private_key(key, None)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise Refused("encrypted, and our key opens nothing")
    keys = sealed.findall(".//xenc:EncryptedKey", _NAMES)
    if not 0 < len(keys) <= _MOST_KEYS:
        raise Refused(f"{len(keys)} keys")
    size = GCM.get(kind) or CBC[kind]
    for one in keys:
        secret = _secret(private, one)
        if secret is not None and len(secret) == size:
            root = _document(_content(kind, secret, _value(data[0])), data[0])
            if root.tag != f"{{{SAML}}}Assertion":
                raise Refused("something else than an assertion was encrypted")
            return root
    raise Refused("encrypted for somebody else")


def _document(plain: bytes, where: Element) -> Element:
    """What was encrypted, as a document.

    It may count on the prefixes that hold where it was (XML Encryption 1.1, section 4.5.1), as some libraries write it.
    """
    try:
        return parse(plain)
    except Refused:
        around = etree.Element("around", nsmap={name: space for name, space in where.nsmap.items() if name})
        head, tail = etree.tostring(around).removesuffix(b"/>") + b">", b"</around>"
        whole = parse(head + plain + tail)
        if len(whole) != 1 or (whole.text or "").strip() or (whole[0].tail or "").strip():
            raise Refused("something else than an assertion was encrypted") from None
        return parse(etree.tostring(whole[0], with_tail=False))


def _secret(private: rsa.RSAPrivateKey, one: Element) -> bytes | None:
    """The key of the content, or None where this one was not made for us."""
    kind = _algorithm(one)
    if kind not in {OAEP_SHA1, OAEP}:
        raise Refused("a way to send a key that is not taken")
    method = one.find("xenc:EncryptionMethod", _NAMES)
    assert method is not None  # _algorithm has looked
    digest = method.find("ds:DigestMethod", _NAMES)
    mask = method.find("xenc11:MGF", _NAMES) if kind == OAEP else None
    label = method.findtext("xenc:OAEPparams", None, _NAMES)
    chosen = _DIGESTS.get(digest.get("Algorithm", "") if digest is not None else _SHA1)
    masked = _MASKS.get(mask.get("Algorithm", "") if mask is not None else f"{XENC11}mgf1sha1")
    if chosen is None or masked is None:
        raise Refused("a digest that is not taken")
    way = padding.OAEP(mgf=padding.MGF1(masked), algorithm=chosen, label=_bytes(label) if label else None)
    try:
        return private.decrypt(_value(one), way)
    except ValueError:
        return None


def _content(kind: str, secret: bytes, value: bytes) -> bytes:
    try:
        if kind in GCM:
            if len(value) < _IV + _TAG:
                raise Refused("nothing is encrypted")
            return AESGCM(secret).decrypt(value[:_IV], value[_IV:], None)
        if len(value) < 2 * _BLOCK or len(value) % _BLOCK:
            raise Refused("nothing is encrypted")
        undone = Cipher(algorithms.AES(secret), modes.CBC(value[:_BLOCK])).decryptor()
        plain = undone.update(value[_BLOCK:]) + undone.finalize()
    except InvalidTag as error:
        raise Refused("what was encrypted was changed") from error
    if not 0 < plain[-1] <= _BLOCK:
        raise Refused("what was encrypted was changed")
    return plain[: -plain[-1]]


def _algorithm(one: Element) -> str:
    method = one.find("xenc:EncryptionMethod", _NAMES)
    return method.get("Algorithm", "") if method is not None else ""


def _value(one: Element) -> bytes:
    return _bytes(one.findtext("xenc:CipherData/xenc:CipherValue", "", _NAMES))


def _bytes(text: str) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise Refused("no Base64") from error
