"""Signing with a five-digit code by SMS to the work phone: the right code, and every wrong one."""

from __future__ import annotations

import json
import re
import secrets
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.delivery.models import Message
from testamur.kernel.journal.models import Entry
from testamur.kernel.proofs.jcs import canonical, parse_canonical
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact, NewPerson
from testamur.trust.signing import actions, codes, queries, rules, steps, texts
from testamur.trust.signing.methods import simulated, sms
from testamur.trust.signing.methods.authority import authority
from testamur.trust.signing.methods.contract import EvidenceRefused, Order
from testamur.trust.signing.models import Ceremony, CeremonyDocument
from testamur.trust.signing.rules import SignerIdentity, State
from tests.trust.signing.conftest import BROWSER, ORGANISATION, RUT, Clock, documents
from tests.trust.signing.test_faults import installation

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings as SettingsWrapper

pytestmark = pytest.mark.django_db
WORK, HOME = "+46701740612", "+46701740634"
"""Numbers that the Swedish authority keeps free for stories."""


@pytest.fixture(autouse=True)
def allowed(settings: SettingsWrapper) -> None:
    settings.SIGNING_METHODS = {
        "sms": "testamur.trust.signing.methods.sms.configured",
        "simulated": "testamur.trust.signing.methods.simulated.configured",
    }


def employed(now: Clock, *contacts: tuple[str, str]) -> Actor:
    """An examiner whom the staff directory knows with these telephones (number, label)."""
    new = NewPerson("Rut", "Exempel", contacts=tuple(NewContact(ContactKind.PHONE, n, label) for n, label in contacts))
    person = people.register_persons(by=operator(), path="/finsta/", persons=[new], now=now.now)[0]
    return Actor(person, "bankid", (Grant("examiner", "/finsta/", ("signing.ceremony.*",)),))


@pytest.fixture
def examiner(clock: Clock) -> Actor:
    return employed(clock, (HOME, "home"), (WORK, "work"))


def start(by: Actor, clock: Clock, *, role: str = "examiner", count: int = 3, locale: str = "sv") -> UUID:
    return actions.start(
        by=by,
        organisation=ORGANISATION,
        path="/finsta/ekskolan/",
        signer=SignerIdentity(by.id, "Rut Exempel", "se.personnummer", RUT.personal_number),
        role=role,
        method="sms",
        documents=documents(count),
        locale=locale,
        now=clock.now,
        organisation_name="Ekskolan",
    )


def sent(by: Actor, clock: Clock, *, count: int = 3, locale: str = "sv") -> tuple[UUID, str]:
    """A ceremony whose code is on its way, and the code."""
    ceremony = start(by, clock, count=count, locale=locale)
    actions.begin(by=by, ceremony=ceremony, device=BROWSER, now=clock.now)
    return ceremony, code_of(ceremony)


def code_of(ceremony: UUID) -> str:
    message = Message.objects.get(dedupe__startswith=f"signing.code:{ceremony}")
    found = re.match(r"(\d{5}) ", message.text)
    assert found, message.text
    return found[1]


def other(code: str, step: int = 1) -> str:
    return f"{(int(code) + step) % 100_000:05d}"


def confirm(by: Actor, ceremony: UUID, code: str, clock: Clock) -> queries.CeremonyView:
    return actions.confirm(by=by, ceremony=ceremony, code=code, now=clock.now)


def kinds(ceremony: UUID) -> list[str]:
    entries = Entry.objects.order_by("id")
    return [e.kind.removeprefix("signing.ceremony.") for e in entries if e.refs.get("ceremony") == str(ceremony)]


@pytest.mark.feature("B13")
def test_the_right_code_signs(examiner: Actor, clock: Clock) -> None:
    ceremony, code = sent(examiner, clock)
    clock.forward(60)
    view = confirm(examiner, ceremony, f" {code[:3]} {code[3:]}", clock)
    assert (view.state, view.signed_at) == (State.SIGNED, clock.now)
    assert kinds(ceremony) == ["started/1", "begun/1", "signed/1"]
    for _, evidence in queries.evidence_for(ceremony):
        proof = parse_canonical(evidence)["proof"]
        assert (proof["tries"], proof["phone"]["last"]) == (1, "12")
        assert (proof["sent_at"], proof["signed_at"]) == ("2026-06-10T08:00:00Z", "2026-06-10T08:01:00Z")
        assert WORK[1:] not in evidence.decode()
        assert code not in json.dumps({name: value for name, value in proof.items() if name in {"phone", "tries"}})


