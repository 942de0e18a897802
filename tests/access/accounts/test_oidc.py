"""OpenID Connect: what is asked for, and every way in which a token is not believed."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.access.accounts.methods.contract import Asked, Begun, MethodRefused
from testamur.access.accounts.methods.oidc.method import Oidc
from testamur.access.accounts.methods.oidc.settings import NotSetUp, Provider, read, where
from testamur.access.accounts.rules import Level, Purpose
from tests.access.conftest import HERE, NOW, RUT

ISSUER = "https://login.example"
LOA2 = "http://id.example/loa2"
BACK = "https://skola.example/account/oidc/return/"
KEY = RSAKey.generate_key(2048, parameters={"kid": "one"})
FOREIGN = RSAKey.generate_key(2048, parameters={"kid": "one"})
ATTEMPT = UUID("018f0000-0000-7000-8000-000000000001")
Claims = dict[str, Any]


def provider(**changed: Any) -> Provider:
    given = {
        "label": "Skol-ID",
        "issuer": ISSUER,
        "client_id": "testamur",
        "levels": {LOA2: "substantial"},
        "amr": ["mfa"],
        "identifiers": [{"claim": "pnr", "scheme": "se.personnummer"}],
    }
    return Provider.model_validate(given | changed)


class Elsewhere:
    """An identity provider as a transport: answers discovery, keys, tokens and userinfo."""

    def __init__(self) -> None:
        self.change: Callable[[Claims], Claims] = lambda claims: claims
        self.key: Any = KEY
        self.algorithm = "RS256"
        self.nonce = ""
        self.challenge = ""
        self.verified = False
        self.issuer = ISSUER

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/.well-known/openid-configuration":
            ends = {
                name: f"{ISSUER}/{name}" for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")
            }
            return httpx.Response(200, json={"issuer": self.issuer, "jwks_uri": f"{ISSUER}/jwks", **ends})
        if path == "/jwks":
            return httpx.Response(200, json={"keys": [KEY.as_dict(private=False)]})
        if path == "/userinfo_endpoint":
            return httpx.Response(200, json={"sub": "rut", "pnr": RUT.personal_number})
        form = parse_qs(request.content.decode())
        made = urlsafe_b64encode(sha256(form["code_verifier"][0].encode()).digest()).rstrip(b"=").decode()
        self.verified = made == self.challenge
        claims: Claims = {
            "iss": ISSUER, "aud": "testamur", "sub": "rut", "nonce": self.nonce, "acr": LOA2, "amr": ["pwd", "mfa"],
            "iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 300, "pnr": RUT.personal_number,
        }  # fmt: skip
        token = jwt.encode(
            {"alg": self.algorithm, "kid": "one"}, self.change(claims), self.key, algorithms=[self.algorithm]
        )
        return httpx.Response(200, json={"access_token": "access", "token_type": "Bearer", "id_token": token})


def started(elsewhere: Elsewhere, *, purpose: Purpose = Purpose.LOGIN, **changed: Any) -> tuple[Oidc, Begun]:
    method = Oidc({"skolid": provider(**changed)}, httpx.MockTransport(elsewhere))
    asked = Asked(ATTEMPT, purpose, HERE, {"provider": "skolid"}, NOW, back=BACK)
    begun = method.begin(asked)
    query = parse_qs(urlsplit(begun.go).query)
    elsewhere.nonce, elsewhere.challenge = query["nonce"][0], query["code_challenge"][0]
    return method, begun


def answer(begun: Begun, **changed: str) -> dict[str, str]:
    return {"code": "once", "state": begun.kept["state"], **changed}


@pytest.mark.feature("A10", "A23")
def test_a_token_that_is_right_in_everything_finds_a_number_and_a_level() -> None:
    elsewhere = Elsewhere()
    method, begun = started(elsewhere)
    query = {name: value[0] for name, value in parse_qs(urlsplit(begun.go).query).items()}
    assert (query["response_type"], query["code_challenge_method"], query["acr_values"]) == ("code", "S256", LOA2)
    assert (query["redirect_uri"], query["client_id"], "prompt" in query) == (BACK, "testamur", False)
    found = method.proceed(begun.kept, answer(begun, iss=ISSUER), NOW).found
    assert found is not None
    assert (found.numbers, found.level) == ((("se.personnummer", RUT.personal_number, ""),), Level.SUBSTANTIAL)
    assert elsewhere.verified
    assert len(found.evidence) == 64


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"}, {"iss": "https://evil.example"}, {"aud": "another"}, {"acr": "http://id.example/loa1"},
        {"acr": None}, {"amr": ["pwd"]}, {"exp": int(NOW.timestamp()) - 121}, {"iat": int(NOW.timestamp()) - 601},
        {"iat": int(NOW.timestamp()) + 121}, {"aud": ["testamur", "another"]}, {"azp": "another"}, {"sub": ""},
        {"at_hash": "AAAA"}, {"nbf": int(NOW.timestamp()) + 600}, {"pnr": 7}, {"exp": True},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_is_wrong_in_anything_is_refused(wrong: Claims) -> None:
    elsewhere = Elsewhere()
    method, begun = started(elsewhere)
    elsewhere.change = lambda claims: claims | wrong
    progress = method.proceed(begun.kept, answer(begun), NOW)
    assert (progress.failed, progress.found) == (True, None)


def test_another_key_and_another_kind_of_key_are_refused() -> None:
    elsewhere = Elsewhere()
    method, begun = started(elsewhere)
    elsewhere.key = FOREIGN
    assert method.proceed(begun.kept, answer(begun), NOW).failed
    elsewhere.key, elsewhere.algorithm = OctKey.import_key("secret of the client, long enough"), "HS256"
    assert method.proceed(begun.kept, answer(begun), NOW).failed


@pytest.mark.parametrize(
    "wrong", [{"state": "another"}, {"iss": "https://evil.example"}, {"code": ""}, {"error": "access_denied"}], ids=str
)
def test_an_answer_to_another_question_is_refused_before_any_token(wrong: dict[str, str]) -> None:
    elsewhere = Elsewhere()
    method, begun = started(elsewhere)
    assert method.proceed(begun.kept, answer(begun, **wrong), NOW).failed
    assert not elsewhere.verified


def test_confirming_needs_a_fresh_identification_over_there() -> None:
    elsewhere = Elsewhere()
    method, begun = started(elsewhere, purpose=Purpose.CONFIRM)
    query = parse_qs(urlsplit(begun.go).query)
    assert (query["prompt"], query["max_age"]) == (["login"], ["0"])
    assert method.proceed(begun.kept, answer(begun), NOW).failed
    elsewhere.change = lambda claims: claims | {"auth_time": int(NOW.timestamp()) - 3600}
    assert method.proceed(begun.kept, answer(begun), NOW).failed
    elsewhere.change = lambda claims: claims | {"auth_time": int(NOW.timestamp())}
    assert method.proceed(begun.kept, answer(begun), NOW).found is not None


def test_a_number_may_stand_in_userinfo_of_the_same_person() -> None:
    elsewhere = Elsewhere()
    method, begun = started(elsewhere, userinfo=True)
    elsewhere.change = lambda claims: {name: value for name, value in claims.items() if name != "pnr"}
    assert method.proceed(begun.kept, answer(begun), NOW).found is not None
    elsewhere.change = lambda claims: {name: v for name, v in (claims | {"sub": "ole"}).items() if name != "pnr"}
    assert method.proceed(begun.kept, answer(begun), NOW).failed


def test_a_provider_that_calls_itself_something_else_is_not_asked() -> None:
    elsewhere = Elsewhere()
    elsewhere.issuer = "https://evil.example"
    with pytest.raises(MethodRefused):
        started(elsewhere)


def test_the_file_of_providers_is_read_strictly(tmp_path: Path, settings: SettingsWrapper) -> None:
    settings.OIDC = None
    with pytest.raises(NotSetUp):
        where()
    toml = tmp_path / "oidc.toml"
    toml.write_text(
        '[providers.skolid]\nlabel = "Skol-ID"\nissuer = "https://login.example"\nclient_id = "testamur"\n'
        'levels = { "*" = "low" }\nidentifiers = [{ claim = "pnr", scheme = "se.personnummer" }]\n'
    )
    settings.OIDC = toml
    assert read(*where())["skolid"].level(None) is Level.LOW
    wrongs: list[dict[str, object]] = [
        {"issuer": "http://login.example"},
        {"levels": {}},
        {"unknown": 1},
        {"scope": "profile"},
    ]
    for wrong in wrongs:
        given = json.loads(provider().model_dump_json()) | wrong
        file = tmp_path / f"{next(iter(wrong))}.json"
        file.write_text(json.dumps({"providers": {"skolid": given}}))
        with pytest.raises(NotSetUp):
            read(file, 1)
