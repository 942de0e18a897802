"""Who may see and do what of the office's pages: every address with every role of a university."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from testamur.access.accounts.rules import Level
from testamur.schoolday.reporting.models import ListRow
from tests.schoolday.reporting.signing import Desk
from tests.schoolday.reporting.university import University
from tests.security.test_matrix import MARKUP, NASTY
from tests.surfaces.web.results.conftest import Enter, log_in
from tests.surfaces.web.results.office_desk import administrator

pytestmark = pytest.mark.django_db(databases=["default", "log"])

ROLES = (
    "teacher", "examiner", "administrator", "university_administrator", "rector", "registrar", "economy_teacher",
)  # fmt: skip
OFFICE = frozenset({"administrator", "university_administrator", "rector", "registrar"})
REPORTERS = frozenset({"teacher", "examiner", "economy_teacher"})
CLERKS = frozenset({"administrator", "university_administrator"})
OPEN: dict[str, frozenset[str]] = {
    "office": OFFICE,
    "process": OFFICE,
    "propose": frozenset({"rector"}),
    "desks": frozenset(),
    "admin_mode": CLERKS,
    "registry": CLERKS | {"examiner"},
    "subscriptions": REPORTERS | CLERKS,
    "feedback": REPORTERS | CLERKS,
    "settings": REPORTERS | OFFICE,
    "log": OFFICE,
    "log_export": OFFICE,
}
"""Page → who may look at it without the administrator mode."""
OF_A_LIST: dict[str, frozenset[str]] = {
    "archive_list": frozenset({"teacher", "examiner"}) | OFFICE,
    "corrections": frozenset({"examiner"}),
    "enter": frozenset(),
}
"""Page of a signed list of the department of data → who."""
ACTS: dict[str, frozenset[str]] = {
    "remind": frozenset(), "paper": frozenset(), "retry": frozenset(), "resolve": frozenset(),
    "unsubscribe": frozenset(),
}  # fmt: skip
"""What changes something without administrator mode; none of it is anybody's here."""


@pytest.mark.parametrize("page", OPEN)
def test_a_page_is_open_to_those_of_the_table_alone(page: str, university: University, enter: Enter) -> None:
    came_in = {who for who in ROLES if enter(who).get(reverse(f"results:{page}")).status_code == HTTPStatus.OK}
    assert came_in == OPEN[page] & set(ROLES)


def test_a_page_of_a_list_is_open_to_those_of_the_table_alone(sealing: University) -> None:
    u = sealing
    made = Desk(u).signed({u.students[0]: "B"})
    for page, who in OF_A_LIST.items():
        address = reverse(f"results:{page}", args=[made])
        came_in = {one for one in ROLES if log_in(u, one).get(address).status_code == HTTPStatus.OK}
        assert came_in == who, page


def test_nothing_is_changed_by_those_who_have_not_switched_the_administrator_mode_on(
    university: University, enter: Enter
) -> None:
    u = university
    made = Desk(u).sent({u.students[0]: "B"})
    for who in ROLES:
        browser = enter(who)
        for name in ("remind", "paper", "enter"):
            answer = browser.post(reverse(f"results:{name}", args=[made]), {"signed_on": "2026-11-30"})
            assert answer.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}, (who, name)
        for name in ("retry", "resolve", "unsubscribe", "correct"):
            answer = browser.post(reverse(f"results:{name}", args=[uuid4()]), {"keep": "ours"})
            assert answer.status_code == HTTPStatus.NOT_FOUND, (who, name)


def test_a_student_and_a_stranger_come_to_none_of_the_pages(
    university: University, enter: Enter, client: Client
) -> None:
    student = enter("ready", hat="self")
    for page in OPEN:
        assert student.get(reverse(f"results:{page}")).status_code == HTTPStatus.FORBIDDEN
        answer = client.get(reverse(f"results:{page}"))
        assert answer.status_code == HTTPStatus.FOUND
        assert answer["Location"].startswith(reverse("account:login"))


def test_a_weak_login_is_asked_for_a_stronger_one(university: University, enter: Enter) -> None:
    weak = enter("administrator", level=Level.LOW)
    for page in OPEN:
        answer = weak.get(reverse(f"results:{page}"))
        assert "why=level" in answer["Location"], page


def test_addresses_of_things_that_are_not_there_say_so(university: University, enter: Enter) -> None:
    rector = enter("university_administrator")
    for name in ("archive_list", "enter", "corrections", "transfer", "correct"):
        assert rector.get(reverse(f"results:{name}", args=[UUID(int=4)])).status_code == HTTPStatus.NOT_FOUND


def test_nothing_that_is_sent_makes_a_page_fail_or_comes_back_as_a_program(sealing: University) -> None:
    """NUL, numbers that no computer holds, very long texts, markup: to every page of the office."""
    u = sealing
    made = Desk(u).signed({u.students[0]: "B"})
    decision = ListRow.objects.get(list=made).decision
    browsers = [administrator(u)]
    pages = [reverse(f"results:{page}") for page in OPEN if page != "admin_mode"]
    pages += [reverse(f"results:{page}", args=[made]) for page in OF_A_LIST]
    pages.append(reverse("results:correct", args=[decision]))
    fields = (
        "q", "show", "page", "as", "number", "kind", "person", "first", "last", "mine", "before", "course_code", "ends",
        "how", "sort", "enter_moves", "system", "registration", "office", "desk", "where", "tried", "proposal", "way",
        "grade_from", "reference", "control_number", "value", "grounds", "explanation", "heard", "hearing_unneeded",
    )  # fmt: skip
    faults = []
    for browser in browsers:
        browser.raise_request_exception = False
        for address in pages:
            for what, sent in NASTY.items():
                form = dict.fromkeys(fields, sent)
                asked = {**form, "reason": "rectification"}
                answers = [browser.get(address, form), browser.post(f"{address}?reason=rectification", form)]
                answers.append(browser.get(address, asked))
                for answer in answers:
                    told = f"{address} with {what}: {answer.status_code}"
                    faults += [f"{told} failed"] * (answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR)
                    faults += [f"{told} comes back as it was sent"] * (MARKUP in answer.content.decode(errors="ignore"))
    assert not faults, "\n".join(faults)
