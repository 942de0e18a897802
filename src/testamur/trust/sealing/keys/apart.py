"""A token's key used from a process that must not open the token itself: a child process signs, and ends.

A PKCS#11 library holds one session for each process and thread; a web server has many threads. So the web asks a child
for the few signatures that it needs (a certificate request, a trial). Issuing does not come here: its workers are
processes and open the token themselves.
"""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode, b64encode
from dataclasses import dataclass

from testamur.trust.sealing.keys.contract import KeyUnavailable, SealKey
from testamur.trust.sealing.keys.opening import open_key
from testamur.trust.sealing.rules import Algorithm, digest_must_be_sha256, parse_locator

SECONDS = 30


@dataclass(frozen=True, slots=True)
class ApartKey:
    """See `contract.SealKey`; each signature is one child process."""

    locator: str
    algorithm: Algorithm
    public_key: bytes

    def sign(self, digest: bytes) -> bytes:
        """The signature over a SHA-256 digest. Raises `KeyUnavailable`."""
        digest_must_be_sha256(digest)
        return b64decode(_asked(self.locator, digest)["signature"])


def key_at(locator: str) -> SealKey:
    """The key at `locator`: a file is opened here, a token in a child. Raises `LocatorInvalid`, `KeyUnavailable`."""
    if parse_locator(locator).scheme != "pkcs11":
        return open_key(locator)
    told = _asked(locator, None)
    return ApartKey(locator, Algorithm(told["algorithm"]), b64decode(told["public_key"]))


def _asked(locator: str, digest: bytes | None) -> dict[str, str]:
    question = json.dumps({"locator": locator, "digest": digest.hex() if digest else ""})
    try:
        child = subprocess.run(  # noqa: S603 - this very module, by the interpreter that runs; the input is data
            [sys.executable, "-m", __name__],
            input=question,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        )
        told: dict[str, str] = json.loads(child.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise KeyUnavailable("The token does not answer.", field="locator") from error
    if "refused" in told:
        raise KeyUnavailable(told["refused"], field="locator")
    return told


def main() -> None:
    """Answer one question from standard input: what key is it, or the signature over a digest."""
    asked = json.loads(sys.stdin.read())
    try:
        key = open_key(asked["locator"])
        told = {"algorithm": key.algorithm.value, "public_key": b64encode(key.public_key).decode()}
        if asked["digest"]:
            told["signature"] = b64encode(key.sign(bytes.fromhex(asked["digest"]))).decode()
    except KeyUnavailable as no:
        told = {"refused": str(no)}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
