"""Every form of school is made in the office, and its groups ask for what that form has."""

from __future__ import annotations

import pytest

from testamur.register.schools import queries
from testamur.register.schools.rules import Form
from tests.surfaces.web.conftest import LogIn
from tests.surfaces.web.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C1")]
FORMS = (
    Form.PRESCHOOL, Form.COMPULSORY, Form.ADAPTED_COMPULSORY, Form.AFTER_SCHOOL, Form.UPPER_SECONDARY,
    Form.ADAPTED_UPPER_SECONDARY,
)  # fmt: skip


def test_the_body_makes_a_school_of_each_form_and_a_preschool_its_groups(world: World, log_in: LogIn) -> None:
    browser = log_in("authority_administrator")
    for number, form in enumerate(FORMS):
        data = {"name": f"Place {number}", "code": f"7000000{number}", "form": form.value, "pack": ""}
        answer = browser.post("/office/register/schools/", data)
        assert answer.status_code == 303, answer.content.decode()[-2000:]
    made = {one.name: one for one in queries.units_under(world.authority_path)}
    assert [made[f"Place {n}"].form for n in range(len(FORMS))] == list(FORMS)
    again = {"name": "Again", "code": "70000000", "form": "preschool"}
    assert browser.post("/office/register/schools/", again).status_code == 422
    text = browser.get("/office/register/schools/").content.decode()
    assert "Place 5" in text
    school = made["Place 0"].id
    group = {"school": school, "kind": "class", "code": "Myran", "year_level": "", "subject": ""}
    answer = browser.post("/office/register/classes/", group)
    assert answer.status_code == 303
    assert [one.code for one in queries.groups(school=school)] == ["Myran"]
    assert log_in("administrator").get("/office/register/schools/").status_code == 403
