"""Who hears of result lists: examiner, sender, office and each student, once and no more than each may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import resolve

from testamur.access.accounts.models import Preference as Chosen
from testamur.exchange.notifications import steps, tasks
from testamur.exchange.notifications.actions.reporting import note_log, note_not_told, tell_results, tell_subscriber
from testamur.exchange.notifications.models import Reader
from testamur.exchange.notifications.rules.reporting import is_reminded, readable, step_of, student_address
from testamur.exchange.notifications.steps import reporting as following
from testamur.exchange.notifications.steps.signers import gather
from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.delivery.models import Message
from testamur.kernel.jobs.rules import step_actor
from testamur.kernel.journal.actions import append
from testamur.kernel.journal.models import Entry as Act
from testamur.law.tables import pack
from testamur.register.people import actions as people
from testamur.register.people.rules import Protection
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting import steps as reporting_steps
from testamur.schoolday.reporting import tasks as reporting_tasks
from testamur.schoolday.reporting.models import ListRow
from testamur.schoolday.reporting.rules.states import Desk as Address
from testamur.schoolday.reporting.rules.states import How
from testamur.schoolday.reporting.rules.views import PreferenceView
from testamur.trust.records.waiting import WaitingCount
from tests.exchange.notifications.reporting import Letters
from tests.schoolday.reporting import university as universities
from tests.schoolday.reporting.university import EXAM, TODAY
from tests.shipping import see_own_acts

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db: None, monkeypatch: pytest.MonkeyPatch) -> Letters:
    """A university; on PostgreSQL the journal is read within the test's own transaction."""
    see_own_acts(monkeypatch)
    desk = Letters(universities.build(TODAY))
    desk.forget_addresses()
    desk.tell()
    return desk


def told(kind: str = "notices.results.told/1") -> list[dict[str, Any]]:
    return [entry.refs for entry in Act.objects.filter(kind=kind).order_by("id")]


def names(desk: Letters) -> set[str]:
    """Family names of all students."""
    from testamur.register.people import queries

    ids = [*desk.u.students, *(desk.u.persons[name] for name in universities.SPECIAL)]
    return {one.family for one in queries.people(by=desk.u.by, ids=ids).values()}


# --- sent and returned ---


@pytest.mark.feature("B34")
def test_the_examiner_hears_at_work_of_a_list_that_somebody_else_sent(desk: Letters):
    one = desk.sent(dict(zip(desk.u.students[:3], "ABC", strict=True)))
    letters = desk.tell()
    assert set(letters) == {desk.at_work("examiner")}
    (letter,) = letters.values()
    number = desk.head(one).number
    assert f"{number} väntar" in letter.subject or f"{number} waits" in letter.subject
    for text in (letter.text, letter.html):
        assert "DV1574" in text
        assert "1405" in text
        assert f"https://testamur.example/results/{one}/review/" in text
        assert not [name for name in names(desk) if name in text]
    assert desk.tell() == {}
    (refs,) = told()
    assert (refs["about"], refs["list"], refs["messages"]) == ("reporting.list.sent/1", str(one), 1)


def test_whoever_sends_a_list_to_oneself_needs_no_letter(desk: Letters):
    one = desk.open(who="examiner")
    desk.fill(one, {desk.u.students[0]: "B"}, who="examiner")
    desk.send(one, who="examiner")
    assert desk.tell() == {}


def test_what_was_taken_back_meanwhile_is_not_told(desk: Letters):
    one = desk.sent({desk.u.students[0]: "B"})
    actions.recall(by=desk.u.actor("teacher"), list=one, now=desk.now())
    assert desk.tell() == {}
    desk.send(one)
    assert len(desk.tell()) == 1


@pytest.mark.feature("B34")
def test_who_sent_a_list_hears_why_it_came_back(desk: Letters):
    one = desk.sent({desk.u.students[0]: "B"})
    desk.tell()
    why = "Datumet är fel."
    actions.return_list(by=desk.u.actor("examiner"), list=one, why=why, now=desk.now())
    letters = desk.tell()
    assert set(letters) == {desk.at_work("teacher")}
    assert why in letters[desk.at_work("teacher")].text
    assert f"/results/{one}/" in letters[desk.at_work("teacher")].text


def test_a_reason_that_may_name_somebody_protected_stays_behind_the_login(desk: Letters):
    one = desk.sent({desk.u.persons["protected"]: "B"})
    desk.tell()
    actions.return_list(by=desk.u.actor("examiner"), list=one, why="Hemlig har fel datum.", now=desk.now())
    (letter,) = desk.tell().values()
    assert "Hemlig" not in letter.text + letter.html


