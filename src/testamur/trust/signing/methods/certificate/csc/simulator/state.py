"""What the simulated signing service knows and how it decides. No network here."""

from __future__ import annotations

import secrets
import threading
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding

SHA256 = "2.16.840.1.101.3.4.2.1"
ECDSA_SHA256 = "1.2.840.10045.4.3.2"
_DIGEST = 32
_MOST_WRONG = 3


class Fault(StrEnum):
    """What goes wrong with the next call of a kind."""

    SERVER_ERROR = "server_error"
    TOO_MANY = "too_many"
    SLOW = "slow"
    NOT_JSON = "not_json"
    SAD_EXPIRED = "sad_expired"
    WRONG_SIGNATURE = "wrong_signature"
    TOO_FEW = "too_few"
    SIGNED_THEN_LOST = "signed_then_lost"


@dataclass(frozen=True, slots=True)
class Limits:
    """`multisign`: signatures in one authorisation; `sad`: seconds that they are authorised; `slow`: of a slow call."""

    multisign: int = 100
    sad: float = 300.0
    slow: float = 3.0


@dataclass(slots=True)
class Account:
    """A person with one credential. `code`: the code that was sent last, empty when none was or it was used."""

    user: str
    key: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...]
    pin: str = "123456"
    with_code: bool = True
    elsewhere: bool = False
    code: str = ""
    wrong: int = 0
    status: str = "enabled"
    confirmed: bool = False
    redirects: bool = False

    @property
    def credential(self) -> str:
        """Its id."""
        return f"TEST-{self.chain[0].serial_number:x}"[:40]


@dataclass(slots=True)
class _Sad:
    account: Account
    hashes: set[str]
    left: int
    until: float


class Said(Exception):  # noqa: N818 - an answer, not an error
    """A refusal as the service writes it."""

    def __init__(self, status: int, error: str, words: str) -> None:
        """HTTP status, ``error`` and ``error_description``."""
        super().__init__(words)
        self.status, self.error, self.words = status, error, words


