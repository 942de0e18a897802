"""The mark grid in a browser: the page, its program's calls, the form without script, columns."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewPost, Role
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.models import Mark, Task
from testamur.schoolday.diary.queries.marks import standing_cells
from testamur.schoolday.diary.rules.marks import Entry
from testamur.trust.records.models import Sight
from tests.schoolday.diary.school import School, build
from tests.surfaces.web.diary.conftest import Enter

pytestmark = pytest.mark.django_db


def add(school: School, **further: Any) -> UUID:
    """A column of today."""
    now = clock.now()
    values: dict[str, Any] = {"kind": "current", "on": now.date(), "subject": school.subjects[0], **further}
    by = school.actor("teacher", on=now.date())
    return actions.add_task(by=by, group=school.group, now=now, **values)


def wrote(school: School, task: UUID, *entries: Entry, who: str = "teacher") -> None:
    """Somebody wrote before."""
    now = clock.now()
    actions.enter_marks(by=school.actor(who, on=now.date()), task=task, entries=entries, now=now)


def grid_of(school: School, **query: str) -> str:
    """The address of the grid in the first subject."""
    return reverse("diary:grid", args=[school.group, school.subjects[0]], query=query or None)


def post(browser: Client, task: UUID, *entries: dict[str, Any]) -> dict[str, Any]:
    """What the page's program does."""
    body = json.dumps({"term": "II", "entries": entries})
    answer = browser.post(reverse("diary:enter", args=[task]), body, content_type="application/json")
    assert answer.status_code == HTTPStatus.OK
    told: dict[str, Any] = answer.json()
    return told