def test_who_wants_no_letter_about_what_came_back_gets_none(desk: Letters):
    wanted = PreferenceView(mail_returned=False, mail_signed=False)
    actions.set_preference(by=desk.u.actor("teacher"), path=desk.u.data, preference=wanted, now=desk.now())
    desk.by_hand()
    one = desk.sent({desk.u.students[0]: "B"})
    actions.return_list(by=desk.u.actor("examiner"), list=one, why="Nej.", now=desk.now())
    desk.send(one)
    desk.tell()
    desk.decide(one)
    assert set(desk.tell()) == {desk.at_work("examiner")}


# --- signed ---


@pytest.mark.feature("B35")
def test_a_signature_is_told_to_examiner_sender_and_office(desk: Letters):
    desk.by_hand()
    office = "kansli@prov.example"
    actions.set_desk(by=desk.u.by, path=desk.u.data, desk=Address.OFFICE, email=office, now=desk.now())
    one = desk.sent({desk.u.students[0]: "B"})
    desk.tell()
    desk.decide(one)
    letters = desk.tell()
    assert set(letters) == {office, desk.at_work("examiner"), desk.at_work("teacher")}
    text = letters[office].text
    assert f"/results/{one}/archive/" in text
    assert desk.head(one).control_number in text
    assert desk.u.names["examiner"] in text
    assert not [name for name in names(desk) if any(name in one.text + one.html for one in letters.values())]


@pytest.mark.feature("B37")
def test_each_student_gets_the_own_grade_and_nobody_elses(desk: Letters):
    desk.by_hand()
    first, second, third = desk.u.students[:3]
    addresses = {desk.mail(first, "ett"): "A", desk.mail(second, "tva", proved=True): "F"}
    one = desk.sent({first: "A", second: "F", third: "C"})
    desk.tell()
    desk.decide(one)
    letters = desk.tell()
    for to, grade in addresses.items():
        text = letters[to].text
        for word in ("DV1574", "Databasteknik", "1405", "Salstentamen", EXAM.isoformat(), desk.u.names["examiner"]):
            assert word in text, word
        assert f": {grade}\n" in text
        assert not [other for other in "ACF" if other != grade and f": {other}\n" in text]
        assert "https://testamur.example/family/results/" in text
        assert not [name for name in names(desk) if name in text + letters[to].html]
    assert told()[-1]["unreached"] == 1, "the third has no address, and reads it on the own page"
    assert desk.tell() == {}


@pytest.mark.feature("B37")
@pytest.mark.parametrize("proved", [False, True])
def test_a_protected_student_reads_no_grade_in_a_letter_to_an_address_that_is_not_proved(desk: Letters, proved: bool):
    desk.by_hand()
    student = desk.u.persons["protected"]
    to = desk.mail(student, "skyddad", proved=proved)
    one = desk.sent({student: "B"})
    desk.tell()
    desk.decide(one)
    letter = desk.tell()[to]
    assert (": B\n" in letter.text) is proved
    assert ("DV1574" in letter.subject + letter.text + letter.html) is proved
    assert "/family/results/" in letter.text


def test_a_protection_raised_after_the_signature_holds_for_the_letter(desk: Letters):
    desk.by_hand()
    student = desk.u.students[0]
    to = desk.mail(student, "ny")
    one = desk.sent({student: "B"})
    desk.tell()
    desk.decide(one)
    people.set_protection(by=desk.u.by, person=student, level=Protection.PROTECTED_REGISTRATION, now=desk.now())
    assert "DV1574" not in desk.tell()[to].text


@pytest.mark.feature("B37")
def test_a_correction_is_told_as_such(desk: Letters):
    desk.by_hand()
    student = desk.u.students[0]
    to = desk.mail(student, "ratt")
    one = desk.sent({student: "C"})
    desk.decide(one)
    desk.tell()
    decision = ListRow.objects.get(list=one).decision
    assert decision is not None
    new = actions.open_correction(
        by=desk.u.actor("examiner"), decision=decision, reason="rectification", value="B",
        explanation="Summan var fel räknad.", grounds=["slip"], heard=["pupil"],
        now=desk.now(),
    )  # fmt: skip
    desk.send(new, who="examiner")
    desk.decide(new)
    letter = desk.tell()[to]
    assert ": B\n" in letter.text
    assert {one.split(":")[-2] for one in Message.objects.filter(to=to).values_list("dedupe", flat=True)} == {
        "result",
        "changed",
    }