@dataclass
class Service:
    """The service. `find` makes an account for a user it does not know yet, or says None.

    `signed` counts every digest that was ever signed: what was authorised once must not be signed twice.
    """

    client_id: str = "testamur"
    client_secret: str = "TEST-secret"  # noqa: S105 - of a simulator
    limits: Limits = field(default_factory=Limits)
    find: Callable[[str], Account | None] | None = None
    accounts: dict[str, Account] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    signed: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    clock: Callable[[], float] = monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __post_init__(self) -> None:
        self._tokens: set[str] = set()
        self._sads: dict[str, _Sad] = {}
        self._pushed: dict[str, dict[str, Any]] = {}
        self._codes: dict[str, dict[str, Any]] = {}
        self._handles: dict[str, tuple[Account, Mapping[str, Any]]] = {}
        self._lock = threading.Lock()

    def add(self, account: Account) -> Account:
        """A person who has a credential."""
        self.accounts[account.user] = account
        return account

    def fault(self, call: str) -> Fault | None:
        """What was arranged for this call, once."""
        with self._lock:
            waiting = self.faults.get(call)
            return waiting.pop(0) if waiting else None

    def token(self, form: Mapping[str, str]) -> dict[str, Any]:
        """OAuth 2.0: client credentials, or a code for what was authorised."""
        self._client(form)
        if form.get("grant_type") == "authorization_code":
            return self._redeem(form)
        if form.get("grant_type") != "client_credentials":
            raise Said(400, "unsupported_grant_type", "The grant type is not supported")
        token = secrets.token_urlsafe(24)
        self._tokens.add(token)
        return {"access_token": token, "token_type": "Bearer", "expires_in": 3600, "scope": "service"}

    def push(self, form: Mapping[str, str]) -> dict[str, Any]:
        """A request for authorisation, laid down (RFC 9126)."""
        self._client(form)
        hashes_ = [_standard(one) for one in form.get("hashes", "").split(",")]
        asked = {**form, "hashes": _hashes({"hashes": hashes_, "hashAlgorithmOID": form.get("hashAlgorithmOID")})}
        account = self._account(form)
        if form.get("scope") != "credential" or form.get("code_challenge_method") != "S256":
            raise Said(400, "invalid_request", "Invalid parameter scope")
        if form.get("numSignatures") != str(len(hashes_)) or len(hashes_) > self.limits.multisign:
            raise Said(400, "invalid_request", "Numbers of signatures is too high")
        if not account.redirects:
            raise Said(400, "invalid_request", "Invalid parameter credentialID")
        uri = f"urn:ietf:params:oauth:request_uri:{secrets.token_urlsafe(12)}"
        self._pushed[uri] = asked
        return {"request_uri": uri, "expires_in": 90}

    def confirm(self, uri: str, pin: str) -> str:
        """The signer types the PIN in the service's own page; the address to go back to, with a code or an error."""
        asked = self._pushed.pop(uri, None)
        if asked is None:
            raise Said(400, "invalid_request", "Invalid parameter request_uri")
        back, state = str(asked["redirect_uri"]), str(asked["state"])
        if pin != self._account(asked).pin:
            return f"{back}?{urlencode({'error': 'access_denied', 'state': state})}"
        code = secrets.token_urlsafe(18)
        self._codes[code] = asked
        return f"{back}?{urlencode({'code': code, 'state': state})}"

    def _client(self, form: Mapping[str, str]) -> None:
        if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.client_secret):
            raise Said(401, "invalid_client", "Client authentication failed")

    def _redeem(self, form: Mapping[str, str]) -> dict[str, Any]:
        asked = self._codes.pop(form.get("code", ""), None)
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri") or asked["code_challenge"] != challenge:
            raise Said(400, "invalid_grant", "The code is not valid")
        hashes_: list[str] = asked["hashes"]
        made = self._new(self._account(asked), hashes_, len(hashes_))
        return {
            "access_token": made["SAD"], "token_type": "Bearer", "expires_in": made["expiresIn"], "scope": "credential"
        }  # fmt: skip

    def call(self, path: str, bearer: str, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """One call of the API."""
        known: dict[str, Callable[[Mapping[str, Any]], tuple[int, dict[str, Any]]]] = {
            "info": lambda _body: (200, self._info()),
            "credentials/list": lambda body: (200, self._list(body)),
            "credentials/info": lambda body: (200, self._credential(self._account(body))),
            "credentials/getChallenge": lambda body: (204, self._challenge(body)),
            "credentials/authorize": self._authorise,
            "credentials/authorizeCheck": self._check,
            "credentials/extendTransaction": lambda body: (200, self._extend(body)),
            "signatures/signHash": lambda body: (200, self._sign(body)),
        }
        with self._lock:
            self.calls.append(path)
            if path != "info" and bearer not in self._tokens:
                raise Said(401, "invalid_token", "The access token is not valid")
            if path not in known:
                raise Said(404, "invalid_request", "No such method")
            return known[path](body)

    def _info(self) -> dict[str, Any]:
        return {
            "specs": "2.0.0.2",
            "name": "TEST signing service (simulated)",
            "region": "VN",
            "lang": "en-US",
            "description": "Proves nothing",
            "authType": ["oauth2client"],
            "methods": ["credentials/list", "credentials/info", "credentials/authorize", "signatures/signHash"],
        }

    def _list(self, body: Mapping[str, Any]) -> dict[str, Any]:
        user = _text(body, "userID")
        account = self.accounts.get(user)
        if account is None and self.find is not None and (found := self.find(user)) is not None:
            account = self.add(found)
        return {"credentialIDs": [account.credential] if account else []}

    def _credential(self, account: Account) -> dict[str, Any]:
        leaf = account.chain[0]
        objects = [_factor("Password", "PIN", "PIN")]
        if account.with_code:
            objects.append(_factor("ChallengeResponse", "OTP", "Code"))
        if account.elsewhere:
            objects = [{"type": "ChallengeResponseOOB", "id": "APP", "label": "App"}]
        return {
            "description": "TEST signing key",
            "key": {"status": account.status, "algo": [ECDSA_SHA256], "len": 256, "curve": "1.2.840.10045.3.1.7"},
            "cert": {
                "status": "valid"
                if leaf.not_valid_after_utc > datetime.now(leaf.not_valid_after_utc.tzinfo)
                else "expired",
                "certificates": [b64encode(one.public_bytes(Encoding.DER)).decode() for one in account.chain],
                "subjectDN": leaf.subject.rfc4514_string(),
                "issuerDN": leaf.issuer.rfc4514_string(),
                "serialNumber": f"{leaf.serial_number:X}",
            },
            "auth": {"mode": "oauth2code"}
            if account.redirects
            else {
                "mode": "explicit",
                "expression": " AND ".join(one["id"] for one in objects),
                "objects": objects,
            },
            "SCAL": "2",
            "multisign": self.limits.multisign,
            "lang": "en-US",
        }

    def _challenge(self, body: Mapping[str, Any]) -> dict[str, Any]:
        account = self._account(body)
        if _text(body, "authObjectID") != "OTP" or not account.with_code:
            raise Said(400, "invalid_request", "Invalid parameter authObjectID")
        account.code = f"{secrets.randbelow(1_000_000):06d}"
        return {}

    def _authorise(self, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        account, count, hashes_ = self._account(body), body.get("numSignatures"), _hashes(body)
        if account.status != "enabled":
            raise Said(400, "invalid_request", "The credential identified by credentialID is disabled")
        if not isinstance(count, int) or isinstance(count, bool):
            raise Said(400, "invalid_request", "Missing (or invalid type) integer parameter numSignatures")
        if count < 1 or count != len(hashes_):
            raise Said(400, "invalid_request", "Invalid value for parameter numSignatures")
        if count > self.limits.multisign:
            raise Said(400, "invalid_request", "Numbers of signatures is too high")
        self._prove(account, body)
        if account.elsewhere and not account.confirmed:
            handle = secrets.token_urlsafe(18)
            self._handles[handle] = (account, dict(body))
            return 202, {"handle": handle}
        return 200, self._new(account, hashes_, count)

    def _check(self, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        handle = _text(body, "handle")
        if handle not in self._handles:
            raise Said(400, "invalid_request", "Invalid parameter handle")
        account, asked = self._handles[handle]
        if not account.confirmed:
            return 202, {"handle": handle}
        del self._handles[handle]
        hashes_ = _hashes(asked)
        return 200, self._new(account, hashes_, len(hashes_))

    def _prove(self, account: Account, body: Mapping[str, Any]) -> None:
        if account.elsewhere:
            return
        if account.wrong >= _MOST_WRONG:
            raise Said(400, "invalid_request", "Credential locked")
        given = body.get("authData")
        told = {str(one.get("id")): str(one.get("value", "")) for one in given} if isinstance(given, list) else {}
        right = told.get("PIN") == account.pin and (
            not account.with_code or (account.code != "" and told.get("OTP") == account.code)
        )
        if not right:
            account.wrong += 1
            raise Said(400, "invalid_authentication_data", "The authentication data is invalid")
        account.wrong, account.code = 0, ""

    def _new(self, account: Account, hashes_: Sequence[str], left: int) -> dict[str, Any]:
        sad = secrets.token_urlsafe(24)
        self._sads[sad] = _Sad(account, set(hashes_), left, self.clock() + self.limits.sad)
        return {"SAD": sad, "expiresIn": int(self.limits.sad)}

    def _extend(self, body: Mapping[str, Any]) -> dict[str, Any]:
        account, hashes_, sad = self._account(body), _hashes(body), self._sad(body)
        if sad.account is not account or not set(hashes_) <= sad.hashes or len(hashes_) > sad.left:
            raise Said(400, "invalid_request", "Invalid parameter SAD")
        del self._sads[_text(body, "SAD")]
        return self._new(account, hashes_, sad.left)

    def _sign(self, body: Mapping[str, Any]) -> dict[str, Any]:
        account, hashes_, sad = self._account(body), _hashes(body), self._sad(body)
        if body.get("signAlgo") != ECDSA_SHA256:
            raise Said(400, "invalid_request", "Invalid parameter signAlgo")
        if sad.account is not account:
            raise Said(400, "invalid_request", "Invalid parameter SAD")
        if not set(hashes_) <= sad.hashes or len(hashes_) > sad.left:
            raise Said(400, "invalid_request", "Hash is not authorized by the SAD")
        sad.left -= len(hashes_)
        sad.hashes -= set(hashes_)
        if not sad.left:
            del self._sads[_text(body, "SAD")]
        self.signed.extend(hashes_)
        made = [account.key.sign(b64decode(one), ec.ECDSA(Prehashed(hashes.SHA256()))) for one in hashes_]
        return {"signatures": [b64encode(one).decode() for one in made]}

    def _account(self, body: Mapping[str, Any]) -> Account:
        credential = _text(body, "credentialID")
        found = next((one for one in self.accounts.values() if one.credential == credential), None)
        if found is None:
            raise Said(400, "invalid_request", "Invalid parameter credentialID")
        return found

    def _sad(self, body: Mapping[str, Any]) -> _Sad:
        sad = self._sads.get(_text(body, "SAD"))
        if sad is None:
            raise Said(400, "invalid_request", "Invalid parameter SAD")
        if sad.until < self.clock():
            raise Said(400, "invalid_request", "SAD expired")
        return sad


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Said(400, "invalid_request", f"Missing (or invalid type) string parameter {name}")
    return value


def _hashes(body: Mapping[str, Any]) -> list[str]:
    value = body.get("hashes")
    if not isinstance(value, list):
        raise Said(400, "invalid_request", "Missing (or invalid type) array parameter hashes")
    if not value:
        raise Said(400, "invalid_request", "Empty hash array")
    if body.get("hashAlgorithmOID") != SHA256:
        raise Said(400, "invalid_request", "Invalid parameter hashAlgorithmOID")
    try:
        sizes = {len(b64decode(one, validate=True)) for one in value}
    except (TypeError, ValueError) as error:
        raise Said(400, "invalid_request", "Invalid Base64 hash string parameter") from error
    if sizes != {_DIGEST}:
        raise Said(400, "invalid_request", "Invalid digest value length")
    return value


def _standard(coded: str) -> str:
    """Base64 as ``hashes`` of the API have it, from what an address has."""
    plain = coded.replace("-", "+").replace("_", "/")
    return plain + "=" * (-len(plain) % 4)


def _factor(kind: str, name: str, label: str) -> dict[str, Any]:
    return {"type": kind, "id": name, "format": "N", "label": label, "description": f"TEST {label}"}
