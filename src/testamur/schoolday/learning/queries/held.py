"""What learning holds of one person, for the person's own extract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.schoolday.learning.models import (
    Earlier,
    Entry,
    FollowUp,
    Picture,
    Preparation,
    Signature,
    Statement,
    Talk,
    Version,
)
from testamur.schoolday.learning.queries.hiding import kept_from

_CHUNK = 2000


def held(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:  # noqa: ARG001 - the shape of all sections
    """Statements that families may see, development plans handed over, talks with minutes, works and pictures.

    Drafts, what another guardian wrote before a talk, and talks to which a guardian in hiding comes are left out; the
    pictures themselves are in the export of the portfolio. Needs ``keeping.extract.see`` for the person.
    """
    by.must("keeping.extract.see", person=person)
    statements = Statement.objects.filter(pupil=person, goal__plan__matrix_at__isnull=False).order_by("on", "made_at")
    columns: tuple[str, ...] = ("plan", "goal", "level", "comment", "on", "made_at")
    told = statements.values_list("goal__plan__title", "goal__text", "level", "comment", "on", "made_at")
    yield Sheet("learning_statements", columns, told.iterator(chunk_size=_CHUNK))
    columns = ("number", "content", "frozen_at", "digest")
    versions = Version.objects.filter(development__pupil=person, state="frozen").order_by("frozen_at")
    yield Sheet("development_plans", columns, versions.values_list(*columns).iterator(chunk_size=_CHUNK))
    columns = ("part", "how", "at")
    signed = Signature.objects.filter(version__development__pupil=person).order_by("at")
    yield Sheet("development_plan_signatures", columns, signed.values_list(*columns).iterator(chunk_size=_CHUNK))
    columns = ("at", "place", "agenda", "minutes", "minutes_at", "called_off_at")
    every = Talk.objects.filter(pupil=person).order_by("at")
    kept = kept_from(by.id, list(every.values_list("id", "pupil_id", "time", "at")))
    talks = every.exclude(id__in=kept)
    yield Sheet("talks", columns, talks.values_list(*columns).iterator(chunk_size=_CHUNK))
    columns = ("text", "due", "done_at")
    points = FollowUp.objects.filter(talk__in=talks).order_by("due")
    yield Sheet("talk_points", columns, points.values_list(*columns).iterator(chunk_size=_CHUNK))
    columns = ("well", "harder", "wish", "at")
    own = Preparation.objects.filter(talk__in=talks, person__in={by.id, person}).order_by("at")
    yield Sheet("talk_preparations", columns, own.values_list(*columns).iterator(chunk_size=_CHUNK))
    columns = ("kind", "title", "text", "on", "own", "published_at")
    seen = Entry.objects.filter(children__child=person, published_at__isnull=False, withdrawn_at=None).order_by("on")
    yield Sheet("portfolio", columns, seen.values_list(*columns).iterator(chunk_size=_CHUNK))
    before = Earlier.objects.filter(entry__in=seen).order_by("until")
    columns = ("title", "text", "on", "until")
    yield Sheet("portfolio_earlier", columns, before.values_list(*columns).iterator(chunk_size=_CHUNK))
    columns = ("alt", "width", "height", "made_at")
    pictures = Picture.objects.filter(children__child=person, entry__in=seen).order_by("made_at")
    yield Sheet("portfolio_pictures", columns, pictures.values_list(*columns).iterator(chunk_size=_CHUNK))
