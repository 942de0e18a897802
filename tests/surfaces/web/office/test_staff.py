"""Posts, delegates, and the review of protected identities that were seen."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from testamur.kernel.base.actor import operator
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.schoolday.results import queries as results
from tests.surfaces.web.office.conftest import LogIn, make, reports, text
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 10)


def appointed(world: World, **more: str) -> dict[str, str]:
    return {
        "school": str(world.school), "number": world.numbers["teacher"], "role": "delegate", "starts": "2026-06-10",
        "ends": "2026-06-30", **more,
    }  # fmt: skip


@pytest.mark.feature("A7")
def test_a_principal_names_a_delegate_for_a_time(world: World, log_in: LogIn) -> None:
    browser = log_in("principal")
    page = text(browser.get(reverse("office:people")))
    assert world.names["teacher"] in page
    assert world.names["other_principal"] not in page
    appoint = reverse("office:appoint")
    refused = browser.post(appoint, appointed(world, ends=""))
    assert "Say until when the delegation holds." in text(refused)
    unknown = browser.post(appoint, appointed(world, number="20000101-0000"))
    assert unknown.status_code == 400
    assert "Select a valid choice" in text(browser.post(appoint, appointed(world, role="administrator")))
    backwards = browser.post(appoint, appointed(world, ends="2026-06-01"))
    assert "The last day lies before the first." in text(backwards)
    assert schools.holders(role=Role.DELEGATE, unit=world.school, on=DAY) == ()
    assert browser.post(appoint, appointed(world)).status_code == 302
    (post,) = schools.holders(role=Role.DELEGATE, unit=world.school, on=DAY)
    assert (post.person, post.ends) == (world.persons["teacher"], date(2026, 6, 30))
    end = reverse("office:end_post", args=[post.id])
    assert log_in("other_principal").post(end, {"school": str(world.school), "ends": "2026-06-11"}).status_code == 404
    assert "2026-06-30" in text(browser.post(end, {"school": str(world.school), "ends": "soon"}, follow=True))
    browser.post(end, {"school": str(world.school), "ends": "2026-06-11"})
    assert schools.holders(role=Role.DELEGATE, unit=world.school, on=date(2026, 6, 12)) == ()


def test_who_signs_is_chosen_where_the_law_lets_it(world: World, log_in: LogIn) -> None:
    browser = log_in("principal")
    asked = {"school": str(world.school), "document": "se.compulsory.terminsbetyg", "signer": "delegate"}
    assert "The principal's delegate" in text(browser.get(reverse("office:people")))
    assert browser.post(reverse("office:signer"), asked).status_code == 302
    chosen = results.signing_choices(by=operator(), path=world.school_path, unit=world.school)
    assert chosen == {"se.compulsory.terminsbetyg": "delegate"}
    final = {**asked, "document": "se.compulsory.slutbetyg"}
    assert browser.post(reverse("office:signer"), final).status_code in {404, 409}
    assert log_in("other_principal").post(reverse("office:signer"), asked).status_code == 404


def test_the_body_responsible_reviews_who_was_seen(world: World, log_in: LogIn) -> None:
    office = log_in("administrator")
    make(office, world)
    record = next(r for r in reports(world) if r.subject == world.persons["protected"])
    office.get(reverse("office:preview", args=[record.id]))
    page = text(log_in("authority_administrator").get(reverse("office:sights")))
    assert world.names["administrator"] in page
    assert world.names["protected"] not in page
    assert "Person " in page
    assert office.get(reverse("office:sights")).status_code == 403
