"""From entered assessments to decisions: moments closed, the year confirmed, assessed again, promoted."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from http import HTTPStatus
from uuid import UUID

import pytest
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotAllowed
from testamur.register.people import queries as people
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.rules.assessments import Written
from testamur.schoolday.results import actions, families
from testamur.schoolday.results.models import Decision
from tests.schoolday.diary.school import School
from tests.surfaces.web.diary.conftest import Enter
from tests.surfaces.web.yearend.conftest import again, fill

pytestmark = pytest.mark.django_db


@pytest.mark.feature("D13", "D18")
def test_the_sheet_of_a_moment_is_opened_by_one_press_and_entered_on_the_grid(vietnamese: School, enter: Enter) -> None:
    browser = enter(vietnamese, "class_teacher")
    where = [vietnamese.group, "HK2", "subjects"]
    empty = browser.get(reverse("diary:moment", args=where)).content.decode()
    assert "Nothing is open for this moment yet" in empty
    assert browser.post(reverse("diary:moment_begin", args=where)).status_code == HTTPStatus.FOUND
    page = browser.get(reverse("diary:moment", args=where)).content.decode()
    assert "Tiếng Việt" in page
    assert "Đạo đức" in page
    traits = browser.get(reverse("diary:moment", args=[vietnamese.group, "HK2", "traits"])).content.decode()
    assert "Yêu nước" in traits
    assert "Tin học" in traits
    facts = browser.get(reverse("diary:moment", args=[vietnamese.group, "HK2", "facts"])).content.decode()
    assert "Chiều cao" in facts


@pytest.mark.feature("D13")
def test_a_moment_becomes_decisions_of_those_who_entered_it(vietnamese: School, enter: Enter) -> None:
    fill(vietnamese, skip="DD")
    browser = enter(vietnamese, "class_teacher")
    where = reverse("yearend:close", args=[vietnamese.group, "HK2"])
    page = browser.get(where).content.decode()
    assert "Đạo đức: chưa có mức đạt được." in page
    refused = browser.post(where, {})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Decision.objects.exists()
    fill(vietnamese)
    assert browser.post(where, {}).status_code == HTTPStatus.FOUND
    toan = Decision.objects.get(pupil=vietnamese.pupils[0], kind="test", code="TOAN")
    assert (toan.value, toan.decided_by, toan.term) == ("9", [str(vietnamese.persons["teacher"])], "HK2")
    assert "This moment is closed" in browser.get(where).content.decode()


@pytest.mark.feature("D13")
def test_a_change_after_closing_is_a_correction_with_its_reason(vietnamese: School, enter: Enter) -> None:
    fill(vietnamese)
    browser = enter(vietnamese, "class_teacher")
    where = reverse("yearend:close", args=[vietnamese.group, "HK2"])
    browser.post(where, {})
    again(vietnamese, 0, "TOAN", "test", "8", "teacher")
    page = browser.get(where).content.decode()
    assert "<del>9</del>" in page
    browser.post(where, {})
    assert not Decision.objects.filter(replaces__isnull=False).exists()
    browser.post(where, {"explanation": "Ghi nhầm điểm."})
    new = Decision.objects.get(replaces__isnull=False)
    assert new.replaces is not None
    assert (new.value, new.reason, new.replaces.value) == ("8", "rectification", "9")


@pytest.mark.feature("D13", "D19")
def test_the_year_is_confirmed_together_with_its_reasons(vietnamese: School, enter: Enter) -> None:
    fill(vietnamese, values={(1, "test", "TOAN"): "7", (2, "level", "DD"): "C"})
    browser = enter(vietnamese, "class_teacher")
    browser.post(reverse("yearend:close", args=[vietnamese.group, "HK2"]), {})
    page = browser.get(reverse("yearend:year", args=[vietnamese.group])).content.decode()
    assert "Kết quả giáo dục: Hoàn thành xuất sắc." in page
    assert "Bài kiểm tra cuối năm Toán: 7 điểm, cần từ 9 điểm trở lên." in page
    shown = dict(re.findall(r'name="(result\.[^"]+)" value="([^"]+)"', page))
    assert len(shown) == 2
    browser.post(reverse("yearend:confirm", args=[vietnamese.group]), {**shown, "agreed": "on"})
    decided = dict(Decision.objects.filter(kind="year_result").values_list("pupil", "value"))
    assert decided == {vietnamese.pupils[0]: "xuat_sac", vietnamese.pupils[1]: "tot"}
    awards = Decision.objects.filter(kind="award")
    assert [(one.pupil, one.value, one.flags) for one in awards] == [
        (vietnamese.pupils[0], "hs_xuat_sac", ["class_agrees"])
    ]
    second = reverse("yearend:decide", args=[vietnamese.group, vietnamese.pupils[1]])
    said = {"result": "tot", "award": "hs_tieu_bieu", "merit": "outstanding", "why": "Tiếng Việt"}
    assert browser.post(second, said).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert browser.post(second, {**said, "agreed": "on"}).status_code == HTTPStatus.FOUND
    given = Decision.objects.get(kind="award", pupil=vietnamese.pupils[1])
    assert (given.flags, given.comment) == (["class_agrees", "outstanding"], "Tiếng Việt")


@pytest.mark.feature("D6")
def test_what_is_decided_in_the_first_hours_of_a_day_bears_the_date_of_that_day(
    vietnamese: School, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(vietnamese)
    at = clock.now().astimezone(UTC).replace(hour=18) + timedelta(days=1)  # one o'clock of the next day in Vietnam
    monkeypatch.setattr(clock, "now", lambda: at)
    browser = enter(vietnamese, "class_teacher")
    browser.post(reverse("yearend:close", args=[vietnamese.group, "HK2"]), {})
    assert set(Decision.objects.values_list("decided_on", flat=True)) == {at.date() + timedelta(days=1)}


@pytest.mark.feature("D13")
def test_who_has_not_completed_is_helped_assessed_again_and_then_the_principal_decides(
    vietnamese: School, enter: Enter
) -> None:
    fill(vietnamese, values={(2, "level", "DD"): "C"})
    browser = enter(vietnamese, "class_teacher")
    browser.post(reverse("yearend:close", args=[vietnamese.group, "HK2"]), {})
    pupil = vietnamese.pupils[2]
    decide = reverse("yearend:decide", args=[vietnamese.group, pupil])
    assert browser.post(decide, {"result": "chua_hoan_thanh"}).status_code == HTTPStatus.FOUND
    head = enter(vietnamese, "principal")
    assert "No pupil waits for you" in head.get(reverse("yearend:promotions")).content.decode()
    once = reverse("yearend:again", args=[vietnamese.group, pupil])
    told = {"what": "level.DD", "value": "C", "explanation": "Kèm riêng hai tuần."}
    assert browser.post(once, told).status_code == HTTPStatus.FOUND
    page = head.get(reverse("yearend:promotions")).content.decode()
    assert "Được lên lớp" in page
    assert browser.post(once, {**told, "value": "H"}).status_code == HTTPStatus.FOUND
    assert "No pupil waits for you" in head.get(reverse("yearend:promotions")).content.decode()
    assert browser.post(decide, {"result": "hoan_thanh"}).status_code == HTTPStatus.FOUND
    standing = Decision.objects.get(kind="year_result", pupil=pupil, replaced_by__isnull=True)
    assert (standing.value, standing.reason) == ("hoan_thanh", "change")


@pytest.mark.feature("D13")
def test_the_principal_decides_once(vietnamese: School, enter: Enter) -> None:
    fill(vietnamese, values={(2, "level", "DD"): "C"})
    browser = enter(vietnamese, "class_teacher")
    browser.post(reverse("yearend:close", args=[vietnamese.group, "HK2"]), {})
    pupil = vietnamese.pupils[2]
    told = {"what": "level.DD", "value": "C", "explanation": "Kèm riêng hai tuần."}
    browser.post(reverse("yearend:again", args=[vietnamese.group, pupil]), told)
    head, where = enter(vietnamese, "principal"), reverse("yearend:promote", args=[vietnamese.group, pupil])
    assert browser.post(where, {"value": "len_lop"}).status_code == HTTPStatus.FORBIDDEN
    head.post(where, {"value": "o_lai", "why": "Cần thêm một năm."})
    head.post(where, {"value": "len_lop"})
    assert Decision.objects.get(kind="promotion").value == "o_lai"


@pytest.mark.feature("D13")
def test_the_teacher_of_the_subject_assesses_again_what_is_the_own_and_sees_nothing_else(
    vietnamese: School, enter: Enter
) -> None:
    fill(vietnamese, values={(2, "test", "TOAN"): "4", (2, "level", "TOAN"): "C", (1, "level", "DD"): "C"})
    enter(vietnamese, "class_teacher").post(reverse("yearend:close", args=[vietnamese.group, "HK2"]), {})
    teacher, where = enter(vietnamese, "teacher"), reverse("yearend:own", args=[vietnamese.group])
    page = teacher.get(where).content.decode()
    assert page.count('name="explanation"') == 1, "the one pupil with a weak result in Toán"
    assert "Đạo đức" not in page
    told = {"pupil": str(vietnamese.pupils[2]), "what": "level.TOAN", "value": "H", "explanation": "Kèm hai tuần."}
    assert teacher.post(where, told).status_code == HTTPStatus.FOUND
    new = Decision.objects.get(kind="level", code="TOAN", pupil=vietnamese.pupils[2], replaced_by__isnull=True)
    assert (new.value, new.reason, new.decided_by) == ("H", "re-examination", [str(vietnamese.persons["teacher"])])
    assert new.correction is not None
    assert new.correction["role"] == "teacher"
    forged = {**told, "pupil": str(vietnamese.pupils[1]), "what": "level.DD"}
    assert teacher.post(where, forged).status_code == HTTPStatus.OK  # no such pupil on this page
    assert Decision.objects.get(code="DD", pupil=vietnamese.pupils[1], kind="level").value == "C"
    with pytest.raises(NotAllowed):
        actions.reassess(
            by=vietnamese.actor("teacher", on=clock.now().date()), group=vietnamese.group, pupil=vietnamese.pupils[1],
            kind="level", code="DD", value="H", explanation="x", now=clock.now(),
        )  # fmt: skip
    assert enter(vietnamese, "stranger").get(where).status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}


@pytest.mark.feature("D13", "D19")
def test_the_closing_page_names_who_has_not_finished_what(vietnamese: School, enter: Enter) -> None:
    fill(vietnamese, skip="TOAN")
    now = clock.now()
    teacher = vietnamese.actor("teacher", on=now.date())
    diary.save_assessment(
        by=teacher, pupil=vietnamese.pupils[0], group=vietnamese.group, subject="TOAN", term=vietnamese.terms[1],
        said=Written(text="Tính nhẩm nhanh."), seen=0, on=now.date(), now=now,
    )  # fmt: skip
    browser = enter(vietnamese, "class_teacher")
    page = browser.get(reverse("yearend:close", args=[vietnamese.group, "HK2"])).content.decode()
    part = page.split('id="who-h"')[1].split("</section>")[0]
    assert "Toán" in part
    assert "Values are missing for 3 pupils." in part
    assert "1 comment is a draft" in part
    assert "Tính nhẩm nhanh" not in page, "a draft's text is its teacher's"
    assert people_name(vietnamese.persons["teacher"]) in part
    assert "Tiếng Việt" not in part


@pytest.mark.feature("D13")
def test_a_pupil_may_get_several_awards_and_the_family_reads_them(vietnamese: School, enter: Enter) -> None:
    fill(vietnamese)
    browser = enter(vietnamese, "class_teacher")
    browser.post(reverse("yearend:close", args=[vietnamese.group, "HK2"]), {})
    page = browser.get(reverse("yearend:year", args=[vietnamese.group])).content.decode()
    shown = dict(re.findall(r'name="(result\.[^"]+)" value="([^"]+)"', page))
    browser.post(reverse("yearend:confirm", args=[vietnamese.group]), {**shown, "agreed": "on"})
    pupil, where = vietnamese.pupils[0], reverse("yearend:award", args=[vietnamese.group, vietnamese.pupils[0]])
    for award, why in (("dot_xuat", "Cứu bạn."), ("thu_khen", "Giúp đỡ lớp."), ("thu_khen", "Trồng cây.")):
        assert browser.post(where, {"award": award, "why": why}).status_code == HTTPStatus.FOUND
    assert (
        browser.post(where, {"award": "thu_khen", "why": "Trồng cây."}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    )
    given = Decision.objects.filter(kind="award", pupil=pupil)
    assert sorted(given.values_list("value", flat=True)) == ["dot_xuat", "hs_xuat_sac", "thu_khen", "thu_khen"]
    assert browser.post(where, {"award": "dot_xuat", "why": " "}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert browser.post(where, {"award": "hs_xuat_sac", "why": "x"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    for n in range(3):
        assert browser.post(where, {"award": "thu_khen", "why": f"{n}"}).status_code == HTTPStatus.FOUND
    full = browser.post(where, {"award": "thu_khen", "why": "one too many"})
    assert "no room for another award" in full.content.decode()
    assert enter(vietnamese, "teacher").post(where, {"award": "dot_xuat", "why": "x"}).status_code in {403, 404}
    told = families.year_of(by=operator(), pupil=pupil, path=vietnamese.path)
    assert ("Thư khen", "Trồng cây.") in [(one.word, one.comment) for one in told.awards]


def people_name(person: UUID) -> str:
    return people.people(by=operator(), ids=[person])[person].name