def hidden(page: str) -> dict[str, str]:
    """What the form of a page would send."""
    tags = re.findall(r"<input[^>]*>", page.split('id="grid-form"')[1].split("</form>", maxsplit=1)[0])
    pairs = ((re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags)
    return {name[1]: value[1] if value else "" for name, value in pairs if name}


def standing(school: School, task: UUID) -> list[str]:
    """The values in order of the pupils."""
    cells = standing_cells([task])
    return [cells[p][task].value if task in cells.get(p, {}) else "" for p in school.pupils]


@pytest.mark.feature("E5", "E6")
def test_from_classes_to_the_grid_with_marks_averages_and_a_masked_name(bulgarian: School, enter: Enter) -> None:
    task = add(bulgarian, kind="test", title="<b>Тест</b>", weight=Decimal(2))
    wrote(bulgarian, task, *(Entry(p, "5", "браво & още") for p in bulgarian.pupils))
    browser = enter(bulgarian, "teacher")
    classes = browser.get(reverse("diary:classes")).content.decode()
    assert grid_of(bulgarian) in classes
    page = browser.get(grid_of(bulgarian)).content.decode()
    assert "8А Математика" in page
    assert page.count('value="5" aria-labelledby') == len(bulgarian.pupils)
    assert "много добър" in page
    assert "<b>Тест" not in page
    assert "браво &amp; още" in page
    assert "Ученик2" not in page
    assert not Sight.objects.exists()
    assert "Ученик2" in enter(bulgarian, "principal").get(grid_of(bulgarian)).content.decode()
    assert Sight.objects.count() == 1  # a true name that is protected was shown, and that is written down


@pytest.mark.feature("E6")
def test_the_program_of_the_page_is_told_of_each_mark_what_became_of_it(bulgarian: School, enter: Enter) -> None:
    task, browser, pupils = add(bulgarian), enter(bulgarian, "teacher"), [str(p) for p in bulgarian.pupils]
    wrote(bulgarian, task, Entry(bulgarian.pupils[2], "3"), who="principal")
    told = post(
        browser, task,
        {"pupil": pupils[0], "value": "отличен 6", "comment": "", "seen": None},
        {"pupil": pupils[1], "value": "abc", "comment": "", "seen": None},
        {"pupil": pupils[2], "value": "5", "comment": "", "seen": None},
    )  # fmt: skip
    stored, refused, conflict = told["entries"]
    assert (stored["state"], stored["value"], stored["mark"]) == ("stored", "6", str(Mark.objects.get(value="6").id))
    assert (refused["state"], refused["message"]) == (
        "refused", "That is not a mark here. Possible: 6, 5, 4, 3, 2.",
    )  # fmt: skip
    assert (conflict["state"], conflict["value"]) == ("conflict", "3")
    assert conflict["message"].startswith("Principal Измислен wrote 3 in the meantime.")
    assert told["rows"][pupils[0]]["average"] == "6.00"
    assert standing(bulgarian, task) == ["6", "", "3", "", ""]


@pytest.mark.parametrize("body", ["", "[]", "{", '{"entries": [{}]}', '{"entries": [{"pupil": "x", "value": "5"}]}'])
def test_what_is_no_entry_is_refused_whole(bulgarian: School, enter: Enter, body: str) -> None:
    answer = enter(bulgarian, "teacher").post(
        reverse("diary:enter", args=[add(bulgarian)]), body, content_type="application/json"
    )
    assert answer.status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.feature("E6")
def test_without_script_the_whole_grid_is_a_form_and_a_stale_one_writes_over_nobody(
    bulgarian: School, enter: Enter
) -> None:
    task, browser = add(bulgarian), enter(bulgarian, "teacher")
    wrote(bulgarian, task, *(Entry(p, "4") for p in bulgarian.pupils[:3]))
    form = hidden(browser.get(grid_of(bulgarian)).content.decode())
    numbers = {UUID(form[f"p.{n}"]): n for n in range(len(bulgarian.pupils))}
    own = {p: f"v.0.{numbers[p]}" for p in bulgarian.pupils}
    stand = standing_cells([task])
    wrote(bulgarian, task, Entry(bulgarian.pupils[0], "2", seen=stand[bulgarian.pupils[0]][task].id), who="principal")
    wrote(bulgarian, task, Entry(bulgarian.pupils[1], "3", seen=stand[bulgarian.pupils[1]][task].id), who="principal")
    form |= {own[bulgarian.pupils[1]]: "6", own[bulgarian.pupils[2]]: "5", own[bulgarian.pupils[3]]: "x"}
    answer = browser.post(reverse("diary:grid_save", args=[bulgarian.group, "MAT"]), form)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = answer.content.decode()
    assert "2 marks were not saved" in page
    assert "“x”" in page
    assert standing(bulgarian, task) == ["2", "3", "5", "", ""]  # untouched, met another's, written, refused
    again = hidden(browser.get(grid_of(bulgarian)).content.decode()) | {own[bulgarian.pupils[1]]: ""}
    assert (
        browser.post(reverse("diary:grid_save", args=[bulgarian.group, "MAT"]), again).status_code == HTTPStatus.FOUND
    )
    assert standing(bulgarian, task) == ["2", "", "5", "", ""]


@pytest.mark.feature("E6")
def test_what_is_proposed_is_accepted_by_the_teacher_and_set_by_nobody_else(bulgarian: School, enter: Enter) -> None:
    task, browser = add(bulgarian), enter(bulgarian, "teacher")
    wrote(bulgarian, task, *(Entry(p, v) for p, v in zip(bulgarian.pupils, "65432", strict=True)))
    browser.post(reverse("diary:add_task", args=[bulgarian.group, "MAT"]), {"term": "II", "closing": "term"})
    closing = Task.objects.get(closes="term").id
    assert standing(bulgarian, closing) == [""] * 5
    form = hidden(browser.get(grid_of(bulgarian)).content.decode())
    number = next(n for n in range(2) if form[f"t.{n}"] == str(closing))
    sent = {**form, "accept": str(number)}
    assert browser.post(reverse("diary:grid_save", args=[bulgarian.group, "MAT"]), sent).status_code == HTTPStatus.FOUND
    assert standing(bulgarian, closing) == list("65432")
    assert set(Mark.objects.filter(task=closing).values_list("made_by", flat=True)) == {bulgarian.persons["teacher"]}


def test_columns_are_added_changed_shown_and_taken_out(bulgarian: School, enter: Enter) -> None:
    browser, today = enter(bulgarian, "teacher"), clock.now().date()
    new = {"kind": "test", "title": "Тест", "on": today.isoformat(), "weight": "2", "hidden": "on", "term": "II"}
    answer = browser.post(reverse("diary:add_task", args=[bulgarian.group, "MAT"]), new)
    assert answer.headers["Location"] == grid_of(bulgarian, term="II")
    task = Task.objects.get()
    assert (task.title, task.weight, task.hidden) == ("Тест", Decimal(2), True)
    wrote(bulgarian, task.id, Entry(bulgarian.pupils[0], "5"))
    page = browser.get(grid_of(bulgarian, column=str(task.id))).content.decode()
    assert "Let families see them now" in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), "the fields of both forms have labels of their own"
    at = reverse("diary:change_task", args=[task.id])
    browser.post(at, {"act": "show"})
    assert not Task.objects.get().hidden
    browser.post(at, {"act": "save", "title": "Друг", "on": (today - timedelta(1)).isoformat(), "weight": "1"})
    assert (Task.objects.get().title, Task.objects.get().on) == ("Друг", today - timedelta(1))
    outside = browser.post(at, {"act": "save", "title": "", "on": "2020-01-01", "weight": "1"}, follow=True)
    assert "lies outside the school year" in outside.content.decode()
    retire = reverse("diary:retire_task", args=[task.id])
    assert "Say why" in browser.post(retire, {}, follow=True).content.decode()
    assert "was taken out" in browser.post(retire, {"why": "Няма такъв тест."}, follow=True).content.decode()
    assert Task.objects.get().retired


