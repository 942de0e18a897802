"""From a course room of a learning platform to a linked room here: in a window and with a login of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from testamur.exchange.connectors.lms import queries
from testamur.exchange.connectors.models import LmsRoom, LtiNonce
from tests.gateways.lms import ROLE
from tests.gateways.lms_moodle import Moodle
from tests.schoolday.reporting.university import University
from tests.surfaces.web.results.conftest import text

Enter = Callable[..., Client]


def _ours() -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse("lti:launch")


def _begin(browser: Client, moodle: Moodle, **headers: str) -> Any:
    moodle.redirect_uris = (_ours(),)
    return browser.post(reverse("lti:login"), moodle.begins(_ours()), headers=headers)


def _launched(browser: Client, moodle: Moodle, **given: Any) -> Any:
    """What our launch address says to the form that the platform posts."""
    form = moodle.launch(_begin(browser, moodle).headers["Location"], **given)
    return browser.post(reverse("lti:launch"), form)


@pytest.mark.feature("B31")
def test_a_teacher_comes_from_the_course_room_and_links_it_to_a_course_occasion(
    university: University, moodle: Moodle, enter: Enter
) -> None:
    u, browser = university, enter("teacher")
    answer = _launched(browser, moodle)
    assert (answer.status_code, answer.headers["Location"]) == (303, reverse("lti:room"))
    page = browser.get(reverse("lti:room"))
    shown = text(page)
    assert "DV1574 Databasteknik" in shown
    likely = str(u.occasions["DV1574"])
    assert f'value="{likely}" selected' in shown, "the occasion whose course stands in the room's name is proposed"
    assert str(u.occasions["IY1430"]) not in shown, "another department's courses are not offered"
    form = page.context["form"]
    done = browser.post(reverse("lti:room"), {"occasion": likely, "room": form.initial["room"]})
    assert done.headers["Location"] == reverse("lti:rooms")
    assert "DV1574 Databasteknik" in text(browser.get(reverse("lti:rooms")))
    row = LmsRoom.objects.get()
    assert (row.occasion, row.memberships_url) == (u.occasions["DV1574"], moodle.members_url())
    again = browser.get(reverse("lti:room"))
    assert again.context["launch"] is None, "what the launch told is forgotten once it is used"
    browser.post(reverse("lti:unlink", args=[row.id]))
    assert queries.rooms(by=u.actor("teacher")) == ()


def test_a_launch_logs_nobody_in(university: University, moodle: Moodle) -> None:
    browser = Client()
    answer = _launched(browser, moodle)
    assert answer.status_code == 303
    room = browser.get(reverse("lti:room"))
    assert room.status_code == 302
    assert room.headers["Location"].startswith(reverse("account:login"))
    assert settings.SESSION_COOKIE_NAME not in answer.cookies


def test_the_cookie_of_a_launch_comes_back_from_elsewhere_and_is_of_use_nowhere_else(
    university: University, moodle: Moodle
) -> None:
    browser = Client()
    cookies = _begin(browser, moodle).cookies
    cookie = next(iter(cookies.values()))
    assert (cookie["samesite"], cookie["secure"], cookie["httponly"]) == ("None", True, True)
    assert cookie["path"] == reverse("lti:launch")
    launched = _launched(browser, moodle)
    room = launched.cookies["testamur_lti_room"]
    assert (room["samesite"], room["httponly"], room["path"]) == ("Lax", True, reverse("lti:room"))


def test_a_launch_that_another_browser_began_is_refused_in_words(university: University, moodle: Moodle) -> None:
    form = moodle.launch(_begin(Client(), moodle).headers["Location"])
    answer = Client().post(reverse("lti:launch"), form)
    assert answer.status_code == 403
    assert "did not begin in this browser" in text(answer)
    assert "testamur_lti_room" not in answer.cookies


def test_a_student_who_opens_the_link_is_told_that_teachers_link_rooms(university: University, moodle: Moodle) -> None:
    answer = _launched(Client(), moodle, roles=(f"{ROLE}#Learner",))
    assert answer.status_code == 403
    assert "Only teachers" in text(answer)


def test_inside_a_frame_of_the_platform_there_is_a_link_to_a_window_of_its_own_and_nothing_is_begun(
    university: University, moodle: Moodle
) -> None:
    browser = Client()
    answer = _begin(browser, moodle, **{"Sec-Fetch-Dest": "iframe"})
    shown = text(answer)
    assert answer.status_code == 200
    assert 'target="_blank"' in shown
    assert f"frame-ancestors 'self' {moodle.url};" in answer.headers["Content-Security-Policy"] + ";"
    assert LtiNonce.objects.count() == 0
    address = answer.context["again"].removeprefix(settings.PUBLIC_URL.rstrip("/"))
    assert browser.get(address).headers["Location"].startswith(f"{moodle.url}/auth?")
    framed = browser.post(
        reverse("lti:login"), moodle.begins(_ours()) | {"iss": "https://evil.example"},
        headers={"Sec-Fetch-Dest": "iframe"},
    )  # fmt: skip
    assert framed.status_code == 403
    assert "evil.example" not in framed.headers["Content-Security-Policy"]


def test_a_room_that_was_launched_meanwhile_in_another_window_is_not_linked_by_mistake(
    university: University, moodle: Moodle, enter: Enter
) -> None:
    browser, occasion = enter("teacher"), str(university.occasions["DV1574"])
    _launched(browser, moodle)
    shown = browser.get(reverse("lti:room")).context["form"].initial["room"]
    moodle.context, moodle.title = "43", "Another room"
    _launched(browser, moodle)
    answer = browser.post(reverse("lti:room"), {"occasion": occasion, "room": shown})
    assert answer.status_code == 422
    assert "Another room" in text(answer)
    assert LmsRoom.objects.count() == 0


def test_what_a_launch_told_cannot_be_made_up(university: University, enter: Enter) -> None:
    browser = enter("teacher")
    for made_up in ("x", "eyJwbGF0Zm9ybSI6IjEifQ:1a:b"):
        browser.cookies["testamur_lti_room"] = made_up
        assert browser.get(reverse("lti:room")).context["launch"] is None
        sent = browser.post(reverse("lti:room"), {"occasion": str(university.occasions["DV1574"]), "room": "x"})
        assert sent.status_code == 404


def test_our_keys_are_public_and_have_nothing_private(university: University, moodle: Moodle) -> None:
    answer = Client().get(reverse("lti:keys"))
    assert answer.headers["Content-Type"] == "application/json"
    assert [set(one) for one in answer.json()["keys"]] == [{"kty", "n", "e", "kid", "use", "alg"}]


def test_the_office_enters_a_platform_and_ends_it(university: University, office: Client, enter: Enter) -> None:
    page = office.get(reverse("lti:platforms"))
    assert _ours() in text(page)
    told = {
        "name": "Moodle", "issuer": "https://lms.example", "client_id": "1", "deployment_id": "",
        "auth_url": "https://lms.example/auth", "token_url": "https://lms.example/token",
        "jwks_url": "http://lms.example/jwks", "number_from": "sourcedid",
    }  # fmt: skip
    wrong = office.post(reverse("lti:platforms"), told)
    assert wrong.status_code == 422
    assert wrong.context["form"].errors["jwks_url"]
    right = office.post(reverse("lti:platforms"), told | {"jwks_url": "https://lms.example/jwks"})
    assert right.status_code == 302
    made = queries.platforms(by=university.by, path=university.path)[0]
    assert "https://lms.example" in text(office.get(reverse("lti:platforms")))
    office.post(reverse("lti:end", args=[made.id]))
    assert queries.platforms(by=university.by, path=university.path)[0].ended_at is not None
    for name in ("teacher", "university_administrator", "examiner"):
        assert enter(name).get(reverse("lti:platforms")).status_code == 403, "only in administrator mode"


def test_rooms_of_another_department_are_not_shown_and_not_unlinked(
    university: University, moodle: Moodle, enter: Enter
) -> None:
    teacher, stranger = enter("teacher"), enter("economy_teacher")
    _launched(teacher, moodle)
    shown = teacher.get(reverse("lti:room")).context["form"].initial["room"]
    teacher.post(reverse("lti:room"), {"occasion": str(university.occasions["DV1574"]), "room": shown})
    room = LmsRoom.objects.get()
    assert "DV1574" not in text(stranger.get(reverse("lti:rooms")))
    assert stranger.post(reverse("lti:unlink", args=[room.id])).status_code == 403
    assert stranger.post(reverse("lti:unlink", args=[UUID(int=9)])).status_code == 404
    _launched(stranger, moodle)
    shown = stranger.get(reverse("lti:room")).context["form"].initial["room"]
    taken = stranger.post(reverse("lti:room"), {"occasion": str(university.occasions["IY1430"]), "room": shown})
    assert taken.status_code in {403, 422}
    assert LmsRoom.objects.get().occasion == university.occasions["DV1574"]
