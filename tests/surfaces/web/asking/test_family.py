"""Families answer, consent with an e-ID, refuse, take back; each sees its own, and that others have answered."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from testamur.access.accounts.rules import Level
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.schoolday.forms import queries
from testamur.schoolday.forms.models import Answer, Signing
from testamur.schoolday.forms.rules import Consent, Standing
from testamur.trust.signing import queries as ceremonies
from testamur.trust.signing.rules import State
from tests.surfaces.web.asking.conftest import Asked, published
from tests.surfaces.web.conftest import TODAY
from tests.surfaces.web.family.diaries import browse

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C5")]


def stands(asked: Asked, form: UUID) -> Standing:
    """Where the child stands."""
    return queries.standings(children=[asked.child], form=form, on=clock.now().date())[asked.child]


def consent(browser: Client, asked: Asked, form: UUID) -> UUID:
    """From the form to the page of the ceremony; returns what is being signed."""
    sent = browser.post(reverse("forms:answer", args=[asked.child, form]), {"word": "given"})
    key = UUID(sent["Location"].strip("/").rpartition("/")[2])
    assert sent["Location"] == reverse("forms:sign", args=[key])
    review = browser.get(sent["Location"]).content.decode()
    assert "We go to the woods." in review
    begun = browser.post(sent["Location"], {"method": "simulated", "where": "here"})
    assert begun["Location"] == reverse("forms:ceremony", args=[key])
    return key


def sign(browser: Client, asked: Asked, form: UUID) -> UUID:
    """Consent and sign in the simulated app."""
    key = consent(browser, asked, form)
    page = browser.get(reverse("forms:ceremony", args=[key])).content.decode()
    assert reverse("forms:app", args=[key]) in page
    app = browser.get(reverse("forms:app", args=[key])).content.decode()
    assert "Outing" in app
    browser.post(reverse("forms:pressed", args=[key]), {"answer": "sign"})
    back = browser.get(reverse("forms:ceremony", args=[key]))
    assert (back.status_code, back["Location"]) == (303, reverse("forms:answer", args=[asked.child, form]))
    return key


def test_the_home_and_the_row_of_pages_lead_to_what_waits(asked: Asked):
    browser = asked.family()
    form = published(asked)
    here = reverse("forms:answer", args=[asked.child, form])
    home = browser.get(reverse("family:home")).content.decode()
    assert here in home
    published(asked)
    home = browser.get(reverse("family:home")).content.decode()
    assert "2 forms to answer" in home
    assert (
        reverse("forms:forms", args=[asked.child])
        in browser.get(reverse("family:events", args=[asked.child])).content.decode()
    )
    assert here in browser.get(reverse("forms:forms", args=[asked.child])).content.decode()


def test_a_form_is_answered_and_changed_and_one_sees_what_one_said(asked: Asked):
    form = published(asked)
    browser, here = asked.family(), reverse("forms:answer", args=[asked.child, form])
    empty = browser.post(here, {"word": "answered"})
    assert empty.status_code == 422
    assert 'href="#id_fish"' in empty.content.decode()
    assert browser.post(here, {"fish": "yes", "size": "1", "note": "no nuts"}).status_code == 303
    browser.post(here, {"fish": "no"})
    assert [row.values for row in Answer.objects.order_by("version")] == [
        {"fish": True, "size": 1, "note": "no nuts"}, {"fish": False},
    ]  # fmt: skip
    page = browser.get(here).content.decode()
    assert "no nuts" in page
    other = asked.family("father").get(here).content.decode()
    assert "Another guardian has answered" in other
    assert "no nuts" not in other


def test_a_consent_of_both_guardians_is_signed_by_each(asked: Asked):
    form = published(asked, consent=Consent.SIGNED)
    mother, father = asked.family(), asked.family("father")
    key = sign(mother, asked, form)
    assert stands(asked, form) is Standing.WAITS
    page = mother.get(reverse("forms:answer", args=[asked.child, form])).content.decode()
    assert "1 other guardian has not answered yet." in page
    sign(father, asked, form)
    assert stands(asked, form) is Standing.GIVEN
    receipt = mother.get(reverse("forms:receipt", args=[key])).content.decode()
    assert "holds, and is over exactly this text" in receipt
    for part in ("document", "evidence"):
        got = mother.get(reverse("forms:receipt_file", args=[key, part]))
        assert got["Content-Type"] == "application/json"
        assert got.content[:1] == b"{"
    assert father.get(reverse("forms:receipt", args=[key])).status_code == 404
    staff = asked.staff("principal")
    result = staff.get(reverse("forms:form", args=[form])).content.decode()
    assert reverse("forms:receipt", args=[key]) in result
    assert staff.get(reverse("forms:receipt", args=[key])).status_code == 200


def test_a_refusal_needs_no_signature_and_a_withdrawal_neither(asked: Asked):
    form = published(asked, consent=Consent.SIGNED)
    browser, here = asked.family(), reverse("forms:answer", args=[asked.child, form])
    browser.post(here, {"word": "refused"})
    assert stands(asked, form) is Standing.REFUSED
    father = asked.family("father")
    assert "No consent" in father.get(here).content.decode()
    sign(browser, asked, form)
    sign(father, asked, form)
    assert stands(asked, form) is Standing.GIVEN
    assert browser.post(reverse("forms:withdraw", args=[asked.child, form])).status_code == 303
    assert stands(asked, form) is Standing.WITHDRAWN
    assert "Taken back" in asked.staff("principal").get(reverse("forms:form", args=[form])).content.decode()


def test_a_signature_that_is_declined_gives_nothing_and_can_be_begun_again(asked: Asked):
    form = published(asked, consent=Consent.SIGNED)
    browser = asked.family()
    key = consent(browser, asked, form)
    browser.post(reverse("forms:pressed", args=[key]), {"answer": "decline"})
    over = browser.get(reverse("forms:ceremony", args=[key])).content.decode()
    assert "Your consent is not given" in over
    assert not Answer.objects.exists()
    again = browser.post(reverse("forms:sign", args=[key]), {"method": "simulated"})
    assert again["Location"] == reverse("forms:ceremony", args=[key])
    browser.post(reverse("forms:cancel", args=[key]))
    assert not Answer.objects.exists()
    sign(browser, asked, form)
    assert Answer.objects.count() == 1


def test_a_new_answer_ends_the_ceremony_of_the_former(asked: Asked):
    form = published(asked, consent=Consent.SIGNED)
    browser = asked.family()
    first = Signing.objects.get(id=consent(browser, asked, form))
    consent(browser, asked, form)
    assert first.ceremony is not None
    assert ceremonies.ceremony(first.ceremony, by=operator()).state is State.CANCELLED


def test_signing_asks_who_one_is_again_after_ten_minutes(asked: Asked):
    form = published(asked, consent=Consent.SIGNED)
    browser = asked.family()
    with time_machine.travel(TODAY + timedelta(minutes=11), tick=True):
        sent = browser.post(reverse("forms:answer", args=[asked.child, form]), {"word": "given"})
        assert reverse("account:confirm") in browser.get(sent["Location"])["Location"]
    weak = browse(asked.mother, level=Level.LOW)
    assert weak.get(reverse("forms:answer", args=[asked.child, form])).status_code == 302


def test_nobody_else_signs_or_answers_for_the_child(asked: Asked):
    form = published(asked, consent=Consent.SIGNED)
    key = consent(asked.family(), asked, form)
    stranger = browse(asked.world.persons["other_guardian"])
    for browser in (asked.family("father"), stranger):
        for name in ("sign", "ceremony", "app", "begin"):
            assert browser.get(reverse(f"forms:{name}", args=[key])).status_code == 404
        for name in ("sign", "begin", "cancel", "pressed"):
            assert browser.post(reverse(f"forms:{name}", args=[key]), {"answer": "sign"}).status_code == 404
    for address in ("forms:answer", "forms:withdraw"):
        assert stranger.post(reverse(address, args=[asked.child, form]), {"word": "refused"}).status_code == 404
    pupil = browse(asked.child, "self")
    assert pupil.post(reverse("forms:answer", args=[asked.child, form]), {"word": "refused"}).status_code == 404
    assert not Answer.objects.exists()


def test_the_way_back_from_an_app_is_for_the_browser_that_began(asked: Asked):
    form = published(asked, consent=Consent.SIGNED)
    key = consent(asked.family(), asked, form)
    answered = asked.family().get(reverse("forms:back", args=[key]) + "?nonce=guessed")
    assert answered.status_code == 409