@pytest.mark.feature("B13")
@pytest.mark.parametrize("locale", ["sv", "en", "vi", "bg"])
def test_the_message_goes_to_the_work_phone_and_names_no_pupil(examiner: Actor, clock: Clock, locale: str) -> None:
    ceremony, code = sent(examiner, clock, count=1, locale=locale)
    message = Message.objects.get()
    row = Ceremony.objects.get(pk=ceremony)
    assert (message.channel, message.to, message.urgent, message.kind) == ("sms", WORK, True, "signing.code")
    assert message.expires == clock.now + timedelta(minutes=5)
    assert message.text.startswith(code)
    assert texts.check_number(row.root) in message.text
    assert message.text.endswith(f"@skola.example #{code}")
    assert "Terminsbetyg 6A" in message.text
    assert "elev" not in message.text  # the title of the only document names the pupil


def test_neither_code_nor_number_stands_in_the_row_and_nothing_is_left_at_the_end(
    examiner: Actor, clock: Clock
) -> None:
    ceremony, code = sent(examiner, clock)
    kept = json.dumps(Ceremony.objects.get(pk=ceremony).start_data)
    assert WORK[1:] not in kept
    assert not re.search(rf"(?<![0-9a-f]){code}(?![0-9a-f])", kept)
    confirm(examiner, ceremony, code, clock)
    assert Ceremony.objects.get(pk=ceremony).start_data is None


@pytest.mark.feature("B13")
def test_three_wrong_codes_end_the_ceremony_and_the_right_one_comes_too_late(examiner: Actor, clock: Clock) -> None:
    ceremony, code = sent(examiner, clock)
    for left in (2, 1):
        with pytest.raises(codes.WrongCode) as wrong:
            confirm(examiner, ceremony, other(code, left), clock)
        assert wrong.value.found["left"] == left
        shown = queries.start_view(ceremony, by=examiner, now=clock.now).code
        assert shown
        assert (shown.left, shown.last, shown.ends) == (left, "12", clock.now + timedelta(minutes=5))
    with pytest.raises(codes.NoTriesLeft):
        confirm(examiner, ceremony, other(code, 3), clock)
    with pytest.raises(codes.NoCodeAwaited):
        confirm(examiner, ceremony, code, clock)
    view = queries.ceremony(ceremony, by=examiner)
    assert (view.state, view.hint) == (State.FAILED, "noTriesLeft")
    assert "tre gånger" in queries.message(view)[1]
    assert kinds(ceremony) == ["started/1", "begun/1", "code_wrong/1", "code_wrong/1", "ended/1"]


def test_the_third_try_may_be_the_right_one_and_the_evidence_counts_it(examiner: Actor, clock: Clock) -> None:
    ceremony, code = sent(examiner, clock)
    for step in (1, 2):
        with pytest.raises(codes.WrongCode):
            confirm(examiner, ceremony, other(code, step), clock)
    assert confirm(examiner, ceremony, code, clock).state == State.SIGNED
    assert parse_canonical(next(queries.evidence_for(ceremony))[1])["proof"]["tries"] == 3


@pytest.mark.parametrize("typed", ["", "1234", "123456", "abcde", "١٢٣٤٥", "12 34"])
def test_what_cannot_be_a_code_costs_no_try(examiner: Actor, clock: Clock, typed: str) -> None:
    ceremony, code = sent(examiner, clock)
    for _ in range(4):
        with pytest.raises(codes.NotFiveDigits):
            confirm(examiner, ceremony, typed, clock)
    assert confirm(examiner, ceremony, code, clock).state == State.SIGNED


@pytest.mark.feature("B13")
def test_a_code_that_was_used_is_refused_and_the_signature_stands(examiner: Actor, clock: Clock) -> None:
    ceremony, code = sent(examiner, clock)
    first = confirm(examiner, ceremony, code, clock)
    with pytest.raises(codes.NoCodeAwaited):
        confirm(examiner, ceremony, code, clock)
    assert queries.ceremony(ceremony, by=examiner) == first
    assert kinds(ceremony).count("signed/1") == 1


