"""The family's pages of the diary: what each child's day holds, to its own family and to nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from testamur.access.accounts.rules import Level
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.people import queries
from testamur.schoolday.diary.models import Absence, Leave
from testamur.schoolday.noticeboard import actions as board
from testamur.schoolday.noticeboard.models import Answer, Time
from testamur.schoolday.noticeboard.rules import EventKind, NewEvent, Offer
from tests.schoolday.diary import pages
from tests.schoolday.diary.school import NOW, TODAY, School
from tests.surfaces.web.family import diaries
from tests.surfaces.web.family.diaries import Families, browse

pytestmark = pytest.mark.django_db
PAGES = ("marks", "absences", "leave", "week", "events", "remarks", "assessments", "health", "compare")


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    """The Wednesday of the class."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def families() -> Families:
    """Three children of one guardian in two schools."""
    return diaries.build()


def shown(browser: Client, address: str, status: int = 200) -> str:
    """The page."""
    answer = browser.get(address)
    assert answer.status_code == status, (answer.status_code, answer.headers)
    return answer.content.decode()


def test_hours_are_told_as_the_clock_of_the_childs_school_shows_them(families: Families) -> None:
    for one, hour in ((families.bg, "16:00"), (families.se, "15:00")):
        begins = datetime(2026, 3, 12, 14, tzinfo=UTC)
        event = NewEvent(one.school, EventKind.EVENT, "Пример", begins, begins + timedelta(hours=1))
        board.plan_event(by=one.actor("principal"), event=event, now=NOW)
        home = shown(browse(families.guardian), f"/family/?child={one.pupils[0]}")
        assert re.search(rf"12/03/2026 {hour}|{hour}</span>", home), hour


@pytest.mark.feature("C17", "E25", "E27")
def test_the_home_tells_of_three_children_in_two_schools_what_is_new(families: Families) -> None:
    bg, se = families.bg, families.se
    pages.mark(pages.column(bg), bg.pupils[0], "6", at=NOW - timedelta(hours=1))
    pages.absence(pages.lesson(bg, slot=bg.slots[1]), bg.pupils[1], at=NOW - timedelta(hours=1))
    pages.mark(pages.column(se, "MA", kind="test"), se.pupils[0], "A", at=NOW - timedelta(hours=1))
    pages.health(se, se.pupils[0], "Jordnötsallergi")
    browser = browse(families.guardian)
    home = shown(browser, "/family/")
    for text in ("4 things are new in the diary", "Математика 6", "Matematik A", "1 absence is not explained", "09:00"):
        assert text in home
    assert "Jordn" not in home  # health is told on its own page alone
    alone = shown(browser, f"/family/?child={bg.pupils[0]}")
    assert "Математика 6" in alone
    assert "Matematik A" not in alone
    marks = shown(browser, f"/family/marks/{bg.pupils[0]}/")
    assert 'class="family-new"' in marks
    assert 'class="family-new"' not in shown(browser, f"/family/marks/{bg.pupils[0]}/")
    assert "3 things are new in the diary" in shown(browser, "/family/")
    # the child switch leads to the same page of the sister
    assert f'href="/family/marks/{bg.pupils[1]}/"' in marks


@pytest.mark.feature("C17")
def test_a_weak_login_sees_numbers_alone(families: Families) -> None:
    pages.mark(pages.column(families.bg), families.bg.pupils[0], "6", at=NOW - timedelta(hours=1))
    browser = browse(families.guardian, level=Level.LOW)
    home = shown(browser, "/family/")
    assert "Marks: 1 new" in " ".join(home.split())
    assert "Математика" not in home
    for page in PAGES:
        answer = browser.get(f"/family/{page}/{families.bg.pupils[0]}/")
        assert answer.status_code == 302, page
        assert "why=level" in answer["Location"], page


@pytest.mark.feature("E35")
def test_another_familys_child_is_not_there(families: Families) -> None:
    bg = families.bg
    pages.mark(pages.column(bg), bg.pupils[3], "2")
    for browser in (browse(families.guardian), browse(bg.pupils[0], "self")):
        for page in PAGES:
            assert browser.get(f"/family/{page}/{bg.pupils[3]}/").status_code == 404, page
        for form in ("leave", f"leave/{bg.pupils[3]}"):
            assert browser.post(f"/family/{form}/{bg.pupils[3]}/", {}).status_code == 404


