"""One of everything of learning at a place: a plan, an entry with a picture, a development plan, a talk."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, operator
from testamur.kernel.base.ids import new_id
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.schoolday.learning import actions, queries
from testamur.schoolday.learning.models import Development, Version
from testamur.schoolday.learning.rules import Ahead, NewEntry, NewGoal, PlanText, content_of
from testamur.trust.signing.rules import SignerIdentity
from tests.schoolday.learning.conftest import picture


def learnt(group: UUID, school: UUID, pupil: UUID, family: Actor) -> dict[str, object]:
    """Arguments of addresses. The law knows no development plan in these years, so that one is put there."""
    by, now = operator(), clock.now()
    today = now.date()
    goals, levels = (NewGoal("counts"),), ("not yet", "reached")
    said = PlanText("Plan", today, today + timedelta(days=20), goals=goals, levels=levels)
    plan = actions.write_plan(by=by, group=group, said=said, now=now)
    actions.publish_plan(by=by, plan=plan, now=now)
    actions.show_matrix(by=by, plan=plan, shown=True, now=now)
    entry = actions.add_entry(by=by, group=group, new=NewEntry("Bridge", today, (pupil,)), now=now)
    shown = actions.add_picture(by=by, entry=entry, data=picture((30, 20)), alt="Blocks", children=(), now=now)
    actions.publish_entry(by=by, entry=entry, now=now)
    at = now + timedelta(days=4)
    talk = actions.plan_talk(by=by, group=group, pupil=pupil, at=at, place="", agenda="", now=now)
    found = schools.group(group)
    assert found is not None
    of = Development.objects.create(
        pupil_id=pupil, school_id=school, group_id=group, school_year_id=found.school_year, path=found.path, made_at=now
    )
    content = content_of((), Ahead(next="More"))
    same = {"development": of, "content": content, "made_by": by.id, "made_at": now, "changed_at": now}
    version = Version.objects.create(
        id=new_id(), number=1, state="frozen", frozen_at=now, pdf=b"%PDF-", digest="a" * 64, size=5, **same
    )
    Version.objects.create(id=new_id(), number=2, **same)
    me = people.person(by=by, id=family.id)
    assert me is not None
    assert me.identifier is not None
    identity = SignerIdentity(me.id, me.name, me.identifier.scheme.value, me.identifier.value)
    ceremony = actions.start_signature(
        by=family, version=version.id, identity=identity, method="simulated", title="Plan", locale="en",
        organisation="School", now=now,
    )  # fmt: skip
    assert queries.paper(by=by, version=version.id)
    return {
        "plan": plan, "entry": entry, "picture": shown, "talk": talk, "development": of.id, "version": version.id,
        "plan_ceremony": ceremony,
    }  # fmt: skip
