"""A ceremony from start to evidence, and every way it can end otherwise."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.kernel.proofs.bankid import verify_bankid
from testamur.trust.signing import actions, queries, returns, steps
from testamur.trust.signing.methods.bankid import client as api
from testamur.trust.signing.methods.bankid.settings import NotSetUp
from testamur.trust.signing.methods.bankid.simulator.magic import NUMBERS, Mishap
from testamur.trust.signing.methods.bankid.simulator.requests import Person
from testamur.trust.signing.methods.contract import UnknownMethod
from testamur.trust.signing.methods.simulated import DemoOnly
from testamur.trust.signing.models import Ceremony
from testamur.trust.signing.rules import State
from tests.trust.signing.conftest import BROWSER, OLE, ORGANISATION, RUT, Clock, documents, signer, started

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings as SettingsWrapper

    from testamur.trust.signing.methods.bankid.simulator.server import Simulator
    from testamur.trust.signing.queries import CeremonyView

pytestmark = pytest.mark.django_db


def begun(by: Actor, clock: Clock, *, person: Person = RUT, count: int = 3) -> actions.CeremonyId:
    ceremony = started(by, clock.now, person=person, count=count)
    actions.begin(by=by, ceremony=ceremony, device=BROWSER, now=clock.now)
    return ceremony


def scanned(by: Actor, clock: Clock, bankid: Simulator, *, person: Person = RUT) -> actions.CeremonyId:
    """Begun, and the person's telephone has read the code off the screen."""
    ceremony = begun(by, clock, person=person)
    bankid.phone(person).scan(queries.start_view(ceremony, by=by, now=clock.now).qr)
    return ceremony


def collected(by: Actor, ceremony: actions.CeremonyId, clock: Clock) -> CeremonyView:
    clock.forward(2)
    return actions.collect(by=by, ceremony=ceremony, now=clock.now)


def kinds(ceremony: actions.CeremonyId) -> list[str]:
    return [e.kind for e in Entry.objects.order_by("id") if e.refs.get("ceremony") == str(ceremony)]


@pytest.mark.feature("A8", "A11", "A17", "B10")
def test_one_bankid_signature_gives_every_document_its_own_evidence(
    rut: Actor, bankid: Simulator, clock: Clock
) -> None:
    ceremony = begun(rut, clock)
    phone = bankid.phone(RUT)
    view = queries.ceremony(ceremony, by=rut)
    assert phone.scan(queries.start_view(ceremony, by=rut, now=clock.now).qr) == view.visible
    assert collected(rut, ceremony, clock).hint == "userSign"
    phone.approve()
    signed = collected(rut, ceremony, clock)
    assert (signed.state, signed.signed_at) == (State.SIGNED, clock.now - timedelta(seconds=2))
    evidence = dict(queries.evidence_for(ceremony))
    assert len(evidence) == 3
    for one in evidence.values():
        parsed = json.loads(one)
        found = verify_bankid(
            b64decode(parsed["proof"]["signature"]),
            b64decode(parsed["proof"]["ocsp"]),
            roots=bankid.settings.root_ders(),
            expected_nonvisible=signed.header,
            expected_visible=signed.visible.encode(),
        )
        assert found.personal_number == RUT.personal_number
    assert kinds(ceremony) == [f"signing.ceremony.{what}/1" for what in ("started", "begun", "signed")]


