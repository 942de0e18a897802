"""A thin client of the CSC API, version 2: the calls that signing digests needs, and no more.

Every call is one POST of JSON to a host that the settings name. Refusals are `errors`; what cannot be read is
`errors.BadAnswer`, and nothing of it is used. PINs, codes, tokens and SADs stand in no message and no log.
"""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import httpx

from testamur.trust.signing.methods.certificate.csc.errors import BadAnswer, NotAuthorised, Unavailable, refusal
from testamur.trust.signing.methods.certificate.csc.settings import CscSettings

SHA256 = "2.16.840.1.101.3.4.2.1"
RSA_SHA256, ECDSA_SHA256 = "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2"
RSA = "1.2.840.113549.1.1.1"
MOST_ANSWER = 8 << 20
MOST_CREDENTIALS = 20
DEFAULT_LIFETIME = 3600
"""Seconds that a SAD holds where the service does not say (section 11.6)."""


@dataclass(frozen=True, slots=True)
class Factor:
    """Something that the service wants to know before it signs (section 8.3).

    `kind`: ``Password``, ``PasswordOOB``, ``ChallengeResponse``, ``ChallengeResponseOOB``. `numeric`: digits only.
    """

    id: str
    kind: str
    label: str
    text: str
    numeric: bool

    @property
    def typed(self) -> bool:
        """Whether the signer types something on our page."""
        return not self.kind.endswith("OOB")

    @property
    def challenged(self) -> bool:
        """Whether it has to be asked to send something first."""
        return self.kind == "ChallengeResponse"


@dataclass(frozen=True, slots=True)
class Credential:
    """A key at the service. `certificates` DER, the signer's own first; `most`: signatures in one authorisation."""

    id: str
    label: str
    certificates: tuple[bytes, ...]
    usable: bool
    mode: str
    factors: tuple[Factor, ...]
    algorithms: tuple[str, ...]
    most: int

    @property
    def redirects(self) -> bool:
        """Whether the signer authorises it in the service's own pages (OAuth 2.0), not with factors on ours."""
        return self.mode == "oauth2code"

    @property
    def known(self) -> bool:
        """Whether it can be used, in a way that is spoken here."""
        return self.usable and bool(self.algorithm) and self.mode in {"explicit", "oauth2code"}

    @property
    def algorithm(self) -> str:
        """What to ask ``signHash`` for: the algorithm with SHA-256 that the key can do, or empty."""
        for wanted, says in ((ECDSA_SHA256, {ECDSA_SHA256}), (RSA_SHA256, {RSA_SHA256, RSA})):
            if says & set(self.algorithms):
                return wanted
        return ""


@dataclass(frozen=True, slots=True)
class Authorised:
    """Signature activation data, bound to digests; or, while the signer confirms elsewhere, a handle to ask with."""

    sad: str
    lasts: float
    handle: str = ""


