"""Plans, matrices and the portfolio on the web: what staff does, and what each family sees of it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from testamur.kernel.base.actor import operator
from testamur.register.people import queries as people
from testamur.schoolday.learning.models import Entry, Picture, Plan
from tests.schoolday.diary.school import School
from tests.schoolday.learning.conftest import picture
from tests.surfaces.web.learning.conftest import seen, sent

pytestmark = pytest.mark.django_db
Enter = Callable[..., Client]
PLAN: dict[str, Any] = {
    "title": "Bråk", "subject": "MA", "starts": "2026-03-02", "ends": "2026-04-03", "content": "Vi delar pizzor.",
    "goals": "MA-1 | räknar med bråk\nförklarar", "levels": "inte ännu\npå väg\nnått", "methods": "", "assessed": "",
}  # fmt: skip


def plan(browser: Client, four: School, *, publish: bool = True, **more: Any) -> str:
    address = sent(browser, f"/learning/group/{four.group}/new/", **(PLAN | more))
    if publish:
        sent(browser, f"{address}act/", act="publish")
    return address


@pytest.mark.feature("C7")
def test_a_plan_is_written_published_and_read_by_families_week_by_week(four: School, enter: Enter) -> None:
    teacher, guardian, ada = enter(four, "teacher"), enter(four, "guardian"), four.pupils[0]
    assert f"/learning/group/{four.group}/" in seen(teacher, "/learning/")
    address = plan(teacher, four, publish=False)
    assert "Bråk" not in seen(guardian, f"/learning/child/{ada}/")
    sent(teacher, f"{address}act/", act="publish")
    page = seen(guardian, f"/learning/child/{ada}/")
    assert "Bråk" in page
    assert "Bråk" not in seen(guardian, f"/learning/child/{ada}/?monday=2026-05-04")
    key = Plan.objects.get().id
    one = seen(guardian, f"/learning/child/{ada}/plan/{key}/")
    for text in ("Vi delar pizzor.", "räknar med bråk", "MA-1", "Matematik"):
        assert text in one
    assert seen(enter(four, "1"), f"/learning/child/{four.pupils[1]}/plan/{key}/")
    seen(guardian, f"/learning/child/{four.pupils[3]}/", 404)
    seen(guardian, address, 403)  # the door of teachers
    assert "aria-current" in seen(teacher, f"/learning/group/{four.group}/")


@pytest.mark.feature("C7")
def test_what_is_wrong_with_a_plan_stands_at_its_field(four: School, enter: Enter) -> None:
    teacher = enter(four, "teacher")
    page = sent(teacher, f"/learning/group/{four.group}/new/", 422, **(PLAN | {"ends": "2026-01-01"}))
    assert "ends before it begins" in page
    assert "Vi delar pizzor." in page
    address = plan(teacher, four)
    stale = PLAN | {"seen": "1", "title": "Decimaltal"}
    sent(teacher, f"{address}change/", **stale)
    assert "overwritten" in sent(teacher, f"{address}change/", 422, **(stale | {"title": "Annat"}))


@pytest.mark.feature("C7")
def test_a_shared_plan_is_copied_from_the_library(four: School, enter: Enter) -> None:
    teacher, head = enter(four, "teacher"), enter(four, "principal")
    address = plan(teacher, four)
    sent(teacher, f"{address}act/", act="share")
    assert "Shared in the school" in seen(teacher, address)
    key = Plan.objects.get().id
    copied = sent(head, f"/learning/group/{four.group}/library/", plan=str(key), starts="2026-09-01")
    assert "2026" in seen(head, copied)
    assert Plan.objects.count() == 2
    sent(head, f"/learning/group/{four.group}/library/", 422, plan=str(key), starts="9999-09-01")


@pytest.mark.feature("C3", "C9")
def test_a_matrix_shows_teachers_the_class_and_a_family_its_own_child(four: School, enter: Enter) -> None:
    teacher, guardian, (ada, *_rest) = enter(four, "teacher"), enter(four, "guardian"), four.pupils
    address = plan(teacher, four)
    key = Plan.objects.get().id
    page = seen(teacher, f"{address}matrix/{ada}/")
    first = re.findall(r'name="level-(\w{32})"', page)[0]
    fields: dict[str, Any] = {f"level-{first}": "1", f"comment-{first}": "Öva med linjal", "on": "2026-03-10"}
    sent(teacher, f"{address}matrix/{ada}/", **fields)
    sent(
        teacher,
        f"{address}matrix/{four.pupils[3]}/",
        **(fields | {f"level-{first}": "2", f"comment-{first}": "Hemligt om Dan"}),
    )
    assert "på väg" in seen(teacher, f"{address}matrix/")
    assert 'data-level="1"' not in seen(teacher, f"{address}matrix/?on=2026-03-09")
    assert "Öva med linjal" not in seen(guardian, f"/learning/child/{ada}/matrix/")
    sent(teacher, f"{address}act/", act="show")
    shown = seen(guardian, f"/learning/child/{ada}/matrix/")
    assert "Öva med linjal" in shown
    assert "Hemligt" not in shown
    assert "is-here" not in seen(guardian, f"/learning/child/{ada}/matrix/?on=2026-03-09")
    seen(guardian, f"{address}matrix/", 403)
    seen(enter(four, "class_teacher"), f"{address}matrix/")
    sent(enter(four, "class_teacher"), f"{address}matrix/{ada}/", 422, **fields)
    assert str(key) in address


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("IMG_0001.jpg", picture((300, 200)), content_type="image/jpeg")


def documented(browser: Client, four: School, children: list[UUID], shown: list[UUID]) -> str:
    address = sent(
        browser, f"/learning/group/{four.group}/portfolio/new/", kind="documentation", title="Bron", on="2026-03-10",
        text="Vi byggde en bro.", children=[str(one) for one in children],
    )  # fmt: skip
    sent(browser, address, picture=photo(), alt="En bro av klossar", shown=[str(one) for one in shown])
    return address


@pytest.mark.feature("C9", "C18")
def test_a_picture_reaches_the_families_without_its_metadata(four: School, enter: Enter, shown: set[UUID]) -> None:
    teacher, guardian, (ada, ben, *_rest) = enter(four, "teacher"), enter(four, "other_guardian"), four.pupils
    address = documented(teacher, four, [ada, ben], [ada, ben])
    shown.discard(ben)
    page = sent(teacher, f"{address}act/", 422, act="publish")
    assert "may not be shown" in page
    shown.add(ben)
    sent(teacher, f"{address}act/", act="publish")
    home = seen(guardian, "/family/")
    assert "Bron" in home
    page = seen(guardian, f"/learning/child/{ada}/")
    assert "En bro av klossar" in page
    key = Picture.objects.get().id
    answer = guardian.get(f"/learning/picture/{key}/")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "no-store"
    assert dict(Image.open(io.BytesIO(answer.content)).getexif()) == {}
    assert b"Hemlig" not in answer.content
    seen(enter(four, "far_guardian"), f"/learning/picture/{key}/", 404)
    other = people.person(by=operator(), id=ben)
    assert other is not None
    assert other.given not in page
    shown.discard(ben)
    assert str(key) not in seen(guardian, f"/learning/child/{ada}/portfolio/")
    seen(guardian, f"/learning/picture/{key}/", 404)
    assert "Hidden: somebody in it may not be shown." in seen(teacher, address)


@pytest.mark.feature("C9")
def test_a_file_that_is_no_picture_is_refused_with_a_sentence(four: School, enter: Enter, shown: set[UUID]) -> None:
    teacher = enter(four, "teacher")
    address = documented(teacher, four, [four.pupils[0]], [])
    bad = SimpleUploadedFile("x.jpg", b"<svg onload=alert(1)>", content_type="image/jpeg")
    assert "Choose a whole picture" in sent(teacher, address, 422, picture=bad, alt="x")
    assert Picture.objects.count() == 1
    sent(teacher, f"{address}act/", act="remove", picture=str(Picture.objects.get().id))
    assert not Picture.objects.exists()
    assert shown


@pytest.mark.feature("C9")
def test_a_pupil_adds_a_work_and_the_family_takes_all_along(four: School, enter: Enter, shown: set[UUID]) -> None:
    ada, me, guardian = four.pupils[0], enter(four, "0"), enter(four, "guardian")
    sent(me, f"/learning/child/{ada}/work/", title="Min dikt", text="Om <våren>", picture=photo(), alt="En tussilago")
    teacher = enter(four, "teacher")
    sent(teacher, documented(teacher, four, [ada], [ada]) + "act/", act="publish")
    assert "Min dikt" in seen(teacher, f"/learning/group/{four.group}/portfolio/")
    answer = guardian.get(f"/learning/child/{ada}/portfolio/export/")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    index = archive.read("index.html").decode()
    assert "Min dikt" in index
    assert "Om &lt;våren&gt;" in index
    inside = [name for name in archive.namelist() if name.endswith(".jpg")]
    assert len(inside) == 2
    assert all(f'src="{name}"' in index for name in inside)
    work = Entry.objects.get(own=True)
    key = Picture.objects.get(entry=work).id
    sent(guardian, f"/learning/child/{ada}/portfolio/drop/", picture=str(key))
    assert not Picture.objects.filter(id=key).exists()
    other = Picture.objects.get().id
    assert me.post(f"/learning/child/{ada}/portfolio/drop/", {"picture": str(other)}).status_code == 404
    assert me.post(f"/learning/child/{four.pupils[1]}/work/", {"title": "x"}).status_code == 404
    assert shown


@pytest.mark.feature("C9")
def test_an_entry_is_changed_by_whoever_wrote_it_and_a_work_taken_back_by_its_family(
    four: School, enter: Enter
) -> None:
    teacher = enter(four, "teacher")
    said = {"kind": "work", "title": "Vi bygger", "on": "2026-03-10", "children": [str(four.pupils[0])]}
    made = teacher.post(f"/learning/group/{four.group}/portfolio/new/", said)
    at = made["Location"]
    assert "change/" in seen(teacher, at)
    answer = teacher.post(f"{at}change/", {"title": "Vi bygger en bro", "on": "2026-03-10", "text": "Alla."})
    assert answer.status_code == 303
    page = seen(teacher, at)
    assert "What it said before" in page
    assert "<h1>Vi bygger en bro</h1>" in page
    assert teacher.post(f"{at}change/", {"title": "", "on": "2026-03-10"}).status_code == 422
    assert enter(four, "class_teacher").get(f"{at}change/").status_code == 404
    mother, child = enter(four, "guardian"), four.pupils[0]
    mother.post(f"/learning/child/{child}/work/", {"title": "Min båt", "text": ""})
    page = seen(mother, f"/learning/child/{child}/portfolio/")
    key = page.split('name="work" value="')[1].split('"')[0]
    assert (
        enter(four, "other_guardian").post(f"/learning/child/{child}/portfolio/drop/", {"work": key}).status_code == 404
    )
    mother.post(f"/learning/child/{child}/portfolio/drop/", {"work": key})
    assert "Min båt" not in seen(mother, f"/learning/child/{child}/portfolio/")
