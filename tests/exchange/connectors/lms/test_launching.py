"""Launches: what is believed once, and what is not."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA512, HashAlgorithm
from joserfc.jwk import RSAKey

from testamur.exchange.connectors.lms import actions, launching, trusting
from testamur.exchange.connectors.lms.rules import AddressRefused, Launch, LaunchRefused, NewPlatform, must_be_asked
from testamur.exchange.connectors.lms.wire import PlatformFailed
from testamur.exchange.connectors.models import LtiNonce
from testamur.kernel.base.refused import NotAllowed, NotFound
from tests.exchange.connectors.lms.conftest import Room
from tests.gateways.lms import CLAIM, ROLE, Platform
from tests.schoolday.reporting.university import University

OURS = "https://testamur.example/lti/launch"


def _begin(room: Room, **change: str) -> launching.Begun:
    room.platform.redirect_uris = (OURS,)
    given = room.platform.begins(OURS) | change
    return launching.begin(
        issuer=given["iss"], login_hint=given["login_hint"], target=given["target_link_uri"], launch=OURS,
        client_id=given["client_id"], message_hint=given["lti_message_hint"], now=room.university.now,
    )  # fmt: skip


def _land(room: Room, form: dict[str, str], *, cookie: str | None = None, later: timedelta = timedelta()) -> Launch:
    now = room.university.now + later
    given = form["state"] if cookie is None else cookie
    return launching.land(state=form["state"], token=form["id_token"], cookie=given, launch=OURS, now=now)[1]


def _why(room: Room, form: dict[str, str], **given: Any) -> str:
    with pytest.raises(LaunchRefused) as refused:
        _land(room, form, **given)
    return str(refused.value.found["why"])


@pytest.mark.feature("B31")
def test_a_teacher_is_launched_from_a_course_room(moodle: Room, canvas: Room) -> None:
    for room in (moodle, canvas):
        launch = _land(room, room.platform.launch(_begin(room).go))
        assert launch == Launch("42", "DV1574 Databasteknik", room.platform.members_url(), room.platform.items_url())


def test_a_launch_is_believed_once(moodle: Room) -> None:
    form = moodle.platform.launch(_begin(moodle).go)
    _land(moodle, form)
    assert _why(moodle, form) == "state"


def test_a_launch_that_failed_is_over_too(moodle: Room) -> None:
    begun = _begin(moodle)
    right = moodle.platform.launch(begun.go)
    wrong = moodle.platform.launch(begun.go, change={"nonce": "x" * 43})
    assert _why(moodle, wrong) == "nonce"
    assert _why(moodle, right) == "state"


def test_a_launch_belongs_to_the_browser_and_the_minutes_in_which_it_began(moodle: Room) -> None:
    form = moodle.platform.launch(_begin(moodle).go)
    assert _why(moodle, form, cookie="") == "browser"
    assert _why(moodle, form, cookie=_begin(moodle).state) == "browser"
    assert _why(moodle, form, later=timedelta(minutes=11)) == "state"
    assert _why(moodle, {**form, "state": "x" * 43}) == "state"


def test_a_nonce_of_one_launch_opens_no_other(moodle: Room) -> None:
    first, second = _begin(moodle), _begin(moodle)
    form = moodle.platform.launch(first.go)
    assert _why(moodle, {**form, "state": second.state}) == "nonce"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"iss": "https://elsewhere.example"}, "iss"),
        ({"aud": "another"}, "aud"),
        ({"aud": ["10000000000007", "another"]}, "azp"),
        ({"azp": "another"}, "azp"),
        ({"exp": 1}, "exp"),
        ({"exp": "9" * 12}, "exp"),
        ({"exp": True}, "exp"),
        ({"iat": 1}, "iat"),
        ({"nonce": None}, "nonce"),
        ({"sub": ""}, "sub"),
        ({f"{CLAIM}deployment_id": "4"}, "deployment_id"),
        ({f"{CLAIM}version": "1.1"}, "version"),
        ({f"{CLAIM}message_type": "LtiDeepLinkingRequest"}, "message_type"),
        ({f"{CLAIM}target_link_uri": "https://testamur.example/other"}, "target_link_uri"),
        ({f"{CLAIM}roles": [f"{ROLE}#Learner"]}, "not_teacher"),
        ({f"{CLAIM}roles": "Instructor"}, "not_teacher"),
        ({f"{CLAIM}roles": ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"]}, "not_teacher"),
        ({f"{CLAIM}context": {"id": "x" * 300}}, "context"),
        ({f"{CLAIM}context": "42"}, "context"),
    ],
)
def test_a_launch_with_a_wrong_claim_is_not_believed(moodle: Room, change: dict[str, Any], why: str) -> None:
    assert _why(moodle, moodle.platform.launch(_begin(moodle).go, change=change)) == why


@pytest.mark.parametrize("name", ["exp", "iat", "sub", "nonce", "aud", f"{CLAIM}deployment_id", f"{CLAIM}context"])
def test_a_launch_without_a_claim_that_it_needs_is_not_believed(moodle: Room, name: str) -> None:
    assert _why(moodle, moodle.platform.launch(_begin(moodle).go, without=(name,))) in name


def _by_hand(header: dict[str, Any], claims: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """A token that no library would make."""
    coded = b".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (header, claims))
    return b".".join((coded, base64.urlsafe_b64encode(sign(coded)).rstrip(b"="))).decode()


def _rsa(key: RSAKey, hashed: HashAlgorithm) -> Callable[[bytes], bytes]:
    return lambda data: key.private_key.sign(data, PKCS1v15(), hashed)  # type: ignore[union-attr]


def _none(_platform: Platform, claims: dict[str, Any]) -> str:
    return _by_hand({"alg": "none", "typ": "JWT"}, claims, lambda _data: b"")


def _shared(platform: Platform, claims: dict[str, Any]) -> str:
    """Signed with the platform's public key as if it were a shared secret."""
    public = platform.key.as_pem(private=False)
    header = {"alg": "HS256", "kid": platform.key.kid}
    return _by_hand(header, claims, lambda data: hmac.digest(public, data, "sha256"))


