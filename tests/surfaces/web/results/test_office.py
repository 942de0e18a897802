"""The programme office: its queue, the administrator mode, the archive list, the definitive entry."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus
from uuid import UUID

import pytest
import time_machine
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.schoolday.reporting.models import ProcessRule, ResultList
from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.states import ListState
from tests.schoolday.reporting.signing import Desk
from tests.schoolday.reporting.university import TODAY, University
from tests.surfaces.web.results.conftest import Enter, log_in, text
from tests.surfaces.web.results.office_desk import administrator, letters

pytestmark = pytest.mark.django_db
OFFICE = "results:office"


def _lab(desk: Desk) -> UUID:
    """A sent list of the other module."""
    return desk.sent({desk.u.persons["late"]: "G"}, module="1415", on="2026-11-20")


@pytest.mark.feature("B43")
def test_the_administrator_mode_is_off_at_each_login_and_gives_its_powers_while_it_is_on(
    university: University, enter: Enter
) -> None:
    u = university
    made = Desk(u).sent({u.students[0]: "B"})
    with time_machine.travel(TODAY + timedelta(minutes=5), tick=True):  # the desk's clock runs ahead of the request's
        browser, remind = enter("administrator"), reverse("results:remind", args=[made])
        page = text(browser.get(reverse(OFFICE)))
        assert "Switch administrator mode on" in page
        assert "Administrator mode is on" not in page
        assert browser.post(remind).status_code == HTTPStatus.FORBIDDEN
        page = text(browser.post(reverse("results:admin_mode"), {"on": "1"}, follow=True))
        assert "Administrator mode is on: it ends when" in page
        assert remind in page
        assert browser.post(remind).status_code == HTTPStatus.FOUND
        page = text(browser.post(reverse("results:admin_mode"), {"on": "0"}, follow=True))
        assert "Administrator mode is on: it ends when" not in page
        assert browser.post(remind).status_code == HTTPStatus.FORBIDDEN
        browser.post(reverse("results:admin_mode"), {"on": "1"})
        assert "Administrator mode is on" not in text(enter("administrator").get(reverse(OFFICE)))


@pytest.mark.feature("B43")
def test_the_administrator_mode_needs_a_fresh_identification_and_a_role_that_has_one(
    university: University, enter: Enter
) -> None:
    browser = enter("administrator")
    with time_machine.travel(TODAY + timedelta(minutes=11), tick=True):
        answer = browser.post(reverse("results:admin_mode"), {"on": "1"})
        assert answer["Location"].startswith(reverse("account:confirm"))
        assert "Administrator mode is on" not in text(browser.get(reverse(OFFICE)))
    for who in ("rector", "examiner"):
        assert enter(who).post(reverse("results:admin_mode"), {"on": "1"}).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.feature("B35")
def test_a_list_that_waits_for_its_examiner_is_told_with_its_age_and_the_examiner_is_reminded_once_a_day(
    university: University,
) -> None:
    u = university
    made = Desk(u).sent({u.students[0]: "B"})
    number = lists.head(by=u.by, list=made).number
    with time_machine.travel(TODAY + timedelta(days=9, hours=1), tick=True):
        browser = administrator(u)
        page = text(browser.get(reverse(OFFICE)))
        assert f"No. {number}" in page
        assert u.names["examiner"] in page
        assert "9 days" in page
        for _twice in range(2):
            browser.post(reverse("results:remind", args=[made]))
    (letter,) = letters("reporting.reminder")
    assert letter.person == u.persons["examiner"]
    assert str(number) in letter.subject
    assert not any(name in letter.text for name in u.names.values())


def test_the_queue_is_filtered_by_number_and_code_and_shows_no_list_of_another_department(
    university: University, enter: Enter
) -> None:
    u, desk = university, Desk(university)
    first, second = desk.sent({u.students[0]: "B"}), _lab(desk)
    one, other = (f"No. {lists.head(by=u.by, list=made).number}<" for made in (first, second))
    with time_machine.travel(TODAY + timedelta(hours=1), tick=True):
        browser = enter("administrator")
        for asked, there, gone in (("dv1574/1415", other, one), (one[4:-1], one, other), ("", one, "IY1430")):
            page = text(browser.get(reverse(OFFICE), {"show": "unsigned", "q": asked}))
            assert there in page
            assert gone not in page
        assert "No such list waits here" in text(browser.get(reverse(OFFICE), {"q": "IY1430"}))
        everywhere = text(enter("registrar").get(reverse(OFFICE), {"show": "nonsense", "page": "9999"}))
        assert one in everywhere


@pytest.mark.feature("B25", "B36", "B42")
def test_a_signed_list_is_definitively_entered_by_the_control_number_of_its_archive_list(sealing: University) -> None:
    u = sealing
    made = Desk(u).signed({u.students[0]: "B", u.students[1]: "F", u.persons["protected"]: "C"})
    head, browser = lists.head(by=u.by, list=made), administrator(u, "university_administrator")
    queue = text(browser.get(reverse(OFFICE)))
    assert reverse("results:enter", args=[made]) in queue
    assert head.control_number not in queue
    archive = text(log_in(u, "teacher").get(reverse("results:archive_list", args=[made])))
    assert head.control_number in archive
    assert head.sent_sha256 in archive
    assert "2026-10-28" in archive
    assert u.names["examiner"] in archive
    assert u.names["protected"].split()[1] not in archive
    assert u.numbers["protected"] not in archive
    address = reverse("results:enter", args=[made])
    for wrong in ("2026-000001-0", "nonsense", ""):
        answer = browser.post(address, {"control_number": wrong})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert lists.head(by=u.by, list=made).state is ListState.SIGNED
    answer = browser.post(address, {"control_number": head.control_number.replace("-", " ")}, follow=True)
    assert f"List {head.number} is definitively entered" in text(answer)
    assert lists.head(by=u.by, list=made).state is ListState.ENTERED
    assert head.control_number in text(browser.get(reverse(OFFICE), {"show": "entered"}))
    assert browser.get(address)["Location"] == reverse("results:archive_list", args=[made])


@pytest.mark.feature("B24", "B25")
def test_a_list_of_the_old_way_is_printed_signed_by_hand_and_noted(university: University) -> None:
    u, desk = university, Desk(university)
    ProcessRule.objects.create(
        path=u.path, way="paper", grade_from=date(2020, 1, 1), decided_by=u.persons["rector"], made_at=u.now,
        in_force_at=u.now,
    )  # fmt: skip
    made = desk.sent({u.students[0]: "B"})
    browser = administrator(u)
    assert "It is signed" in text(browser.get(reverse(OFFICE)))
    archive = browser.get(reverse("results:archive_list", args=[made]))
    assert "Signature of the examiner" in text(archive)
    pdf = browser.get(reverse("results:archive_list", args=[made]), {"as": "pdf"})
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    address = reverse("results:paper", args=[made])
    for day in ("2025-01-01", "2030-01-01", "yesterday"):
        page = text(browser.post(address, {"signed_on": day}, follow=True))
        assert "Choose a day between the sending of the list and today" in page
    assert lists.head(by=u.by, list=made).state is ListState.SENT
    page = text(browser.post(address, {"signed_on": clock.now().date().isoformat()}, follow=True))
    assert "is signed by hand, and its grades are decided" in page
    head = lists.head(by=u.by, list=made)
    assert (head.state, head.signed_method) == (ListState.SIGNED, "paper")
    assert "by hand" in text(browser.get(reverse("results:archive_list", args=[made])))


def test_a_list_that_got_stuck_says_what_keeps_it(university: University, enter: Enter) -> None:
    u = university
    made = Desk(u).sent({u.students[0]: "B"})
    ResultList.objects.filter(id=made).update(trouble="reporting.documents.nobody_signs")
    page = text(enter("administrator").get(reverse(OFFICE), {"show": "stuck"}))
    assert "Nobody can sign these documents" in page


def test_a_button_leads_back_to_our_own_pages_alone(university: University) -> None:
    u = university
    made = Desk(u).sent({u.students[0]: "B"})
    browser, address = administrator(u), reverse("results:remind", args=[made])
    here = f"{reverse(OFFICE)}?q=DV"
    for wanted, leads in (
        (here, here),
        ("https://evil.example/", reverse(OFFICE)),
        ("//evil.example", reverse(OFFICE)),
    ):
        assert browser.post(address, {"next": wanted})["Location"] == leads
