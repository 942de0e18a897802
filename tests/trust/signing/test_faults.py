"""Kills, doubles and delays: nothing is signed twice, no given signature is lost once it is stored."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from testamur.kernel.journal.models import Entry
from testamur.trust.signing import actions, answers, queries
from testamur.trust.signing.methods import simulated
from testamur.trust.signing.methods.contract import Begun, Progress, Status
from testamur.trust.signing.models import Ceremony
from testamur.trust.signing.rules import State
from tests import schema
from tests.trust.signing.conftest import BROWSER, RUT, Clock, started

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from uuid import UUID

    from testamur.kernel.base.actor import Actor
    from testamur.trust.signing.methods.bankid.simulator.server import Simulator

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """Stands for the end of the process: nothing in the product catches it."""


def approved(by: Actor, clock: Clock, bankid: Simulator) -> UUID:
    """A ceremony whose signature waits at BankID."""
    ceremony = started(by, clock.now)
    actions.begin(by=by, ceremony=ceremony, device=BROWSER, now=clock.now)
    phone = bankid.phone(RUT)
    phone.scan(queries.start_view(ceremony, by=by, now=clock.now).qr)
    phone.approve()
    clock.forward(2)
    return ceremony


def signed_entries() -> int:
    return Entry.objects.filter(kind="signing.ceremony.signed/1").count()


def test_a_kill_after_the_answer_was_stored_is_finished_by_the_next_collect_without_asking_again(
    rut: Actor, bankid: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ceremony = approved(rut, clock, bankid)
    killed_in("judge", monkeypatch, lambda: actions.collect(by=rut, ceremony=ceremony, now=clock.now))
    row = Ceremony.objects.get(pk=ceremony)
    assert (row.state, row.answer is not None) == ("pending", True)
    bankid.orders.down = True  # nobody needs BankID any more
    assert actions.collect(by=rut, ceremony=ceremony, now=clock.now).state == State.SIGNED
    assert signed_entries() == 1


def test_a_kill_before_the_answer_could_be_stored_ends_unsigned_and_the_signer_is_asked_again(
    rut: Actor, bankid: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ceremony = approved(rut, clock, bankid)
    killed_in("take_in", monkeypatch, lambda: actions.collect(by=rut, ceremony=ceremony, now=clock.now))
    assert actions.collect(by=rut, ceremony=ceremony, now=clock.now).state == State.PENDING  # its lease holds
    view = actions.collect(by=rut, ceremony=ceremony, now=clock.forward(31))
    assert (view.state, view.hint, queries.message(view)[0]) == (State.FAILED, "answerLost", "T3")
    again = approved(rut, clock, bankid)
    assert actions.collect(by=rut, ceremony=again, now=clock.now).state == State.SIGNED
    assert signed_entries() == 1


def test_a_kill_while_the_verdict_is_written_leaves_the_answer_to_be_judged_again(
    rut: Actor, bankid: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ceremony = approved(rut, clock, bankid)
    killed_in(
        "written", monkeypatch, lambda: actions.collect(by=rut, ceremony=ceremony, now=clock.now)
    )  # inside the last transaction
    assert Ceremony.objects.get(pk=ceremony).state == "pending"
    assert actions.collect(by=rut, ceremony=ceremony, now=clock.now).state == State.SIGNED
    assert signed_entries() == 1


def test_a_kill_after_bankid_was_started_and_before_it_was_written_can_be_begun_again(
    rut: Actor, bankid: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ceremony = started(rut, clock.now)
    killed_in("locked", monkeypatch, lambda: actions.begin(by=rut, ceremony=ceremony, device=BROWSER, now=clock.now))
    with pytest.raises(actions.BeingAsked):
        actions.begin(by=rut, ceremony=ceremony, device=BROWSER, now=clock.now)
    clock.forward(31)
    assert actions.begin(by=rut, ceremony=ceremony, device=BROWSER, now=clock.now).state == State.PENDING


def killed_in(place: str, monkeypatch: pytest.MonkeyPatch, verb: Callable[[], object]) -> None:
    """The process dies when it comes to that function."""
    with monkeypatch.context() as broken:
        for module in (actions, answers):  # wherever it is looked up
            if hasattr(module, place):
                broken.setattr(module, place, _die)
        with pytest.raises(Killed):
            verb()


def _die(*_args: object, **_kwargs: object) -> None:
    raise Killed


def test_a_collect_that_is_delivered_again_changes_nothing(rut: Actor, bankid: Simulator, clock: Clock) -> None:
    ceremony = approved(rut, clock, bankid)
    first = actions.collect(by=rut, ceremony=ceremony, now=clock.now)
    assert actions.collect(by=rut, ceremony=ceremony, now=clock.forward(500)) == first
    assert signed_entries() == 1


def test_a_signature_that_arrives_while_the_signer_cancels_counts(
    rut: Actor, bankid: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ceremony = approved(rut, clock, bankid)
    killed_in("judge", monkeypatch, lambda: actions.collect(by=rut, ceremony=ceremony, now=clock.now))
    assert actions.cancel(by=rut, ceremony=ceremony, now=clock.now).state == State.SIGNED
    assert signed_entries() == 1


def test_a_ceremony_cancelled_while_the_e_id_is_being_asked_withdraws_the_order(
    rut: Actor, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    withdrawn: list[str] = []

    def slow_begin(_self: object, order: object, device: object) -> Begun:
        actions.cancel(by=rut, ceremony=ceremony, now=clock.now)
        return Begun("late")

    monkeypatch.setattr(simulated.Simulated, "begin", slow_begin)
    monkeypatch.setattr(simulated.Simulated, "cancel", lambda _self, reference: withdrawn.append(reference))
    ceremony = started(rut, clock.now, method="simulated")
    assert actions.begin(by=rut, ceremony=ceremony, device=BROWSER, now=clock.now).state == State.CANCELLED
    assert withdrawn == ["late"]


def test_the_e_id_is_never_asked_inside_somebody_elses_transaction(
    rut: Actor, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(simulated.Simulated, "begin", lambda *_: asked.append("begin"))
    ceremony = started(rut, clock.now, method="simulated")
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        actions.begin(by=rut, ceremony=ceremony, device=BROWSER, now=clock.now)
    assert asked == []


def test_no_transaction_is_open_while_the_e_id_is_asked(
    rut: Actor, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_blocks: list[bool] = []

    def watched(answer: object) -> Callable[..., object]:
        def call(*_args: object) -> object:
            open_blocks.append(connection.in_atomic_block)
            return answer

        return call

    monkeypatch.setattr(simulated.Simulated, "begin", watched(Begun("r")))
    monkeypatch.setattr(simulated.Simulated, "collect", watched(Progress(Status.PENDING, "userSign")))
    monkeypatch.setattr(simulated.Simulated, "cancel", watched(None))
    ceremony = started(rut, clock.now, method="simulated")
    actions.begin(by=rut, ceremony=ceremony, device=BROWSER, now=clock.now)
    actions.collect(by=rut, ceremony=ceremony, now=clock.now)
    actions.cancel(by=rut, ceremony=ceremony, now=clock.now + timedelta(seconds=1))
    assert open_blocks == [False, False, False]


COLLECTING_WORKER = """
import os, sys, time
from datetime import UTC, datetime
from uuid import UUID
import django
django.setup()
from testamur.kernel.base.actor import operator
from testamur.trust.signing import actions
from testamur.trust.signing.methods.simulated import Simulated
asked = Simulated.collect
def collect(*arguments):
    os.write(os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT), b"asked\\n")
    time.sleep(0.3)
    return asked(*arguments)