@pytest.mark.feature("B13")
@pytest.mark.parametrize(("seconds", "good"), [(300, True), (301, False)])
def test_a_code_lives_five_minutes(examiner: Actor, clock: Clock, seconds: int, *, good: bool) -> None:
    ceremony, code = sent(examiner, clock)
    clock.forward(seconds)
    if good:
        assert confirm(examiner, ceremony, code, clock).state == State.SIGNED
        return
    with pytest.raises(codes.CodeExpired):
        confirm(examiner, ceremony, code, clock)
    view = queries.ceremony(ceremony, by=examiner)
    assert (view.state, view.hint) == (State.EXPIRED, "expiredTransaction")


def test_a_code_that_nobody_returns_runs_out_by_itself(examiner: Actor, clock: Clock) -> None:
    ceremony, _ = sent(examiner, clock)
    steps.sweep(by=operator(), now=clock.forward(100))
    assert queries.ceremony(ceremony, by=examiner).state == State.PENDING
    steps.sweep(by=operator(), now=clock.forward(201))
    assert queries.ceremony(ceremony, by=examiner).state == State.EXPIRED


@pytest.mark.feature("B13")
def test_the_code_of_one_ceremony_is_wrong_for_another(
    examiner: Actor, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, code = sent(examiner, clock)
    second, its = sent(examiner, clock)
    if code != its:
        with pytest.raises(codes.WrongCode):
            confirm(examiner, second, code, clock)
    assert confirm(examiner, first, code, clock).state == State.SIGNED
    # even with the very same digits and salt the digest is another one
    monkeypatch.setattr(secrets, "randbelow", lambda _: 12345)
    monkeypatch.setattr(secrets, "token_hex", lambda n: "0" * 2 * n)
    digests = set()
    for _ in range(2):
        ceremony, _code = sent(examiner, clock)
        digests.add((Ceremony.objects.get(pk=ceremony).start_data or {})["digest"])
    assert len(digests) == 2


@pytest.mark.feature("B13")
def test_nobody_else_signs_with_it(examiner: Actor, clock: Clock) -> None:
    ceremony, code = sent(examiner, clock)
    colleague = replace(examiner, id=uuid4())
    with pytest.raises(NotFound):
        confirm(colleague, ceremony, code, clock)
    with pytest.raises(NotFound):
        confirm(replace(operator(), id=uuid4()), ceremony, code, clock)
    with pytest.raises(NotAllowed):
        confirm(Actor(examiner.id, "bankid", ()), ceremony, code, clock)
    assert confirm(examiner, ceremony, code, clock).state == State.SIGNED


@pytest.mark.parametrize("what", ["ceremony", "visible", "nonvisible", "identifier", "scheme"])
def test_a_code_is_bound_to_ceremony_content_and_person(tmp_path: Path, clock: Clock, what: str) -> None:
    method = sms.Sms(authority(tmp_path / "a", organisation="x", name="y"))
    order = Order("c", b"text", b'{"root":"aa"}', "Rut Exempel", "se.personnummer", RUT.personal_number, WORK, "Ek")
    begun = method.begin(order, BROWSER)
    new: dict[str, Any] = {what: b'{"root":"bb"}' if what in {"visible", "nonvisible"} else "other"}
    changed = replace(order, **new)
    wrong = method.confirm(changed, begun.start, code=begun.code, begun=clock.now, now=clock.now)
    assert (wrong.proof, wrong.left) == (b"", 2)
    right = method.confirm(order, begun.start, code=begun.code, begun=clock.now, now=clock.now)
    assert method.check(right.proof, visible=b"text", nonvisible=order.nonvisible).identifier == RUT.personal_number


@pytest.mark.feature("B13")
def test_documents_that_were_exchanged_after_the_code_was_sent_get_no_evidence(examiner: Actor, clock: Clock) -> None:
    ceremony, code = sent(examiner, clock)
    with pytest.raises(IntegrityError), transaction.atomic():  # the database's own guard
        CeremonyDocument.objects.filter(ceremony=ceremony, index=0).update(h0="f" * 64)
    row = CeremonyDocument.objects.get(ceremony=ceremony, index=0)
    row.delete()
    CeremonyDocument.objects.create(
        ceremony_id=ceremony, index=0, record=row.record, h0="f" * 64, size=row.size, order=row.order
    )
    confirm(examiner, ceremony, code, clock)  # signs the root that was sent
    with pytest.raises(rules.RootDiffers):
        queries.evidences(ceremony)


@pytest.mark.feature("B13")
@pytest.mark.parametrize("contacts", [(), ((HOME, "home"),), (("+4686000012", "work"),)])
def test_without_a_work_phone_that_takes_messages_one_is_told_what_to_do(
    clock: Clock, contacts: tuple[tuple[str, str], ...]
) -> None:
    by = employed(clock, *contacts)
    with pytest.raises(codes.NoPhone, match="not in the staff directory; ask") as refused:
        start(by, clock)
    assert refused.value.code == "signing.sms.no_phone"
    assert not Ceremony.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.feature("B12")
@pytest.mark.parametrize("role", ["principal", "delegate", "teacher", "class_teacher", "school"])
def test_whoever_is_no_examiner_needs_an_e_id(examiner: Actor, clock: Clock, role: str) -> None:
    with pytest.raises(codes.NotForRole):
        start(examiner, clock, role=role)


@pytest.mark.feature("B12")
def test_with_an_e_id_no_code_is_sent_and_none_is_taken(clock: Clock) -> None:
    by = employed(clock)  # nor is a telephone needed
    ceremony = actions.start(
        by=by, organisation=ORGANISATION, path="/finsta/", role="examiner", method="simulated",
        signer=SignerIdentity(by.id, "Rut Exempel", "se.personnummer", RUT.personal_number),
        documents=documents(1), locale="sv", now=clock.now,
    )  # fmt: skip
    actions.begin(by=by, ceremony=ceremony, device=BROWSER, now=clock.now)
    assert not Message.objects.exists()
    with pytest.raises(codes.NoCodeAwaited):
        confirm(by, ceremony, "12345", clock)
    assert actions.collect(by=by, ceremony=ceremony, now=clock.now).state == State.SIGNED


@pytest.mark.feature("B13")
def test_a_sixth_code_within_an_hour_is_refused_however_the_others_ended(examiner: Actor, clock: Clock) -> None:
    for _ in range(5):
        ceremony, _code = sent(examiner, clock)
        actions.cancel(by=examiner, ceremony=ceremony, now=clock.forward(60))
    sixth = start(examiner, clock)
    with pytest.raises(codes.TooMany):
        actions.begin(by=examiner, ceremony=sixth, device=BROWSER, now=clock.now)
    assert Message.objects.count() == 5
    somebody = employed(clock, ("+46701740656", "work"))
    sent(somebody, clock)
    clock.forward(3600 - 5 * 60 + 1)  # the first of the five is an hour old
    assert actions.begin(by=examiner, ceremony=sixth, device=BROWSER, now=clock.now).state == State.PENDING


def test_a_code_cannot_be_had_twice_for_one_ceremony(examiner: Actor, clock: Clock) -> None:
    ceremony, _ = sent(examiner, clock)
    with pytest.raises(actions.NotStarted):
        actions.begin(by=examiner, ceremony=ceremony, device=BROWSER, now=clock.now)
    assert Message.objects.count() == 1


def test_a_code_of_a_cancelled_ceremony_is_dead(examiner: Actor, clock: Clock) -> None:
    ceremony, code = sent(examiner, clock)
    actions.cancel(by=examiner, ceremony=ceremony, now=clock.now)
    with pytest.raises(codes.NoCodeAwaited):
        confirm(examiner, ceremony, code, clock)


SENDING = """
from datetime import UTC, datetime
from uuid import uuid4
import django
django.setup()
from django.core.management import call_command
from testamur.kernel.base.actor import operator
from testamur.kernel.delivery.models import Message
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact, NewPerson
from testamur.trust.signing import actions
from testamur.trust.signing.methods.contract import Device
from testamur.trust.signing.rules import DocumentToSign, SignerIdentity
now = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)
call_command("migrate", verbosity=0)
phone = NewContact(ContactKind.PHONE, "+46701740612", "work")
person = people.register_persons(
    by=operator(), path="/a/", persons=[NewPerson("Rut", "Exempel", contacts=(phone,))], now=now)[0]
ceremony = actions.start(by=operator(), organisation=uuid4(), path="/a/", role="examiner", method="sms",
    signer=SignerIdentity(person, "Rut Exempel", "se.personnummer", "189001010019"), locale="sv", now=now,
    documents=[DocumentToSign(uuid4(), "0" * 64, 1, "Betyg")])
actions.begin(by=operator(), ceremony=ceremony, device=Device(ip="192.0.2.7"), now=now)
print(person, ceremony, Message.objects.get().text[:5])
"""
CONFIRMING = """
import sys, time
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID
import django
django.setup()
from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import Refused
from testamur.trust.signing import actions
by = replace(operator(), id=UUID(sys.argv[1]))
time.sleep(max(0, float(sys.argv[3]) - time.time()))
for code in sys.argv[4:]:
    try:
        print(actions.confirm(by=by, ceremony=UUID(sys.argv[2]), code=code,
                              now=datetime(2026, 6, 10, 8, 1, tzinfo=UTC)).state)
    except Refused as refused:
        print(refused.code)
"""


def at_once(folder: Path, step: int) -> list[str]:
    """What three processes are told that each type two codes at the same instant, `step` beside the right one."""
    environment = installation(folder)
    made = subprocess.run(
        [sys.executable, "-c", SENDING], env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    person, ceremony, code = made.stdout.split()
    typed = [other(code, step), other(code, 2 * step)]
    command = [sys.executable, "-c", CONFIRMING, person, ceremony, str(time.time() + 4), *typed]
    workers = [subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE) for _ in range(3)]
    return [said for worker in workers for said in worker.communicate(timeout=120)[0].split()]


@pytest.mark.feature("B13")
def test_processes_that_send_the_code_at_once_sign_once(tmp_path: Path) -> None:
    said = at_once(tmp_path, 0)
    assert len(said) == 6
    assert set(said) <= {"signed", "signing.code.not_awaited"}
    assert "signed" in said


@pytest.mark.feature("B13")
def test_processes_that_guess_at_once_have_three_tries_together(tmp_path: Path) -> None:
    said = at_once(tmp_path, 1)
    assert len(said) == 6
    assert said.count("signing.code.wrong") == 2
    assert set(said) == {"signing.code.wrong", "signing.code.no_tries", "signing.code.not_awaited"}


ORDER = Order("c", b"Jag skriver under.", b'{"v":1}', "Rut Exempel", "se.personnummer", RUT.personal_number, WORK)


@pytest.fixture
def method() -> sms.Sms:
    return sms.configured()


def proof_of(method: sms.Sms, clock: Clock) -> dict[str, object]:
    begun = method.begin(ORDER, BROWSER)
    found = method.confirm(ORDER, begun.start, code=begun.code, begun=clock.now, now=clock.now)
    return dict(json.loads(found.proof))


@pytest.mark.feature("B13")
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("visible", "b3RoZXI="), ("nonvisible", "e30="), ("signed_at", "2026-06-10T08:00:01Z"),
        ("sent_at", "2026-06-10T07:59:00Z"), ("tries", 2), ("phone", {"last": "12", "commitment": "0" * 64}),
        ("extra", ""),
    ],
)  # fmt: skip
def test_changed_evidence_is_refused(method: sms.Sms, clock: Clock, member: str, value: object) -> None:
    proof = canonical({**proof_of(method, clock), member: value})
    with pytest.raises(EvidenceRefused):
        method.check(proof, visible=ORDER.visible, nonvisible=ORDER.nonvisible)


