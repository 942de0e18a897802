"""One of everything in the care of a school: its hours, a closing day, a collector, an arrival, something to know."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import UUID
from zoneinfo import ZoneInfo

from PIL import Image

from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, operator
from testamur.kernel.base.ids import new_id
from testamur.register.schools.rules import Form
from testamur.schoolday.care import actions
from testamur.schoolday.care.rules import Act, NewCollector, Note, Relation, Setting, default_setting


def tended(group: UUID, unit: UUID, pupil: UUID, family: Actor) -> dict[str, object]:
    """What stands in addresses and forms of care."""
    by, now = operator(), clock.now()
    usual = default_setting(unit, Form.NONE)
    actions.arrange(by=by, setting=Setting(unit, usual.opening), now=now)
    day = now.date() + timedelta(days=20)
    closing = actions.close_day(by=by, unit=unit, on=day, name="Planning", answer_by=day, now=now)
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    new = NewCollector(pupil, "Neighbour", "040 628 04 44", Relation.FRIEND, now.date(), picture=out.getvalue())
    collector = actions.add_collector(by=family, collector=new, now=now)
    caution = actions.write_caution(by=by, child=pupil, text="Not the uncle", now=now)
    note = Note(new_id(), pupil, Act.IN, now)
    presence = actions.note_presence(by=by, group=group, note=note, now=now, zone=ZoneInfo("UTC"))
    return {"closing": closing, "collector": collector, "caution": caution, "presence": presence}