@pytest.mark.feature("E6", "E27", "E28")
def test_marks_by_subject_with_their_course_average_and_word(families: Families) -> None:
    bg, one = families.bg, families.bg.pupils[0]
    for n, value in enumerate("4566"):
        pages.mark(pages.column(bg, on=TODAY - timedelta(days=40 - 9 * n)), one, value, comment="<b>смело</b>")
    pages.mark(pages.column(bg, hidden=True), one, "2")
    pages.mark(pages.column(bg, kind="term", closes="term", on=TODAY, weight=0), one, "5")
    browser = browse(families.guardian)
    page = shown(browser, f"/family/marks/{one}/")
    for text in ("5.25", "много добър", "<polyline", "&lt;b&gt;смело", "срочна", "Average success"):
        assert text in page, text
    assert "слаб" not in page
    first = shown(browser, f"/family/marks/{one}/?term=I")
    assert 'class="family-marks"' not in first
    assert len(page.encode()) < 100_000
    # a Swedish class has no averages
    pages.mark(pages.column(families.se, "MA", kind="test"), families.se.pupils[0], "A")
    assert "Average" not in shown(browser, f"/family/marks/{families.se.pupils[0]}/")


@pytest.mark.feature("E7", "E27")
def test_absences_as_calendar_list_and_sums(families: Families) -> None:
    bg, one = families.bg, families.bg.pupils[0]
    lesson = pages.lesson(bg)
    pages.absence(lesson, one, kind="late", minutes=10, weight=Decimal("0.5"), excused=False)
    pages.absence(pages.lesson(bg, TODAY - timedelta(days=1)), one)
    browser = browse(families.guardian)
    page = shown(browser, f"/family/absences/{one}/")
    for text in ("<dd>1/2</dd>", "<dd>1</dd>", "chart-cell chart-l1", "10 minutes", "Not excused", "Explain"):
        assert text in page, text
    assert "No absence in this month" in shown(browser, f"/family/absences/{one}/?month=2026-02")
    for nonsense in ("x", "2026-99", "9999-12", "0000-00"):
        shown(browser, f"/family/absences/{one}/?month={nonsense}")


@pytest.mark.feature("E7")
def test_a_guardian_reports_an_absence_and_explains_one_that_was(families: Families) -> None:
    bg, one = families.bg, families.bg.pupils[0]
    missed = pages.absence(pages.lesson(bg, slot=bg.slots[1]), one)
    browser = browse(families.guardian)
    address = f"/family/leave/{one}/"
    form = {"kind": "report", "ground": "family", "first": f"{TODAY}", "text": "Зъболекар"}
    assert f'value="{TODAY}"' in shown(browser, address + f"?day={TODAY}")
    assert browser.post(address, {**form, "ground": "whim"}).status_code == 422
    assert browser.post(address, {**form, "first": "2026-03-14"}).status_code == 422  # a Saturday: no school
    assert browser.post(address, form)["Location"] == address
    page = shown(browser, address)
    assert "Granted" in page
    missed.refresh_from_db()
    assert missed.excused is True
    sent = Leave.objects.get()
    assert browser.post(f"{address}{sent.id}/withdraw/").status_code == 303
    assert Absence.objects.get().excused is None
    assert browser.post(f"/family/leave/{bg.pupils[1]}/{sent.id}/withdraw/").status_code == 404
    # the pupil reads it and asks nothing
    me = browse(one, "self")
    assert "Your guardians report absences" in shown(me, address)
    assert me.post(address, form).status_code == 404


@pytest.mark.feature("E29")
def test_the_week_with_lessons_homework_and_events(families: Families) -> None:
    bg, one = families.bg, families.bg.pupils[0]
    pages.lesson(
        bg, slot=bg.slots[1], teacher=bg.persons["stranger"], homework="стр. 12", due=TODAY + timedelta(days=2)
    )
    pages.lesson(bg, TODAY - timedelta(days=2), slot=bg.slots[0], state="cancelled")
    event(bg, "Родителска среща", days=1)
    browser = browse(families.guardian)
    page = shown(browser, f"/family/week/{one}/")
    for text in ("Математика", "Substitute", "Cancelled", "стр. 12", "Родителска среща", "Stranger", "Today"):
        assert text in page, text
    later = shown(browser, f"/family/week/{one}/?monday={TODAY + timedelta(days=7)}")
    assert "стр. 12" not in later
    for nonsense in ("x", "0001-01-01", "9999-12-31"):
        assert "стр. 12" in shown(browser, f"/family/week/{one}/?monday={nonsense}")


