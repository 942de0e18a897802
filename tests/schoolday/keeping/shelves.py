"""Old rows of every package at the class's school: one function for each category, telling the tables it fills."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Model

from testamur.exchange.notifications import models as notices
from testamur.kernel.base.actor import operator
from testamur.kernel.base.ids import new_id
from testamur.register.people import actions as people
from testamur.register.people.rules import NewPerson
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewEnrolment, NewSchoolYear, NewTerm
from testamur.schoolday.care import models as care
from testamur.schoolday.conversations import files
from testamur.schoolday.conversations import models as talking
from testamur.schoolday.diary import models as diary
from testamur.schoolday.forms import models as forms
from testamur.schoolday.keeping.rules import Category
from testamur.schoolday.learning import models as learning
from testamur.schoolday.noticeboard import models as board
from testamur.schoolday.support import models as support
from tests.schoolday.diary.school import School

OLD = datetime(2019, 3, 6, 9, tzinfo=UTC)
DAY = OLD.date()
Tables = tuple[type[Model], ...]


def old_year(school: School) -> tuple[UUID, UUID]:
    """A school year of long ago and its term."""
    new = NewSchoolYear(school.authority, "2018/2019", date(2018, 9, 15), date(2019, 6, 30))
    (year,) = schools.add_school_years(by=operator(), school_years=[new], now=OLD)
    terms = [NewTerm(year, "II", date(2019, 2, 1), date(2019, 6, 30))]
    return year, schools.add_terms(by=operator(), terms=terms, now=OLD)[0]


def assessments(school: School) -> Tables:
    """An assessment and the one that took its place."""
    _year, term = old_year(school)
    told: dict[str, Any] = {
        "pupil_id": school.pupils[0], "school_id": school.school, "path": school.path, "group_id": school.group,
        "subject": "MAT", "term_id": term, "made_by": school.persons["teacher"], "changed_at": OLD,
        "published_at": OLD,
    }  # fmt: skip
    first = diary.Assessment.objects.create(**told, made_at=OLD, text="Първа")
    diary.Assessment.objects.create(**told, made_at=OLD + timedelta(days=1), text="Втора", replaces=first)
    return (diary.Assessment,)


def conversation(school: School, at: datetime = OLD, **more: Any) -> talking.Conversation:
    """One conversation with an answer, read by a guardian."""
    teacher, guardian = school.persons["teacher"], school.persons["guardian"]
    told = {"sent_at": at} | more
    made = talking.Conversation.objects.create(
        path=school.path, unit=school.school, unit_path=school.path, circle="guardians", group=school.group,
        subject="Екскурзия", side="staff", made_by=teacher, made_at=at, last_at=at, **told,
    )  # fmt: skip
    talking.Member.objects.create(conversation=made, person=teacher)
    thread = talking.Thread.objects.create(conversation=made, person=guardian, made_at=at)
    talking.Post.objects.create(conversation=made, author=teacher, side="staff", text="Носете вода.", at=at)
    talking.Post.objects.create(conversation=made, thread=thread, author=guardian, side="family", text="Да.", at=at)
    talking.Reading.objects.create(conversation=made, person=guardian, seen_at=at)
    return made


def enclose(of: talking.Conversation, content: bytes) -> talking.Attachment:
    """A file at the first post of a conversation."""
    (taken,) = files.take([("list.txt", content)])
    post = talking.Post.objects.filter(conversation=of).order_by("id")[0]
    return talking.Attachment.objects.create(
        post=post, name=taken.name, kind=taken.kind.value, size=taken.size, digest=taken.digest
    )


def messages(school: School) -> Tables:
    """A conversation with a file, and days on which the teacher did not answer."""
    enclose(conversation(school), b"Invented list.")
    talking.Away.objects.create(
        unit=school.school, path=school.path, person=school.persons["teacher"], first=DAY, last=DAY, made_at=OLD
    )
    return (
        talking.Conversation, talking.Member, talking.Thread, talking.Post, talking.Attachment, talking.Reading,
        talking.Away,
    )  # fmt: skip


def events(school: School) -> Tables:
    """An event with an answer and a booked time, and news of the class."""
    teacher, guardian, child = school.persons["teacher"], school.persons["guardian"], school.pupils[0]
    made = board.Event.objects.create(
        path=school.path, unit=school.school, group=school.group, kind="meeting", title="Среща", starts_at=OLD,
        ends_at=OLD, audience="family", made_by=teacher, made_at=OLD, changed_at=OLD,
    )  # fmt: skip
    board.Answer.objects.create(event=made, child=child, person=guardian, reply="yes", at=OLD)
    board.Time.objects.create(
        event=made, host=teacher, starts_at=OLD, ends_at=OLD + timedelta(minutes=10), child=child, guardian=guardian,
        booked_at=OLD,
    )  # fmt: skip
    board.News.objects.create(
        path=school.path, unit=school.school, group=school.group, audience="family", texts={}, published_at=OLD,
        author=teacher,
    )  # fmt: skip
    return board.Event, board.Answer, board.Time, board.News


def form(school: School, **more: Any) -> forms.Form:
    """A form that everybody answered long ago."""
    told: dict[str, Any] = {
        "path": school.path, "unit": school.school, "whole": True, "audience": "guardians", "content": {},
        "consent": "none", "needs": "one", "last_day": DAY, "state": "closed", "digest": "a" * 64,
        "made_by": school.persons["teacher"], "made_at": OLD, "changed_at": OLD, "published_at": OLD, "closed_at": OLD,
    } | more  # fmt: skip
    made = forms.Form.objects.create(**told)
    forms.Target.objects.create(form=made, group=school.group)
    said(made, school, "answered" if told["consent"] == "none" else "given", ceremony=new_id())
    forms.Signing.objects.create(
        form=made, child=school.pupils[0], person=school.persons["guardian"], language="bg", document=b"x", asked_at=OLD
    )
    return made


def said(of: forms.Form, school: School, word: str, *, at: datetime = OLD, ceremony: UUID | None = None) -> None:
    """The next word of the guardian for the first child."""
    signed: dict[str, Any] = {"document": b"x", "evidence": b"y", "method": "simulated"} if ceremony else {}
    forms.Answer.objects.create(
        form=of, child=school.pupils[0], person=school.persons["guardian"], version=of.answers.count() + 1, word=word,
        language="bg", path=school.path, at=at, ceremony=ceremony, **signed,
    )  # fmt: skip


def asked(school: School) -> Tables:
    """A form and the one that took its place."""
    first = form(school)
    form(school, replaces=first, made_at=OLD + timedelta(days=1))
    return forms.Form, forms.Target, forms.Answer, forms.Signing


def presence(school: School, on: date, number: int = 1, act: str = "in", **more: Any) -> care.Presence:
    """An arrival of the first child."""
    return care.Presence.objects.create(
        id=new_id(), child=school.pupils[0], unit=school.school, group=school.group, on=on, number=number, act=act,
        at=OLD, noted_by=school.persons["teacher"], noted_at=OLD, **more,
    )  # fmt: skip


def collector(school: School, **more: Any) -> care.Collector:
    """A grandmother with a picture, who was ended long ago."""
    guardian = school.persons["guardian"]
    told = {"ended_at": OLD, "ended_by": guardian} | more
    return care.Collector.objects.create(
        child=school.pupils[0], name="Баба Измислена", phone="+359000", relation="grandparent", starts=DAY,
        picture=b"jpeg", added_by=guardian, added_at=OLD, **told,
    )  # fmt: skip


def fetched(school: School) -> Tables:
    """Everything that care holds, long over."""
    child, guardian = school.pupils[0], school.persons["guardian"]
    who = collector(school)
    first = presence(school, DAY, collector=who)
    presence(school, DAY, 2, "", corrects=first)
    care.Fetching.objects.create(child=child, on=DAY, collector=who, by=guardian, at=OLD)
    shut = care.Closing.objects.create(
        unit=school.school, path=school.path, on=DAY, name="Ден", decided_by=guardian, decided_at=OLD
    )
    care.Need.objects.create(closing=shut, child=child, by=guardian, at=OLD)
    care.Day.objects.create(child=child, unit=school.school, on=DAY, starts=time(8), ends=time(12), by=guardian, at=OLD)
    care.Reminder.objects.create(child=child, unit=school.school, monday=date(2019, 3, 4), at=OLD)
    for starts in (DAY, DAY + timedelta(days=7)):
        care.Regular.objects.create(child=child, unit=school.school, valid_from=starts, days={}, by=guardian, at=OLD)
    care.Caution.objects.create(
        child=child, path=school.path, text="Не с чичото.", written_by=guardian, written_at=OLD, ended_at=OLD,
        ended_by=guardian,
    )  # fmt: skip
    return (  # the week that holds stays
        care.Collector, care.Presence, care.Fetching, care.Closing, care.Need, care.Day, care.Reminder, care.Caution,
    )  # fmt: skip


def plan(school: School) -> learning.Plan:
    """A plan with a goal and a statement."""
    teacher = school.persons["teacher"]
    made = learning.Plan.objects.create(
        group_id=school.group, school_id=school.school, path=school.path, title="Дроби", starts=DAY, ends=DAY,
        made_by=teacher, made_at=OLD, changed_at=OLD, published_at=OLD,
    )  # fmt: skip
    goal = learning.Goal.objects.create(plan=made, number=1, text="Събира дроби")
    state(goal, school)
    return made


def state(goal: learning.Goal, school: School, at: datetime = OLD) -> None:
    """A teacher states where the first child stands."""
    learning.Statement.objects.create(
        goal=goal, pupil_id=school.pupils[0], level=1, on=at.date(), made_by=school.persons["teacher"], made_at=at
    )


def plans(school: School) -> Tables:
    """A plan, and a development plan that was signed."""
    plan(school)
    year, _term = old_year(school)
    whole = learning.Development.objects.create(
        pupil_id=school.pupils[0], school_id=school.school, group_id=school.group, school_year_id=year,
        path=school.path, made_at=OLD,
    )  # fmt: skip
    version = learning.Version.objects.create(
        development=whole, number=1, state="frozen", content={}, made_by=school.persons["teacher"], made_at=OLD,
        changed_at=OLD, frozen_at=OLD, pdf=b"%PDF", digest="a" * 64,
    )  # fmt: skip
    learning.Signature.objects.create(
        version=version, person=school.persons["guardian"], part="guardian", how="confirmed", at=OLD
    )
    return (
        learning.Plan, learning.Goal, learning.Statement, learning.Development, learning.Version, learning.Signature,
    )  # fmt: skip


def portfolio(school: School) -> Tables:
    """An entry with a picture, about a child and a goal of a plan that stays."""
    child = school.pupils[0]
    made = learning.Entry.objects.create(
        group_id=school.group, school_id=school.school, path=school.path, kind="documentation", title="Есен", on=DAY,
        made_by=school.persons["teacher"], made_at=OLD, published_at=OLD,
    )  # fmt: skip
    learning.EntryChild.objects.create(entry=made, child_id=child)
    learning.EntryGoal.objects.create(entry=made, goal=plan(school).goals.get())
    seen = learning.Picture.objects.create(
        entry=made, number=1, alt="Листа", width=1, height=1, data=b"jpeg", thumb=b"jpeg", made_at=OLD
    )
    learning.PictureChild.objects.create(picture=seen, child_id=child)
    learning.Earlier.objects.create(entry=made, number=1, title="Лято", on=DAY, changed_by=made.made_by, until=OLD)
    return (
        learning.Entry, learning.EntryChild, learning.EntryGoal, learning.Picture, learning.PictureChild,
        learning.Earlier,
    )  # fmt: skip


def talks(school: School) -> Tables:
    """A talk with minutes, a preparation, and what was agreed."""
    teacher = school.persons["teacher"]
    made = learning.Talk.objects.create(
        pupil_id=school.pupils[0], group_id=school.group, school_id=school.school, path=school.path, at=OLD,
        host=teacher, minutes="Добре.", minutes_at=OLD, made_by=teacher, made_at=OLD,
    )  # fmt: skip
    learning.Preparation.objects.create(talk=made, person=school.persons["guardian"], part="guardian", at=OLD)
    learning.FollowUp.objects.create(talk=made, text="Чете", due=DAY)
    return learning.Talk, learning.Preparation, learning.FollowUp


def question(school: School, **more: Any) -> support.Question:
    """A question that was answered."""
    told = {"state": "answered"} | more
    made = support.Question.objects.create(
        path=school.path, unit=school.school, asked_by=school.persons["guardian"], title="Обяд", way=["office"],
        level="office", at_path=school.path, asked_at=OLD, turn_at=OLD, **told,
    )  # fmt: skip
    support.Word.objects.create(question=made, at=OLD, person=school.persons["guardian"], said="asked", text="Кога?")
    return made


def leaver(school: School) -> UUID:
    """A pupil of long ago, who goes to no school today."""
    new = [NewPerson(given="Бивш", family="Измислен", birth_date=date(2008, 1, 1))]
    (made,) = people.register_persons(by=operator(), path=school.path, persons=new, now=OLD)
    enrolments = [NewEnrolment(made, school.school, DAY, year_level=5)]
    (one,) = schools.add_enrolments(by=operator(), enrolments=enrolments, now=OLD)
    schools.end_enrolments(by=operator(), ends={one: date(2019, 6, 30)}, now=OLD)
    return made


def asking(school: School) -> Tables:
    """A question, and the reception of a protected pupil who left."""
    question(school)
    case = support.Case.objects.create(
        person=leaver(school), path=school.path, opened_at=OLD, opened_by=school.persons["principal"], follow_up=DAY
    )
    support.CaseStep.objects.create(case=case, step="received", done_at=OLD, done_by=school.persons["principal"])
    return support.Question, support.Word, support.Case, support.CaseStep


def told(school: School) -> Tables:
    """A notice that reached nobody, and a registration that was refused."""
    notices.Item.objects.create(
        person=school.persons["guardian"], child=school.pupils[0], part="absences", ref=new_id(), entry=1, way="sms",
        path=school.path, at=OLD, due_at=OLD, told_at=OLD, outcome="unreached",
    )  # fmt: skip
    one = notices.Registration.objects.create(
        path=school.path, route="web", kind="phone", value="", made_at=OLD, expires_at=OLD
    )
    notices.Registration.objects.filter(id=one.id).update(state="expired")
    return notices.Item, notices.Registration


SHELVES: Mapping[Category, Callable[[School], Tables]] = {
    Category.ASSESSMENTS: assessments,
    Category.MESSAGES: messages,
    Category.EVENTS: events,
    Category.FORMS: asked,
    Category.CARE: fetched,
    Category.PORTFOLIO: portfolio,
    Category.TALKS: talks,
    Category.PLANS: plans,
    Category.SUPPORT: asking,
    Category.NOTICES: told,
}