def _forged(platform: Platform, claims: dict[str, Any]) -> str:
    return platform.signed(claims, RSAKey.generate_key(2048))


def _own_key(platform: Platform, claims: dict[str, Any]) -> str:
    """Signed with a key that the token brings along."""
    mine = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "kid": platform.key.kid, "jwk": mine.as_dict(private=False)}
    return _by_hand(header, claims, _rsa(mine, SHA256()))


def _unknown_key(_platform: Platform, claims: dict[str, Any]) -> str:
    return _by_hand({"alg": "RS256", "kid": "unknown"}, claims, _rsa(RSAKey.generate_key(2048), SHA256()))


def _other_algorithm(platform: Platform, claims: dict[str, Any]) -> str:
    return _by_hand({"alg": "RS512", "kid": platform.key.kid}, claims, _rsa(platform.key, SHA512()))


def _cut(platform: Platform, claims: dict[str, Any]) -> str:
    return platform.signed(claims)[:-8]


def _garbage(_platform: Platform, _claims: dict[str, Any]) -> str:
    return "<script>.a.b"


@pytest.mark.parametrize(
    ("sign", "why"),
    [
        (_none, "signature"),
        (_shared, "signature"),
        (_forged, "signature"),
        (_own_key, "token"),  # a header with a key in it is longer than any platform writes
        (_unknown_key, "key"),
        (_other_algorithm, "signature"),
        (_cut, "signature"),
        (_garbage, "token"),
    ],
)
def test_a_launch_that_the_platform_did_not_sign_is_not_believed(
    moodle: Room, sign: Callable[[Platform, dict[str, Any]], str], why: str
) -> None:
    form = moodle.platform.launch(_begin(moodle).go, sign=lambda claims: sign(moodle.platform, claims))
    assert _why(moodle, form) == why


@pytest.mark.filterwarnings("ignore:Key size should be")
def test_a_key_of_the_platform_that_is_too_short_is_no_key(moodle: Room) -> None:
    short = RSAKey.generate_key(1024)
    moodle.platform.key = RSAKey.import_key(short.as_dict(private=True), {"kid": "short"})
    assert _why(moodle, moodle.platform.launch(_begin(moodle).go)) == "key"


