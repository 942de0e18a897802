"""The database itself refuses what the table of transitions does not know."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from testamur.trust.signing.models import Ceremony, CeremonyDocument
from testamur.trust.signing.rules import FINAL, TRANSITIONS, State, may_go
from tests.trust.signing.conftest import Clock, started

if TYPE_CHECKING:
    from collections.abc import Callable

    from testamur.kernel.base.actor import Actor

pytestmark = pytest.mark.django_db


def values(state: State, clock: Clock) -> dict[str, object]:
    """Everything that must go with a state so that only the transition itself can be at fault."""
    over = state in FINAL
    signed = state is State.SIGNED
    begun = state != State.STARTED
    return {
        "state": state,
        "ended": clock.now if over else None,
        "evidence": b"{}" if signed else None,
        "signed_at": clock.now if signed else None,
        "begun": clock.now if begun else None,
        "order_ref": f"order-{clock.now.timestamp()}" if begun else "",
        "start_data": None,
        "answer": None,
    }


def refused(change: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            change()
    except DatabaseError:  # IntegrityError is one
        return True
    return False


def test_the_guard_in_the_migration_is_the_table_in_the_rules() -> None:
    guard = importlib.import_module("testamur.trust.signing.migrations.0002_guards")
    assert {(str(old), str(new)) for old, after in TRANSITIONS.items() for new in after} == set(guard.ALLOWED)


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(way=st.lists(st.sampled_from(list(State)), min_size=1, max_size=5))
def test_any_walk_of_states_is_refused_exactly_where_the_table_refuses_it(
    rut: Actor, clock: Clock, way: list[State]
) -> None:
    ceremony = started(rut, clock.now, method="simulated", count=1)
    state = State.STARTED
    clock.forward(1)
    for step in way:
        was_refused = refused(lambda step=step: Ceremony.objects.filter(pk=ceremony).update(**values(step, clock)))  # type: ignore[misc]  # a default binds the loop's value
        staying = state == step and state not in FINAL
        assert was_refused == (not staying and not may_go(state, step))
        state = state if was_refused else step
    assert Ceremony.objects.get(pk=ceremony).state == state


@pytest.mark.parametrize("field", ["header", "visible", "root", "count", "signer_identifier", "role", "signer"])
def test_what_is_to_be_signed_and_by_whom_never_changes(rut: Actor, clock: Clock, field: str) -> None:
    ceremony = started(rut, clock.now, method="simulated")
    new = {"header": b"{}", "count": 9, "signer": UUID(int=9)}.get(field, "annat")
    assert refused(lambda: Ceremony.objects.filter(pk=ceremony).update(**{field: new}))


def test_a_document_of_a_ceremony_never_changes(rut: Actor, clock: Clock) -> None:
    ceremony = started(rut, clock.now, method="simulated")
    assert refused(lambda: CeremonyDocument.objects.filter(ceremony=ceremony, index=0).update(size=1))


@pytest.mark.parametrize(
    "change",
    [
        {"state": "signed", "ended": True},
        {"state": "signed", "evidence": b"{}", "signed_at": True},
        {"state": "failed"},
        {"ended": True},
        {"evidence": b"{}", "signed_at": True},
        {"state": "cancelled", "ended": True, "start_data": {"qr_start_secret": "x"}},
        {"state": "cancelled", "ended": True, "answer": b"x"},
        {"state": "away", "ended": True},
        {"count": 0},
    ],
)
def test_a_state_without_what_belongs_to_it_is_refused(rut: Actor, clock: Clock, change: dict[str, object]) -> None:
    from testamur.trust.signing import actions
    from testamur.trust.signing.methods.contract import Device

    ceremony = started(rut, clock.now, method="simulated")
    actions.begin(by=rut, ceremony=ceremony, device=Device(ip="192.0.2.7"), now=clock.now)
    filled = {k: clock.now if v is True else v for k, v in change.items()}
    assert refused(lambda: Ceremony.objects.filter(pk=ceremony).update(**filled))


def test_a_ceremony_is_born_as_started_only(rut: Actor, clock: Clock) -> None:
    row = Ceremony.objects.get(pk=started(rut, clock.now, method="simulated"))
    row.pk, row.state, row.order_ref, row.begun = UUID(int=5), "pending", "x", clock.now
    assert refused(lambda: row.save(force_insert=True))


def test_an_order_of_the_e_id_belongs_to_one_ceremony(rut: Actor, clock: Clock) -> None:
    both = [started(rut, clock.now, method="simulated") for _ in range(2)]
    Ceremony.objects.filter(pk=both[0]).update(state="pending", order_ref="x", begun=clock.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ceremony.objects.filter(pk=both[1]).update(state="pending", order_ref="x", begun=clock.now)
