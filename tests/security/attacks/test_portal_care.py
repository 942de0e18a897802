"""Care under attack: whom a guardian who is in hiding trusts with the child is not the other guardian's to know."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import pytest
import time_machine
from PIL import Image

from testamur.kernel.base.actor import operator
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.register.people import actions as people
from testamur.register.people import queries as register
from testamur.register.people.rules import Protection
from testamur.schoolday.care import actions
from testamur.schoolday.care.models import Collector, Fetching
from testamur.schoolday.care.rules import Act, NewCollector, NewDay, Note, Relation
from tests.schoolday.care import nursery as places
from tests.schoolday.care.nursery import DAY, NOW, TODAY, ZONE, Nursery
from tests.surfaces.web.family.diaries import browse

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C4", "C19")]


@pytest.fixture
def nursery(db: None) -> Nursery:
    """Child 0 has two guardians."""
    return places.build()


def friend(nursery: Nursery, who: str = "second_guardian") -> UUID:
    """A friend of a guardian, with telephone and picture, who fetches the child today."""
    out = BytesIO()
    Image.new("RGB", (300, 300), "green").save(out, "PNG")
    child, by = nursery.children[0], nursery.actor(who)
    new = NewCollector(child, "Vännen Hemlig", "+46406280499", Relation.FRIEND, TODAY, None, out.getvalue())
    made = actions.add_collector(by=by, collector=new, now=NOW)
    actions.write_days(by=nursery.actor("teacher"), child=child, days=[NewDay(TODAY, DAY)], now=NOW, zone=ZONE)
    actions.choose_fetcher(by=by, child=child, on=TODAY, now=NOW, zone=ZONE, collector=made)
    return made


def pages(child: UUID) -> tuple[str, ...]:
    """Where a family reads who fetches."""
    return (f"/care/family/{child}/", f"/care/family/{child}/collectors/", "/family/")


def test_friends_of_a_guardian_in_hiding_are_not_the_other_guardians_to_know(nursery: Nursery) -> None:
    with time_machine.travel(NOW, tick=True):
        made, child = friend(nursery), nursery.children[0]
        other, own = browse(nursery.persons["guardian"]), browse(nursery.persons["second_guardian"])
        for address in pages(child):
            assert "Vännen Hemlig" in other.get(address).content.decode(), address
        level = Protection.PROTECTED_REGISTRATION
        people.set_protection(by=operator(), person=nursery.persons["second_guardian"], level=level, now=NOW)
        for address in pages(child):
            told = other.get(address).content.decode()
            assert "Vännen Hemlig" not in told, address
            assert "+46406280499" not in told, address
            assert "Vännen Hemlig" in own.get(address).content.decode(), address
        assert other.get(f"/care/picture/{made}/").status_code == 404
        assert own.get(f"/care/picture/{made}/").status_code == 200
        teacher = browse(nursery.persons["teacher"], f"teacher@{nursery.path}")
        assert "Vännen Hemlig" in teacher.get(f"/care/child/{child}/").content.decode()
        with pytest.raises(NotFound):
            actions.end_collector(by=nursery.actor("guardian"), collector=made, child=child, now=NOW)
        assert Collector.objects.get(id=made).ended_at is None


def test_whoever_does_not_know_the_fetcher_takes_nobody_off_by_saving_the_week(nursery: Nursery) -> None:
    with time_machine.travel(NOW, tick=True):
        made, child = friend(nursery), nursery.children[0]
        level = Protection.PROTECTED_REGISTRATION
        people.set_protection(by=operator(), person=nursery.persons["second_guardian"], level=level, now=NOW)
        week = f"/care/family/{child}/"
        other = browse(nursery.persons["guardian"])
        assert f'value="c{made}" selected' in other.get(week).content.decode()
        sent = {"monday": "2026-03-09", "care_3": "", "who_3": f"c{made}"}
        assert other.post(f"{week}save/", sent).status_code == 303
        assert Fetching.objects.get(child=child, on=TODAY).collector_id == made


def test_when_a_guardian_in_hiding_fetches_the_child_is_not_the_other_guardians_to_know(nursery: Nursery) -> None:
    """An alias beside the hours would tell it: there is but one other guardian."""
    with time_machine.travel(NOW, tick=True):
        child, hidden = nursery.children[0], nursery.persons["second_guardian"]
        actions.write_days(by=nursery.actor("teacher"), child=child, days=[NewDay(TODAY, DAY)], now=NOW, zone=ZONE)
        by = nursery.actor("second_guardian")
        actions.choose_fetcher(by=by, child=child, on=TODAY, now=NOW, zone=ZONE, person=hidden)
        other = browse(nursery.persons["guardian"])
        name = register.people(by=operator(), ids=[hidden])[hidden].given
        assert name in other.get(f"/care/family/{child}/").content.decode()
        people.set_protection(by=operator(), person=hidden, level=Protection.PROTECTED_REGISTRATION, now=NOW)
        alias = register.people(by=nursery.actor("guardian"), ids=[hidden])[hidden].name
        for address in pages(child):
            told = other.get(address).content.decode()
            assert alias not in told, address
            assert name not in told, address
        assert "Somebody else" in other.get(f"/care/family/{child}/").content.decode()


def test_who_fetches_a_hidden_child_is_named_to_nobody_who_may_not_know_the_child(nursery: Nursery) -> None:
    """A grandmother is called as the child is: staff see what she is to the child, and her picture."""
    with time_machine.travel(NOW, tick=True):
        made, child = friend(nursery, "guardian"), nursery.children[0]
        for act, who in ((Act.IN, None), (Act.OUT, made)):
            note = Note(new_id(), child, act, NOW, collector=who)
            actions.note_presence(by=nursery.actor("teacher"), group=nursery.group, note=note, now=NOW, zone=ZONE)
        level = Protection.PROTECTED_REGISTRATION
        people.set_protection(by=operator(), person=child, level=level, now=NOW)
        teacher = browse(nursery.persons["teacher"], f"teacher@{nursery.path}")
        head = browse(nursery.persons["principal"], f"principal@{nursery.path}")
        page = f"/care/child/{child}/"
        for address in (page, f"/care/group/{nursery.group}/", f"/care/unit/{nursery.unit}/fire/"):
            told = teacher.get(address).content.decode()
            assert "Vännen Hemlig" not in told, address
            assert "+46406280499" not in told, address
        assert "Friend" in teacher.get(page).content.decode()
        assert teacher.get(f"/care/picture/{made}/").status_code == 200
        assert "Vännen Hemlig" in head.get(page).content.decode()
        assert "Vännen Hemlig" in browse(nursery.persons["guardian"]).get(f"/care/family/{child}/").content.decode()
