"""The page of a list: heading, steps, the grid with and without script, checks in words, comments, graders."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.order import key
from testamur.schoolday.reporting.rules.views import Check, Entry, NewList
from testamur.surfaces.web.results.words import group_of
from tests.schoolday.reporting.university import EXAM, University
from tests.surfaces.web.results.conftest import Enter, grade, module_list, rows, send, text, view

pytestmark = pytest.mark.django_db


def exam_list(u: University, **more: Any) -> UUID:
    """The list of the written exam with everybody who signed up."""
    return module_list(u, exam=u.exams["DV1574"], **more)


def page_of(browser: Client, result_list: UUID, **query: str) -> str:
    """What the page says."""
    return text(browser.get(reverse("results:list", args=[result_list]), query))


def form_of(page: str) -> dict[str, str]:
    """What a browser without script would send of the grid: every field as it stands."""
    found: dict[str, str] = {}
    body = page[page.index('id="list-form"') : page.index("</form>", page.index('id="list-form"'))]
    for tag in re.findall(r"<input[^>]*>", body):
        told = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if told.get("type") != "checkbox" or "checked" in tag:
            found[told["name"]] = told.get("value", "")
    return found


def number_of(page: str, row: UUID) -> str:
    """The number that a row has in the form."""
    found = re.search(rf'name="r\.(\d+)" value="{row} ', page)
    assert found
    return found[1]


def save(browser: Client, result_list: UUID, *entries: dict[str, Any], since: int = 0) -> dict[str, Any]:
    """What the page's program sends, and the answer."""
    body = json.dumps({"entries": [{"revision": since, **one} for one in entries], "since": since})
    answer = browser.post(reverse("results:rows", args=[result_list]), body, content_type="application/json")
    assert answer.status_code == HTTPStatus.OK, answer.content
    told: dict[str, Any] = answer.json()
    return told


# --- what stands on the page -------------------------------------------------------------------------


@pytest.mark.feature("B29", "B44")
def test_the_heading_names_course_and_module_and_the_steps_where_the_list_stands(
    university: University, enter: Enter
) -> None:
    made = exam_list(university)
    teacher = enter("teacher")
    page = page_of(teacher, made)
    number = lists.head(by=university.actor("teacher"), list=made).number
    assert f"Result list {number} · Module" in page
    assert "DV1574/1405" in page
    steps = re.findall(r"<li( aria-current=\"step\"| data-done)?><span class=\"step-mark\"", page)
    assert steps == [' aria-current="step"', "", "", ""]
    grade(university, made)
    send(university, made)
    page = page_of(teacher, made)
    steps = re.findall(r"<li( aria-current=\"step\"| data-done)?><span class=\"step-mark\"", page)
    assert steps == [" data-done", ' aria-current="step"', "", ""]
    assert "<input name=" not in page


@pytest.mark.feature("B22")
def test_family_and_given_names_stand_apart_in_one_order_whatever_brought_the_students(
    university: University, enter: Enter
) -> None:
    made = module_list(university)
    by, now = university.actor("teacher"), clock.now()
    actions.fetch_registered(by=by, list=made, occasion=university.occasions["DV1574"], now=now)
    actions.fetch_exam(by=by, list=made, exam=university.exams["DV1574"], now=now)
    page = page_of(enter("teacher"), made)
    pattern = r'class="list-family"[^>]*>([^<]*)<.*?class="list-given"[^>]*>([^<]*)<'
    names = [(family, given) for family, given in re.findall(pattern, page) if given]
    assert len(names) > 20
    assert names == sorted(names, key=lambda pair: key(pair[0], pair[1], "family"))
    other = [pair for pair in re.findall(pattern, page_of(enter("teacher"), made, sort="given")) if pair[1]]
    assert other == sorted(names, key=lambda pair: key(pair[0], pair[1], "given"))
    assert other != names


