"""The demo's plans, matrices, development plans, talks and portfolios. Texts and pictures are plainly invented."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from PIL import Image, ImageDraw

from testamur.access.accounts import queries as accounts
from testamur.kernel.base.actor import Actor
from testamur.law.tables import PACKS
from testamur.schoolday.learning import actions, queries
from testamur.schoolday.learning.rules import Ahead, Mark, NewEntry, NewGoal, PlanText
from testamur.surfaces.cli.demo_schools import Kept


@dataclass(frozen=True, slots=True)
class Texts:
    """What stands in the demo in one language."""

    title: str
    content: str
    methods: str
    assessed: str
    goals: tuple[str, str, str]
    levels: tuple[str, str, str]
    comment: str
    entry: str
    story: str
    alt: str
    ahead: Ahead
    agenda: str
    brings: tuple[str, str, str]
    work: str


TEXTS: Mapping[str, Texts] = {
    "SE": Texts(
        "Berättelser vi hittar på", "Vi skriver korta berättelser om ett påhittat land.", "Par, grupp och högläsning.",
        "En egen berättelse och hur den läses upp.",
        ("skriver med början, mitt och slut", "läser högt så att andra förstår", "ger en kamrat ett råd"),
        ("inte ännu", "på väg", "når målet"), "Prova att läsa den högt en gång till.", "Bron av klossar",
        "Vi byggde en bro av klossar och räknade hur många som behövdes.", "En bro av färgade klossar",
        Ahead("Läser gärna och mycket.", "Övar på bråk.", "Ett extra pass på tisdagar.", "Vi räknar vid middagen."),
        "Hur trivs du? Vad vill du lära dig mer om?", ("Kompisar och idrott", "Läxor i matte", "Hur man övar bråk"),
        "Min dikt om våren",
    ),
    "BG": Texts(
        "Измислени истории", "Пишем кратки истории за измислена страна.", "По двойки, в група и на глас.",
        "Собствена история и как се чете.",
        ("пише с начало, среда и край", "чете на глас ясно", "дава съвет на съученик"),
        ("още не", "напредва", "постига целта"), "Опитай да я прочетеш още веднъж на глас.", "Мостът от кубчета",
        "Построихме мост от кубчета и преброихме колко са нужни.", "Мост от цветни кубчета",
        Ahead(next="Упражнява дроби."), "Как се чувстваш? Какво искаш да научиш?",
        ("Приятели и спорт", "Домашните по математика", "Как се упражняват дроби"), "Моето стихотворение за пролетта",
    ),
    "VN": Texts(
        "Những câu chuyện tưởng tượng", "Chúng em viết truyện ngắn về một đất nước tưởng tượng.",
        "Theo cặp, theo nhóm và đọc to.", "Một câu chuyện của em và cách em đọc.",
        ("viết có mở đầu, thân bài, kết thúc", "đọc to rõ ràng", "góp ý cho bạn"),
        ("chưa đạt", "đang tiến bộ", "đạt"), "Em thử đọc to thêm một lần nữa nhé.", "Cây cầu bằng khối gỗ",
        "Chúng em dựng một cây cầu bằng khối gỗ và đếm số khối.", "Cây cầu bằng các khối màu",
        Ahead(next="Luyện phân số."), "Em thấy thế nào? Em muốn học thêm gì?",
        ("Bạn bè và thể thao", "Bài tập toán", "Cách luyện phân số"), "Bài thơ mùa xuân của em",
    ),
}  # fmt: skip


def fill(by: Actor, kept: Sequence[Kept], family: UUID | None, now: datetime) -> None:  # noqa: ARG001 - one shape for all
    """Something of everything in the first class of each school."""
    for one in kept:
        texts = TEXTS[one.land.country]
        group, pupils = next(iter(one.classes.items()))
        subject = next(iter(one.land.subjects))
        _plan(replace(by, id=one.teachers[subject]), texts, group, subject, pupils, now)
        head = replace(by, id=one.heads[group])
        _entry(head, texts, group, pupils, now)
        _talk(head, texts, one, group, pupils[0], now)
        pack, level = PACKS[one.land.pack], one.levels[group]
        form = pack.diary.assessment(level, now.date())
        if form is not None and form.plan:
            _development(head, texts, group, pupils[:3], now)


def guardian(child: UUID, person: UUID, now: datetime) -> Actor:
    """The family as the register gives it."""
    hat = next(hat for hat in accounts.hats(person=person, on=now.date()) if hat.role == "guardian")
    assert child in hat.wards
    return accounts.actor(hat, person=person, identified_by="simulated")


def _plan(by: Actor, texts: Texts, group: UUID, subject: str, pupils: Sequence[UUID], now: datetime) -> None:
    starts, goals = now.date() - timedelta(days=14), tuple(NewGoal(text) for text in texts.goals)
    said = PlanText(
        texts.title, starts, starts + timedelta(days=42), subject, texts.content, texts.methods, texts.assessed, goals,
        texts.levels,
    )  # fmt: skip
    plan = actions.write_plan(by=by, group=group, said=said, now=now)
    actions.publish_plan(by=by, plan=plan, now=now)
    actions.share_plan(by=by, plan=plan, shared=True, now=now)
    known = queries.plan(by=by, plan=plan).goals
    marks = [
        Mark(goal.id, pupil, (n + m) % 3, texts.comment if m == n == 0 else "")
        for n, pupil in enumerate(pupils[:8])
        for m, goal in enumerate(known)
    ]
    actions.state(by=by, plan=plan, marks=marks, on=now.date() - timedelta(days=3), now=now)
    actions.show_matrix(by=by, plan=plan, shown=True, now=now)
    draft = replace(said, title=f"{texts.title} 2", starts=said.ends, ends=said.ends + timedelta(days=30))
    actions.write_plan(by=by, group=group, said=draft, now=now)


def _entry(by: Actor, texts: Texts, group: UUID, pupils: Sequence[UUID], now: datetime) -> None:
    new = NewEntry(texts.entry, now.date() - timedelta(days=1), tuple(pupils[:4]), text=texts.story)
    entry = actions.add_entry(by=by, group=group, new=new, now=now)
    actions.add_picture(by=by, entry=entry, data=drawn(), alt=texts.alt, children=(), now=now)
    actions.publish_entry(by=by, entry=entry, now=now)


def _talk(by: Actor, texts: Texts, kept: Kept, group: UUID, pupil: UUID, now: datetime) -> None:
    at = (now + timedelta(days=6)).replace(minute=0, second=0, microsecond=0)
    talk = actions.plan_talk(by=by, group=group, pupil=pupil, at=at, place="", agenda=texts.agenda, now=now)
    family = guardian(pupil, kept.guardians[pupil], now)
    well, harder, wish = texts.brings
    actions.prepare_talk(by=family, talk=talk, well=well, harder=harder, wish=wish, now=now)
    actions.add_work(by=family, child=pupil, title=texts.work, text="", picture=drawn(7), alt=texts.alt, now=now)


def _development(by: Actor, texts: Texts, group: UUID, pupils: Sequence[UUID], now: datetime) -> None:
    for number, pupil in enumerate(pupils):
        key = actions.draft_development(by=by, group=group, pupil=pupil, now=now)
        draft = queries.development(by=by, development=key).draft
        assert draft is not None
        actions.write_ahead(by=by, version=draft.id, ahead=texts.ahead, seen=draft.seen, now=now)
        if number < 2:  # noqa: PLR2004 - the third is still being written
            actions.freeze_development(by=by, version=draft.id, seen=draft.seen + 1, now=now)


def drawn(seed: int = 0) -> bytes:
    """A picture of coloured blocks, as a JPEG."""
    picture = Image.new("RGB", (1200, 800), "#eef3f8")
    pen = ImageDraw.Draw(picture)
    colours = ("#1f4e79", "#9a5b00", "#3b7a3b", "#7a3b6d", "#b03a2e")
    for n in range(9):
        left, top = 90 + 115 * n, 560 - 38 * min(n, 8 - n) - 6 * seed
        pen.rectangle((left, top, left + 105, 700), fill=colours[(n + seed) % len(colours)])
    pen.rectangle((60, 700, 1140, 730), fill="#55555c")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