@pytest.mark.feature("E6")
def test_a_cell_has_a_comment_a_history_and_news_of_colleagues(bulgarian: School, enter: Enter) -> None:
    task, pupil, browser = add(bulgarian), bulgarian.pupils[0], enter(bulgarian, "teacher")
    since = clock.now().isoformat()
    wrote(bulgarian, task, Entry(pupil, "3"), who="principal")
    news = browser.get(reverse("diary:fresh", args=[bulgarian.group, "MAT"]), {"since": since}).json()
    assert [(one["value"], one["by"], one["mine"]) for one in news["marks"]] == [("3", "Principal Измислен", False)]
    cell = reverse("diary:cell", args=[task, pupil])
    whole, part = browser.get(cell), browser.get(cell, headers={"HX-Request": "true", "HX-Target": "cell"})
    strip = re.compile(r'csrfmiddlewaretoken" value="[^"]*"')
    assert strip.sub("", part.content.decode().strip()) in strip.sub("", whole.content.decode())
    sent = {"value": "4", "comment": "По-добре", "seen": str(Mark.objects.get().id)}
    write = reverse("diary:write_cell", args=[task, pupil])
    assert browser.post(write, sent).headers["Location"] == cell
    page = browser.get(cell).content.decode()
    assert "По-добре" in page
    assert "Principal Измислен" in page
    stale = browser.post(write, sent | {"value": "6"}).content.decode()
    assert "in the meantime" in stale
    assert standing(bulgarian, task)[0] == "4"
    found = browser.get(
        reverse("diary:find_cell", args=[bulgarian.group, "MAT"]), {"task": str(task), "pupil": str(pupil)}
    )
    assert "По-добре" in found.content.decode()
    stranger = bulgarian.persons["teacher"]
    assert browser.get(reverse("diary:cell", args=[task, stranger])).status_code == HTTPStatus.NOT_FOUND


def test_whoever_teaches_something_else_sees_and_writes_nothing(bulgarian: School, enter: Enter) -> None:
    task, now = add(bulgarian), clock.now()
    post_ = NewPost(
        bulgarian.persons["stranger"], bulgarian.school, Role.TEACHER, now.date(), group=bulgarian.group, subject="BEL"
    )
    schools.add_posts(by=operator(), posts=[post_], now=now)
    browser = enter(bulgarian, "stranger")
    assert browser.get(grid_of(bulgarian)).status_code == HTTPStatus.CONFLICT
    entry = json.dumps({"entries": [{"pupil": str(bulgarian.pupils[0]), "value": "6"}]})
    answer = browser.post(reverse("diary:enter", args=[task]), entry, content_type="application/json")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert not Mark.objects.exists()


def test_the_page_costs_as_many_queries_for_thirty_as_for_five(db: None, enter: Enter) -> None:
    found: dict[int, tuple[int, int]] = {}
    for size in (5, 30):
        with transaction.atomic():
            school = build("bg.school", now=clock.now(), pupils=size)
            tasks = [add(school) for _ in range(10)]
            wrote(school, tasks[0], *(Entry(p, "5") for p in school.pupils))
            browser = enter(school, "teacher")
            browser.get(grid_of(school))  # what a process remembers for seconds, and that a login is in use
            with CaptureQueriesContext(connection) as look:
                assert browser.get(grid_of(school)).status_code == HTTPStatus.OK
            with CaptureQueriesContext(connection) as one:
                post(browser, tasks[1], {"pupil": str(school.pupils[0]), "value": "5", "comment": "", "seen": None})
            found[size] = (len(look), len(one))
            assert sum("INSERT" in q["sql"] and "diary_mark" in q["sql"] for q in one.captured_queries) == 1
            transaction.set_rollback(True)
    assert found[5] == found[30]
    assert found[30][0] <= 20
