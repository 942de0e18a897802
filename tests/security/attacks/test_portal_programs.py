"""Programs under a narrow right, and addresses that lead into our own network by a detour."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from testamur.access.accounts import queries as accounts
from testamur.access.accounts.actions.attempts import _within
from testamur.access.accounts.rules import clients as scopes
from testamur.exchange.connectors.roster.posting import outside
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.people.rules import NewGuardianship, NewPerson, Relation
from testamur.register.schools import actions
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import NewPost, NewUnit, Role, UnitKind
from testamur.surfaces.web.support import launching
from tests.surfaces.api.conftest import Program, program
from tests.surfaces.web import world as worlds
from tests.surfaces.web.conftest import TODAY
from tests.surfaces.web.world import World


@pytest.fixture(autouse=True)
def _on_a_fixed_day() -> Iterator[None]:
    """The end of the spring term."""
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture
def place(db: None) -> World:
    """`second_guardian` is the guardian of the protected pupil alone."""
    return worlds.build(clock.now(), mark=False)


def read(one: Program, address: str, **query: str) -> str:
    """What is told, as text."""
    return json.dumps(one.read(address, **query), ensure_ascii=False)


@pytest.mark.django_db
def test_no_program_learns_of_a_hidden_child_by_the_guardians_name(place: World) -> None:
    name, mail = place.names["second_guardian"], "second.guardian@example.org"
    given, _space, family = name.partition(" ")
    known = program(place.school_path, scopes.PERSONS, scopes.GUARDIANS)
    told = read(known, "/ss12000/v2/persons", limit="500")
    assert place.names["guardian"].partition(" ")[0] in told, "the test shows nothing where no guardian stands"
    one = program(place.school_path, scopes.ROSTER, scopes.DEMOGRAPHICS)
    base = "/ims/oneroster/rostering/v1p2"
    key = str(place.persons["second_guardian"])
    number = {"civicNos": [place.numbers["second_guardian"]]}
    assert json.loads(known.post("/ss12000/v2/persons/lookup", number).content) == []
    assert known.get(f"/ss12000/v2/persons/{key}").status_code == 404
    assert one.get(f"{base}/users/{key}").status_code == 404
    for text in (told, read(one, f"{base}/users", limit="500"), read(one, f"{base}/demographics", limit="500")):
        assert mail not in text
        assert f'"{given}"' not in text or f'"{family}"' not in text
        assert key not in text


@pytest.mark.parametrize(
    "address", ["64:ff9b::a00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::1", "::ffff:10.0.0.1", "::127.0.0.1"]
)
def test_no_address_wraps_one_of_our_own_network(address: str) -> None:
    assert not outside(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_addresses_of_the_internet_are_outside(address: str) -> None:
    assert outside(address)


@pytest.mark.django_db
def test_no_bodys_provider_opens_the_school_of_another_body(place: World) -> None:
    """Its administrator gives somebody of another body a post, and has the own provider vouch for that one."""
    by, now = operator(), clock.now()
    new = [NewUnit(UnitKind.AUTHORITY, "9966", "Grannkommun", country="SE")]
    neighbour = schools.units(actions.add_units(by=by, units=new, now=now))
    (home,) = neighbour.values()
    head, child = place.persons["principal"], place.persons["pupil"]
    assert not _within(head, home.code, now)
    actions.add_posts(by=by, posts=[NewPost(head, home.id, Role.ADMINISTRATOR, now.date())], now=now)
    assert not _within(head, home.code, now)
    one = NewPerson(given="Bo", family="Granne", birth_date=date(1980, 1, 1))
    (guardian,) = people.register_persons(by=by, path=home.path, persons=[one], now=now)
    assert _within(guardian, home.code, now)
    kin = NewGuardianship(child, guardian, Relation.PARENT, date(2020, 1, 1))
    people.add_guardianships(by=by, guardianships=[kin], now=now)
    assert not _within(guardian, home.code, now)


@pytest.mark.django_db
def test_no_learning_tool_is_told_the_name_of_a_hidden_childs_guardian(place: World) -> None:
    """The tool knows the group that one comes from: the family's name beside it tells where the child is."""
    tool: Any = SimpleNamespace(names=True)
    told = {}
    for name, child in (("guardian", "pupil"), ("second_guardian", "protected")):
        person, ward = place.persons[name], place.persons[child]
        hats = accounts.hats(person=person, on=clock.now().date())
        hat = next(one for one in hats if one.role == "guardian")
        assert hat.wards == (ward,)
        actor = accounts.actor(hat, person=person, identified_by="simulated")
        visitor: Any = SimpleNamespace(actor=actor, hat=hat)
        told[name] = launching._names(visitor, tool)
    assert told["guardian"]["name"] == place.names["guardian"]
    assert told["second_guardian"] == {}
