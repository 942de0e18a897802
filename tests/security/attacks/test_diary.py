"""The diary under attack: numbers and codes that are guessed or forged, figures that tell of one, tables that act."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from testamur.exchange.connectors.diary.giving import writing
from testamur.exchange.connectors.diary.looking import rows
from testamur.exchange.connectors.diary.mapping import mapping_of
from testamur.exchange.connectors.rules import Options
from testamur.exchange.connectors.tabular.words import SILENT
from testamur.exchange.notifications import steps, tasks
from testamur.exchange.notifications.actions import (
    check_pin,
    confirm_registration,
    open_registration,
    print_labels,
    prove_by_contact,
    set_pin,
)
from testamur.exchange.notifications.models import Registration
from testamur.exchange.notifications.queries import registrations as waiting
from testamur.exchange.notifications.rules.registrations import NotOpen, PinLocked, PinRefused, Route
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.base.sheet import Sheet
from testamur.kernel.delivery.models import Message
from testamur.law.tables import pack
from testamur.register.people import actions as people
from testamur.register.people.models import ContactPoint
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import NewUnit, UnitKind
from testamur.schoolday.diary.queries import reporting as reports
from testamur.schoolday.diary.rules.leaves import NewLeave, ground_of, state_at_first
from testamur.schoolday.diary.rules.reports import Figures, Sort, veil
from testamur.schoolday.diary.rules.states import LeaveKind
from testamur.surfaces.phone import content
from testamur.surfaces.phone.flow import Subject
from tests.exchange.notifications.family import Families
from tests.kernel.delivery.conftest import Clock
from tests.schoolday.diary import pages
from tests.schoolday.diary.school import NOW, TODAY, School, build
from tests.security.attacks.test_holes import LogIn
from tests.surfaces.web.family.diaries import browse
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
NOBODY = Actor(id=UUID(int=3), identified_by="web")
OWN, OTHER = "+359888123450", "+359888123451"
"""The telephones of the two guardians of the first pupil."""


@pytest.fixture
def school(db: None) -> School:
    return build("bg.school")


@pytest.fixture
def families(school: School, settings: Any) -> Families:
    """The class; a PIN is hashed at once."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    made = Families(school, Clock(NOW))
    made.reach()
    return made


def code_of(school: School, pupil: int) -> str:
    one = school.pupils[pupil]
    return people.issue_pupil_codes(by=operator(), persons=[one], now=NOW)[one]


@pytest.mark.feature("E24")
def test_ones_own_pin_does_not_give_new_tries_at_the_other_guardians(families: Families) -> None:
    """Two guesses, one's own PIN, two guesses …: for a code both PINs are looked at, so both were counted anew."""
    school = families.school
    for name, pin in (("guardian", "274916"), ("other_guardian", "836150")):
        set_pin(by=school.actor(name), pin=pin, now=NOW)

    def call(pin: str, caller: str) -> UUID:
        return check_pin(by=NOBODY, pin=pin, caller=caller, now=NOW, pupil=school.pupils[0])

    for n in range(2):
        with pytest.raises(PinRefused):
            call(f"27491{n}", OTHER)
    assert call("836150", OTHER) == school.persons["other_guardian"]
    with pytest.raises(PinRefused):
        call("274912", OTHER)
    with pytest.raises(PinLocked):
        call("836150", OTHER)
    with pytest.raises(PinLocked):  # nor under another number
        call("274916", "+46701740605")


@pytest.mark.feature("E24")
def test_whoever_is_locked_out_by_forged_calls_has_a_way_back(families: Families) -> None:
    school, guardian = families.school, families.school.persons["guardian"]
    ContactPoint.objects.filter(person=guardian).update(verified_at=NOW)
    set_pin(by=school.actor("guardian"), pin="274916", now=NOW)
    for _ in range(3):
        with pytest.raises(PinRefused):
            check_pin(by=NOBODY, pin="100200", caller=OWN, now=NOW, person=guardian)
    with pytest.raises(PinLocked):
        check_pin(by=NOBODY, pin="274916", caller=OWN, now=NOW, person=guardian)
    set_pin(by=school.actor("guardian"), pin="361947", now=NOW)
    assert check_pin(by=NOBODY, pin="361947", caller=OWN, now=NOW, person=guardian) == guardian


