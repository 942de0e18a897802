"""Arrivals and departures, who may fetch a child, who is in the house, and how many adults that takes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.schoolday.care import actions, queries
from testamur.schoolday.care.models import Presence
from testamur.schoolday.care.rules import (
    Act,
    AlreadySo,
    CollectorInvalid,
    CollectorOver,
    Hours,
    MayNotFetch,
    NewCollector,
    NewDay,
    NoCare,
    Note,
    NoteTime,
    Overtaken,
    PictureInvalid,
    Reason,
    Relation,
    State,
    TooLateToUndo,
    clean_picture,
)
from tests.schoolday.care.nursery import DAY, NEXT, NOW, TODAY, ZONE, Nursery

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C4")]


def note(nursery: Nursery, act: Act, child: int = 0, *, who: str = "teacher", at: datetime = NOW, **more: Any) -> UUID:
    """A teacher notes something."""
    key = more.pop("key", new_id())
    now = more.pop("now", at)
    one = Note(key, nursery.children[child], act, at, **more)
    return actions.note_presence(by=nursery.actor(who), group=nursery.group, note=one, now=now, zone=ZONE)


def states(nursery: Nursery, now: datetime = NOW) -> list[State]:
    """Where each child of the first department is."""
    found = queries.board(by=nursery.actor("teacher"), group=nursery.group, on=TODAY, now=now, zone=ZONE)
    by_child = {line.child: line.state for line in found.lines}
    return [by_child[child] for child in nursery.children[:4]]


def test_no_note_is_changed_not_even_by_hand(nursery: Nursery) -> None:
    note(nursery, Act.IN)
    for change in ({"at": NOW + timedelta(minutes=5)}, {"act": Act.OUT}, {"group": nursery.other_group}, {"on": NEXT}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Presence.objects.update(**change)
    Presence.objects.update(act=Act.IN)  # the same value is no change
    assert states(nursery)[0] is State.HERE


def test_a_child_comes_and_leaves_and_the_journal_knows_ids_alone(nursery: Nursery) -> None:
    note(nursery, Act.IN, person=nursery.persons["guardian"])
    assert states(nursery)[0] is State.HERE
    note(nursery, Act.OUT, at=NOW + timedelta(hours=7), person=nursery.persons["second_guardian"])
    assert states(nursery)[0] is State.GONE
    kinds = [entry.refs["act"] for entry in Entry.objects.filter(kind="care.presence.noted/1").order_by("id")]
    assert kinds == ["in", "out"]


def test_the_same_key_again_is_taken_once(nursery: Nursery) -> None:
    key = new_id()
    assert note(nursery, Act.IN, key=key) == note(nursery, Act.IN, key=key)
    assert Presence.objects.count() == 1
    with pytest.raises(NotFound):
        note(nursery, Act.IN, 1, key=key)


def test_two_tablets_note_one_arrival(nursery: Nursery) -> None:
    note(nursery, Act.IN)
    with pytest.raises(AlreadySo):
        note(nursery, Act.IN, at=NOW + timedelta(seconds=1), who="principal")
    with pytest.raises(AlreadySo):
        note(nursery, Act.ABSENT)
    assert Presence.objects.count() == 1


def test_what_a_tablet_kept_too_long_or_out_of_order_is_refused(nursery: Nursery) -> None:
    with pytest.raises(AlreadySo):
        note(nursery, Act.OUT)
    note(nursery, Act.IN)
    with pytest.raises(Overtaken):
        note(nursery, Act.OUT, at=NOW - timedelta(minutes=5), now=NOW)
    with pytest.raises(NoteTime):
        note(nursery, Act.IN, 1, at=NOW + timedelta(minutes=6), now=NOW)
    with pytest.raises(NoteTime):
        note(nursery, Act.IN, 1, at=NOW - timedelta(hours=17), now=NOW)


def test_a_note_is_taken_back_within_minutes_and_both_stay(nursery: Nursery) -> None:
    first = note(nursery, Act.IN)
    by = nursery.actor("teacher")
    actions.undo_presence(by=by, group=nursery.group, presence=first, now=NOW + timedelta(minutes=2))
    actions.undo_presence(by=by, group=nursery.group, presence=first, now=NOW + timedelta(minutes=3))
    assert states(nursery)[0] is State.AWAY
    assert Presence.objects.count() == 2
    second = note(nursery, Act.IN, at=NOW + timedelta(minutes=4))
    with pytest.raises(TooLateToUndo):
        actions.undo_presence(by=by, group=nursery.group, presence=second, now=NOW + timedelta(minutes=20))


def test_only_the_staff_of_the_group_note(nursery: Nursery) -> None:
    for who in ("guardian", "other_teacher", "school_teacher"):
        with pytest.raises(NotAllowed):
            note(nursery, Act.IN, who=who)
    with pytest.raises(NoCare):
        note(nursery, Act.IN, 4)


def test_a_child_is_handed_to_those_alone_who_may_fetch_it(nursery: Nursery) -> None:
    by, child = nursery.actor("guardian"), nursery.children[0]
    new = NewCollector(child, "Mormor  Påhittad", "040-628 04 44", Relation.GRANDPARENT, TODAY, TODAY)
    mormor = actions.add_collector(by=by, collector=new, now=NOW)
    note(nursery, Act.IN)
    with pytest.raises(MayNotFetch):
        note(nursery, Act.OUT, at=NOW + timedelta(hours=1), person=nursery.persons["other_guardian"])
    with pytest.raises(MayNotFetch):
        note(nursery, Act.OUT, at=NOW + timedelta(hours=1), collector=new_id())
    note(nursery, Act.OUT, at=NOW + timedelta(hours=1), collector=mormor)
    note(nursery, Act.IN, at=NOW + timedelta(hours=2))
    actions.end_collector(by=by, collector=mormor, child=child, now=NOW)
    with pytest.raises(MayNotFetch):
        note(nursery, Act.OUT, at=NOW + timedelta(hours=3), collector=mormor)


def test_guardians_say_who_fetches_and_the_board_shows_it(nursery: Nursery) -> None:
    by, child = nursery.actor("guardian"), nursery.children[0]
    new = NewCollector(child, "Granne", "040-628 04 45", Relation.FRIEND, TODAY, TODAY)
    for who in ("other_guardian",):
        with pytest.raises(NotAllowed):
            actions.add_collector(by=nursery.actor(who), collector=new, now=NOW)
    friend = actions.add_collector(by=by, collector=new, now=NOW)
    actions.choose_fetcher(by=by, child=child, on=TODAY, collector=friend, now=NOW, zone=ZONE)
    found = queries.board(by=nursery.actor("teacher"), group=nursery.group, on=TODAY, now=NOW, zone=ZONE)
    line = next(line for line in found.lines if line.child == child)
    assert line.fetching is not None
    assert line.fetching.collector == friend
    with pytest.raises(CollectorOver):
        actions.choose_fetcher(by=by, child=child, on=NEXT, collector=friend, now=NOW, zone=ZONE)
    with pytest.raises(CollectorInvalid):
        actions.add_collector(by=by, collector=NewCollector(child, "", "1", Relation.FRIEND, TODAY), now=NOW)


def test_a_picture_loses_what_is_beside_its_pixels(nursery: Nursery) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of Example"
    out = BytesIO()
    Image.new("RGB", (2000, 1000), "red").save(out, "JPEG", exif=exif, comment=b"secret place")
    assert b"Camera of Example" in out.getvalue()
    clean = clean_picture(out.getvalue())
    assert b"Camera" not in clean
    assert b"secret" not in clean
    with Image.open(BytesIO(clean)) as kept:
        assert max(kept.size) == 480
    for bad in (b"<svg/>", b"GIF89a", b"\xff\xd8\xff", b"x" * (2 * 1024 * 1024 + 1)):
        with pytest.raises(PictureInvalid):
            clean_picture(bad)
    by, child = nursery.actor("guardian"), nursery.children[0]
    new = NewCollector(child, "Granne", "040-628 04 45", Relation.FRIEND, TODAY, picture=out.getvalue())
    one = actions.add_collector(by=by, collector=new, now=NOW)
    assert queries.picture(by=nursery.actor("teacher"), collector=one, on=TODAY) == clean
    for who in ("other_teacher", "other_guardian"):
        with pytest.raises(NotAllowed):
            queries.picture(by=nursery.actor(who), collector=one, on=TODAY)
    actions.end_collector(by=by, collector=one, child=child, now=NOW)
    with pytest.raises(NotFound):
        queries.picture(by=by, collector=one, on=TODAY)


def test_what_must_be_known_at_the_door_is_written_by_the_principal_and_read_by_the_group(nursery: Nursery) -> None:
    child = nursery.children[0]
    here = queries.place(child=child, on=TODAY)
    for who in ("teacher", "administrator", "guardian"):
        with pytest.raises(NotAllowed):
            actions.write_caution(by=nursery.actor(who), child=child, text="Not the uncle.", now=NOW)
    caution = actions.write_caution(by=nursery.actor("principal"), child=child, text="Not the uncle.", now=NOW)
    assert [one.text for one in queries.cautions(by=nursery.actor("teacher"), place=here)] == ["Not the uncle."]
    for who in ("other_teacher", "guardian"):
        with pytest.raises(NotAllowed):
            queries.cautions(by=nursery.actor(who), place=here)
    actions.end_caution(by=nursery.actor("principal"), caution=caution, now=NOW)
    assert queries.cautions(by=nursery.actor("teacher"), place=here) == ()


def test_a_child_that_has_not_come_half_an_hour_late_is_asked_for(nursery: Nursery) -> None:
    hours = Hours(time(9), time(15))
    for child in (0, 1):
        actions.write_days(
            by=nursery.actor("principal"), child=nursery.children[child], days=[NewDay(TODAY, hours)], now=NOW,
            zone=ZONE,
        )  # fmt: skip
    actions.write_days(
        by=nursery.actor("guardian"), child=nursery.children[1], days=[NewDay(TODAY, None, Reason.ILL)], now=NOW,
        zone=ZONE,
    )  # fmt: skip
    for minutes, late in ((29, False), (30, True)):
        now = NOW + timedelta(minutes=minutes)
        found = queries.board(by=nursery.actor("teacher"), group=nursery.group, on=TODAY, now=now, zone=ZONE)
        by_child = {line.child: line for line in found.lines}
        assert by_child[nursery.children[0]].late is late
        assert by_child[nursery.children[1]].state is State.ABSENT


def test_the_list_for_a_fire_counts_everybody_and_tells_no_protected_number(nursery: Nursery) -> None:
    for child in range(3):
        note(nursery, Act.IN, child)
    actions.write_days(
        by=nursery.actor("principal"), child=nursery.children[4], days=[NewDay(TODAY, DAY)], now=NOW, zone=ZONE
    )
    for who in ("teacher", "other_teacher", "principal", "administrator"):
        found = queries.fire_list(by=nursery.actor(who), unit=nursery.unit, now=NOW, zone=ZONE)
        assert found.count == 3
        lines = {line.child: line for line in found.lines}
        assert set(lines) == {*nursery.children[:3], nursery.children[4]}
        assert not lines[nursery.children[4]].here
        assert len(lines[nursery.children[0]].reach) == 2
        assert lines[nursery.children[0]].reach[0][1].startswith("+46")
        if who.endswith("teacher"):
            assert lines[nursery.children[2]].reach == ()
    for who in ("guardian", "school_teacher"):
        with pytest.raises(NotAllowed):
            queries.fire_list(by=nursery.actor(who), unit=nursery.unit, now=NOW, zone=ZONE)


def test_staffing_counts_children_by_the_quarter_and_the_adults_they_take(nursery: Nursery) -> None:
    days = [NewDay(NEXT, Hours(time(8), time(16)))]
    for child in range(5):
        actions.write_days(by=nursery.actor("principal"), child=nursery.children[child], days=days, now=NOW, zone=ZONE)
    last = NEXT + timedelta(days=6)
    found = queries.staffing(by=nursery.actor("teacher"), unit=nursery.unit, first=NEXT, last=last, now=NOW, zone=ZONE)
    assert len(found.days) == 5
    monday = found.days[0]
    by_time = {one.starts: one for one in monday.planned}
    assert by_time[time(7, 45)].children == 0
    # 2024, 2023 and 2022 are small on that day (one for 4), 2021 and 2020 are not (one for 6): 0.75 + 0.33
    assert (by_time[time(8)].small, by_time[time(8)].big, by_time[time(8)].adults) == (2, 3, 1)
    assert by_time[time(16)].children == 0
    assert (monday.children, monday.missing, found.days[1].missing) == (5, 0, 5)
    assert monday.adults == 1


def test_actual_hours_stand_beside_the_plan(nursery: Nursery) -> None:
    note(nursery, Act.IN)
    note(nursery, Act.OUT, at=NOW + timedelta(hours=2))
    found = queries.staffing(
        by=nursery.actor("principal"), unit=nursery.unit, first=TODAY, last=TODAY, now=NOW + timedelta(hours=3),
        zone=ZONE,
    )  # fmt: skip
    by_time = {one.starts: one.children for one in found.days[0].actual}
    assert (by_time[time(9)], by_time[time(10, 45)], by_time[time(11)]) == (1, 1, 0)
    assert found.days[0].came == 1


def test_a_family_is_told_of_arrivals_when_it_wished_so(nursery: Nursery) -> None:
    note(nursery, Act.IN, 1)
    actions.wish_told(by=nursery.actor("guardian"), child=nursery.children[0], wanted=True, now=NOW)
    note(nursery, Act.IN)
    told = {entry.refs["pupil"]: entry.refs["readers"] for entry in Entry.objects.filter(kind="care.presence.noted/1")}
    assert told == {
        str(nursery.children[1]): [],
        str(nursery.children[0]): [str(nursery.persons["guardian"])],
    }
    assert datetime(2026, 3, 11, tzinfo=UTC).date() == TODAY