class CscClient:
    """Calls of one service. ``with CscClient(settings) as service:`` closes the connections again."""

    def __init__(self, settings: CscSettings, http: httpx.Client | None = None) -> None:
        """`http` for tests; else a client as the settings say."""
        self._settings = settings
        self._http = http or settings.client()
        self._token = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    def credentials(self, user: str) -> list[Credential]:
        """Credentials of that user with a valid certificate, at most twenty."""
        answer = self._call("credentials/list", {"userID": user} if user else {})
        ids = answer.get("credentialIDs")
        if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
            raise BadAnswer("The signing service names no credentials.")
        return [self.credential(one) for one in ids[:MOST_CREDENTIALS]]

    def credential(self, credential: str) -> Credential:
        """What there is to know of a credential."""
        asked = {"credentialID": credential, "certificates": "chain", "certInfo": True, "authInfo": True}
        answer = self._call("credentials/info", asked)
        try:
            return _credential(credential, answer)
        except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
            raise BadAnswer("The signing service tells nothing readable of a credential.") from error

    def challenge(self, credential: str, factor: str) -> str:
        """Have a code sent, or get the question to answer."""
        answer = self._call("credentials/getChallenge", {"credentialID": credential, "authObjectID": factor})
        return str(answer.get("challenge") or "")[:500]

    def authorise(
        self, credential: str, digests: Sequence[bytes], values: Mapping[str, str], *, text: str = ""
    ) -> Authorised:
        """Permission to sign exactly these SHA-256 digests. `values`: what the signer typed, by factor."""
        asked: dict[str, Any] = {
            "credentialID": credential,
            "numSignatures": len(digests),
            "hashes": _coded(digests),
            "hashAlgorithmOID": SHA256,
            "authData": [{"id": name, "value": value} if value else {"id": name} for name, value in values.items()],
        }
        if text:
            asked["description"] = text[:500]
        return _authorised(self._call("credentials/authorize", asked))

    def authorised(self, handle: str) -> Authorised:
        """How far a confirmation elsewhere is."""
        return _authorised(self._call("credentials/authorizeCheck", {"handle": handle}))

    def extend(self, credential: str, digests: Sequence[bytes], sad: str) -> Authorised:
        """New activation data for what is left, before the old ones run out."""
        asked = {"credentialID": credential, "hashes": _coded(digests), "hashAlgorithmOID": SHA256, "SAD": sad}
        return _authorised(self._call("credentials/extendTransaction", asked))

    def leave(self, credential: str, digests: Sequence[bytes], *, back: str, state: str, verifier: str) -> str:
        """The address at which the signer authorises exactly these digests; comes back to `back` with a code.

        The request is laid down beforehand (RFC 9126), with PKCE (RFC 7636, S256).
        """
        form = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "client_secret": self._settings.secret(),
            "redirect_uri": back,
            "scope": "credential",
            "state": state,
            "code_challenge": _url64(hashlib.sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
            "credentialID": credential,
            "numSignatures": str(len(digests)),
            "hashes": ",".join(_url64(digest) for digest in digests),
            "hashAlgorithmOID": SHA256,
        }
        answer = self._post(self._settings.pushed, "oauth2/pushed_authorize", data=form)
        request = answer.get("request_uri")
        if not isinstance(request, str) or not request:
            raise BadAnswer("The signing service took no request.")
        query = urlencode({"client_id": self._settings.client_id, "request_uri": request})
        return f"{self._settings.authorize}?{query}"

    def redeem(self, code: str, *, back: str, verifier: str) -> Authorised:
        """What the signer authorised, for the code that the browser brought back."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": verifier,
            "client_id": self._settings.client_id,
            "client_secret": self._settings.secret(),
        }
        answer = self._post(self._settings.token_url, "oauth2/token", data=form)
        token = answer.get("access_token")
        return _authorised({"SAD": token, "expiresIn": answer.get("expires_in", DEFAULT_LIFETIME)})

    def sign(self, credential: str, digests: Sequence[bytes], sad: str, *, algorithm: str) -> list[bytes]:
        """Signature values over the digests, in their order."""
        asked = {
            "credentialID": credential,
            "SAD": sad,
            "hashes": _coded(digests),
            "hashAlgorithmOID": SHA256,
            "signAlgo": algorithm,
        }
        values = self._call("signatures/signHash", asked).get("signatures")
        try:
            found = [b64decode(value, validate=True) for value in values or ()]
        except (TypeError, ValueError) as error:
            raise BadAnswer("The signing service gave no readable signatures.") from error
        if len(found) != len(digests):
            raise BadAnswer(f"The signing service gave {len(found)} signatures for {len(digests)} documents.")
        return found

    def _call(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._authorisation()}"} if self._settings.client_id else {}
        return self._post(self._settings.url + path, path, json=dict(body), headers=headers)

    def _authorisation(self) -> str:
        if not self._token:
            form = {
                "grant_type": "client_credentials",
                "scope": "service",
                "client_id": self._settings.client_id,
                "client_secret": self._settings.secret(),
            }
            answer = self._post(self._token_url(), "oauth2/token", data=form)
            token = answer.get("access_token")
            if not isinstance(token, str) or not token.isascii() or not token:
                raise NotAuthorised("The signing service gave no token.")
            self._token = token
        return self._token

    def _token_url(self) -> str:
        if self._settings.token_url:
            return self._settings.token_url
        base = str(self._post(self._settings.url + "info", "info", json={}).get("oauth2") or "")
        return f"{base.rstrip('/')}/oauth2/token"

    def _post(self, url: str, path: str, **content: Any) -> dict[str, Any]:
        if urlsplit(url).netloc not in self._settings.hosts:
            raise BadAnswer("The signing service names a host that is not allowed here.", path=path)
        try:
            reply = self._http.post(url, **content)
        except httpx.HTTPError as error:
            raise Unavailable(f"The signing service cannot be reached ({type(error).__name__}).", path=path) from error
        if reply.status_code == httpx.codes.NO_CONTENT:
            return {}
        if reply.status_code not in {httpx.codes.OK, httpx.codes.CREATED, httpx.codes.ACCEPTED}:
            raise refusal(path, reply)
        if len(reply.content) > MOST_ANSWER:
            raise BadAnswer("The signing service answered too much.", path=path)
        try:
            answer = reply.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise BadAnswer("The signing service answered no JSON object.", path=path)
        return answer


def _coded(digests: Sequence[bytes]) -> list[str]:
    return [b64encode(digest).decode() for digest in digests]


def _url64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _authorised(answer: Mapping[str, Any]) -> Authorised:
    sad, handle, lasts = answer.get("SAD"), answer.get("handle"), answer.get("expiresIn", DEFAULT_LIFETIME)
    if isinstance(sad, str) and sad and isinstance(lasts, int | float) and not isinstance(lasts, bool):
        return Authorised(sad, max(0.0, min(float(lasts), 24 * 3600.0)))
    if isinstance(handle, str) and handle:
        return Authorised("", 0.0, handle)
    raise BadAnswer("The signing service authorised nothing.")


def _credential(credential: str, told: Mapping[str, Any]) -> Credential:
    key, cert, auth = told["key"], told["cert"], told["auth"]
    return Credential(
        id=credential,
        label=str(told.get("description") or "")[:200],
        certificates=tuple(b64decode(one, validate=True) for one in cert["certificates"]),
        usable=key["status"] == "enabled" and cert.get("status", "valid") == "valid",
        mode=str(auth["mode"]),
        factors=tuple(_factor(one) for one in auth.get("objects") or ()),
        algorithms=tuple(str(one) for one in key["algo"]),
        most=max(1, int(told["multisign"])),
    )


def _factor(told: Mapping[str, Any]) -> Factor:
    return Factor(
        id=str(told["id"])[:60],
        kind=str(told["type"]),
        label=str(told.get("label") or told["id"])[:100],
        text=str(told.get("description") or "")[:300],
        numeric=told.get("format") == "N",
    )