@pytest.mark.feature("B21", "B32")
def test_a_row_has_grade_date_and_points_and_no_credits(university: University, enter: Enter) -> None:
    page = page_of(enter("teacher"), exam_list(university))
    heads = re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]*)', page)
    assert [one.strip() for one in heads] == [
        "Family name", "Given name", "Personal number", "Grade", "Examination date", "Points", "Remarks",
    ]  # fmt: skip
    assert "hp" not in heads


@pytest.mark.feature("B18")
def test_dates_come_from_the_exam_alone_and_are_empty_otherwise(university: University, enter: Enter) -> None:
    made = module_list(university, occasion=university.occasions["DV1574"])
    by = university.actor("teacher")
    actions.fetch_registered(by=by, list=made, occasion=university.occasions["DV1574"], now=clock.now())
    empty = form_of(page_of(enter("teacher"), made))
    assert {value for name, value in empty.items() if name.startswith("d.")} == {""}
    filled = form_of(page_of(enter("teacher"), exam_list(university)))
    assert {value for name, value in filled.items() if name.startswith("d.")} == {EXAM.isoformat()}


def test_a_protected_student_has_no_name_on_the_page(university: University, enter: Enter) -> None:
    page = page_of(enter("teacher"), exam_list(university))
    assert university.names["protected"] not in page
    assert university.numbers["protected"][-4:] not in page
    assert "Protected identity" in page


@pytest.mark.feature("B28")
def test_the_lists_own_styles_and_program_bear_the_version_of_their_content(
    university: University, enter: Enter, tmp_path: Path
) -> None:
    page = page_of(enter("teacher"), exam_list(university))
    parts = re.findall(r'"/static/(web/results/[^"]+)"', page)
    assert len(parts) == 2
    storage = ManifestStaticFilesStorage(location=tmp_path)
    for part in parts:
        found = finders.find(part)
        assert found
        content = ContentFile(Path(str(found)).read_bytes())
        digest = storage.file_hash(part, content)
        assert digest is not None
        assert digest in storage.hashed_name(part, content)
    assert "Ctrl+F5" not in page


# --- saving ------------------------------------------------------------------------------------------


@pytest.mark.feature("B32", "B44")
def test_without_script_the_form_saves_what_was_touched(university: University, enter: Enter) -> None:
    made, teacher = exam_list(university), enter("teacher")
    page = page_of(teacher, made)
    row = rows(university, made)[university.students[0]]
    n = number_of(page, row.id)
    form = {**form_of(page), f"v.{n}": "vb", f"p.{n}": "41,5"}
    answer = teacher.post(reverse("results:rows", args=[made]), form)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY  # "vb" is no grade, the points are saved
    assert "One cell was not saved" in text(answer)
    assert "Possible:" in text(answer)
    form[f"v.{n}"] = "b"
    assert teacher.post(reverse("results:rows", args=[made]), form).status_code == HTTPStatus.FOUND
    saved = rows(university, made)[university.students[0]]
    assert (saved.value, saved.points, saved.examined_on) == ("B", "41.5", EXAM)
    assert sum(bool(one.value) for one in rows(university, made).values()) == 1


@pytest.mark.feature("B18", "B19")
def test_the_same_date_goes_to_rows_without_one_only_when_the_button_is_pressed(
    university: University, enter: Enter
) -> None:
    made = module_list(university, module="1415")
    by = university.actor("teacher")
    actions.fetch_registered(by=by, list=made, occasion=university.occasions["DV1574"], now=clock.now())
    teacher = enter("teacher")
    page = page_of(teacher, made)
    first = next(iter(rows(university, made).values()))
    form = {**form_of(page), f"d.{number_of(page, first.id)}": "2026-10-01", "same_date": "2026-10-09"}
    teacher.post(reverse("results:rows", args=[made]), form)
    dates = [one.examined_on for one in rows(university, made).values()]
    assert dates.count(None) == len(dates) - 1
    form = {**form_of(page_of(teacher, made)), "same_date": "2026-10-09", "same": "1"}
    teacher.post(reverse("results:rows", args=[made]), form)
    found = rows(university, made)
    assert str(found[first.person].examined_on) == "2026-10-01"
    assert {str(one.examined_on) for key, one in found.items() if key != first.person} == {"2026-10-09"}


