"""Staff make forms, see what came in and who is missing, remind, close and take tables along."""

from __future__ import annotations

import csv
import io
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewPost, Role
from testamur.schoolday.forms import actions, queries
from testamur.schoolday.forms.models import Form
from testamur.schoolday.forms.rules import Consent, State, Word
from tests.surfaces.web import world as worlds
from tests.surfaces.web.asking.conftest import Asked, published
from tests.surfaces.web.family.diaries import browse

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C5")]

TERMS = {
    "consent": "none", "audience": "guardians", "needs": "one", "last_day": "2026-06-20", "named": "on",
    "revocable": "on", "title_sv": "Friluftsdag", "text_sv": "Vi går till skogen.", "title_en": "Outing",
    "text_en": "We go to the woods.",
}  # fmt: skip


def answer(asked: Asked, form: UUID, **values: object) -> None:
    """The mother answers."""
    by = Actor(asked.mother, "test", (Grant("guardian", "/", ("forms.answer.*",), wards=frozenset({asked.child})),))
    word = Word.ANSWERED
    actions.answer_form(by=by, form=form, child=asked.child, word=word, values=values, language="en", now=clock.now())


def test_a_form_is_written_asked_and_published_page_by_page(asked: Asked):
    browser = asked.staff("principal")
    made = browser.post(reverse("forms:new"), TERMS | {"groups": [str(asked.world.group)]})
    form = Form.objects.get()
    assert (made.status_code, made["Location"]) == (303, reverse("forms:form", args=[form.id]))
    assert browser.post(reverse("forms:publish", args=[form.id])).status_code == 303
    assert Form.objects.get().state == State.DRAFT  # it asks nothing yet
    ask = reverse("forms:question", args=[form.id])
    languages = {"label_sv": "Storlek", "label_en": "Size"}
    lacking = browser.post(ask, languages | {"kind": "one", "options_sv": "S\nL", "options_en": "S"})
    assert lacking.status_code == 422
    browser.post(ask, languages | {"kind": "one", "options_sv": "S\nL", "options_en": "S\nL", "required": "on"})
    browser.post(ask, {"kind": "text", "label_sv": "Annat", "label_en": "Else"})
    view = queries.form(form.id)
    assert view is not None
    size, other = view.content.questions
    browser.post(ask, {"act": "down", "key": size.key})
    browser.post(ask, {"key": other.key, "kind": "text", "label_sv": "Något annat", "label_en": "Else"})
    page = browser.get(reverse("forms:form", args=[form.id]) + f"?question={size.key}").content.decode()
    assert "S\nL</textarea>" in page
    view = queries.form(form.id)
    assert view is not None
    assert [one.label("sv") for one in view.content.questions] == ["Något annat", "Storlek"]
    browser.post(ask, {"act": "remove", "key": other.key})
    changed = browser.post(
        reverse("forms:change", args=[form.id]), TERMS | {"title_sv": "Skogsdag", "groups": [str(asked.world.group)]}
    )
    assert changed.status_code == 303
    browser.post(reverse("forms:publish", args=[form.id]))
    published_one = Form.objects.get()
    assert (published_one.state, published_one.content["titles"]["sv"]) == (State.PUBLISHED, "Skogsdag")
    assert len(published_one.content["questions"]) == 1
    again = browser.post(reverse("forms:change", args=[form.id]), TERMS | {"groups": [str(asked.world.group)]})
    assert again.status_code == 422  # frozen
    listed = browser.get(reverse("forms:home")).content.decode()
    assert reverse("forms:form", args=[form.id]) in listed


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"title_sv": "", "title_en": "", "text_sv": "", "text_en": ""}, "title_en"),
        ({"title_sv": ""}, "title_sv"),
        ({"last_day": "9999-01-01"}, "last_day"),
        ({"consent": "signed"}, "purpose"),
        ({"consent": "signed", "purpose": "other", "holds_until": "2026-06-01"}, "holds_until"),
    ],
)
def test_what_does_not_go_together_is_said_at_its_field(asked: Asked, change: dict[str, str], at: str):
    answered = asked.staff("principal").post(reverse("forms:new"), TERMS | change)
    assert answered.status_code == 422
    assert f'href="#id_{at}"' in answered.content.decode()
    assert not Form.objects.exists()


def test_what_came_in_stands_by_class_child_and_question(asked: Asked):
    form = published(asked, school=True)
    answer(asked, form, fish=True, size=1, note="=1+1")
    page = asked.staff("principal").get(reverse("forms:form", args=[form])).content.decode()
    assert "1 of 4 pupils" in page
    assert asked.world.names["pupil"].split()[0] in page
    assert "Does the child eat fish?" in page