Simulated.collect = collect
time.sleep(max(0, float(sys.argv[3]) - time.time()))
print(actions.collect(by=operator(), ceremony=UUID(sys.argv[1]), now=datetime(2026, 6, 10, 8, 1, tzinfo=UTC)).state)
"""
KILLED_WORKER = """
import os, signal, sys
from datetime import UTC, datetime
from uuid import UUID, uuid4
import django
django.setup()
from django.core.management import call_command
from testamur.kernel.base.actor import operator
from testamur.trust.signing import actions, answers
from testamur.trust.signing.methods.contract import Device
from testamur.trust.signing.rules import DocumentToSign, SignerIdentity
now = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)
call_command("migrate", verbosity=0)
ceremony = actions.start(by=operator(), organisation=uuid4(), path="/a/", role="principal", method="simulated",
    signer=SignerIdentity(uuid4(), "Rut Exempel", "se.personnummer", "189001010019"), locale="sv", now=now,
    documents=[DocumentToSign(uuid4(), "0" * 64, 1, "Betyg")])
print(ceremony, flush=True)
actions.begin(by=operator(), ceremony=ceremony, device=Device(ip="192.0.2.7"), now=now)
if sys.argv[1] == "collect":
    sys.exit()
for module in (actions, answers):
    if hasattr(module, sys.argv[1]):
        setattr(module, sys.argv[1], lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL))
actions.collect(by=operator(), ceremony=ceremony, now=now)
"""
RESUMED_WORKER = """
import sys
from datetime import UTC, datetime, timedelta
from uuid import UUID
import django
django.setup()
from testamur.kernel.base.actor import operator
from testamur.kernel.journal.models import Entry
from testamur.trust.signing import steps, queries
for minute in (1, 2):
    steps.sweep(by=operator(), now=datetime(2026, 6, 10, 8, minute, tzinfo=UTC))
print(queries.ceremony(UUID(sys.argv[1]), by=operator()).state, len(list(queries.evidence_for(UUID(sys.argv[1])))),
      Entry.objects.filter(kind="signing.ceremony.signed/1").count())
"""


def installation(folder: Path) -> dict[str, str]:
    """The environment of a demo with a database file of its own."""
    schema.put(folder)
    return {
        **os.environ,
        "TESTAMUR_DATA": str(folder),
        "TESTAMUR_MODE": "demo",
        "TESTAMUR_DATABASE_URL": "",
        "TESTAMUR_LOG_DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "testamur.config.settings",
    }


def test_processes_that_collect_at_once_ask_the_e_id_once_and_sign_once(tmp_path: Path) -> None:
    environment = installation(tmp_path)
    made = subprocess.run(
        [sys.executable, "-c", KILLED_WORKER, "collect"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    ceremony, counter, at = made.stdout.strip(), tmp_path / "asked", str(time.time() + 4)
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", COLLECTING_WORKER, ceremony, str(counter), at],
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    states = sorted(worker.communicate(timeout=120)[0].strip() for worker in workers)
    assert counter.read_text() == "asked\n"
    assert states in (["pending", "pending", "signed"], ["pending", "signed", "signed"], ["signed"] * 3)


@pytest.mark.parametrize("place", ["take_in", "judge", "_complete"])
def test_a_worker_killed_with_sigkill_is_taken_over_by_another_process(place: str, tmp_path: Path) -> None:
    environment = installation(tmp_path)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_WORKER, place],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    resumed = subprocess.run(
        [sys.executable, "-c", RESUMED_WORKER, killed.stdout.strip()],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert resumed.stdout.split() == ["signed", "1", "1"], resumed.stderr
