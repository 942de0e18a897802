"""Phrases for comments: kept by a teacher, a school, a body; put into a text and seen before it is saved."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.schoolday.diary.models import Assessment, Phrase
from tests.schoolday.diary.school import School, build
from tests.surfaces.web.diary.conftest import Enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def vietnamese(db: None) -> School:
    """Class 3A."""
    return build("vn.primary", now=clock.now(), pupils=3)


@pytest.mark.feature("D18")
def test_a_phrase_stands_in_the_text_with_the_name_and_is_not_saved_unseen(vietnamese: School, enter: Enter) -> None:
    browser = enter(vietnamese, "class_teacher")
    told = {"circle": "own", "code": "T1", "subject": "TV", "text": "{tên} đọc to, rõ ràng."}
    assert browser.post(reverse("diary:phrases"), told).status_code == HTTPStatus.FOUND
    where = reverse("diary:assessments", args=[vietnamese.group, "TV"])
    assert "đọc to, rõ ràng." in browser.get(where).content.decode()
    sent = {"pupil": str(vietnamese.pupils[0]), "seen": "0", "text": "Chăm.", "phrase": "t1", "insert": "1"}
    page = browser.post(where, sent).content.decode()
    assert "Chăm. Ученик0 đọc to, rõ ràng." in page
    assert not Assessment.objects.exists()
    hidden = browser.post(where, {**sent, "pupil": str(vietnamese.pupils[2])}).content.decode()
    assert "Chăm. Em đọc to, rõ ràng." in hidden
    assert "There is no phrase with that code." in browser.post(where, {**sent, "phrase": "x"}).content.decode()


@pytest.mark.feature("D18")
def test_own_phrases_are_nobody_elses_and_the_schools_are_for_all(vietnamese: School, enter: Enter) -> None:
    mine, head = enter(vietnamese, "class_teacher"), enter(vietnamese, "principal")
    mine.post(reverse("diary:phrases"), {"circle": "own", "code": "a", "text": "Chỉ của tôi."})
    head.post(reverse("diary:phrases"), {"circle": "school", "code": "b", "text": "Của trường."})
    page = enter(vietnamese, "teacher").get(reverse("diary:phrases")).content.decode()
    assert "Của trường." in page
    assert "Chỉ của tôi." not in page
    refused = mine.post(reverse("diary:phrases"), {"circle": "school", "code": "c", "text": "Không được."})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    schools_own = Phrase.objects.get(code="b")
    retire = reverse("diary:retire_phrase", args=[schools_own.id])
    assert mine.post(retire).status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
    own = reverse("diary:retire_phrase", args=[Phrase.objects.get(code="a").id])
    assert head.post(own).status_code == HTTPStatus.NOT_FOUND
    assert mine.post(own).status_code == HTTPStatus.FOUND
    twice = {"circle": "school", "code": "B", "text": "Lần nữa."}
    assert head.post(reverse("diary:phrases"), twice).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.feature("D18")
def test_the_bank_is_looked_through_by_subject_and_level(vietnamese: School, enter: Enter) -> None:
    browser, where = enter(vietnamese, "class_teacher"), reverse("diary:phrases")
    for code, subject, value, text in (
        ("a", "TV", "T", "Đọc lưu loát."), ("b", "TV", "C", "Cần luyện đọc."), ("c", "TOAN", "T", "Tính nhanh."),
        ("d", "", "", "Chăm ngoan."),
    ):  # fmt: skip
        told = {"circle": "own", "code": code, "subject": subject, "value": value, "text": text}
        assert browser.post(where, told).status_code == HTTPStatus.FOUND
    page = browser.get(where, {"subject": "TV", "value": "T"}).content.decode()
    assert "Đọc lưu loát." in page
    assert "Chăm ngoan." in page, "what fits all is shown with what fits"
    assert "Cần luyện đọc." not in page
    assert "Tính nhanh." not in page
    assert "Tính nhanh." in browser.get(where, {"subject": "nothing", "value": "x"}).content.decode()
