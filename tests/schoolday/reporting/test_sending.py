"""Three steps: a draft, sent to its examiner, signed. What was sent is fixed until it comes back."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.delivery.models import Message
from testamur.kernel.journal.models import Entry as Act
from testamur.kernel.proofs.jcs import parse_canonical
from testamur.register.people import queries as people
from testamur.register.studies import actions as studies
from testamur.register.studies.rules import NewRegistration
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.models import ListRow, ListVersion, ProcessRule, ResultList
from testamur.schoolday.reporting.queries import checks, lists, versions
from testamur.schoolday.reporting.rules.lists import (
    Anonymous,
    ListChanged,
    ListFrozen,
    ListNotReady,
    ListNotSent,
    NobodyUnregistered,
    NotExaminer,
    NotSender,
    WhyNeeded,
)
from testamur.schoolday.reporting.rules.states import Desk, ListState, Reason, Source, Way
from testamur.schoolday.reporting.rules.views import Entry, Incoming
from tests.schoolday.reporting.test_lists import module_list, opened, rows
from tests.schoolday.reporting.university import EXAM, University


def graded(u: University, count: int = 3, *, on: date = EXAM) -> UUID:
    """A draft of some ordinary students with grades and dates, and one without a grade."""
    made = opened(u, module_list(u))
    some = [Incoming(one, "C", on, "30") for one in u.students[:count]] + [Incoming(u.students[count])]
    actions.add_students(by=u.actor("teacher"), list=made, incoming=some, source=Source.LMS, now=u.now)
    return made


def sent(u: University, made: UUID, who: str = "teacher") -> str:
    revision = lists.head(by=u.actor(who), list=made).revision
    return actions.send(by=u.actor(who), list=made, examiner=u.persons["examiner"], revision=revision, now=u.now)


@pytest.mark.feature("B34", "B44")
def test_a_teacher_sends_a_draft_to_the_examiner_in_whose_queue_it_stands(university: University) -> None:
    u, examiner = university, university.actor("examiner")
    made = graded(u)
    assert lists.waiting_for(by=examiner, examiner=examiner.id) == ()
    sha256 = sent(u, made)
    (head,) = lists.waiting_for(by=examiner, examiner=examiner.id)
    assert (head.id, head.state, head.sent_by) == (made, ListState.SENT, u.persons["teacher"])
    assert (head.rows, head.graded, head.sent_sha256, head.way) == (4, 3, sha256, Way.ELECTRONIC)
    act = Act.objects.get(kind="reporting.list.sent/1")
    assert (act.refs["sha256"], act.refs["examiner"], act.refs["rows"]) == (sha256, str(examiner.id), 3)


def test_what_is_frozen_is_canonical_and_holds_no_name_and_nobody_without_a_grade(university: University) -> None:
    u = university
    made = graded(u)
    sha256 = sent(u, made)
    version = ListVersion.objects.get(list=made)
    content = parse_canonical(version.content.encode())
    assert hashlib.sha256(version.content.encode()).hexdigest() == sha256 == version.sha256
    assert {row["person"] for row in content["rows"]} == {str(one) for one in u.students[:3]}
    assert {(row["value"], row["examined_on"], row["points"]) for row in content["rows"]} == {
        ("C", EXAM.isoformat(), "30")
    }
    names = people.people(by=u.by, ids=u.students[:4])
    assert not any(one.family in version.content for one in names.values())
    (view,) = versions.versions(by=u.actor("teacher"), list=made)
    assert (view.number, view.reason, view.made_by) == (1, Reason.SENT, u.persons["teacher"])


def test_nothing_of_a_sent_list_can_be_changed(university: University) -> None:
    u, teacher = university, university.actor("teacher")
    made = graded(u)
    row = rows(u, made)[u.students[0]]
    sent(u, made)
    with pytest.raises(ListFrozen):
        actions.save_rows(by=teacher, list=made, entries=[Entry(row.id, value="A")], revision=9, now=u.now)
    with pytest.raises(ListFrozen):
        actions.add_student(by=teacher, list=made, person=u.students[9], now=u.now)
    with pytest.raises(ListFrozen):
        actions.discard(by=teacher, list=made, now=u.now)
    with pytest.raises(ListFrozen):
        sent(u, made)


def test_the_database_itself_keeps_what_was_sent(university: University) -> None:
    u = university
    made = graded(u)
    key = rows(u, made)[u.students[0]].id
    one = ListRow.objects.filter(id=key)
    other = ListRow.objects.get(id=key)
    sent(u, made)

    def refused(act: object) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            act()  # type: ignore[operator]

    refused(lambda: one.update(value="A"))
    refused(lambda: one.update(points="31"))
    refused(lambda: one.update(examined_on=date(2026, 10, 1)))
    refused(lambda: one.update(person=u.students[9]))
    refused(one.delete)
    refused(lambda: ListRow(list_id=made, person=u.students[9], source="single").save(force_insert=True))
    refused(lambda: ResultList.objects.filter(id=made).update(title="Another"))
    refused(lambda: ResultList.objects.filter(id=made).update(scale="UG"))
    refused(lambda: ListVersion.objects.filter(list=made).update(content="{}"))
    assert one.update(graded_at=u.now, certificate=key) == 1
    assert one.update(value=other.value) == 1  # the same again is no change


@pytest.mark.feature("B18", "B20")
def test_a_list_that_a_check_stops_is_not_sent_and_says_which(university: University) -> None:
    u, teacher = university, university.actor("teacher")
    made = graded(u)
    some = [Incoming(u.persons["unregistered"], "B", EXAM), Incoming(u.students[8], "A")]
    actions.add_students(by=teacher, list=made, incoming=some, source=Source.LMS, now=u.now)
    with pytest.raises(ListNotReady) as refused:
        sent(u, made)
    assert set(str(refused.value.found["checks"]).split(", ")) == {"not_registered", "date_missing"}
    assert refused.value.found["count"] == 2
    told = rows(u, made)
    entries = [
        Entry(told[u.persons["unregistered"]].id, leaves=True),
        Entry(told[u.students[8]].id, examined_on=EXAM.isoformat()),
    ]
    actions.save_rows(by=teacher, list=made, entries=entries, revision=99, now=u.now)
    assert sent(u, made)


def test_a_list_goes_to_an_examiner_of_the_course_alone_and_as_it_was_seen(university: University) -> None:
    u, teacher = university, university.actor("teacher")
    made = graded(u)
    revision = lists.head(by=teacher, list=made).revision
    for name in ("other_examiner", "colleague", "economy_examiner"):
        with pytest.raises(NotExaminer):
            actions.send(by=teacher, list=made, examiner=u.persons[name], revision=revision, now=u.now)
    with pytest.raises(ListChanged):
        actions.send(by=teacher, list=made, examiner=u.persons["examiner"], revision=revision - 1, now=u.now)
    with pytest.raises(NotAllowed):
        actions.send(
            by=u.actor("administrator"), list=made, examiner=u.persons["examiner"], revision=revision, now=u.now
        )
    assert lists.view(by=teacher, list=made, now=u.now).examiners == (u.persons["examiner"],)


def test_who_sent_a_list_takes_it_back_and_sends_it_again_as_another_version(university: University) -> None:
    u, teacher = university, university.actor("teacher")
    made = graded(u)
    first = sent(u, made)
    with pytest.raises(NotSender):
        actions.recall(by=u.actor("colleague"), list=made, now=u.now)
    actions.recall(by=teacher, list=made, now=u.now)
    head = lists.head(by=teacher, list=made)
    assert (head.state, head.sent_sha256, head.record) == (ListState.DRAFT, "", None)
    with pytest.raises(ListNotSent):
        actions.recall(by=teacher, list=made, now=u.now)
    row = rows(u, made)[u.students[0]]
    actions.save_rows(by=teacher, list=made, entries=[Entry(row.id, value="A")], revision=head.revision, now=u.now)
    second = sent(u, made)
    assert [one.sha256 for one in versions.versions(by=teacher, list=made)] == [first, second]
    assert first != second


def test_the_office_in_its_administrator_mode_takes_back_what_an_absent_colleague_sent(university: University) -> None:
    u = university
    made = graded(u)
    sent(u, made)
    with pytest.raises(NotAllowed):
        actions.recall(by=u.actor("administrator"), list=made, now=u.now)
    actions.recall(by=u.actor("administrator", admin_mode=True), list=made, now=u.now)
    assert lists.head(by=u.actor("teacher"), list=made).state is ListState.DRAFT


@pytest.mark.feature("B34")
def test_the_examiner_sees_what_changed_and_returns_a_list_with_a_reason(university: University) -> None:
    u, teacher, examiner = university, university.actor("teacher"), university.actor("examiner")
    made = graded(u)
    sent(u, made)
    assert versions.differences(by=examiner, list=made) == ()
    actions.see(by=examiner, list=made, now=u.now)
    with pytest.raises(WhyNeeded):
        actions.return_list(by=examiner, list=made, why=" ", now=u.now)
    with pytest.raises(NotAllowed):
        actions.return_list(by=teacher, list=made, why="No", now=u.now)
    actions.return_list(by=examiner, list=made, why="Uppgift 3 saknas för två.", now=u.now)
    head = lists.head(by=teacher, list=made)
    assert (head.state, head.returned_by, head.returned_why) == (
        ListState.DRAFT,
        examiner.id,
        "Uppgift 3 saknas för två.",
    )
    assert "Uppgift" not in json.dumps([act.refs for act in Act.objects.all()])
    told = rows(u, made)
    entries = [Entry(told[u.students[0]].id, value="A", points="44"), Entry(told[u.students[1]].id, leaves=True)]
    actions.save_rows(by=teacher, list=made, entries=entries, revision=head.revision, now=u.now)
    actions.add_student(by=teacher, list=made, person=u.students[9], now=u.now)
    sent(u, made)
    changed = {one.person: (one.before, one.after) for one in versions.differences(by=examiner, list=made)}
    assert changed == {
        u.students[0]: (("C", "2026-10-28", "30"), ("A", "2026-10-28", "44")),
        u.students[1]: (("C", "2026-10-28", "30"), None),
        u.students[9]: (None, ("", "", "")),
    }


@pytest.mark.feature("B24")
def test_a_day_under_the_old_rule_sends_the_list_the_way_of_paper(university: University) -> None:
    u = university
    for way, since in ((Way.PAPER, date(2000, 1, 1)), (Way.ELECTRONIC, date(2026, 10, 1))):
        ProcessRule.objects.create(
            path=u.path, way=way, grade_from=since, decided_by=u.persons["rector"], made_at=u.now, in_force_at=u.now
        )
    old, new = graded(u, on=date(2026, 9, 30)), graded(u)
    for made, way in ((old, Way.PAPER), (new, Way.ELECTRONIC)):
        sent(u, made)
        assert lists.head(by=u.actor("teacher"), list=made).way is way


@pytest.mark.feature("B7", "B8")
def test_the_unregistered_are_mailed_to_oneself_and_nobody_is_registered_by_it(
    university: University, now: datetime
) -> None:
    u, teacher, p = university, university.actor("teacher"), university.persons
    made = opened(u, module_list(u, exam=u.exams["DV1574"]))
    actions.set_desk(
        by=u.actor("administrator", admin_mode=True), path=u.data, desk=Desk.REGISTRATION,
        email="registrering@prov.example", now=now,
    )  # fmt: skip
    before = checks.of(by=teacher, list=made, now=now)
    key = actions.mail_unregistered(by=teacher, list=made, now=now)
    message = Message.objects.get(id=key)
    assert message.person == teacher.id
    assert message.to.startswith("tage.lararexempel")
    for name in ("unregistered", "unregistered_too", "late", "interrupted"):
        number = u.numbers[name]
        assert u.names[name] in message.text
        assert number[-4:] in message.text
    for told in ("Databasteknik", "DV1574", "registrering@prov.example"):
        assert told in message.text
    assert not any(u.names[name] in message.text for name in ("graded", "temporary"))
    assert checks.of(by=teacher, list=made, now=now) == before
    act = Act.objects.get(kind="reporting.list.unregistered_mailed/1")
    assert len(act.refs["rows"]) == 4
    assert not any(u.names[name].split()[-1] in json.dumps(act.refs) for name in p if name in u.names)


def test_a_protected_student_stands_in_the_letter_by_alias_even_when_the_office_asks(university: University) -> None:
    u, now = university, university.now
    made = opened(u, module_list(u, module="1415"))
    actions.add_students(
        by=u.actor("teacher"),
        list=made,
        incoming=[Incoming(u.persons["protected"], "G", date(2026, 8, 1))],
        source=Source.LMS,
        now=now,
    )
    for name in ("teacher", "university_administrator"):
        key = actions.mail_unregistered(by=u.actor(name), list=made, now=now)
        text = Message.objects.get(id=key).text
        assert u.names["protected"] not in text
        assert u.numbers["protected"][-4:] not in text
        assert "Person " in text
        assert "protected personal data" in text


@pytest.mark.feature("B9")
def test_there_is_no_letter_where_everybody_is_registered_or_nobody_has_a_name(university: University) -> None:
    u, teacher = university, university.actor("teacher")
    made = graded(u)
    with pytest.raises(NobodyUnregistered):
        actions.mail_unregistered(by=teacher, list=made, now=u.now)
    hidden = opened(u, module_list(u, "MA1441", "2205", exam=u.exams["MA1441"]))
    with pytest.raises(Anonymous):
        actions.mail_unregistered(by=teacher, list=hidden, now=u.now)


@pytest.mark.feature("B8")
def test_who_is_registered_meanwhile_needs_nothing_more_in_the_list(university: University) -> None:
    u, teacher, late = university, university.actor("teacher"), university.persons["unregistered"]
    made = graded(u)
    actions.add_students(by=teacher, list=made, incoming=[Incoming(late, "B", EXAM)], source=Source.LMS, now=u.now)
    with suppress(ListNotReady):
        sent(u, made)
    assert lists.head(by=teacher, list=made).state is ListState.DRAFT
    new = NewRegistration(late, u.occasions["DV1574"], EXAM - timedelta(days=30))
    studies.register_students(by=u.by, registrations=[new], now=u.now)
    assert sent(u, made)