@pytest.mark.feature("E33")
def test_a_forged_sender_replaces_no_address_before_the_new_one_is_proved(families: Families) -> None:
    """The number of a text message is easily forged: with a found label one could get another family's messages."""
    school, by = families.school, families.school.actor("administrator")
    guardian = school.persons["guardian"]
    ask: dict[str, Any] = {"by": NOBODY, "code": code_of(school, 0), "route": Route.SMS, "replace": True, "now": NOW}
    one = open_registration(contact="evil@doma.example", sender=OWN, **ask)
    with pytest.raises(NotOpen):
        confirm_registration(by=by, registration=one, guardian=guardian, now=NOW)
    stranger = open_registration(contact="else@doma.example", sender="+46701740605", **ask)
    assert not Registration.objects.get(id=stranger).replace, "from a number that no guardian has"
    steps.send_registration_codes(by=tasks.STEP, now=NOW)
    digits = re.search(r"\d{6}", Message.objects.get(to="evil@doma.example").text)
    assert digits is not None
    # the owner of the number, who gave the address, sends the code back from it
    assert prove_by_contact(by=NOBODY, contact=OWN, code=digits[0], now=NOW) == "proved"
    confirm_registration(by=by, registration=one, guardian=guardian, now=NOW)
    held = set(ContactPoint.objects.filter(person=guardian, kind="email").values_list("value", flat=True))
    assert held == {"evil@doma.example"}


@pytest.mark.feature("E19", "E31")
def test_a_school_that_the_pupil_has_left_says_nothing_of_registrations(families: Families) -> None:
    school = families.school
    by = school.actor("administrator")
    one = open_registration(by=NOBODY, code=code_of(school, 3), contact=OTHER, route=Route.SMS, now=NOW)
    new = NewUnit(UnitKind.SCHOOL, "98765090", "Друго училище", parent=school.authority, pack="bg.school")
    (there,) = schools.add_units(by=operator(), units=[new], now=NOW)
    assert len(waiting.waiting(by=by, path=school.path, now=NOW)) == 1
    to = school_queries.units([there])[there].path
    stays = school_queries.members(group=school.group, on=TODAY)
    ends = {row.id: TODAY - timedelta(days=1) for row in stays if row.person == school.pupils[3]}
    schools.end_enrolments(by=operator(), ends=ends, now=NOW)
    people.move_persons(by=operator(), ids=[school.pupils[3]], to=to, now=NOW)
    assert waiting.waiting(by=by, path=school.path, now=NOW) == ()
    with pytest.raises(NotAllowed):
        confirm_registration(by=by, registration=one, guardian=school.persons["far_guardian"], now=NOW)


@pytest.mark.feature("E31")
def test_no_protected_name_is_printed_on_a_label(families: Families) -> None:
    """Whoever prints may see the name; whoever finds the paper may not."""
    labels = print_labels(by=families.school.actor("principal"), group=families.school.group, now=NOW)
    assert len(labels) == 5
    assert not any("Ученик2" in label.name for label in labels)


@pytest.mark.feature("E28", "E30")
def test_two_reports_side_by_side_tell_no_small_class() -> None:
    """Absences are the same for every sort of marks: were another class hidden beside it, they could be subtracted."""

    def hidden(**marked: int) -> set[str]:
        sizes = {"small": 3, "next": 20, "large": 25}
        some = {key: Figures(pupils=n, marked=marked.get(key, 0)) for key, n in sizes.items()}
        return {key for key, one in veil(some, sees=False).items() if one.hidden}

    day, term = hidden(small=3, next=20, large=25), hidden(next=20, large=9)
    assert day == term == {"small", "next"}


@pytest.mark.feature("E30")
def test_absences_of_a_tiny_school_do_not_follow_from_marks_that_nobody_has(db: None) -> None:
    school = build("bg.school", pupils=4)
    pages.absence(pages.lesson(school), school.pupils[0])
    far = Actor(UUID(int=7), "simulated", (Grant("administrator", school.authority_path, ("diary.report.see",)),))
    choice = reports.Choice(sort=Sort.YEAR)
    _frame, lines = reports.years_report(by=far, school=school.school, on=TODAY, choice=choice)
    assert lines
    assert all(line.hidden for line in lines)


@pytest.mark.feature("E28", "E30")
def test_what_reports_hide_from_the_body_responsible_stands_on_no_other_page(world: World, log_in: LogIn) -> None:
    far, near = log_in("authority_administrator"), log_in("administrator")
    for address in (
        reverse("diary:pupil", args=[world.group, world.persons["pupil"]]),
        reverse("diary:remarks", args=[world.group]),
    ):
        assert (far.get(address).status_code, near.get(address).status_code) == (403, 200)


