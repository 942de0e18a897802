"""An extract: everything of one person, nothing of anybody else, for whoever may ask and for two days."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact
from testamur.schoolday.keeping import actions, queries, steps
from testamur.schoolday.keeping.extract.files import file_of
from testamur.schoolday.keeping.models import Extract
from testamur.schoolday.keeping.rules import ExtractState, ExtractWaits, Topic
from tests.schoolday.diary import pages
from tests.schoolday.diary.school import NOW, School

pytestmark = pytest.mark.django_db(databases=["default", "log"])
LATER = NOW + timedelta(minutes=1)


def made(school: School, who: str = "guardian", pupil: int = 0) -> tuple[UUID, dict[str, Any]]:
    """An extract and what it says."""
    by = school.actor(who)
    one = actions.ask_extract(by=by, person=school.pupils[pupil], now=NOW)
    assert steps.make_extract(extract=one, now=LATER)
    return one, json.loads(actions.fetch_extract(by=by, extract=one, now=LATER).read_text())


def part(content: dict[str, Any], topic: Topic) -> dict[str, Any]:
    """What it says of a topic."""
    (one,) = (one for one in content["parts"] if one["held"]["topic"] == topic)
    return {**one, "tables": {table["name"]: table for table in one["tables"]}}


@pytest.mark.feature("C18")
def test_a_guardian_gets_everything_of_the_child_with_purposes_and_grounds(bulgarian: School) -> None:
    pages.mark(pages.column(bulgarian), bulgarian.pupils[0], "6", comment="Отлично")
    pages.mark(pages.column(bulgarian), bulgarian.pupils[1], "3", comment="на другия")
    pages.remark(bulgarian, bulgarian.pupils[0], "Без домашно")
    pages.health(bulgarian, bulgarian.pupils[0], "Ядки", circle="teachers")
    _id, content = made(bulgarian)
    assert [one["held"]["topic"] for one in content["parts"]] == list(Topic)
    assert all(one["held"]["ground"] and one["held"]["receivers"] and one["held"]["span"] for one in content["parts"])
    marks = part(content, Topic.MARKS)["tables"]["marks"]
    assert [row[marks["columns"].index("value")] for row in marks["rows"]] == ["6"]
    text = json.dumps(content, ensure_ascii=False)
    for told in ("Отлично", "Без домашно", "Ядки", "Ученик0", "Измислено училище"):
        assert told in text
    assert "на другия" not in text


def test_what_is_not_the_familys_to_see_is_left_out_and_said(bulgarian: School) -> None:
    pages.health(bulgarian, bulgarian.pupils[0], "Само за директора", circle="head")
    pages.mark(pages.column(bulgarian, hidden=True), bulgarian.pupils[0], "2", comment="скрита")
    pages.assessment(bulgarian, bulgarian.pupils[0], "чернова")
    other = (bulgarian.persons["other_guardian"], NewContact(ContactKind.EMAIL, "other@example.org"))
    people.add_contacts(by=operator(), contacts=[other], now=NOW)
    _id, content = made(bulgarian)
    text = json.dumps(content, ensure_ascii=False)
    for hidden in ("Само за директора", "скрита", "чернова", "other@example.org"):
        assert hidden not in text
    assert "head_only" in part(content, Topic.HEALTH)["omitted"]
    assert "others" in part(content, Topic.FAMILY)["omitted"]


def test_a_pupil_gets_the_own_one_and_nobody_gets_anothers(bulgarian: School) -> None:
    made(bulgarian, "0", 0)
    for who, pupil in (("guardian", 3), ("0", 1), ("principal", 0), ("teacher", 0)):
        with pytest.raises(NotAllowed):
            actions.ask_extract(by=bulgarian.actor(who), person=bulgarian.pupils[pupil], now=NOW)


def test_an_extract_is_for_whoever_asked_and_not_for_the_other_guardian(bulgarian: School) -> None:
    one, _content = made(bulgarian)
    with pytest.raises(NotFound):
        actions.fetch_extract(by=bulgarian.actor("other_guardian"), extract=one, now=LATER)


def test_one_at_a_time_and_gone_after_two_days(bulgarian: School) -> None:
    by = bulgarian.actor("guardian")
    one = actions.ask_extract(by=by, person=bulgarian.pupils[0], now=NOW)
    with pytest.raises(ExtractWaits):
        actions.ask_extract(by=by, person=bulgarian.pupils[0], now=NOW)
    assert steps.make_extract(extract=one, now=LATER)
    assert not steps.make_extract(extract=one, now=LATER)
    over = NOW + timedelta(hours=48)
    assert file_of(one).exists()
    assert steps.tidy(now=over) == 1
    assert not file_of(one).exists()
    assert Extract.objects.get().state == ExtractState.GONE
    with pytest.raises(NotFound):
        actions.fetch_extract(by=by, extract=one, now=over)


def test_asking_making_and_fetching_are_journalled_with_the_digest(bulgarian: School) -> None:
    made(bulgarian)
    kinds = Entry.objects.filter(kind__startswith="keeping.extract").order_by("id")
    assert [one.kind.rpartition(".")[2] for one in kinds] == ["asked/1", "made/1", "fetched/1"]
    assert len({one.refs.get("sha256") for one in kinds if "sha256" in one.refs}) == 1
    assert queries.extracts(by=bulgarian.actor("guardian"), now=LATER)[0].sha256 == kinds[1].refs["sha256"]
