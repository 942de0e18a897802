"""The demo's messages: letters to a class with answers, a question from home, a planned letter, news, an absence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.schoolday.conversations import actions, queries
from testamur.schoolday.conversations.rules import Circle, NewConversation, To
from testamur.schoolday.noticeboard import actions as board
from testamur.schoolday.noticeboard.rules import NewsText
from testamur.surfaces.cli.demo_people import under_hat
from testamur.surfaces.cli.demo_schools import Kept

TEXTS = {
    "BG": ("bg", "Екскурзия в петък (пример)", "Тръгваме в 9:00 от входа. Носете вода и обяд.", "Ще дойдем, благодаря!",
           "Отлично, ще се видим.", "Въпрос за домашното (пример)", "Кога се предава домашното по математика?",
           "До сряда. Може и в часа.", "Родителска среща (пример)", "Ще Ви пиша за деня и часа.",
           "Новини от класа (пример)", "Тази седмица започваме новата тема. Работите висят в коридора.",
           "На обучение съм."),
    "SE": ("sv", "Utflykt på fredag (exempel)", "Vi går klockan 9 från entrén. Ta med vatten och matsäck.",
           "Vi kommer, tack!", "Bra, då ses vi.", "Fråga om läxan (exempel)", "När ska matteläxan vara inne?",
           "På onsdag. Det går bra på lektionen.", "Föräldramöte (exempel)", "Jag återkommer med dag och tid.",
           "Nyheter från klassen (exempel)", "I veckan börjar vi med ett nytt tema. Arbetena hänger i korridoren.",
           "Jag är på kurs."),
    "VN": ("vi", "Đi tham quan thứ Sáu (ví dụ)", "Chúng ta đi lúc 9 giờ từ cổng trường. Nhớ mang nước và cơm trưa.",
           "Gia đình sẽ tham gia, cảm ơn cô!", "Rất tốt, hẹn gặp lại.", "Hỏi về bài tập (ví dụ)",
           "Khi nào nộp bài tập Toán?", "Thứ Tư, nộp trong giờ học.", "Họp phụ huynh (ví dụ)",
           "Tôi sẽ báo ngày giờ sau.", "Tin của lớp (ví dụ)", "Tuần này lớp bắt đầu chủ đề mới.",
           "Tôi đang đi tập huấn."),
}  # fmt: skip
"""Country → language, then: a letter with its answers, a question with its answer, a planned letter, news, a note."""


def fill(by: Actor, kept: Sequence[Kept], family: UUID | None, now: datetime) -> None:  # noqa: ARG001 - one shape for all
    """In the first class of each school, by its own teacher and families."""
    for one in kept:
        if one.land.country in TEXTS and one.classes:
            _class(one, now)


def _class(kept: Kept, now: datetime) -> None:
    language, title, text, yes, good, ask, question, reply, meet, soon, news, told, away = TEXTS[kept.land.country]
    group, pupils = next(iter(kept.classes.items()))
    teacher = under_hat(kept.heads[group], "class_teacher", now)
    guarded = [pupil for pupil in pupils if pupil in kept.guardians]
    first, second = guarded[0], guarded[1]
    mother, other = (under_hat(kept.guardians[pupil], "guardian", now) for pupil in (first, second))
    letter = NewConversation(kept.school, Circle.GUARDIANS, title, text, language, group=group)
    at = now - timedelta(days=2)
    trip = actions.start(by=teacher, new=letter, now=at)
    actions.answer(by=other, conversation=trip, text=yes, language=language, now=at + timedelta(hours=2))
    thread = _thread(teacher, trip, now)
    actions.answer(
        by=teacher, conversation=trip, text=good, language=language, thread=thread, now=at + timedelta(hours=3)
    )
    asked = NewConversation(
        kept.school, Circle.SCHOOL, ask, question, language, child=first, to=(To(desk=Role.CLASS_TEACHER),)
    )
    about = actions.start(by=mother, new=asked, now=at + timedelta(hours=4))
    actions.answer(by=teacher, conversation=about, text=reply, language=language, now=at + timedelta(hours=20))
    planned = NewConversation(
        kept.school, Circle.GUARDIANS, meet, soon, language, group=group, due_at=now + timedelta(days=3)
    )
    actions.start(by=teacher, new=planned, now=now)
    board.tell_news(
        by=teacher, unit=kept.school, group=group, texts={language: NewsText(news, told)}, now=now - timedelta(days=1)
    )
    _away(kept, away, now)


def _thread(teacher: Actor, conversation: UUID, now: datetime) -> UUID:
    return queries.conversation(by=teacher, id=conversation, now=now).threads[0].id


def _away(kept: Kept, note: str, now: datetime) -> None:
    """One of the teachers is away this week, and a colleague reads along."""
    teachers = list(dict.fromkeys(kept.teachers.values()))
    posts = {post.person for post in schools.posts_at(unit=kept.school, on=now.date())}
    free = [one for one in teachers if one in posts and one not in kept.heads.values()]
    if len(free) > 1:
        actions.say_away(
            by=under_hat(free[0], "teacher", now), unit=kept.school, first=now.date(),
            last=now.date() + timedelta(days=4), note=note, substitute=free[1], now=now,
        )  # fmt: skip
