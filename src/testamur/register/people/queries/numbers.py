"""Whose number or code this is: for login and import, which show nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from testamur.register.people.models import PersonIdentifier, PupilCode
from testamur.register.people.queries.persons import chunks
from testamur.register.people.rules import (
    Identifier,
    IdentifierInvalid,
    normalise_code,
    parse_identifier,
)


def holder_of_identifier(*, scheme: str, value: str, on: date, context: str = "") -> UUID | None:
    """Whose number this is, in any usual spelling, or None; for login and import. An ended number opens nothing."""
    try:
        number = parse_identifier(scheme, value, on=on, context=context)
    except IdentifierInvalid:
        return None
    row = PersonIdentifier.objects.filter(scheme=number.scheme, context=number.context, value=number.value)
    return row.filter(Q(ends__isnull=True) | Q(ends__gte=on)).values_list("person_id", flat=True).first()


def holders_of_identifiers(*, numbers: Iterable[Identifier]) -> dict[tuple[str, str, str], UUID]:
    """Who holds which of many numbers in normal form, by (scheme, context, value), ended ones too; for import."""
    return {key: holder for key, (_, holder) in identifier_rows(numbers).items()}


def identifier_rows(numbers: Iterable[Identifier]) -> dict[tuple[str, str, str], tuple[UUID, UUID]]:
    """(identifier's id, holder) of many numbers in normal form, by (scheme, context, value)."""
    by_kind: dict[tuple[str, str], list[str]] = defaultdict(list)
    for number in numbers:
        by_kind[number.scheme.value, number.context].append(number.value)
    return {
        (scheme, context, value): (key, holder)
        for (scheme, context), values in by_kind.items()
        for chunk in chunks(values)
        for value, key, holder in PersonIdentifier.objects.filter(
            scheme=scheme, context=context, value__in=chunk
        ).values_list("value", "id", "person_id")
    }


def holder_of_code(text: str) -> UUID | None:
    """Whose pupil code this is, or None for an unknown or revoked one.

    Raises `CodeInvalid` (``people.code.invalid``) for a misread code. The caller limits the rate.
    """
    row = PupilCode.objects.filter(code=normalise_code(text), revoked_at__isnull=True)
    return row.values_list("person_id", flat=True).first()
