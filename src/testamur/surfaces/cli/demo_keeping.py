"""The demo's requests for correction: one that waits and one that was answered. All invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from testamur.kernel.base.actor import Actor, Grant
from testamur.register.people import queries as people
from testamur.schoolday.keeping import actions
from testamur.schoolday.keeping.rules import RequestState, Topic
from testamur.surfaces.cli.demo_schools import Kept


def fill(by: Actor, kept: Sequence[Kept], family: UUID | None, now: datetime) -> None:
    """Two requests of the family with children in several schools."""
    if family is None:
        return
    wards = people.wards(guardian=family, on=now.date())
    grant = Grant("guardian", "/", ("keeping.request.make",), wards=wards)
    guardian = Actor(family, "simulated", (grant,))
    pupils = [pupil for one in kept for some in one.classes.values() for pupil in some if pupil in wards]
    texts = (
        (Topic.CONTACTS, "The telephone number that you have of me is an old one (example)."),
        (Topic.PERSON, "The middle name is missing (example)."),
    )
    for at, (pupil, (topic, text)) in enumerate(zip(pupils, texts, strict=False)):
        asked = now - timedelta(days=3 - at)
        one = actions.ask_correction(by=guardian, person=pupil, topic=topic, text=text, now=asked)
        if at == 0:
            actions.decide_correction(
                by=by, request=one, answer=RequestState.GRANTED, why="It is corrected (example).", now=now
            )
