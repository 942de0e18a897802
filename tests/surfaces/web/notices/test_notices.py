"""Choosing, registering with a pupil code, the school's side, labels, devices: as a browser without script does it."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from testamur.access.accounts.rules import Level
from testamur.exchange.notifications import steps, tasks
from testamur.exchange.notifications.models import Item, Registration
from testamur.exchange.notifications.queries.choices import choices, has_pin, settings_of
from testamur.exchange.notifications.rules.families import Chosen, Pace, Way
from testamur.exchange.notifications.stopping import token
from testamur.kernel.base import clock
from testamur.kernel.delivery.models import Device, Message
from testamur.kernel.journal.models import Entry
from testamur.register.people.models import PupilCode
from testamur.register.people.rules import make_code
from testamur.schoolday.diary.rules.states import Part
from tests.exchange.notifications.family import Families
from tests.surfaces.web.family.diaries import browse

pytestmark = pytest.mark.django_db


def code_of(families: Families, pupil: int = 0) -> str:
    return PupilCode.objects.get(person=families.school.pupils[pupil], revoked_at__isnull=True).code


def sent() -> str:
    steps.send_registration_codes(by=tasks.STEP, now=clock.now())
    found = re.search(r"\d{6}", Message.objects.order_by("-posted_at", "-id")[0].text)
    assert found is not None
    return found[0]


def staff(families: Families, name: str, role: str = "") -> Client:
    return browse(families.school.persons[name], f"{role or name}@{families.school.path}")


def text(answer: object) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


@pytest.mark.feature("E18", "E20", "E35")
def test_a_guardian_registers_on_the_web_and_the_school_says_who_it_is(families: Families) -> None:
    browser, other = Client(), Client()
    answers = []
    for client, code in ((browser, code_of(families).lower()), (other, make_code())):
        form = {"code": code, "contact": "maika@doma.example", "name": "Майка Примерна"}
        answer = client.post("/notices/register/", form)
        assert answer.status_code == 303
        answers.append(text(client.get(answer["Location"])))
    assert len({re.sub(r"\w{64}|/register/[0-9a-f-]{36}/", "", one) for one in answers}) == 1  # but for tokens
    page = f"/notices/register/{Registration.objects.get(pupil__isnull=False).id}/"
    wrong = browser.post(page, {"code": "000000"})
    assert wrong.status_code == 422
    done = text(browser.post(page, {"code": sent()}))
    assert "Ученик" not in done
    assert "will say who you are" in done
    teacher = staff(families, "class_teacher")
    waiting = text(teacher.get("/notices/registrations/"))
    assert "maika@doma.example" in waiting
    assert "Майка Примерна" in waiting
    (row,) = Registration.objects.filter(pupil__isnull=False)
    guardian = families.school.persons["other_guardian"]
    nobody = teacher.post(f"/notices/registrations/{row.id}/", {"act": "confirm", "guardian": ""}, follow=True)
    assert "Choose which guardian it is." in text(nobody)
    told = teacher.post(f"/notices/registrations/{row.id}/", {"act": "confirm", "guardian": guardian}, follow=True)
    assert "Confirmed" in text(told)
    assert "No registration waits" in text(teacher.get("/notices/registrations/"))
    families.absent(0)
    assert "maika@doma.example" in {one.to for one in families.tell(seconds=30)}


@pytest.mark.feature("E20")
def test_the_number_that_the_school_knows_is_enough(families: Families) -> None:
    browser = Client()
    page = browser.post("/notices/register/", {"code": code_of(families), "contact": "+359888123450"})["Location"]
    assert "Messages come from now on" in text(browser.post(page, {"code": sent()}))


def test_a_misread_code_and_a_wrong_address_are_said_in_their_fields(families: Families) -> None:
    answer = Client().post("/notices/register/", {"code": "K7M3G-9XTWX", "contact": "a@doma.example"})
    assert answer.status_code == 422
    assert "read the label again" in text(answer)
    answer = Client().post("/notices/register/", {"code": code_of(families), "contact": "12"})
    assert "no e-mail address" in text(answer)


@pytest.mark.feature("C20", "E34")
def test_a_guardian_chooses_for_each_child_and_part(families: Families) -> None:
    guardian, child = families.school.persons["guardian"], families.school.pupils[0]
    browser = browse(guardian)
    shown = text(browser.get("/notices/"))
    assert "Ученик0" in shown
    assert "Ученик3" not in shown
    assert 'href=""' not in shown
    form = {"ways-marks": ["sms", "push", "nonsense"], "pace-marks": "weekly", "pace-absences": "nonsense"}
    assert browser.post(f"/notices/child/{child}/", form)["Location"] == "/notices/"
    kept = choices(person=guardian, children=[child])[child]
    assert kept[Part.MARKS] == Chosen(frozenset({Way.SMS, Way.PUSH}), Pace.WEEKLY)
    assert kept[Part.ABSENCES].ways == set()
    assert browser.get(f"/notices/child/{families.school.pupils[3]}/").status_code == 404
    form = {
        "quiet_from": "20:00", "quiet_to": "06:30", "digest_at": "18:00", "digest_weekday": "7", "details": "on",
        "on": ["email"],
    }  # fmt: skip
    assert browser.post("/notices/settings/", form).status_code == 303
    held = settings_of(guardian)
    assert (held.quiet_to.hour, held.digest_weekday, held.details, held.latin) == (6, 7, True, False)
    assert held.stopped == {Way.SMS, Way.PUSH}
    assert browser.post("/notices/settings/", {**form, "digest_weekday": "9"}).status_code == 422
    low = browse(guardian, level=Level.LOW)
    assert "/account/login/" in low.get("/notices/")["Location"]


@pytest.mark.feature("C20")
def test_what_a_school_never_tells_is_not_asked_about_and_stays_as_it_was(families: Families) -> None:
    guardian, child = families.school.persons["guardian"], families.school.pupils[0]
    browser = browse(guardian)
    asked = text(browser.get(f"/notices/child/{child}/"))
    assert "Written assessments" in asked
    assert "Results of the year" not in asked  # Bulgarian law closes no moments
    assert "Pick-up and drop-off" not in asked  # the child has no place in after-school care
    before = choices(person=guardian, children=[child])[child]
    browser.post(f"/notices/child/{child}/", {"ways-assessments": ["phone"], "pace-assessments": "weekly"})
    kept = choices(person=guardian, children=[child])[child]
    assert kept.pop(Part.ASSESSMENTS) == Chosen(frozenset({Way.PHONE}), Pace.WEEKLY)
    assert kept.items() <= before.items()
    assert kept[Part.RESULTS].ways


@pytest.mark.feature("C20")
def test_a_guardian_gives_an_address_and_sends_a_test_there(families: Families) -> None:
    browser = browse(families.school.persons["guardian"])
    page = browser.post("/notices/address/", {"contact": "mine@doma.example", "replace": "on"})["Location"]
    assert "yours" in text(browser.post(page, {"code": sent()}, follow=True))
    assert "mine@doma.example" in text(browser.get("/notices/"))
    assert "on its way" in text(browser.post("/notices/test/", {"way": "email"}, follow=True))
    assert Message.objects.filter(kind="notices.test").get().to == "mine@doma.example"
    assert browser.post("/notices/test/", {"way": "pigeon"}).status_code == 404


@pytest.mark.feature("E24")
def test_a_pin_is_set_and_removed(families: Families) -> None:
    guardian = families.school.persons["guardian"]
    browser = browse(guardian)
    assert browser.post("/notices/pin/", {"pin": "123456"}).status_code == 422
    browser.post("/notices/pin/", {"pin": "274916"})
    assert has_pin(guardian)
    browser.post("/notices/pin/", {"pin": ""})
    assert not has_pin(guardian)


def test_the_link_in_a_letter_stops_only_when_it_is_confirmed(families: Families) -> None:
    guardian = families.school.persons["guardian"]
    page = f"/notices/stop/{token(guardian, Way.EMAIL)}/"
    assert Client().get(page).status_code == 200
    assert settings_of(guardian).stopped == set()
    assert "Nothing more" in text(Client().post(page))
    assert settings_of(guardian).stopped == {Way.EMAIL}
    assert Client().get(page.replace("-email-", "-sms-")).status_code == 404
    assert Client().get("/notices/stop/x/").status_code == 404


@pytest.mark.feature("E19", "E31")
def test_labels_of_a_class_are_printed_and_codes_renewed(families: Families) -> None:
    group, pupils = families.school.group, families.school.pupils
    PupilCode.objects.filter(person=pupils[4]).delete()
    teacher = staff(families, "class_teacher")
    assert "8А" in text(teacher.get("/notices/labels/"))
    made = teacher.post(f"/notices/labels/{group}/print/")
    assert made["Content-Type"] == "application/pdf"
    assert made.content.startswith(b"%PDF")
    assert PupilCode.objects.filter(person=pupils[4], revoked_at__isnull=True).count() == 1
    shown = text(teacher.get(f"/notices/labels/{group}/"))
    assert "Ученик1" in shown
    assert "Ученик2" not in shown  # whose identity is protected
    before = code_of(families, 1)
    teacher.post(f"/notices/labels/{group}/codes/", {"act": "renew", "pupils": [pupils[1]]})
    assert code_of(families, 1) != before
    teacher.post(f"/notices/labels/{group}/codes/", {"act": "revoke", "pupils": [pupils[1]]})
    assert not PupilCode.objects.filter(person=pupils[1], revoked_at__isnull=True).exists()
    for name in ("teacher", "stranger"):
        other = staff(families, name, "teacher")
        assert other.post(f"/notices/labels/{group}/print/").status_code == 403
        assert other.get("/notices/registrations/").status_code == 403
    assert Entry.objects.filter(kind="notices.labels.printed/1").count() == 1


def test_the_office_sees_who_is_not_reached(families: Families) -> None:
    far = families.school.persons["far_guardian"]
    families.absent(3)
    families.tell()
    Item.objects.filter(person=far).update(told_at=clock.now(), outcome="unreached")
    shown = text(staff(families, "administrator").get("/notices/registrations/"))
    assert "Far_Guardian" in shown
    assert "Everybody was reached" not in shown
    assert (
        "Everybody was reached" in text(staff(families, "principal").get("/notices/registrations/")) or "Far" in shown
    )


@pytest.mark.feature("C21")
def test_a_device_gets_pushes_and_is_forgotten(families: Families) -> None:
    guardian = families.school.persons["guardian"]
    browser = browse(guardian)
    key = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"
    form = {"endpoint": "https://push.example.org/abc", "p256dh": key, "auth": "tBHItJI5svbpez7KI4CCXg"}
    assert "gets pushes" in text(browser.post("/notices/devices/", form, follow=True))
    device = Device.objects.get(person=guardian)
    families.choose("guardian", 0, Way.PUSH)
    families.mark(families.column(), 0, "6")
    (push,) = [one for one in families.tell(seconds=30) if one.person == guardian]
    assert (push.channel, push.to, push.url) == ("push", str(device.id), "/family/")
    assert "6" not in push.text
    refused = browser.post(
        "/notices/devices/", {"endpoint": "http://10.0.0.1/", "p256dh": key, "auth": "x"}, follow=True
    )
    assert "cannot be used" in text(refused)
    other = browse(families.school.persons["far_guardian"])
    assert other.post(f"/notices/devices/{device.id}/forget/").status_code in {403, 404}
    assert browser.post(f"/notices/devices/{device.id}/forget/").status_code == 303
    assert Device.objects.get(id=device.id).gone_at is not None
    worker = Client().get("/notices/worker.js")
    assert worker["Service-Worker-Allowed"] == "/"
    assert b"showNotification" in worker.content


def test_nobody_reads_registrations_of_another_school(families: Families) -> None:
    assert Client().get("/notices/registrations/")["Location"].startswith("/account/login/")
    guardian = browse(families.school.persons["guardian"])
    assert guardian.get("/notices/registrations/").status_code == 403
    assert guardian.post(f"/notices/registrations/{UUID(int=9)}/", {"act": "refuse"}).status_code == 403
