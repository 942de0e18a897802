"""Loading remarks and praise."""

from __future__ import annotations

from collections.abc import Sequence

from testamur.exchange.connectors.diary.core import Job, Known, Row, RowRefused, digest, ids_in, natural
from testamur.exchange.connectors.diary.words import REMARKS, loose, meaning
from testamur.kernel.base.refused import NotAllowed, Refused
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.queries.standing import known_remarks
from testamur.schoolday.diary.rules.remarks import LONGEST_TEXT

REMARK = "diary.remark"


def load(job: Job, rows: Sequence[Row]) -> None:
    """Load some rows: each stands or falls alone. The same text of the same day is the same remark."""
    known: list[Known] = []
    for row in rows:
        try:
            on = job.day(row)
            text = row["text"]
            if not text:
                raise RowRefused("diary.remark.text_missing", "text", "", "a remark says something")
            key = natural(job.pupil(row), on, job.subject(row, None), digest(text))
            known.append(Known(row, key, digest(_kind(job, row))))
        except NotAllowed:
            raise
        except Refused as no:
            job.refuse(row, no)
    fresh = job.split(REMARK, known)
    own = known_remarks(ids=ids_in(one.row["key"] for one in fresh))
    for one in fresh:
        if one.row["key"] in own:  # an export of this very diary
            job.counts[job.kind, "unchanged"] += 1
            continue
        try:
            _write(job, one)
        except NotAllowed:
            raise
        except Refused as no:
            job.refuse(one.row, no)


def _kind(job: Job, row: Row) -> str:
    kinds = {one.code: one.name for one in job.pack.diary.remarks}
    text = job.cell(row, "kind")
    if not text:
        code = "remark" if "remark" in kinds else next(iter(kinds), "")
        job.note_once(row, "kind", f"no kind told: loaded as {kinds.get(code, code)}", "import.remark.kind_assumed")
        return code
    found = next((c for c, name in kinds.items() if loose(text) in {loose(c), loose(name)}), "") or meaning(
        text, REMARKS
    )
    if found not in kinds:
        raise RowRefused("import.remark.kind", "kind", text, f"no kind of remark; accepted: {', '.join(kinds)}")
    return found


def _write(job: Job, one: Known) -> None:
    row = one.row
    on, pupil = job.day(row), job.pupil(row)
    assert on is not None
    text = row["text"]
    if len(text) > LONGEST_TEXT:
        job.note(row, "text", text, f"cut after {LONGEST_TEXT} characters", "import.text.cut")
    made = diary.write_remark(
        by=job.by, group=job.group(row, pupil, on).id, pupils=[pupil], kind=_kind(job, row), text=text[:LONGEST_TEXT],
        subject=job.subject(row, None), on=on, now=job.now,
    )  # fmt: skip
    job.remember(REMARK, [(one, made[0])])