@pytest.mark.feature("A13")
def test_a_single_document_is_signed_the_same_way(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    ceremony = begun(rut, clock, count=1)
    phone = bankid.phone(RUT)
    phone.scan(queries.start_view(ceremony, by=rut, now=clock.now).qr)
    phone.approve()
    assert collected(rut, ceremony, clock).state == State.SIGNED
    ((record, evidence),) = queries.evidence_for(ceremony)
    assert json.loads(evidence)["path"] == []
    assert json.loads(evidence)["leaf"]["record"] == f"urn:uuid:{record}"


@pytest.mark.feature("B12")
def test_with_bankid_nobody_is_sent_a_code(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    ceremony = begun(rut, clock)
    row = Ceremony.objects.get(pk=ceremony)
    assert set(row.start_data or {}) == {"auto_start_token", "qr_start_token", "qr_start_secret"}


@pytest.mark.feature("B11")
def test_somebody_elses_telephone_cannot_take_the_order_up(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    ceremony = begun(rut, clock)
    code = queries.start_view(ceremony, by=rut, now=clock.now).qr
    with pytest.raises(Exception, match="another person"):
        bankid.phone(OLE).scan(code)
    assert collected(rut, ceremony, clock).state == State.PENDING


@pytest.mark.feature("B11")
def test_the_evidence_of_another_person_signs_nothing_and_is_not_kept(
    rut: Actor, bankid: Simulator, clock: Clock
) -> None:
    person = Person(NUMBERS[Mishap.OTHER_PERSON], "Rut", "Exempel")
    ceremony = begun(rut, clock, person=person)
    phone = bankid.phone(person)
    phone.scan(queries.start_view(ceremony, by=rut, now=clock.now).qr)
    phone.approve()
    view = collected(rut, ceremony, clock)
    assert (view.state, view.hint) == (State.FAILED, "otherPerson")
    assert queries.message(view)[0] == "T1"
    row = Ceremony.objects.get(pk=ceremony)
    assert (row.answer, row.evidence, row.start_data) == (None, None, None)
    with pytest.raises(queries.NotSigned):
        queries.evidence_for(ceremony)


@pytest.mark.parametrize(
    ("mishap", "reason"),
    [
        (Mishap.OTHER_TEXT, "bankid.visible"),
        (Mishap.OTHER_DATA, "bankid.nonvisible"),
        (Mishap.IDENTIFICATION, "bankid.function"),
        (Mishap.REVOKED, "bankid.ocsp.revoked"),
        (Mishap.FOREIGN_OCSP, "bankid.ocsp.other_signature"),
        (Mishap.FOREIGN_ROOT, "chain."),
        (Mishap.BROKEN_XML, "bankid.digest"),
    ],
)
def test_evidence_that_does_not_hold_signs_nothing(
    rut: Actor, bankid: Simulator, clock: Clock, mishap: Mishap, reason: str
) -> None:
    person = Person(NUMBERS[mishap], "Rut", "Exempel")
    ceremony = begun(rut, clock, person=person)
    phone = bankid.phone(person)
    phone.scan(queries.start_view(ceremony, by=rut, now=clock.now).qr)
    phone.approve()
    view = collected(rut, ceremony, clock)
    assert (view.state, view.hint) == (State.FAILED, "evidenceRefused")
    last = Entry.objects.latest("id")
    assert last.kind == "signing.ceremony.ended/1"
    assert last.refs["why"].startswith(reason)
    assert set(last.refs) == {"ceremony", "state", "hint", "method", "why", "answer_sha256"}


@pytest.mark.parametrize(
    ("mishap", "state", "message_id"),
    [
        (Mishap.USER_CANCEL, State.CANCELLED, "RFA6"),
        (Mishap.EXPIRED, State.EXPIRED, "RFA8"),
        (Mishap.CERTIFICATE_ERROR, State.FAILED, "RFA16"),
        (Mishap.CANCELLED, State.CANCELLED, "RFA3"),
        (Mishap.START_FAILED, State.EXPIRED, "RFA17B"),
        (Mishap.DECLINED_CALL, State.CANCELLED, "T5"),
        (Mishap.OLD_APP, State.FAILED, "T6"),
        (Mishap.RISK, State.FAILED, "T7"),
        (Mishap.UNKNOWN_FAILED, State.FAILED, "RFA22"),
    ],
)
def test_every_way_an_order_fails_ends_the_ceremony_with_a_message(
    rut: Actor, bankid: Simulator, clock: Clock, mishap: Mishap, state: State, message_id: str
) -> None:
    ceremony = scanned(rut, clock, bankid, person=Person(NUMBERS[mishap]))
    view = collected(rut, ceremony, clock)
    assert (view.state, queries.message(view)[0]) == (state, message_id)
    assert view.ended == clock.now


def test_a_hint_nobody_has_heard_of_keeps_the_ceremony_going(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    person = Person(NUMBERS[Mishap.UNKNOWN_PENDING])
    ceremony = begun(rut, clock, person=person)
    phone = bankid.phone(person)
    phone.scan(queries.start_view(ceremony, by=rut, now=clock.now).qr)
    view = collected(rut, ceremony, clock)
    assert (view.state, view.hint, queries.message(view)[0]) == (State.PENDING, "somethingNewPending", "RFA21")
    phone.approve()
    assert collected(rut, ceremony, clock).state == State.SIGNED


def test_who_declines_in_the_app_has_not_signed(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    ceremony = begun(rut, clock)
    phone = bankid.phone(RUT)
    phone.scan(queries.start_view(ceremony, by=rut, now=clock.now).qr)
    phone.decline()
    assert collected(rut, ceremony, clock).state == State.CANCELLED


def test_a_code_that_nobody_scans_expires(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    ceremony = begun(rut, clock)
    clock.forward(40)
    assert collected(rut, ceremony, clock).state == State.EXPIRED


def test_cancelling_withdraws_the_order_at_bankid_too(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    ceremony = begun(rut, clock)
    code = queries.start_view(ceremony, by=rut, now=clock.now).qr
    assert actions.cancel(by=rut, ceremony=ceremony, now=clock.now).state == State.CANCELLED
    with pytest.raises(Exception, match="over"):
        bankid.phone(RUT).scan(code)
    assert actions.cancel(by=rut, ceremony=ceremony, now=clock.now).state == State.CANCELLED
    assert kinds(ceremony).count("signing.ceremony.ended/1") == 1


def test_the_service_down_at_start_is_told_and_can_be_tried_again(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    ceremony = started(rut, clock.now)
    bankid.orders.down = True
    with pytest.raises(api.Unavailable) as caught:
        actions.begin(by=rut, ceremony=ceremony, device=BROWSER, now=clock.now)
    assert caught.value.message_id == "RFA5"
    bankid.orders.down = False
    assert actions.begin(by=rut, ceremony=ceremony, device=BROWSER, now=clock.now).state == State.PENDING


def test_the_service_down_while_waiting_is_no_error(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    person = Person(NUMBERS[Mishap.COLLECT_MAINTENANCE])
    ceremony = begun(rut, clock, person=person)
    phone = bankid.phone(person)
    phone.scan(queries.start_view(ceremony, by=rut, now=clock.now).qr)
    phone.approve()
    assert collected(rut, ceremony, clock).state == State.PENDING
    assert collected(rut, ceremony, clock).state == State.SIGNED


def test_a_service_that_never_comes_back_ends_the_ceremony(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    ceremony = begun(rut, clock)
    bankid.orders.down = True
    clock.forward(700)
    assert collected(rut, ceremony, clock).state == State.EXPIRED


def test_after_already_in_progress_the_person_can_try_again(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    first, second = begun(rut, clock), started(rut, clock.now)
    with pytest.raises(api.AlreadyInProgress):
        actions.begin(by=rut, ceremony=second, device=BROWSER, now=clock.now)
    assert collected(rut, first, clock).state == State.CANCELLED
    assert actions.begin(by=rut, ceremony=second, device=BROWSER, now=clock.now).state == State.PENDING


def test_polling_from_many_tabs_asks_bankid_at_its_own_pace(
    rut: Actor, bankid: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ceremony = begun(rut, clock)
    asked: list[object] = []
    answer = bankid.orders.collect

    def counted(body: dict[str, object], party: str) -> dict[str, object]:
        asked.append(body)
        return answer(body, party=party)

    monkeypatch.setattr(bankid.orders, "collect", counted)
    clock.forward(2)
    for _ in range(20):
        assert actions.collect(by=rut, ceremony=ceremony, now=clock.now).state == State.PENDING
    assert len(asked) == 1


def test_the_return_address_carries_a_nonce_that_only_this_ceremony_knows(
    rut: Actor, bankid: Simulator, clock: Clock
) -> None:
    ceremony = started(rut, clock.now)
    same = replace(BROWSER, return_url="https://skola.example/sign/back?nonce={nonce}")
    view = actions.begin(by=rut, ceremony=ceremony, device=same, now=clock.now)
    (order,) = bankid.orders._orders.values()
    nonce = order.return_url.rpartition("nonce=")[2]
    assert len(nonce) >= 32
    assert queries.came_back(ceremony, by=rut, nonce=nonce)
    assert not queries.came_back(ceremony, by=rut, nonce=nonce[:-1] + "!")
    assert not queries.came_back(ceremony, by=Actor(uuid4(), "bankid"), nonce=nonce)
    assert (view.same_device, queries.message(replace(view, hint="outstandingTransaction"))[0]) == (True, "RFA13")
    link = queries.start_view(ceremony, by=rut, now=clock.now).app_link
    assert bankid.phone(RUT).open(link) == view.visible


def test_a_return_address_without_a_nonce_is_refused(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    ceremony = started(rut, clock.now)
    with pytest.raises(returns.NoNonce):
        actions.begin(
            by=rut, ceremony=ceremony, device=replace(BROWSER, return_url="https://skola.example/"), now=clock.now
        )
    assert actions.begin(by=rut, ceremony=ceremony, device=BROWSER, now=clock.now).state == State.PENDING


def test_a_signer_on_the_telephone_needs_no_code_on_a_screen(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    ceremony = started(rut, clock.now)
    actions.begin(by=rut, ceremony=ceremony, device=replace(BROWSER, by_phone=True), now=clock.now)
    assert queries.start_view(ceremony, by=rut, now=clock.now).qr == ""
    phone = bankid.phone(RUT)
    phone.answer_call()
    phone.approve()
    assert collected(rut, ceremony, clock).state == State.SIGNED


# --- who may what --------------------------------------------------------------------------------


def test_only_who_holds_the_grant_starts_begins_collects_and_cancels(
    rut: Actor, bankid: Simulator, clock: Clock
) -> None:
    elsewhere = Actor(uuid4(), "bankid", (Grant("principal", "/annanstad/", ("signing.*",)),))
    ceremony = started(rut, clock.now)
    with pytest.raises(NotAllowed):
        started(elsewhere, clock.now)
    with pytest.raises(NotAllowed):
        actions.begin(by=elsewhere, ceremony=ceremony, device=BROWSER, now=clock.now)
    with pytest.raises(NotAllowed):
        actions.collect(by=elsewhere, ceremony=ceremony, now=clock.now)
    with pytest.raises(NotAllowed):
        actions.cancel(by=elsewhere, ceremony=ceremony, now=clock.now)
    with pytest.raises(NotFound):
        queries.ceremony(ceremony, by=elsewhere)
    assert queries.ceremony(ceremony, by=rut).state == State.STARTED


def test_qr_codes_are_for_the_signers_own_browser(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    ceremony = begun(rut, clock)
    colleague = Actor(uuid4(), "bankid", (Grant("principal", "/", ("*",)),))
    with pytest.raises(NotFound):
        queries.start_view(ceremony, by=colleague, now=clock.now)


def test_the_journal_holds_no_name_number_or_text(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    ceremony = begun(rut, clock)
    actions.cancel(by=rut, ceremony=ceremony, now=clock.now)
    written = json.dumps([e.refs for e in Entry.objects.all()])
    assert "Rut" not in written
    assert RUT.personal_number not in written
    assert "skriver" not in written


# --- methods -------------------------------------------------------------------------------------


def test_bankid_needs_a_swedish_number(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    with pytest.raises(actions.WrongScheme):
        actions.start(
            by=rut,
            organisation=ORGANISATION,
            path="/finsta/",
            signer=replace(signer(), scheme="bg.egn"),
            role="principal",
            method="bankid",
            documents=documents(1),
            locale="bg",
            now=clock.now,
        )


@pytest.mark.feature("A10")
def test_methods_come_from_a_table_and_an_unknown_one_is_refused(
    rut: Actor, clock: Clock, settings: SettingsWrapper
) -> None:
    with pytest.raises(UnknownMethod):
        started(rut, clock.now, method="pigeon")
    settings.SIGNING_METHODS = {"pigeon": "testamur.trust.signing.methods.simulated.configured"}
    started(rut, clock.now, method="pigeon")


def test_an_installation_without_bankid_says_which_settings_are_missing(
    rut: Actor, clock: Clock, settings: SettingsWrapper
) -> None:
    settings.BANKID = dict.fromkeys(("url", "client_certificate", "server_root", "signature_roots"))
    with pytest.raises(NotSetUp, match="TESTAMUR_BANKID_URL, TESTAMUR_BANKID_CLIENT_CERTIFICATE"):
        started(rut, clock.now)


def test_the_simulated_e_id_does_not_exist_outside_a_demo(rut: Actor, clock: Clock, settings: SettingsWrapper) -> None:
    settings.MODE = "production"
    with pytest.raises(DemoOnly):
        started(rut, clock.now, method="simulated")


# --- background ----------------------------------------------------------------------------------


def test_the_sweep_collects_what_no_browser_waits_for(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    ceremony = begun(rut, clock)
    phone = bankid.phone(RUT)
    phone.scan(queries.start_view(ceremony, by=rut, now=clock.now).qr)
    phone.approve()
    worker = Actor(uuid4(), "step", (Grant("worker", "/", ("signing.ceremony.collect", "signing.ceremony.expire")),))
    assert steps.sweep(by=worker, now=clock.forward(2)) == 1
    assert queries.ceremony(ceremony, by=rut).state == State.SIGNED
    assert steps.sweep(by=worker, now=clock.forward(2)) == 0
    assert queries.open_for(rut.id) == []


def test_the_sweep_ends_ceremonies_that_were_never_begun(rut: Actor, clock: Clock) -> None:
    ceremony = started(rut, clock.now, method="simulated")
    assert steps.sweep(by=rut, now=clock.forward(1700)) == 0
    assert steps.sweep(by=rut, now=clock.forward(200)) == 1
    assert queries.ceremony(ceremony, by=rut).state == State.EXPIRED
