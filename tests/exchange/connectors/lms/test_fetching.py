"""Students and grades out of a Moodle and a Canvas."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal

import pytest

from testamur.exchange.connectors.lms import actions, fetching, keys, queries, wire
from testamur.exchange.connectors.lms.rules import AddressRefused, Bounds, NewPlatform, NumberFrom, ThresholdsInvalid
from testamur.exchange.connectors.lms.wire import PlatformBusy, PlatformFailed, PlatformTooMuch
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from tests.exchange.connectors.lms.conftest import Room
from tests.gateways.lms import NRPS

SHARES = "A 90, B 80, C 70, D 60, E 50, F 0"


def _item(room: Room, label: str, by: str = "teacher") -> str:
    items = fetching.line_items(by=room.university.actor(by), room=room.room, now=room.university.now)
    return next(item.id for item in items if item.label == label)


@pytest.mark.feature("B31")
def test_students_of_a_moodle_room_are_ours_by_their_idnumber_page_after_page(moodle: Room) -> None:
    u = moodle.university
    brought = fetching.members(by=u.actor("teacher"), room=moodle.room, now=u.now)
    assert [one.person for one in brought.incoming] == list(u.students[:14])
    assert brought.unknown == ("Främmande Prov",)
    assert {one.value for one in brought.incoming} == {""}
    asked = [line for line in moodle.platform.asked if "memberships" in line]
    assert len(asked) == 2, "eighteen members come in two pages of ten"


@pytest.mark.feature("B31")
def test_students_of_a_canvas_room_are_ours_and_its_test_student_is_nobody(canvas: Room) -> None:
    u = canvas.university
    brought = fetching.members(by=u.actor("teacher"), room=canvas.room, now=u.now)
    assert [one.person for one in brought.incoming] == list(u.students[:12])
    assert brought.unknown == ()


@pytest.mark.feature("B31")
def test_a_platform_that_withholds_names_still_tells_who_its_students_are(moodle: Room) -> None:
    moodle.platform.names = False
    u = moodle.university
    brought = fetching.members(by=u.actor("teacher"), room=moodle.room, now=u.now)
    assert len(brought.incoming) == 14
    assert brought.unknown == ("guest-17",)


@pytest.mark.feature("B33")
def test_scores_become_grades_by_the_teachers_thresholds_and_the_ungraded_stay_empty(moodle: Room) -> None:
    u = moodle.university
    brought = fetching.grades(
        by=u.actor("teacher"), room=moodle.room, line_item=_item(moodle, "Tentamen"), scale="AF", thresholds=SHARES,
        now=u.now,
    )  # fmt: skip
    given = {one.person: (one.value, one.points) for one in brought.incoming}
    assert [given[one] for one in u.students[:4]] == [("A", "60"), ("A", "56"), ("B", "52"), ("B", "48")]
    assert given[u.students[7]] == ("E", "32")
    assert given[u.students[8]] == ("F", "28")
    assert given[u.students[12]] == ("", "")
    assert given[u.students[13]] == ("", "")
    assert all(one.examined_on is None for one in brought.incoming), "a platform knows no day of examination (B18)"


@pytest.mark.feature("B33")
def test_a_canvas_tells_shares_of_one_and_shows_only_the_line_items_that_are_its_tools_own(canvas: Room) -> None:
    u = canvas.university
    items = fetching.line_items(by=u.actor("teacher"), room=canvas.room, now=u.now)
    assert [item.label for item in items] == ["Made by us"]
    brought = fetching.grades(
        by=u.actor("teacher"), room=canvas.room, line_item=items[0].id, scale="UG", thresholds="G 50", now=u.now
    )
    given = {one.person: one.value for one in brought.incoming}
    assert given[u.students[0]] == "G"
    assert given[u.students[6]] == "G", "22 of 40"
    assert given[u.students[7]] == "", "19 of 40 is below the lowest share"
    assert given[u.students[11]] == "", "not graded"
    assert [note.code for note in brought.notes] == ["below"] * 4
    assert brought.notes[0].found == "47.5 %"


@pytest.mark.feature("B33")
def test_a_letter_that_the_platform_wrote_is_taken_as_it_stands_and_any_other_remark_is_no_grade(moodle: Room) -> None:
    u, results = moodle.university, moodle.platform.items[0].results
    results["100"] = (12, 60, "väl godkänd")
    results["101"] = (12, 60, "Bra jobbat!")
    results["102"] = (None, None, "U")
    brought = fetching.grades(
        by=u.actor("teacher"), room=moodle.room, line_item=_item(moodle, "Tentamen"), scale="UV", thresholds="G 15",
        now=u.now,
    )  # fmt: skip
    assert [one.value for one in brought.incoming[:3]] == ["VG", "G", "U"]
    without = fetching.grades(
        by=u.actor("teacher"), room=moodle.room, line_item=_item(moodle, "Tentamen"), scale="UV", words=False,
        points=False, now=u.now,
    )  # fmt: skip
    assert {(one.value, one.points) for one in without.incoming} == {("", "")}


@pytest.mark.parametrize(
    "text",
    ["A", "A 90 B 80", "Z 90", "A 50, B 60", "A 90, A 80", "A 90, B 90", "A 9000", "A -1", "VG 75", "A 90\n<b> 3"],
)
def test_thresholds_that_say_nothing_certain_are_refused(moodle: Room, text: str) -> None:
    u = moodle.university
    with pytest.raises(ThresholdsInvalid):
        fetching.grades(by=u.actor("teacher"), room=moodle.room, line_item="x", scale="AF", thresholds=text, now=u.now)


def test_a_line_item_that_the_platform_does_not_list_is_not_asked(moodle: Room) -> None:
    u = moodle.university
    for wanted in ("http://127.0.0.1:9/inside", "", moodle.platform.url + "/jwks"):
        with pytest.raises(NotFound):
            fetching.grades(by=u.actor("teacher"), room=moodle.room, line_item=wanted, scale="AF", now=u.now)


def test_only_those_who_report_in_the_department_fetch(moodle: Room) -> None:
    u = moodle.university
    for name in ("economy_teacher", "administrator", "rector", "registrar"):
        with pytest.raises(NotAllowed):
            fetching.members(by=u.actor(name), room=moodle.room, now=u.now)
        assert queries.rooms(by=u.actor(name), occasion=u.occasions["DV1574"]) == ()
    assert [one.id for one in queries.rooms(by=u.actor("examiner"), course_code="DV1574")] == [moodle.room]
    assert queries.rooms(by=u.actor("teacher"), course_code="MA1441") == ()


def test_a_platform_that_was_ended_and_a_room_that_was_unlinked_give_nothing(moodle: Room, canvas: Room) -> None:
    u = moodle.university
    actions.end_platform(by=u.actor("university_administrator", admin_mode=True), platform=moodle.id, now=u.now)
    actions.unlink_room(by=u.actor("colleague"), room=canvas.room, now=u.now)
    for room in (moodle.room, canvas.room):
        with pytest.raises(NotFound):
            fetching.members(by=u.actor("teacher"), room=room, now=u.now)
    assert queries.rooms(by=u.actor("teacher")) == ()
    kinds = list(Entry.objects.filter(kind__startswith="connectors.lms.").order_by("id").values_list("kind", flat=True))
    assert [kind.removeprefix("connectors.lms.") for kind in kinds] == [
        "platform_added/1", "room_linked/1", "platform_added/1", "room_linked/1", "platform_ended/1", "room_unlinked/1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("mood", "kind", "why"),
    [
        ("html", PlatformFailed, "kind"),
        ("html as json", PlatformFailed, "json"),
        ("huge", PlatformTooMuch, "bytes"),
        ("endless", PlatformTooMuch, "pages"),
        ("round", PlatformTooMuch, "pages"),
        ("redirect", PlatformFailed, "status"),
        ("shape", PlatformFailed, "shape"),
        ("deep", PlatformFailed, "json"),
        ("down", PlatformFailed, "status"),
        ("no_token", PlatformFailed, "token"),
    ],
)
def test_a_platform_that_lies_is_refused_with_the_reason_and_nothing_comes_in(
    moodle: Room, mood: str, kind: type[PlatformFailed], why: str
) -> None:
    u = moodle.university
    moodle.platform.mood = mood
    with pytest.raises(kind) as refused:
        fetching.members(by=u.actor("teacher"), room=moodle.room, now=u.now)
    assert refused.value.found["why"] == why
    assert len(moodle.platform.asked) <= Bounds().pages + 2


def test_no_other_host_is_asked_whatever_the_platform_says(moodle: Room) -> None:
    u = moodle.university
    moodle.platform.mood = "elsewhere"
    with pytest.raises(AddressRefused):
        fetching.members(by=u.actor("teacher"), room=moodle.room, now=u.now)


def test_a_platform_that_was_asked_too_often_is_asked_again_and_then_left_alone(
    moodle: Room, canvas: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    plain = wire.Wire.__init__

    def patient(self: wire.Wire, hosts: frozenset[str], **given: object) -> None:
        plain(self, hosts, pause=waited.append, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(wire.Wire, "__init__", patient)
    u = moodle.university
    for room in (moodle, canvas):
        room.platform.busy = 2
        assert len(fetching.members(by=u.actor("teacher"), room=room.room, now=u.now).incoming) >= 12
        room.platform.busy = 99
        with pytest.raises(PlatformBusy):
            fetching.members(by=u.actor("teacher"), room=room.room, now=u.now)
    assert len(waited) == 8
    assert max(waited) <= 2


def test_a_platform_that_is_slow_is_given_up_when_its_time_is_over(moodle: Room) -> None:
    platform = queries.platforms(by=moodle.university.by, path="/")[0]
    from testamur.exchange.connectors.lms.client import hosts_of

    bounds = replace(Bounds(), seconds=0.05)
    with wire.Wire(hosts_of(platform), loopback=True, bounds=bounds) as asked:
        time.sleep(0.06)
        with pytest.raises(PlatformTooMuch):
            asked.get(platform.jwks_url, accept="application/json")


def test_the_platform_believes_our_signed_word_alone(moodle: Room) -> None:
    u, platform = moodle.university, moodle.platform
    fetching.members(by=u.actor("teacher"), room=moodle.room, now=u.now)
    assert list(platform.tokens.values()) == [{NRPS}], "no more scope than is needed"
    platform.client_id = "another"
    with pytest.raises(PlatformFailed) as refused:
        fetching.members(by=u.actor("teacher"), room=moodle.room, now=u.now)
    assert refused.value.found["why"] == "refused"


def test_our_private_key_is_for_the_service_alone_and_is_never_published(moodle: Room) -> None:
    assert [path.stat().st_mode & 0o777 for path in keys.folder().iterdir()] == [0o600]
    assert keys.folder().stat().st_mode & 0o777 == 0o700
    told = keys.public()["keys"]
    assert [set(one) for one in told] == [{"kty", "n", "e", "kid", "use", "alg"}]
    keys.make()
    assert len(keys.public()["keys"]) == 2
    u = moodle.university
    assert fetching.members(by=u.actor("teacher"), room=moodle.room, now=u.now).incoming, "the new key signs"


@pytest.mark.feature("B31")
@pytest.mark.parametrize("by", [NumberFrom.EMAIL, NumberFrom.USER_ID])
def test_an_administrator_says_by_what_students_are_recognised(
    canvas: Room, by: NumberFrom, numbers: list[str]
) -> None:
    u, platform = canvas.university, canvas.platform
    if by is NumberFrom.USER_ID:
        for user, number in zip(platform.users, numbers, strict=False):
            user.id, user.number = number, ""
    else:
        platform.users[0].email = platform.users[0].email.upper()
        platform.users[1].number = "19000101-0000"
    admin = u.actor("university_administrator", admin_mode=True)
    actions.end_platform(by=admin, platform=canvas.id, now=u.now)
    made = actions.add_platform(by=admin, new=NewPlatform(u.path, "Canvas", number_from=by, **platform.told), now=u.now)
    from testamur.exchange.connectors.lms.rules import Launch

    launch = Launch(platform.context, platform.title, platform.members_url(), platform.items_url())
    room = actions.link_room(
        by=u.actor("teacher"), platform=made, launch=launch, occasion=u.occasions["DV1574"], now=u.now
    )
    brought = fetching.members(by=u.actor("teacher"), room=room, now=u.now)
    assert [one.person for one in brought.incoming] == list(u.students[:12])


def test_points_are_written_as_people_write_them() -> None:
    from testamur.exchange.connectors.lms.rules import decimal_of, written

    said = {"37.50": "37.5", "40": "40", "1e3": "1000", "-2": "", "33,333": "33.33", "100": "100"}
    assert {text: written(decimal_of(text)) for text in said} == said
    assert decimal_of(float("nan")) is None
    assert decimal_of(True) is None
    assert decimal_of("9" * 30) is None
    assert decimal_of(12) == Decimal(12)