@pytest.mark.feature("E14")
def test_no_part_of_a_cell_becomes_a_formula_where_semicolons_end_cells(tmp_path: Any) -> None:
    """A Swedish or Bulgarian spreadsheet splits ``x;=1+1`` in two."""
    said = ['x;=HYPERLINK("https://evil.example")', "=1+1", "a\t@SUM(1)", "plain; not that", "5;-1"]
    packed = io.BytesIO()
    register: Any = SimpleNamespace(hidden=frozenset())
    with zipfile.ZipFile(packed, "w") as archive:
        writing.write(archive, Sheet("remarks", ("text",), iter([(one,) for one in said])), register)
    with zipfile.ZipFile(packed) as archive:
        kept = archive.read("remarks.csv")
    cells = [row[0] for row in csv.reader(io.StringIO(kept.decode("utf-8-sig")))][1:]
    parts = [part for cell in cells for part in re.split(r"[;\t]", cell)]
    assert not [part for part in parts if part[:1] in "=+-@" and part]
    path = tmp_path / "remarks.csv"
    path.write_bytes(kept)
    mapping = mapping_of({"kind": "remarks", "columns": {"text": "text"}})
    assert [row["text"] for _n, row in rows(path, mapping, SILENT, Options())] == said


@pytest.mark.feature("E14")
@pytest.mark.parametrize("encoding", ["idna", "utf-16", "punycode", "undefined", "hex", "x\u0000", "windows-1251"])
def test_an_encoding_that_reads_no_text_breaks_no_page(world: World, log_in: LogIn, encoding: str) -> None:
    table = "Ученик;Оценка;Дата\nАня;5;2026-03-02\n".encode("windows-1251")
    sent = {"sent": SimpleUploadedFile("marks.csv", table), "kind": "marks", "encoding": encoding}
    assert log_in("administrator").post(reverse("office:diary_import"), sent).status_code in {302, 400, 404}


@pytest.mark.feature("E7")
def test_a_journey_is_not_reported_as_illness_past_who_decides_about_leave() -> None:
    """Three weeks of it, announced a month before, would be granted at once and by one guardian alone."""
    law = pack("se.compulsory").diary
    ground = ground_of(law, "illness")

    def state(first: int, last: int) -> str:
        days = TODAY + timedelta(days=first), TODAY + timedelta(days=last)
        new = NewLeave(UUID(int=9), LeaveKind.REPORT, "illness", *days)
        return state_at_first(new, ground, law.leave, today=TODAY, missing=1)

    assert [state(0, 0), state(0, 5), state(1, 1)] == ["granted"] * 3
    assert [state(30, 50), state(0, 21), state(-1, 0)] == ["asked"] * 3


@pytest.mark.feature("E6", "E30")
def test_nothing_that_a_family_sees_changes_by_hidden_marks() -> None:
    """Not by a number of news, not by an average, not by the comparison with others, not by what a telephone says."""
    school = build("bg.school", now=clock.now(), pupils=8)
    today, guardian = clock.now().date(), school.persons["guardian"]
    shown = pages.column(school, on=today, made_at=clock.now())
    for n, pupil in enumerate(school.pupils):
        pages.mark(shown, pupil, str(2 + n % 5), at=clock.now())
    named = ("marks", "absences", "leave", "week", "events", "remarks", "assessments", "health", "compare")
    addresses = ["/family/", *(reverse(f"family:{name}", args=[school.pupils[0]]) for name in named)]
    by = school.actor("guardian", on=today)

    def seen() -> list[str]:
        browser = browse(guardian)
        pages_seen = [browser.get(address).content.decode() for address in addresses]
        said = [
            content.told(by=by, children=[school.pupils[0]], subject=subject, locale="en", now=clock.now())
            for subject in Subject
        ]
        return [_without_tokens(one) for one in pages_seen] + [str(one.says) for one in said]

    seen()  # what is new is new once
    before = seen()
    assert "3.57" in before[-len(Subject) - 1], "the class is compared"
    hidden = pages.column(school, on=today, made_at=clock.now(), hidden=True, title="Hidden test")
    for pupil in school.pupils:
        pages.mark(hidden, pupil, "2", at=clock.now())
    assert seen() == before


def _without_tokens(page: str) -> str:
    """A page without what differs each time: tokens of forms, the name of the login under which pages are kept."""
    return re.sub(r'(csrfmiddlewaretoken" value|data-kept)="[^"]*"|"X-CSRFToken": "[^"]*"', "", page)


def test_moments_at_the_ends_of_the_calendar_break_no_page() -> None:
    school = build("bg.school", now=clock.now())
    browser = browse(school.persons["teacher"], f"teacher@{school.path}")
    for since in ("0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-14:00", "2026-06-10T09:00:00+00:00", "x"):
        answer = browser.get(reverse("diary:fresh", args=[school.group, "MAT"]), {"since": since})
        assert answer.status_code == 200, since