def test_letters_come_in_the_readers_language_or_in_both(desk: Letters):
    desk.by_hand()
    first, second = desk.u.students[:2]
    one_language, both = desk.mail(first, "eng"), desk.mail(second, "bada")
    Chosen.objects.create(person=first, locale="en")
    one = desk.sent({first: "A", second: "B"})
    desk.decide(one)
    letters = desk.tell()
    assert "Database Technology" in letters[one_language].text
    assert "Databasteknik" not in letters[one_language].text
    assert {"Database Technology", "Databasteknik"} <= {
        name for name in ("Database Technology", "Databasteknik") if name in letters[both].text
    }
    assert letters[both].html.count('<div lang="') == 2


# --- exactly once ---


class Killed(BaseException):
    """Stands for a kill at that very instant."""


@pytest.mark.feature("B34", "B37")
@pytest.mark.parametrize("where", ["before", "after", "between"])
def test_a_worker_killed_between_the_letters_and_the_cursor_tells_everybody_once(
    desk: Letters, monkeypatch: pytest.MonkeyPatch, where: str
):
    desk.by_hand()
    addresses = {desk.mail(student, f"s{n}") for n, student in enumerate(desk.u.students[:4])}
    one = desk.sent(dict.fromkeys(desk.u.students[:4], "C"))
    desk.decide(one)
    plain: Callable[..., int] = tell_results

    def tell(**arguments: Any) -> int:
        if where == "before":
            raise Killed
        count = plain(**arguments)
        if where == "after":
            raise Killed
        return count

    def save(*_args: Any, **_kwargs: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(following, "tell_results", tell)
        if where == "between":
            patch.setattr(Reader, "save", save)
        with pytest.raises(Killed):
            desk.tell()
    assert not Message.objects.exists()
    assert addresses <= set(desk.tell())
    assert desk.tell() == {}
    assert Message.objects.filter(to__in=addresses).count() == 4
    assert [refs["about"] for refs in told()].count("reporting.list.signed/1") == 1


def test_an_act_that_cannot_be_told_keeps_no_later_one_waiting(desk: Letters):
    refs = {"list": str(UUID(int=7)), "number": 7, "examiner": str(desk.u.persons["examiner"])}
    append(by=operator(), kind="reporting.list.sent/1", path=desk.u.data, refs=refs, now=desk.now())
    append(by=operator(), kind="reporting.list.sent/1", path=desk.u.data, refs={"list": "no id"}, now=desk.now())
    desk.sent({desk.u.students[0]: "B"})
    assert set(desk.tell()) == {desk.at_work("examiner")}
    assert [one["code"] for one in told("notices.results.not_told/1")] == ["not_found"]


def test_what_is_two_weeks_old_is_told_to_nobody_any_more(desk: Letters):
    desk.sent({desk.u.students[0]: "B"})
    assert desk.tell(desk.now() + timedelta(days=15)) == {}


def test_an_address_that_no_channel_takes_keeps_nobody_else_waiting(desk: Letters, monkeypatch: pytest.MonkeyPatch):
    desk.by_hand()
    good, bad = desk.mail(desk.u.students[0], "bra"), desk.mail(desk.u.students[1], "trasig")
    real = student_address
    monkeypatch.setattr(
        following, "student_address",
        lambda some: replace(point, value="no address") if (point := real(some)) and point.value == bad else point,
    )  # fmt: skip
    one = desk.sent(dict.fromkeys(desk.u.students[:2], "B"))
    desk.decide(one)
    assert good in desk.tell()
    assert told()[-1]["unreached"] == 1


# --- subscriptions ---


def subscribed(desk: Letters, who: str, how: How = How.AT_ONCE) -> UUID:
    return actions.subscribe(
        by=desk.u.actor(who), course_code="DV1574", path=desk.u.data, ends=date(2027, 6, 30), how=how, now=desk.now()
    )


def find(desk: Letters) -> int:
    return reporting_steps.find_announced(by=reporting_tasks.FIND_STEP, now=desk.now())


@pytest.mark.feature("B15")
def test_everybody_who_subscribes_to_a_course_hears_once_how_many_can_get_a_final_grade(desk: Letters):
    for who in ("teacher", "colleague"):
        subscribed(desk, who)
    assert find(desk) == 8
    letters = desk.tell()
    assert set(letters) == {desk.at_work("teacher"), desk.at_work("colleague")}
    for letter in letters.values():
        assert "4 " in letter.text
        assert "DV1574" in letter.subject
        assert not [name for name in names(desk) if name in letter.text + letter.html]
    assert desk.tell() == {}
    assert [one["count"] for one in told("reporting.subscription.told/1")] == [4, 4]


@pytest.mark.feature("B14", "B15")
def test_a_daily_subscriber_hears_at_seven_in_the_morning(desk: Letters):
    subscribed(desk, "teacher", How.DAILY)
    subscribed(desk, "colleague")
    find(desk)
    assert set(desk.tell()) == {desk.at_work("colleague")}
    assert desk.tell(datetime(2026, 12, 1, 5, 59, tzinfo=UTC)) == {}
    assert set(desk.tell(datetime(2026, 12, 1, 6, 0, tzinfo=UTC))) == {desk.at_work("teacher")}


def test_a_worker_killed_while_telling_a_subscriber_tells_once(desk: Letters, monkeypatch: pytest.MonkeyPatch):
    subscribed(desk, "teacher")
    find(desk)

    def die(**_arguments: Any) -> int:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("testamur.exchange.notifications.actions.reporting.tell_results", die)
        with pytest.raises(Killed):
            desk.tell()
    assert told("reporting.subscription.told/1") == []
    assert len(desk.tell()) == 1
    assert desk.tell() == {}


# --- mornings ---


@pytest.mark.feature("B34")
def test_an_examiner_is_reminded_on_the_third_day_and_weekly_from_then_on(desk: Letters):
    one = desk.sent({desk.u.students[0]: "B"})
    desk.tell()
    days = []
    for day in range(1, 20):
        known = Message.objects.count()
        steps.morning_rounds(by=tasks.STEP, names=tasks.NAMES, now=TODAY + timedelta(days=day, hours=-2))
        if Message.objects.count() > known:
            days.append(day)
            letter = Message.objects.latest("posted_at", "id")
            assert letter.to == desk.at_work("examiner")
            assert str(desk.head(one).number) in letter.text
    assert days == [3, 10, 17]


def test_a_reminder_is_not_lost_with_a_morning_that_fell_out():
    monday, friday = date(2026, 11, 30), date(2026, 12, 4)
    assert is_reminded(monday, friday, date(2026, 12, 1))
    assert not is_reminded(monday, friday, date(2026, 12, 3))
    assert is_reminded(monday, friday, None)
    assert [step_of(monday, monday + timedelta(days=n)) for n in (2, 3, 9, 10)] == [-1, 0, 0, 1]


def test_an_examiner_gets_no_second_letter_about_each_document_of_a_list(desk: Letters):
    documents = pack("se.university").documents
    waiting = [
        WaitingCount(
            desk.u.persons["examiner"], desk.u.units["data"], desk.u.data, documents[name].code, "se.university", name,
            TODAY, TODAY, 120,
        )
        for name in ("resultatlista", "resultatintyg", "processbeslut")
    ]  # fmt: skip
    (places,) = gather(waiting).values()
    assert [row.title for place in places for row in place.rows] == ["processbeslut"]


# --- doors ---


def test_telling_takes_the_permission_to_tell(desk: Letters):
    by, now = step_actor("nobody", "delivery.message.post"), desk.now()
    for act in (
        lambda: tell_results(by=by, path="/", messages=[], unreached=1, about={}, now=now),
        lambda: tell_subscriber(by=by, path="/", subscription=UUID(int=1), students=[], message=None, now=now),
        lambda: note_not_told(by=by, path="/", entry=1, code="x", now=now),
        lambda: note_log(by=by, late=True, seconds=1, messages=[], now=now),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize("page", ["review/", "archive/", ""])
def test_the_letters_link_to_pages_that_there_are(page: str):
    assert resolve(f"/results/{UUID(int=3)}/{page}").view_name.startswith("results:")
    for one in ("/results/", "/results/new/", "/results/log/", "/family/results/"):
        assert resolve(one).view_name.partition(":")[0] in {"results", "family"}


@pytest.mark.parametrize(
    "refs",
    [{}, {"list": "x", "number": 1, "sha256": "a", "examiner": "y"}, {"list": str(UUID(int=1)), "number": 1}],
)
def test_an_entry_that_names_nothing_is_no_news(refs: dict[str, Any]):
    assert not readable("reporting.list.sent/1", refs)