def test_cells_are_saved_one_by_one_and_come_back_as_they_are_kept(university: University, enter: Enter) -> None:
    made, teacher = exam_list(university), enter("teacher")
    row = rows(university, made)[university.students[3]]
    since = view(university, made).head.revision
    told = save(teacher, made, {"row": str(row.id), "value": "c"}, since=since)
    (one,) = told["rows"]
    assert (one["value"], one["examined_on"], one["mine"]) == ("C", EXAM.isoformat(), True)
    assert told["revision"] == since + 1
    assert not told["faulty"]
    wrong = save(teacher, made, {"row": str(row.id), "examined_on": "28/10/2026"}, since=told["revision"])
    assert wrong["faulty"][0]["field"] == "examined_on"
    assert "2026-10-28" in wrong["faulty"][0]["message"]
    assert rows(university, made)[university.students[3]].examined_on == EXAM


def test_two_teachers_in_one_row_overwrite_nothing_and_see_what_the_other_wrote(
    university: University, enter: Enter
) -> None:
    made = exam_list(university)
    row = rows(university, made)[university.students[3]]
    since = view(university, made).head.revision
    teacher, colleague = enter("teacher"), enter("colleague")
    save(colleague, made, {"row": str(row.id), "value": "A"}, since=since)
    told = save(teacher, made, {"row": str(row.id), "value": "C"}, since=since)
    (fault,) = told["faulty"]
    assert fault["conflict"]
    assert university.names["colleague"] in fault["message"]
    assert fault["now"]["value"] == "A"
    assert rows(university, made)[university.students[3]].value == "A"
    save(teacher, made, {"row": str(row.id), "value": "C", "revision": fault["now"]["revision"]}, since=since)
    assert rows(university, made)[university.students[3]].value == "C"


def test_what_a_colleague_writes_is_told_to_the_open_page(university: University, enter: Enter) -> None:
    made, teacher = exam_list(university), enter("teacher")
    row = rows(university, made)[university.students[3]]
    since = view(university, made).head.revision
    save(enter("colleague"), made, {"row": str(row.id), "value": "A"}, since=since)
    told = teacher.get(reverse("results:rows", args=[made]), {"since": since}).json()
    assert [(one["row"], one["value"], one["mine"]) for one in told["rows"]] == [(str(row.id), "A", False)]
    assert teacher.get(reverse("results:rows", args=[made]), {"since": told["revision"]}).json()["rows"] == []


@pytest.mark.parametrize(
    "body",
    ["{}", "[]", "no", '{"entries": 3, "since": 0}', '{"entries": [{"row": "x", "revision": 0}], "since": 0}',
     '{"entries": [{"row": "00000000-0000-0000-0000-000000000001", "revision": 0, "value": 5}], "since": 0}'],
)  # fmt: skip
def test_what_is_no_such_json_is_refused(body: str, university: University, enter: Enter) -> None:
    made = exam_list(university)
    address = reverse("results:rows", args=[made])
    assert enter("teacher").post(address, body, content_type="application/json").status_code == HTTPStatus.BAD_REQUEST
    answer = enter("economy_teacher").post(address, body, content_type="application/json")
    assert answer.status_code == HTTPStatus.FORBIDDEN


def test_a_sent_list_takes_nothing(university: University, enter: Enter) -> None:
    made, teacher = exam_list(university), enter("teacher")
    row = rows(university, made)[university.students[3]]
    grade(university, made)
    send(university, made)
    body = json.dumps({"entries": [{"row": str(row.id), "revision": 99, "value": "E"}], "since": 0})
    answer = teacher.post(reverse("results:rows", args=[made]), body, content_type="application/json")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert rows(university, made)[university.students[3]].value == "B"