@pytest.mark.parametrize("proof", [b"", b"{}", b"[]", b"null", b'{"a": 1}', b"\xff"])
def test_rubbish_is_refused_as_evidence(method: sms.Sms, proof: bytes) -> None:
    with pytest.raises(EvidenceRefused):
        method.check(proof, visible=b"", nonvisible=b"")


def test_evidence_of_the_simulated_e_id_is_no_evidence_of_a_code(method: sms.Sms, clock: Clock) -> None:
    proof = simulated.sign(simulated.test_ca(simulated.folder()), ORDER, at=clock.now)
    with pytest.raises(EvidenceRefused):
        method.check(proof, visible=ORDER.visible, nonvisible=ORDER.nonvisible)


def test_the_attesting_key_is_for_its_owner_only_and_the_commitment_changes_with_the_ceremony(
    method: sms.Sms, tmp_path: Path
) -> None:
    assert (sms.folder() / "root.key").stat().st_mode & 0o777 == 0o600
    assert method.commitment(ORDER) == method.commitment(ORDER)
    others = {method.commitment(replace(ORDER, ceremony="d")), method.commitment(replace(ORDER, phone=HOME))}
    elsewhere = sms.Sms(authority(tmp_path / "b", organisation="x", name="y"))
    assert method.commitment(ORDER) not in {*others, elsewhere.commitment(ORDER)}
