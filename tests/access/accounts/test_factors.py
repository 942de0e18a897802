"""Second factors of one's own: passkeys, authenticator app, codes on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pyotp
import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.access.accounts import actions, queries
from testamur.access.accounts.methods.hiding import SecretLost
from testamur.access.accounts.models import RecoveryCode, Totp
from testamur.access.accounts.rules import Level, NotFoundYet
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from tests.access.authenticator import Authenticator
from tests.access.conftest import DOORKEEPER, HERE, NOW, OLE, registered

pytestmark = pytest.mark.django_db
ORIGIN = HERE.origin


def tried(method: str, given: dict[str, str], *, login: UUID | None = None, after: int = 0) -> queries.AttemptView:
    now = NOW + timedelta(seconds=after)
    attempt = actions.begin(by=DOORKEEPER, method=method, browser=HERE, login=login, now=now).id
    return actions.proceed(by=DOORKEEPER, attempt=attempt, browser=HERE.known, given=given, now=now)


def with_app(person: UUID) -> tuple[str, tuple[str, ...]]:
    me = Actor(person, "bankid")
    sealed, secret, address = queries.totp_offer(by=me, name="Rut Exempel")
    assert address.startswith("otpauth://totp/Testamur:Rut%20Exempel?secret=")
    codes = actions.add_totp(by=me, sealed=sealed, code=pyotp.TOTP(secret).at(NOW), now=NOW)
    assert secret not in Totp.objects.get().secret
    return secret, codes


def weak(person: UUID) -> UUID:
    return actions.sign_in(by=DOORKEEPER, person=person, method="sms", level=Level.LOW, now=NOW)


def test_a_code_of_the_app_raises_a_weak_login_and_works_once(rut: UUID) -> None:
    secret, _ = with_app(rut)
    login = weak(rut)
    later = NOW + timedelta(seconds=60)
    fresh = pyotp.TOTP(secret).at(later)
    assert tried("totp", {"code": pyotp.TOTP(secret).at(NOW)}, login=login).state == "failed", "used when set up"
    view = tried("totp", {"code": fresh}, login=login, after=60)
    assert view.state == "found"
    entered = actions.finish(by=DOORKEEPER, attempt=view.id, browser=HERE, former=login, now=later)
    risen = queries.login(entered.login, now=later)
    assert risen is not None
    assert (risen.level, risen.method) == (Level.SUBSTANTIAL, "totp")
    assert queries.login(login, now=later) is None
    assert tried("totp", {"code": fresh}, login=entered.login, after=61).state == "failed", "used before"
    with pytest.raises(NotFoundYet):
        tried("totp", {"code": fresh})


def test_a_wrong_first_code_sets_nothing_up_and_another_person_cannot_use_the_form(rut: UUID) -> None:
    me = Actor(rut, "bankid")
    sealed, secret, _ = queries.totp_offer(by=me, name="Rut")
    with pytest.raises(actions.CodeWrong):
        actions.add_totp(by=me, sealed=sealed, code="000000 ", now=NOW)
    with pytest.raises(SecretLost):
        actions.add_totp(by=Actor(UUID(int=9), "x"), sealed=sealed, code=pyotp.TOTP(secret).at(NOW), now=NOW)
    assert not Totp.objects.exists()


def test_codes_on_paper_work_once_each_and_are_kept_as_hashes(rut: UUID) -> None:
    _, codes = with_app(rut)
    assert len(set(codes)) == 10
    login = weak(rut)
    digests = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert not digests & set(codes)
    assert tried("recovery", {"code": codes[0].upper().replace("-", " ")}, login=login).state == "found"
    assert tried("recovery", {"code": codes[0]}, login=login).state == "failed"
    me = Actor(rut, "bankid")
    assert queries.factors(by=me).recovery_left == 9
    actions.renew_recovery_codes(by=me, now=NOW)
    assert tried("recovery", {"code": codes[1]}, login=login).state == "failed"
    actions.remove_totp(by=me, now=NOW)
    assert "recovery" not in {way.method for way in queries.ways(person=rut)}
    with pytest.raises(NotFound):
        actions.remove_totp(by=me, now=NOW)


def made(person: UUID, device: Authenticator) -> UUID:
    me = Actor(person, "bankid")
    options, state = queries.passkey_options(by=me, origin=ORIGIN, name="Rut Exempel")
    response = device.make(options)
    return actions.add_passkey(by=me, origin=ORIGIN, state=state, response=response, name="Telefon", now=NOW)


def asked(login: UUID | None = None) -> tuple[UUID, Any]:
    attempt = actions.begin(by=DOORKEEPER, method="passkey", browser=HERE, login=login, now=NOW).id
    return attempt, queries.shown(attempt, browser=HERE.known, mobile=False, locale="sv", now=NOW).options


def answered(attempt: UUID, response: str) -> str:
    view = actions.proceed(by=DOORKEEPER, attempt=attempt, browser=HERE.known, given={"response": response}, now=NOW)
    return str(view.state)


def test_a_passkey_logs_in_with_two_factors(rut: UUID) -> None:
    device = Authenticator(ORIGIN)
    made(rut, device)
    attempt, options = asked()
    assert options["userVerification"] == "required"
    assert not options.get("allowCredentials")
    assert answered(attempt, device.use(options)) == "found"
    login = actions.finish(by=DOORKEEPER, attempt=attempt, browser=HERE, former=None, now=NOW).login
    view = queries.login(login, now=NOW)
    assert view is not None
    assert (view.person, view.level) == (rut, Level.SUBSTANTIAL)
    attempt, options = asked(login)
    assert len(options["allowCredentials"]) == 1
    assert answered(attempt, device.use(options)) == "found"


def test_a_passkey_of_another_place_or_without_verification_or_copied_is_refused(rut: UUID) -> None:
    device = Authenticator(ORIGIN)
    made(rut, device)
    attempt, options = asked()
    response = device.use(options)
    assert answered(attempt, response) == "found"
    assert answered(asked()[0], response) == "failed", "the challenge of another try"
    attempt, options = asked()
    device.origin = "https://skola.example.evil.example"
    assert answered(attempt, device.use(options)) == "failed"
    attempt, options = asked()
    device.origin, device.verifies = ORIGIN, False
    assert answered(attempt, device.use(options)) == "failed"
    attempt, options = asked()
    device.verifies, device.count = True, 0
    assert answered(attempt, device.use(options)) == "failed", "its counter went back"
    attempt, options = asked()
    assert answered(attempt, Authenticator(ORIGIN).use(options)) == "failed"
    assert answered(asked()[0], "{}") == "failed"
    assert answered(asked()[0], "[") == "failed"


def test_a_passkey_is_made_with_verification_and_forgotten_by_its_owner(rut: UUID) -> None:
    with pytest.raises(actions.PasskeyRefused):
        made(rut, Authenticator(ORIGIN, verifies=False))
    with pytest.raises(actions.PasskeyRefused):
        made(rut, Authenticator("https://evil.example"))
    device = Authenticator(ORIGIN)
    passkey = made(rut, device)
    with pytest.raises(actions.PasskeyRefused):
        made(rut, device)
    ole = registered(OLE, "", "")
    with pytest.raises(NotFound):
        actions.remove_passkey(by=Actor(ole, "bankid"), passkey=passkey, now=NOW)
    actions.remove_passkey(by=Actor(rut, "bankid"), passkey=passkey, now=NOW)
    attempt, options = asked()
    assert answered(attempt, device.use(options)) == "failed"


def test_a_secret_of_another_installation_is_lost(rut: UUID, settings: SettingsWrapper) -> None:
    with_app(rut)
    settings.SECRET_KEY = "another key of another installation"
    with pytest.raises(SecretLost):
        tried("totp", {"code": "123456"}, login=weak(rut))
    assert replace(HERE, origin="https://skola.example:8443").host == "skola.example"