def event(bg: School, title: str, *, days: int = 3, kind: EventKind = EventKind.MEETING) -> UUID:
    """An event of the class."""
    starts = datetime(2026, 3, 11, 15, 0, tzinfo=UTC) + timedelta(days=days)
    new = NewEvent(bg.school, kind, title, starts, starts + timedelta(hours=2), group=bg.group, place="204")
    return board.plan_event(by=operator(), event=new, now=NOW - timedelta(hours=1))


@pytest.mark.feature("E10", "E11")
def test_events_are_answered_and_times_booked(families: Families) -> None:
    bg, one = families.bg, families.bg.pupils[0]
    meeting = event(bg, "Родителска среща")
    starts = datetime(2026, 3, 14, 15, 0, tzinfo=UTC)
    offer = Offer(bg.persons["teacher"], starts, starts + timedelta(minutes=30), 10)
    board.offer_times(by=operator(), event=meeting, offers=[offer], now=NOW)
    browser = browse(families.guardian)
    listed = shown(browser, f"/family/events/{one}/")
    assert "Родителска среща" in listed
    assert 'class="family-new"' in listed
    assert 'class="family-new"' not in shown(browser, f"/family/events/{one}/")
    address = f"/family/events/{one}/{meeting}/"
    assert "17:00" in shown(browser, address)  # in the hours of Sofia
    assert browser.post(address + "answer/", {"reply": "yes"})["Location"] == address
    assert browser.post(address + "answer/", {"reply": "why"}).status_code == 422
    assert Answer.objects.get().reply == "yes"
    test = event(bg, "Контролна", kind=EventKind.TEST)
    assert "answer/" in shown(browser, address)
    assert "answer/" not in shown(browser, f"/family/events/{one}/{test}/"), "nobody is asked whether a test suits"
    first, second, _third = Time.objects.order_by("starts_at")
    assert browser.post(address + "book/", {"time": str(first.id)})["Location"] == address
    assert "Your time is 17:00" in shown(browser, address)
    assert "Your time: 17:00" in shown(browser, f"/family/events/{one}/")
    assert browser.post(address + "book/", {"time": str(second.id)}).status_code == 422  # one for each host
    rival = browse(bg.persons["far_guardian"])
    other = f"/family/events/{bg.pupils[3]}/{meeting}/"
    assert rival.post(other + "book/", {"time": str(first.id)}).status_code == 422
    assert rival.post(other + "book/", {"time": str(first.id), "act": "cancel"}).status_code == 422
    assert "taken" in shown(rival, other)
    assert browser.post(address + "book/", {"time": str(first.id), "act": "cancel"})["Location"] == address
    assert Time.objects.filter(child__isnull=False).count() == 0
    # the Swedish child is not invited
    assert browser.get(f"/family/events/{families.se.pupils[0]}/{meeting}/").status_code == 404


@pytest.mark.feature("E10", "E29")
def test_a_secret_address_brings_events_and_lessons_into_ones_own_calendar(families: Families) -> None:
    bg, one = families.bg, families.bg.pupils[0]
    event(bg, "Екскурзия", kind=EventKind.TRIP)
    pages.mark(pages.column(bg), one, "2")
    browser = browse(families.guardian)
    page = f"/family/calendar/{one}/"
    assert "Make an address" in shown(browser, page)

    def made() -> str:
        assert browser.post(page + "renew/")["Location"] == page
        found = re.search(r"/family/calendar/[\w-]{43}\.ics", shown(browser, page))
        assert found is not None
        assert found[0] not in shown(browser, page)  # it is shown once
        return found[0]

    first = made()
    answer = Client().get(first)
    assert answer["Content-Type"].startswith("text/calendar")
    text = answer.content.decode().replace("\r\n ", "")
    assert "SUMMARY:Екскурзия" in text
    assert "SUMMARY:Математика 8А" in text
    assert "Ученик" not in text
    second = made()
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    # the address ends with the right to see the child
    people.end_guardianships(by=operator(), ends={_guardianship(families, one): TODAY}, now=NOW)
    with time_machine.travel(NOW + timedelta(days=2), tick=True):
        assert Client().get(second).status_code == 404
    assert browser.post(f"/family/calendar/{bg.pupils[3]}/renew/").status_code == 404
    hidden = bg.pupils[2]
    assert browse(hidden, "self").post(f"/family/calendar/{hidden}/renew/").status_code == 404
    assert "in your own calendar" not in shown(browse(hidden, "self"), f"/family/events/{hidden}/")