# --- checks in words ---------------------------------------------------------------------------------


@pytest.mark.feature("B20")
def test_a_missing_date_is_asked_for_and_not_called_a_missing_registration(
    university: University, enter: Enter
) -> None:
    made = module_list(university)
    by = university.actor("teacher")
    actions.fetch_registered(by=by, list=made, occasion=university.occasions["DV1574"], now=clock.now())
    row = rows(university, made)[university.students[3]]
    told = save(enter("teacher"), made, {"row": str(row.id), "value": "C"}, since=view(university, made).head.revision)
    said = told["remarks"][str(row.id)]
    assert "The examination date is missing" in said["html"]
    assert "egistered" not in said["html"]
    assert said["stops"]
    assert "1 student has no examination date" in told["parts"]["summary"]


def test_every_finding_has_its_sentence_beside_the_student_and_in_the_summary(
    university: University, enter: Enter
) -> None:
    made = exam_list(university)
    found = view(university, made)
    entries = [Entry(row.id, "B") for row in found.rows]
    by, now = university.actor("teacher"), clock.now()
    actions.save_rows(by=by, list=made, entries=entries, revision=found.head.revision, now=now)
    page = page_of(enter("teacher"), made)
    for text_ in (
        "Not registered for the course",
        "Registered only from 2026-11-10",
        "Gave the course up on 2026-10-01",
    ):
        assert text_ in page
    assert "2 students are not registered for the course" in page
    codes = {check.code for check in view(university, made).checks}
    assert not [code for code in codes if code in page]


def test_no_code_of_a_check_is_without_words() -> None:
    described = re.findall(r"``(\w+)``", str(Check.__doc__))
    codes = [one for one in described if one not in {"date", "value", "modules", "code"}]
    assert len(codes) > 15
    assert not [code for code in codes if group_of(code, 2) == code]


@pytest.mark.feature("B9", "B7", "B8")
def test_the_button_for_students_without_registration_is_there_only_when_there_is_one(
    university: University, enter: Enter
) -> None:
    clean = module_list(university)
    by = university.actor("teacher")
    actions.fetch_registered(by=by, list=clean, occasion=university.occasions["DV1574"], now=clock.now())
    teacher = enter("teacher")
    with_some = exam_list(university)
    grade(university, with_some)
    assert "Mail me the list of unregistered" not in page_of(teacher, clean)
    assert "Mail me the list of unregistered" in page_of(teacher, with_some)
    answer = teacher.post(reverse("results:unregistered", args=[with_some]), follow=True)
    assert "on its way to your e-mail" in text(answer)
    refused = teacher.post(reverse("results:unregistered", args=[clean]))
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


# --- a whole course ----------------------------------------------------------------------------------


@pytest.mark.feature("B40", "B41")
def test_a_whole_course_shows_finished_modules_and_marked_students_leave_at_the_next_save(
    university: University, enter: Enter
) -> None:
    new = NewList(university.units["data"], university.course("DV1574"))
    made = actions.open_list(by=university.actor("examiner"), new=new, now=clock.now())
    examiner = enter("examiner")
    page = page_of(examiner, made)
    assert "Whole course" in page
    assert "<span>1405 <strong>B</strong> 2026-06-03</span>" in page
    found = rows(university, made, "examiner")
    leaving = found[university.persons["ready_too"]]
    form = {**form_of(page), f"l.{number_of(page, leaving.id)}": "1"}
    answer = examiner.post(reverse("results:rows", args=[made]), form, follow=True)
    assert "1 student left the list" in text(answer)
    assert university.persons["ready_too"] not in rows(university, made, "examiner")
    assert university.persons["ready"] in rows(university, made, "examiner")


# --- anonymity, titles, comments, graders ------------------------------------------------------------


