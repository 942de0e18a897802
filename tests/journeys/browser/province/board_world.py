"""A counted province to supervise: `python -m tests.journeys.browser.province.board_world FOLDER` makes FOLDER/board.

It runs in a process of its own, as the product's commands do, and writes who is who to FOLDER/world.json.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from testamur.surfaces.cli import runtime
from tests import schema


def main(folder: Path) -> None:
    """Two districts of nine schools and a school beside them, a plan in force, three weeks of counts."""
    work = folder / "board"
    runtime.start(data=schema.put(work), mode="demo")
    from django.db import connections

    from testamur.exchange.notifications.tasks import SUPERVISING
    from testamur.schoolday.supervision.steps import count
    from testamur.schoolday.transcripts.models import ClassYear
    from testamur.schoolday.transcripts.rules import Step
    from tests.schoolday.supervision import province as provinces

    province = provinces.staffed(provinces.build(2, 9, 1))
    first = province.schools[0]
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    teachers = [province.persons["teacher_0"], province.persons["teacher_1"]]
    ClassYear.objects.bulk_create(
        provinces.class_year(
            first, code, None, group=group, teacher=teacher, pupils=34, missing={"missing.test": 9, "missing.trait": 34}
        )
        for code, group, teacher in zip(("1A", "1B"), province.groups, teachers, strict=True)
    )
    for number, school in enumerate(province.schools[1:]):
        step = [None, *Step][number % 8]
        rows = [provinces.class_year(school, f"{n + 1}A", step, level=n + 1, pupils=31 + n) for n in range(5)]
        ClassYear.objects.bulk_create(rows)
    ClassYear.objects.bulk_create([provinces.class_year(province.schools[1], "4B", Step.COMPLETE, level=4, pupils=3)])
    provinces.planned(province)
    for days in (20, 14, 9, 5, 1, 0):
        some = ClassYear.objects.filter(unit__in=[one.id for one in province.schools[: 19 - days // 2]])
        some.filter(complete=0, year_level__gt=3).update(complete=20)
        count(by=SUPERVISING, zone=lambda _path: zone, now=provinces.NOW - timedelta(days=days))
    told = {"numbers": province.numbers, "body": province.body, "path": province.path, "first": first.id,
            "district": province.districts[0].id}  # fmt: skip
    (folder / "world.json").write_text(json.dumps(told, default=str))
    connections.close_all()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
