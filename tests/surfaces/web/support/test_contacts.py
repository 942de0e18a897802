"""Named contacts of a school."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from testamur.schoolday.support.models import Contact
from tests.surfaces.web.family.diaries import Families
from tests.surfaces.web.support.conftest import Enter

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C31")]
RECEPTION = {
    "name": "Reception", "role": "Absence", "phone": "+359 2 000 00 01", "email": "office@school.example",
    "address": "1 Example Street", "hours": "8-16", "place": "1", "open": "on",
}  # fmt: skip
NURSE = {"name": "Nurse Example", "phone": "+359 2 000 00 02", "place": "2"}


def test_the_office_edits_contacts_that_families_and_everybody_see(families: Families, enter: Enter) -> None:
    office, address = enter("administrator"), reverse("support:contacts")
    for told in (RECEPTION, NURSE):
        assert office.post(address, told).status_code == 303
    page = enter("guardian").get(reverse("support:home")).content.decode()
    for text in ("Reception", "+359 2 000 00 01", "office@school.example", "1 Example Street", "8-16", "Nurse Example"):
        assert text in page
    everybody = Client().get(reverse("support:school", args=[families.bg.school]))
    assert "Reception" in everybody.content.decode()
    assert "Nurse Example" not in everybody.content.decode()
    nurse = Contact.objects.get(name="Nurse Example")
    assert office.post(reverse("support:contact", args=[nurse.id]), {"act": "remove"}).status_code == 303
    assert "Nurse Example" not in enter("guardian").get(reverse("support:home")).content.decode()


def test_a_contact_that_reaches_nobody_is_refused_and_only_the_office_edits(families: Families, enter: Enter) -> None:
    office, address = enter("administrator"), reverse("support:contacts")
    assert office.post(address, {"name": "Nobody", "place": "1"}).status_code == 422
    assert enter("class_teacher").post(address, RECEPTION).status_code == 403
    assert not Contact.objects.exists()
    assert office.post(address, RECEPTION).status_code == 303
    one = Contact.objects.get()
    changed = {**RECEPTION, "phone": "+359 2 000 00 09", "act": "change"}
    assert office.post(reverse("support:contact", args=[one.id]), changed).status_code == 303
    one.refresh_from_db()
    assert one.phone == "+359 2 000 00 09"
