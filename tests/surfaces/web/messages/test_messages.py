"""Messages in the browser: written, answered, read, found; each sees what is meant for him or her alone."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from testamur.schoolday.conversations.models import Conversation
from tests.schoolday.diary.school import School
from tests.surfaces.web.messages.conftest import Browse

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C5")]


def shown(browser: Client, address: str, status: int = 200) -> str:
    """The page."""
    answer = browser.get(address)
    assert answer.status_code == status, (answer.status_code, answer.headers)
    return answer.content.decode()


def sent(browser: Client, address: str, status: int = 303, **fields: object) -> str:
    """Where the browser is sent on to, or the page that it gets."""
    answer = browser.post(address, fields)
    assert answer.status_code == status, re.sub(r"\s+", " ", answer.content.decode())[:3000]
    return answer.headers.get("Location", "") or answer.content.decode()


def test_a_teacher_writes_to_the_guardians_of_a_class_and_each_answers_alone(school: School, enter: Browse) -> None:
    teacher, mother, far = enter("class_teacher"), enter("guardian"), enter("far_guardian")
    form = shown(teacher, "/messages/write/")
    assert f"guardians:{school.group}" in form
    at = sent(teacher, "/messages/write/", to=f"guardians:{school.group}", subject="Utflykt", text="Ta med matsäck.")
    assert "Utflykt" in shown(mother, "/messages/")
    assert "is-new" in shown(mother, "/messages/")
    assert "Messages" in shown(mother, "/family/")
    assert "Ta med matsäck." in shown(mother, at)
    assert "is-new" not in shown(mother, "/messages/")
    assert "Utflykt" in shown(mother, f"/messages/child/{school.pupils[0]}/")
    sent(mother, f"{at}answer/", text="Vi kommer.")
    assert "Vi kommer." not in shown(far, at)
    page = shown(teacher, at)
    assert "Vi kommer." in page
    thread = re.search(r'name="thread" value="([^"]+)"', page)
    assert thread is not None
    sent(teacher, f"{at}answer/", text="Tack!", thread=thread[1])
    assert "Tack!" in shown(mother, at)
    assert "Tack!" not in shown(far, at)
    shown(enter("stranger"), at, 404)


def test_a_family_writes_to_its_teachers(school: School, enter: Browse) -> None:
    mother, teacher = enter("guardian"), enter("class_teacher")
    assert "Which child" in shown(mother, "/messages/write/")
    address = f"/messages/write/?child={school.pupils[0]}"
    assert "desk:class_teacher" in shown(mother, address)
    at = sent(
        mother, "/messages/write/", child=str(school.pupils[0]), to="desk:class_teacher", subject="Fråga", text="Hej!"
    )
    assert Conversation.objects.get().circle == "school"
    assert "Hej!" in shown(teacher, at)
    shown(enter("teacher"), at, 404)
    shown(enter("other_guardian"), at, 404)
    sent(teacher, f"{at}answer/", text="Hej hej")
    assert "Hej hej" in shown(mother, at)


def test_files_come_along_and_are_never_run(school: School, enter: Browse) -> None:
    teacher, mother = enter("class_teacher"), enter("guardian")
    at = sent(
        teacher, "/messages/write/", to=f"guardians:{school.group}", subject="Brev", text="Se bilagan.",
        enclosed=SimpleUploadedFile("../brev.exe", b"%PDF-1.7 nothing"),
    )  # fmt: skip
    found = re.search(r'href="(/messages/file/[^"]+)"', shown(mother, at))
    assert found is not None
    answer = mother.get(found[1])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="brev.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert enter("stranger").get(found[1]).status_code == 404
    refused = sent(
        teacher, "/messages/write/", 422, to=f"guardians:{school.group}", subject="Brev", text="Se bilagan.",
        enclosed=SimpleUploadedFile("brev.pdf", b"MZ\x90\x00nothing"),
    )  # fmt: skip
    assert "of a kind that is not taken" in refused