def _guardianship(families: Families, child: UUID) -> UUID:
    every = queries.guardians(by=operator(), children=[child], on=TODAY)[child]
    return next(one.id for one in every if one.guardian.id == families.guardian)


@pytest.mark.feature("E8", "E9", "C3")
def test_remarks_assessments_and_health(families: Families) -> None:
    se, one = families.se, families.se.pupils[0]
    pages.remark(se, one, "Hjälpte en kamrat", positive=True)
    pages.assessment(se, one, "Räknar säkert", plan="Bråk", subject="MA", published_at=NOW - timedelta(hours=1))
    pages.assessment(se, one, "Utkast", subject="SV")
    pages.health(se, one, "Jordnötsallergi", circle="teachers")
    browser = browse(families.guardian)
    remarks = shown(browser, f"/family/remarks/{one}/")
    assert "Hjälpte en kamrat" in remarks
    assert "Teacher" in remarks  # who wrote it
    assessments = shown(browser, f"/family/assessments/{one}/")
    for text in ("Matematik", "Räknar säkert", "What comes next", "Bråk"):
        assert text in assessments
    assert "Utkast" not in assessments
    health = shown(browser, f"/family/health/{one}/")
    assert "Jordnötsallergi" in health
    assert "Told to everybody who teaches the pupil" in health


@pytest.mark.feature("E28", "E30")
def test_the_comparison_is_there_only_where_the_law_compares() -> None:
    families = diaries.build(pupils=8)
    bg, one = families.bg, families.bg.pupils[0]
    maths, language = pages.column(bg), pages.column(bg, "BEL")
    for pupil in bg.pupils:
        pages.mark(maths, pupil, "6" if pupil == one else "4")
    pages.mark(language, one, "5")
    browser = browse(families.guardian)
    page = shown(browser, f"/family/compare/{one}/")
    for text in ("5.50", "4.21", "not told", "upper third"):
        assert text in page, text
    assert f"/family/compare/{one}/" in shown(browser, f"/family/marks/{one}/")
    swedish = families.se.pupils[0]
    assert f"/family/marks/{swedish}/" in page, "the child switch leads to a page that every child has"
    assert f"/family/compare/{swedish}/" not in page
    assert browser.get(f"/family/compare/{swedish}/").status_code == 404
    assert "/family/compare/" not in shown(browser, f"/family/marks/{swedish}/")


def test_a_protected_childs_family_sees_it_and_the_sight_is_written_down(families: Families) -> None:
    hidden = families.bg.pupils[2]
    pages.mark(pages.column(families.bg), hidden, "6")
    me = browse(hidden, "self")
    assert "Математика" in shown(me, f"/family/marks/{hidden}/")
    assert browse(families.guardian).get(f"/family/marks/{hidden}/").status_code == 404


@pytest.mark.feature("E25")
def test_pages_ask_as_much_for_three_children_as_for_one(families: Families) -> None:
    bg = families.bg
    for pupil in families.children[:2]:
        pages.mark(pages.column(bg), pupil, "6")
        pages.absence(pages.lesson(bg), pupil)
    three, one = browse(families.guardian), browse(bg.persons["far_guardian"])

    def asked(browser: Client, address: str) -> int:
        shown(browser, address)  # what is new is seen, what is kept for seconds is kept
        with CaptureQueriesContext(connection) as seen:
            shown(browser, address)
        return len(seen)

    cache.clear()
    assert asked(three, "/family/") == asked(one, "/family/") <= 23  # three find out who looks
    for page in PAGES[:-1]:
        mine = asked(three, f"/family/{page}/{bg.pupils[0]}/")
        assert mine == asked(one, f"/family/{page}/{bg.pupils[3]}/"), page
        assert mine <= (18 if page == "week" else 16), (page, mine)


def test_a_device_can_keep_pages_and_is_told_whose_they_are(families: Families) -> None:
    first, second = browse(families.guardian), browse(families.bg.persons["far_guardian"])
    marks = [re.findall(r'data-(?:kept|person)="([0-9a-f]{24})"', shown(one, "/family/")) for one in (first, second)]
    assert len({*marks[0], *marks[1]}) == 4  # of the login and of the person, and both say nothing else
    assert str(families.guardian) not in "".join(marks[0])
    program = Client().get("/notices/worker.js")
    assert program["Service-Worker-Allowed"] == "/"
    for part in (b"showNotification", b"/account\\/(?:logout|login)"):
        assert part in program.content
