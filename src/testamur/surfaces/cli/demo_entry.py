"""The demo's year of assessments in a Vietnamese class: one moment closed, the next half entered; a bank of phrases.

All of it is invented.
"""

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
from testamur.schoolday.diary.rules.moments import Moment, moments_of
from testamur.schoolday.diary.rules.phrases import Circle, NewPhrase
from testamur.schoolday.diary.rules.rooms import Room
from testamur.schoolday.results.actions import close_moment
from testamur.surfaces.cli.demo_people import under_hat
from testamur.surfaces.cli.demo_schools import Kept

PHRASES = (
    ("t1", "TV", "{tên} đọc to, rõ ràng, hiểu nội dung bài (ví dụ)."),
    ("t2", "TV", "{tên} viết đúng chính tả; cần luyện thêm cách đặt câu (ví dụ)."),
    ("m1", "TOAN", "{tên} tính nhanh, trình bày sạch đẹp (ví dụ)."),
    ("m2", "TOAN", "{tên} nắm được phép tính; cần đọc kĩ đề hơn (ví dụ)."),
    ("k1", "", "{tên} chăm chỉ, biết giúp đỡ bạn (ví dụ)."),
)
STEPS = {"T,H,C": "TTHH", "T,Đ,C": "TTĐĐ"}
"""What is drawn from, the better half first."""
WELL = 0.6
"""Share of the pupils who do well."""
LEFT = 3
"""Pupils about whom nothing is entered yet, so that the page has something to say."""


def fill(by: Actor, kept: Sequence[Kept], family: UUID | None, now: datetime) -> None:  # noqa: ARG001 - the shape of all
    """Where the law knows moments: the first of the year is closed, the next entered but for the last pupils."""
    for one in kept:
        if PACKS[one.land.pack].year_end is None:
            continue
        for code, subject, text in PHRASES:
            actions.keep_phrase(by=by, phrase=NewPhrase(Circle.SCHOOL, code, text, subject), unit=one.school, now=now)
        for group, pupils in one.classes.items():
            random, place = Random(27), room(group=group, on=now.date())  # noqa: S311 - invented, the same each time
            first, second = moments_of(place)[:2]
            _enter(one, place, first, pupils, random, now)
            head = under_hat(one.heads[group], "class_teacher", now)
            close_moment(by=head, group=group, moment=first.code, now=now)
            _enter(one, place, second, pupils[:-LEFT], random, now)


def _enter(one: Kept, place: Room, moment: Moment, pupils: Sequence[UUID], random: Random, now: datetime) -> None:
    """Each subject by its teacher, the rest by the class teacher; who does well does so in words and in tests."""
    group = place.group.id
    well = {pupil for pupil in pupils if random.random() < WELL}
    head = under_hat(one.heads[group], "class_teacher", now)
    actions.open_moment(by=head, group=group, moment=moment.code, now=now)
    kinds = {kind.code: kind for kind in kinds_of(place, moment.day)}
    for (subject, kind), task in sorted(columns_there(place, moment).items()):
        teacher = one.teachers.get(subject)
        by = head if teacher in {None, one.heads[group]} else under_hat(teacher, "teacher", now)
        steps = [step.value for step in kinds[kind].scale.values]
        likely = STEPS.get(",".join(steps), steps[1:6])
        stands = standing_cells([task.id])
        half = len(likely) // 2
        entries = [
            Entry(pupil, random.choice(likely[:half] if pupil in well else likely[half:]))
            for pupil in pupils
            if pupil not in stands
        ]
        if entries:
            actions.enter_marks(by=by, task=task.id, entries=entries, now=now)
