"""The demo's year of assessments in a Vietnamese class: a moment half entered, and a bank of phrases. All invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.law.tables import PACKS
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries.marks import standing_cells
from testamur.schoolday.diary.queries.moments import columns_there
from testamur.schoolday.diary.queries.rooms import room
from testamur.schoolday.diary.rules.marks import Entry, kinds_of
from testamur.schoolday.diary.rules.moments import moments_of
from testamur.schoolday.diary.rules.phrases import Circle, NewPhrase
from testamur.surfaces.cli.demo_schools import Kept

PHRASES = (
    ("t1", "TV", "{tên} đọc to, rõ ràng, hiểu nội dung bài (ví dụ)."),
    ("t2", "TV", "{tên} viết đúng chính tả; cần luyện thêm cách đặt câu (ví dụ)."),
    ("m1", "TOAN", "{tên} tính nhanh, trình bày sạch đẹp (ví dụ)."),
    ("m2", "TOAN", "{tên} nắm được phép tính; cần đọc kĩ đề hơn (ví dụ)."),
    ("k1", "", "{tên} chăm chỉ, biết giúp đỡ bạn (ví dụ)."),
)
STEPS = {"T,H,C": "TTTHH", "T,Đ,C": "TTTĐĐ"}
LEFT = 3
"""Pupils about whom nothing is entered yet, so that the page has something to say."""


def fill(by: Actor, kept: Sequence[Kept], family: UUID | None, now: datetime) -> None:  # noqa: ARG001 - the shape of all
    """Where the law knows moments: the first one of the year is open and entered but for the last pupils."""
    for one in kept:
        if PACKS[one.land.pack].year_end is None:
            continue
        for code, subject, text in PHRASES:
            actions.keep_phrase(by=by, phrase=NewPhrase(Circle.SCHOOL, code, text, subject), unit=one.school, now=now)
        for group, pupils in one.classes.items():
            _moment(by, group, pupils, now)


def _moment(by: Actor, group: UUID, pupils: Sequence[UUID], now: datetime) -> None:
    random, place = Random(27), room(group=group, on=now.date())  # noqa: S311 - invented values, the same each time
    first = moments_of(place)[0]
    actions.open_moment(by=by, group=group, moment=first.code, now=now)
    kinds = {kind.code: kind for kind in kinds_of(place, first.day)}
    for (_subject, kind), task in sorted(columns_there(place, first).items()):
        steps = [step.value for step in kinds[kind].scale.values]
        likely = STEPS.get(",".join(steps), steps[1:6])
        stands = standing_cells([task.id])
        entries = [Entry(pupil, random.choice(likely)) for pupil in pupils[:-LEFT] if pupil not in stands]
        if entries:
            actions.enter_marks(by=by, task=task.id, entries=entries, now=now)