def test_an_anonymous_list_shows_codes_until_all_are_graded_and_names_are_asked_for(
    university: University, enter: Enter
) -> None:
    made = module_list(university, "other_examiner", course="MA1441", module="2205", exam=university.exams["MA1441"])
    examiner = enter("other_examiner")
    page = page_of(examiner, made)
    assert "MA-101" in page
    assert "Family name" not in page
    assert "Show the names" not in page
    assert examiner.post(reverse("results:reveal", args=[made])).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    found = view(university, made, "other_examiner")
    entries = [Entry(row.id, "VG" if found.scale.find("VG") else found.scale.values[-1].value) for row in found.rows]
    actions.save_rows(
        by=university.actor("other_examiner"), list=made, entries=entries, revision=found.head.revision,
        now=clock.now(),
    )  # fmt: skip
    assert "Show the names" in page_of(examiner, made)
    page = text(examiner.post(reverse("results:reveal", args=[made]), follow=True))
    assert "Family name" in page
    assert "MA-101" in page


@pytest.mark.feature("B5")
def test_a_degree_project_has_one_title_in_two_languages_for_all_its_authors(
    university: University, enter: Enter
) -> None:
    module = university.courses["PA2534"].modules[0].code
    made = module_list(university, course="PA2534", module=module, title="Säkra journaler")
    by, now = university.actor("teacher"), clock.now()
    for name in ("author", "coauthor"):
        actions.add_student(by=by, list=made, person=university.persons[name], now=now)
    teacher = enter("teacher")
    assert "A degree project needs its title in English too" in page_of(teacher, made)
    form = {"title": "Säkra journaler", "title_en": "Safe <records>"}
    page = text(teacher.post(reverse("results:title", args=[made]), form, follow=True))
    assert "Safe <records>" in page  # entities were read: the page itself has them escaped
    assert "needs its title" not in page
    assert len(rows(university, made)) == 2


def test_a_comment_stands_with_the_list_and_beside_its_student(university: University, enter: Enter) -> None:
    made = exam_list(university)
    row = rows(university, made)[university.students[3]]
    teacher, examiner = enter("teacher"), enter("examiner")
    assert f'name="row" value="{row.id}"' in page_of(teacher, made, about=str(row.id))
    form = {"text": "Sat the exam in another room.", "row": str(row.id)}
    assert teacher.post(reverse("results:comment", args=[made]), form).status_code == HTTPStatus.FOUND
    page = page_of(examiner, made)
    assert "Sat the exam in another room." in page
    assert page.count("data-said") == 1
    empty = teacher.post(reverse("results:comment", args=[made]), {"text": " "})
    assert empty.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_grader_of_another_department_is_let_in_and_out(university: University, enter: Enter) -> None:
    made = exam_list(university)
    teacher, other = enter("teacher"), enter("economy_teacher")
    person = str(university.persons["economy_teacher"])
    address = reverse("results:list", args=[made])
    assert other.get(address).status_code == HTTPStatus.FORBIDDEN
    teacher.post(reverse("results:graders", args=[made]), {"act": "add", "person": person})
    page = text(other.get(address))
    assert 'id="list-form"' in page
    assert other.get(reverse("results:fetch", args=[made])).status_code == HTTPStatus.OK
    teacher.post(reverse("results:graders", args=[made]), {"act": "remove", "person": person})
    assert other.get(address).status_code == HTTPStatus.FORBIDDEN


def test_a_discarded_draft_is_gone_from_the_home_and_kept_in_its_history(university: University, enter: Enter) -> None:
    made, teacher = exam_list(university), enter("teacher")
    assert teacher.post(reverse("results:discard", args=[made])).status_code == HTTPStatus.FOUND
    assert reverse("results:list", args=[made]) not in text(teacher.get(reverse("results:home")))
    assert "The draft was discarded" in text(teacher.get(reverse("results:history", args=[made])))