def test_a_platform_that_changed_its_key_is_asked_for_it_once_in_a_while(
    moodle: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = moodle.platform
    _land(moodle, platform.launch(_begin(moodle).go))
    _land(moodle, platform.launch(_begin(moodle).go))
    assert platform.asked.count("GET /jwks") == 1, "the key is kept"
    new = RSAKey.generate_key(2048)
    platform.key = RSAKey.import_key(new.as_dict(private=True), {"kid": new.thumbprint()})
    assert _why(moodle, platform.launch(_begin(moodle).go)) == "key", "within half a minute nobody is asked again"
    assert platform.asked.count("GET /jwks") == 1
    monkeypatch.setattr(trusting, "AGAIN", 0.0)
    _land(moodle, platform.launch(_begin(moodle).go))
    assert platform.asked.count("GET /jwks") == 2


def test_a_platform_whose_keys_cannot_be_read_launches_nobody(moodle: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    form = moodle.platform.launch(_begin(moodle).go)
    monkeypatch.setattr(Platform, "answer", lambda *_a: (200, {"Content-Type": "text/html"}, b"<h1>Hello</h1>"))
    with pytest.raises(PlatformFailed):
        _land(moodle, form)


def test_a_service_on_a_host_that_nobody_entered_is_refused_at_the_launch(moodle: Room) -> None:
    claim = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
    for url in ("http://127.0.0.1:9/inside", "file:///etc/passwd", moodle.platform.url.replace("127", "admin@127")):
        form = moodle.platform.launch(_begin(moodle).go, change={claim: {"context_memberships_url": url}})
        assert _why(moodle, form) == "service_host"
    both = (claim, "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint")
    assert _why(moodle, moodle.platform.launch(_begin(moodle).go, without=both)) == "no_services"


def test_only_a_platform_in_use_begins_a_launch_and_only_of_our_own_address(moodle: Room) -> None:
    for change in (
        {"iss": "https://elsewhere.example"}, {"client_id": "another"}, {"target_link_uri": "https://evil.example/"},
        {"login_hint": ""}, {"login_hint": "x" * 3000},
    ):  # fmt: skip
        with pytest.raises(LaunchRefused):
            _begin(moodle, **change)
    form = moodle.platform.launch(_begin(moodle).go)
    u = moodle.university
    actions.end_platform(by=u.actor("university_administrator", admin_mode=True), platform=moodle.id, now=u.now)
    assert _why(moodle, form) == "platform"
    with pytest.raises(LaunchRefused):
        _begin(moodle)


def test_launches_that_nobody_ends_do_not_fill_the_table(moodle: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launching, "MOST", 3)
    for _ in range(3):
        _begin(moodle)
    with pytest.raises(LaunchRefused):
        _begin(moodle)
    assert launching.tidy(now=moodle.university.now + timedelta(hours=25)) == 3
    assert LtiNonce.objects.count() == 0


def test_the_office_in_administrator_mode_enters_platforms_and_nobody_else(university: University) -> None:
    u = university
    told: dict[str, Any] = {
        "issuer": "https://lms.example", "client_id": "1", "auth_url": "https://lms.example/auth",
        "token_url": "https://lms.example/token", "jwks_url": "https://lms.example/jwks",
    }  # fmt: skip
    new = NewPlatform(u.path, "Moodle", **told)
    for name in ("university_administrator", "teacher", "rector", "registrar"):
        with pytest.raises(NotAllowed):
            actions.add_platform(by=u.actor(name), new=new, now=u.now)
    admin = u.actor("university_administrator", admin_mode=True)
    actions.add_platform(by=admin, new=new, now=u.now)
    with pytest.raises(actions.PlatformTwice):
        actions.add_platform(by=admin, new=new, now=u.now)
    wrong: list[tuple[dict[str, Any], type[Exception]]] = [
        ({"name": ""}, actions.PlatformInvalid),
        ({"client_id": "x" * 201}, actions.PlatformInvalid),
        ({"jwks_url": "http://lms.example/jwks"}, AddressRefused),
        ({"token_url": "ftp://lms.example"}, AddressRefused),
        ({"auth_url": "https://"}, AddressRefused),
    ]
    for change, kind in wrong:
        given = {"name": "Moodle", **told, "client_id": "2", **change}
        with pytest.raises(kind):
            actions.add_platform(by=admin, new=NewPlatform(u.path, **given), now=u.now)


def test_a_room_is_linked_by_who_reports_there_and_moved_by_who_reports_at_both_places(moodle: Room) -> None:
    u = moodle.university
    launch = Launch("42", "Rum", moodle.platform.members_url(), "")
    economy = u.occasions["IY1430"]

    def link(name: str, occasion: object) -> None:
        actions.link_room(by=u.actor(name), platform=moodle.id, launch=launch, occasion=occasion, now=u.now)  # type: ignore[arg-type]

    with pytest.raises(NotAllowed):
        link("teacher", economy)
    with pytest.raises(NotAllowed):
        link("economy_teacher", economy)
    with pytest.raises(NotFound):
        link("teacher", u.authority)
    actions.unlink_room(by=u.actor("teacher"), room=moodle.room, now=u.now)
    link("economy_teacher", economy)
    with pytest.raises(NotAllowed):
        actions.unlink_room(by=u.actor("teacher"), room=moodle.room, now=u.now)


def test_http_is_taken_on_loopback_in_a_demonstration_alone() -> None:
    must_be_asked("http://127.0.0.1:8080/x", loopback=True)
    must_be_asked("https://lms.example/x")
    for url in (
        "http://127.0.0.1/x", "http://lms.example/x", "https://u:p@lms.example/x", "https://lms.example/x#y",
        "https://lms.example/ x", "https://lms.example:99999/", "//lms.example", "https://[::1", "",
        "https://lms.example\\@evil.example/",
    ):  # fmt: skip
        with pytest.raises(AddressRefused):
            must_be_asked(url)
