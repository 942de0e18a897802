"""Logging in with BankID against the simulator over mTLS: pace, evidence, returning, cancelling."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from testamur.access.accounts import actions, queries
from testamur.access.accounts.methods.contract import Browser, MethodRefused
from testamur.access.accounts.models import Attempt
from testamur.access.accounts.rules import OTHER_BROWSER, UNKNOWN_PERSON, Level, NotReturned
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.models import Entry
from testamur.trust.signing.methods.bankid.simulator.magic import NUMBERS, Mishap
from testamur.trust.signing.methods.bankid.simulator.requests import Person
from testamur.trust.signing.methods.bankid.simulator.server import Simulator
from tests.access.conftest import DOORKEEPER, HERE, OLE, RUT, Clock

pytestmark = pytest.mark.django_db
BACK = "https://skola.example/back/{attempt}/?nonce={nonce}"


def begun(clock: Clock, browser: Browser = HERE) -> UUID:
    return actions.begin(by=DOORKEEPER, method="bankid", browser=browser, back=BACK, now=clock.now).id


def looked(attempt: UUID, clock: Clock, seconds: float = 2) -> queries.AttemptView:
    now = clock.forward(seconds)
    return actions.proceed(by=DOORKEEPER, attempt=attempt, browser=HERE.known, now=now)


def code(attempt: UUID, clock: Clock) -> str:
    return queries.shown(attempt, browser=HERE.known, mobile=False, locale="sv", now=clock.now).qr


@pytest.mark.feature("A8", "C14")
def test_a_scanned_code_logs_in_and_leaves_a_digest_alone(rut: UUID, bankid: Simulator, clock: Clock) -> None:
    attempt = begun(clock)
    phone = bankid.phone(RUT)
    first = code(attempt, clock)
    clock.forward(3)
    assert first != code(attempt, clock)
    assert phone.scan(code(attempt, clock)) == "Jag loggar in i Testamur på skola.example."
    assert looked(attempt, clock).hint == "userSign"
    phone.approve()
    assert looked(attempt, clock).state == "found"
    login = actions.finish(by=DOORKEEPER, attempt=attempt, browser=HERE, former=None, now=clock.now).login
    view = queries.login(login, now=clock.now)
    assert view is not None
    assert (view.person, view.level, view.method) == (rut, Level.HIGH, "bankid")
    entry = Entry.objects.get(kind="accounts.login.began/1")
    assert len(entry.refs["evidence"]) == 64
    row = Attempt.objects.get()
    assert row.kept == {}
    assert RUT.personal_number not in str(list(Entry.objects.values_list("refs", flat=True)))


def test_two_tabs_ask_at_bankids_pace_and_once(rut: UUID, bankid: Simulator, clock: Clock) -> None:
    attempt = begun(clock)
    order = next(iter(bankid.orders._orders.values()))
    looked(attempt, clock)
    looked(attempt, clock, 0)
    looked(attempt, clock, 1)
    assert order.collects == 1
    Attempt.objects.update(leased_until=clock.now.replace(hour=9))
    looked(attempt, clock)
    assert order.collects == 1, "another worker holds the lease"


@pytest.mark.parametrize(
    ("mishap", "hint"),
    [
        (Mishap.OTHER_TEXT, "loginEvidenceRefused"),
        (Mishap.OTHER_DATA, "loginEvidenceRefused"),
        (Mishap.REVOKED, "loginEvidenceRefused"),
        (Mishap.FOREIGN_OCSP, "loginEvidenceRefused"),
        (Mishap.FOREIGN_ROOT, "loginEvidenceRefused"),
        (Mishap.BROKEN_XML, "loginEvidenceRefused"),
        (Mishap.OTHER_PERSON, UNKNOWN_PERSON),
        (Mishap.USER_CANCEL, "userCancel"),
        (Mishap.CERTIFICATE_ERROR, "certificateErr"),
    ],
)
def test_nothing_but_good_evidence_of_a_known_person_lets_in(
    db: None, bankid: Simulator, clock: Clock, mishap: Mishap, hint: str
) -> None:
    attempt = begun(clock)
    phone = bankid.phone(Person(NUMBERS[mishap]))
    phone.scan(code(attempt, clock))
    if mishap not in {Mishap.USER_CANCEL, Mishap.CERTIFICATE_ERROR}:
        phone.approve()
    view = looked(attempt, clock)
    assert (view.state, view.hint) == ("failed", hint)
    with pytest.raises(NotFound):
        actions.finish(by=DOORKEEPER, attempt=attempt, browser=HERE, former=None, now=clock.now)


def test_on_the_same_device_the_app_must_bring_the_same_browser_back(
    rut: UUID, bankid: Simulator, clock: Clock
) -> None:
    attempt = begun(clock, replace(HERE, same_device=True))
    order = next(iter(bankid.orders._orders.values()))
    shown = queries.shown(attempt, browser=HERE.known, mobile=True, locale="sv", now=clock.now)
    phone = bankid.phone(RUT)
    phone.open(shown.app_link)
    phone.approve()
    assert looked(attempt, clock).awaits_return
    with pytest.raises(NotReturned):
        actions.finish(by=DOORKEEPER, attempt=attempt, browser=HERE, former=None, now=clock.now)
    nonce = order.return_url.partition("nonce=")[2]
    with pytest.raises(NotFound):
        actions.came_back(by=DOORKEEPER, attempt=attempt, browser=HERE.known, nonce="x" + nonce, now=clock.now)
    assert actions.came_back(by=DOORKEEPER, attempt=attempt, browser=HERE.known, nonce=nonce, now=clock.now)
    assert actions.finish(by=DOORKEEPER, attempt=attempt, browser=HERE, former=None, now=clock.now).anew


def test_a_link_sent_to_somebody_else_lets_nobody_in(rut: UUID, bankid: Simulator, clock: Clock) -> None:
    attempt = begun(clock, replace(HERE, same_device=True))
    order = next(iter(bankid.orders._orders.values()))
    shown = queries.shown(attempt, browser=HERE.known, mobile=True, locale="sv", now=clock.now)
    victim = bankid.phone(RUT)
    victim.open(shown.app_link)
    victim.approve()
    looked(attempt, clock)
    nonce = order.return_url.partition("nonce=")[2]
    assert not actions.came_back(by=DOORKEEPER, attempt=attempt, browser="b" * 64, nonce=nonce, now=clock.now)
    view = queries.attempt(attempt, browser=HERE.known)
    assert view is not None
    assert (view.state, view.hint) == ("failed", OTHER_BROWSER)


def test_somebody_elses_bankid_confirms_nothing(rut: UUID, bankid: Simulator, clock: Clock) -> None:
    from tests.access.conftest import registered

    registered(OLE, "", "")
    login = actions.sign_in(by=DOORKEEPER, person=rut, method="bankid", level=Level.HIGH, now=clock.now)
    attempt = actions.begin(by=DOORKEEPER, method="bankid", browser=HERE, login=login, now=clock.now).id
    phone = bankid.phone(OLE)
    assert phone.scan(code(attempt, clock)).startswith("Jag bekräftar")
    phone.approve()
    view = looked(attempt, clock)
    assert (view.state, view.hint) == ("failed", "loginOtherPerson")
    shown = queries.shown(attempt, browser=HERE.known, mobile=False, locale="sv", now=clock.now)
    assert shown.text == "Det var någon annans BankID. Identifiera dig med ditt eget."


def test_cancelling_reaches_bankid_and_a_down_bankid_says_so(rut: UUID, bankid: Simulator, clock: Clock) -> None:
    attempt = begun(clock)
    actions.cancel(by=DOORKEEPER, attempt=attempt, browser=HERE.known, now=clock.now)
    order = next(iter(bankid.orders._orders.values()))
    assert (order.status, order.gone) == ("failed", True)
    bankid.orders.down = True
    with pytest.raises(MethodRefused) as refused:
        begun(clock)
    assert refused.value.message_id == "RFA5"


def test_an_order_that_nobody_takes_up_ends(rut: UUID, bankid: Simulator, clock: Clock) -> None:
    attempt = begun(clock)
    view = looked(attempt, clock, 31)
    assert (view.state, view.hint) == ("failed", "startFailed")
    shown = queries.shown(attempt, browser=HERE.known, mobile=False, locale="vi", now=clock.now)
    assert (shown.message_id, shown.official, shown.qr) == ("RFA17B", False, "")