@pytest.mark.feature("A18")
def test_a_protected_pupil_stands_under_the_alias_for_who_may_not_know(asked: Asked):
    world = asked.world
    post = NewPost(world.persons["teacher"], world.school, Role.TEACHER, worlds.SINCE, group=world.group)
    schools.add_posts(by=operator(), posts=[post], now=clock.now())
    form = published(asked)
    by = Actor(world.persons["second_guardian"], "test", (Grant("guardian", "/", ("*",)),))
    child, values = world.persons["protected"], {"fish": True}
    actions.answer_form(
        by=by, form=form, child=child, word=Word.ANSWERED, values=values, language="en", now=clock.now()
    )
    teacher = asked.staff("teacher")
    assert reverse("forms:home") in teacher.get(reverse("diary:events")).content.decode()
    for address in (reverse("forms:form", args=[form]), reverse("forms:table", args=[form, "csv"])):
        text = teacher.get(address).content.decode()
        assert world.names["third"] in text
        assert world.names["protected"] not in text
        assert world.names["second_guardian"] not in text  # it would tell the child's


def test_tables_hold_no_formula_and_no_names_where_nobody_is_named(asked: Asked):
    form = published(asked)
    answer(asked, form, fish=False, note="=1+1")
    browser = asked.staff("principal")
    got = browser.get(reverse("forms:table", args=[form, "csv"]))
    rows = list(csv.reader(io.StringIO(got.content.decode("utf-8-sig"))))
    assert len(rows) == 5
    assert [row[-1] for row in rows[1:] if row[-1]] == ["'=1+1"]
    assert got["Cache-Control"] == "no-store"
    sheet = browser.get(reverse("forms:table", args=[form, "xlsx"]))
    assert sheet.content[:2] == b"PK"
    assert browser.get(reverse("forms:table", args=[form, "pdf"])).status_code == 404
    counted = published(asked, named=False)
    answer(asked, counted, fish=False, note="secret")
    page = browser.get(reverse("forms:form", args=[counted])).content.decode()
    table = browser.get(reverse("forms:table", args=[counted, "csv"])).content.decode()
    for text in (page, table):
        assert "secret" not in text
        assert asked.world.names["pupil"] not in text
        assert asked.world.names["guardian"] not in text


def test_reminding_closing_and_replacing(asked: Asked):
    form = published(asked)
    browser = asked.staff("administrator")
    here = reverse("forms:form", args=[form])
    for verb in ("remind", "remind"):  # the second is too much, and says so
        assert browser.post(reverse(f"forms:{verb}", args=[form])).status_code == 303
    assert "Once a day is enough" in browser.get(here).content.decode()
    replaced = browser.post(reverse("forms:replace", args=[form]))
    new = UUID(replaced["Location"].strip("/").rpartition("/")[2])
    assert Form.objects.get(id=new).replaces_id == form
    browser.post(reverse("forms:publish", args=[new]))
    assert Form.objects.get(id=form).state == State.CLOSED
    browser.post(reverse("forms:close", args=[new]))
    assert Form.objects.get(id=new).state == State.CLOSED
    draft = UUID(browser.post(reverse("forms:replace", args=[new]))["Location"].strip("/").rpartition("/")[2])
    browser.post(reverse("forms:discard", args=[draft]))
    assert not Form.objects.filter(id=draft).exists()


def test_other_schools_and_the_body_see_what_is_theirs(asked: Asked):
    form = published(asked, school=True, consent=Consent.SIGNED)
    for name in ("other_principal", "other_administrator"):
        other = browse(asked.world.persons[name], asked.world.hat(name.removeprefix("other_"), other=True))
        assert other.get(reverse("forms:form", args=[form])).status_code == 404
        assert str(form) not in other.get(reverse("forms:home")).content.decode()
    assert body_of(asked).get(reverse("forms:form", args=[form])).status_code == 200


def body_of(asked: Asked) -> Client:
    """The browser of the administrator of the body responsible."""
    return browse(asked.world.persons["authority_administrator"], f"administrator@{asked.world.authority_path}")


def test_the_body_asks_all_its_schools_and_sees_them_one_by_one(asked: Asked):
    browser = body_of(asked)
    browser.post(reverse("forms:new"), TERMS | {"consent": "login", "purpose": "data_sharing"})
    form = Form.objects.get()
    browser.post(reverse("forms:publish", args=[form.id]))
    here = reverse("forms:form", args=[form.id])
    page = browser.get(here).content.decode()
    assert "Solbackaskolan" in page
    assert "Strandskolan" in page
    one = browser.get(here + f"?school={asked.world.school}").content.decode()
    assert "0 of 4 pupils" in one
    school = asked.staff("principal")
    assert "0 of 4 pupils" in school.get(here).content.decode()
    assert school.post(reverse("forms:close", args=[form.id])).status_code == 403
