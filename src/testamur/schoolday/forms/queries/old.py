"""Forms of one school whose time is over, for a list of deletion. Ids alone."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from testamur.kernel.base.actor import Actor
from testamur.register.schools.queries.setup import left_by
from testamur.schoolday.forms.models import Answer, Form
from testamur.schoolday.forms.rules import Consent, Word


def old(*, by: Actor, school: UUID, path: str, what: str, before: date) -> list[UUID]:  # noqa: ARG001 - one shape
    """The ids of forms that go with all their answers, a form before the one that it replaced.

    A form goes once its last day, its consents' last day and its last answer are from before the day. A consent without
    an end is kept until the children for whom it was given have been pupils of no school since that day. What an
    unfinished or a younger form replaces stays.

    Needs ``retention.row.list`` at the school.
    """
    by.must("retention.row.list", path)
    return still_old(path, before)


def still_old(path: str, before: date) -> list[UUID]:
    """The same, for the deletion, which looks again."""
    late = Answer.objects.filter(form=OuterRef("id"), at__date__gte=before)
    over = Q(consent=Consent.NONE) | Q(holds_until__lt=before) | Q(holds_until__isnull=True)
    rows = Form.objects.filter(over, ~Exists(late), path__startswith=path, last_day__lt=before)
    rows = rows.filter(changed_at__date__lt=before).order_by("-made_at", "-id")
    standing = _standing(path, before, [one.id for one in rows if one.consent != Consent.NONE and not one.holds_until])
    found = {one.id: one.replaces_id for one in rows if one.id not in standing}
    while named := _named(found):
        found = {key: former for key, former in found.items() if key not in named}
    return list(found)


def _standing(path: str, before: date, forms: list[UUID]) -> set[UUID]:
    """Those in which a consent without an end was given for a child that is a pupil on or after the day."""
    given = Answer.objects.filter(form__in=forms, word=Word.GIVEN).values_list("form", "child").distinct()
    pairs = list(given)
    left = left_by(persons={child for _form, child in pairs}, path=path, day=before)
    return {form for form, child in pairs if child not in left}


def _named(found: dict[UUID, UUID | None]) -> set[UUID]:
    """Those that a form which stays replaces."""
    rows = Form.objects.filter(replaces__in=list(found)).exclude(id__in=list(found))
    return {one for one in rows.values_list("replaces", flat=True) if one is not None}
