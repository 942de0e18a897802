"""Reading persons. Masking happens here, once, for every surface.

What an actor is shown of a person depends on two grants where the person is kept: ``people.protected.see`` for a
protected person (without it: an alias), ``people.details.see`` for number, birth date and sex (without it: the name).
Everybody sees oneself. A grant limited to wards reaches those wards only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.memory import recall_each, recalled
from testamur.kernel.prepared import prepared
from testamur.register.people.models import (
    ContactPoint,
    Person,
    PersonFacts,
    PersonIdentifier,
    PupilCode,
)
from testamur.register.people.rules import (
    RANK,
    ContactKind,
    ContactView,
    Facts,
    Identifier,
    IdentifierView,
    Parent,
    PersonView,
    Protection,
    Scheme,
    Sex,
    Shown,
    alias_view,
    common_path,
    display_name,
    fold,
    must_reach,
    phone_spellings,
    reaches,
    suppress,
)

CHUNK = 5000
"""Ids in one SQL statement: below the variable limit of every SQLite build."""

FIELDS = (
    "id", "path", "given", "middle", "family", "preferred", "family_first", "birth_date", "sex", "protection", "alias",
    "cover_given", "cover_family",
)  # fmt: skip
"""Columns of a person that `people` shows from: what others remember as ``people.person``."""


def people(*, by: Actor, ids: Iterable[UUID], numbers: bool = True) -> dict[UUID, PersonView]:
    """The persons as `by` may see them, in the order of `ids`; an unknown id is left out. Two queries.

    Without `numbers` nobody's `identifier` is looked up, which is one query: for pages that show names alone.

    Showing a name is the caller's decision (it holds the ids because of a class list, a result list …); hiding it is
    not.
    """
    wanted = list(dict.fromkeys(ids))
    rows = recall_each("people.person", wanted, _rows)
    sights = _Sights(by)
    full = [key for key, row in rows.items() if numbers and sights.of(row[0], row[1], row[9]) is Shown.FULL]
    known = _main_identifiers(full)
    return {key: _view(rows[key], sights, known) for key in wanted if key in rows}


def _rows(ids: Collection[UUID]) -> dict[UUID, Sequence[Any]]:
    return {row[0]: row for chunk in chunks(ids) for row in _by_id(ids=chunk)}


@prepared
def _by_id(ids: Sequence[UUID]) -> QuerySet[Person, tuple[Any, ...]]:
    return Person.objects.filter(id__in=ids).values_list(*FIELDS)


def person(*, by: Actor, id: UUID) -> PersonView | None:  # noqa: A002 - the name that every query uses
    """One person as `by` may see him or her, or None."""
    return people(by=by, ids=[id]).get(id)


def search(*, by: Actor, text: str, path: str, limit: int = 50) -> tuple[PersonView, ...]:
    """Persons at or below `path` of whose name every word of `text` begins a word; case and diacritics do not matter.

    Needs ``people.person.search``. A protected person is never found, by anyone: who must reach one does so by number.
    """
    must_reach(by, "people.person.search", path=path)
    words = fold(text).split()
    if not words:
        return ()
    rows = Person.objects.filter(path__startswith=path, protection=Protection.NONE)
    for word in words:
        rows = rows.filter(search_key__contains=f" {word}")
    found = people(by=by, ids=rows.order_by("family", "given", "id").values_list("id", flat=True)[:limit])
    return tuple(sorted(found.values(), key=lambda view: (view.sort_key, view.id)))


def contacts(*, by: Actor, persons: Collection[UUID]) -> dict[UUID, tuple[ContactView, ...]]:
    """Contact points of those persons whose contacts `by` may see (``people.contact.see``); the others have none."""
    seen = visible(by, persons, "people.contact.see")
    found: dict[UUID, list[ContactView]] = {key: [] for key in persons}
    for chunk in chunks(seen):
        for row in ContactPoint.objects.filter(person__in=chunk).order_by("id"):
            found[row.person_id].append(
                ContactView(
                    row.id, row.person_id, ContactKind(row.kind), row.value, row.label, row.sms, row.verified_at
                )
            )
    return {key: tuple(views) for key, views in found.items()}


def facts(*, by: Actor, persons: Collection[UUID]) -> dict[UUID, Facts]:
    """Further facts of those persons whose details `by` may see (``people.details.see``)."""
    seen = visible(by, persons, "people.details.see")
    rows = (row for chunk in chunks(seen) for row in PersonFacts.objects.filter(person__in=chunk))
    return {row.person_id: facts_of(row) for row in rows}


def identifiers(*, by: Actor, persons: Collection[UUID]) -> dict[UUID, tuple[IdentifierView, ...]]:
    """All identifiers, ended ones too, of those persons whose details `by` may see (``people.details.see``)."""
    seen = visible(by, persons, "people.details.see")
    found: dict[UUID, list[IdentifierView]] = {key: [] for key in persons}
    for chunk in chunks(seen):
        for row in PersonIdentifier.objects.filter(person__in=chunk).order_by("id"):
            found[row.person_id].append(
                IdentifierView(row.id, row.person_id, Scheme(row.scheme), row.value, row.context, row.ends)
            )
    return {key: tuple(views) for key, views in found.items()}


def text_numbers(*, contact: str) -> dict[UUID, str]:
    """Who has that e-mail address or telephone number, and the number on which each takes text messages; for login.

    A person without such a number stands there with an empty one. The caller limits the rate and tells nobody.
    """
    if "@" in contact:
        held = Q(kind=ContactKind.EMAIL, value__iexact=contact.strip())
    else:
        held = Q(kind=ContactKind.PHONE, sms=True, value__in=phone_spellings(contact))
    points = ContactPoint.objects.filter(held).order_by("person_id", "id").values_list("person_id", "kind", "value")
    found = {person: value if kind == ContactKind.PHONE else "" for person, kind, value in points}
    phones = ContactPoint.objects.filter(person__in=list(found), sms=True).order_by(
        F("verified_at").desc(nulls_last=True), "id"
    )
    for person, value in phones.values_list("person_id", "value"):
        found[person] = found[person] or value
    return found


def pupil_codes(*, by: Actor, persons: Collection[UUID]) -> dict[UUID, str]:
    """The codes in force, for labels, of those pupils whose codes `by` may see (``people.code.see``)."""
    seen = visible(by, persons, "people.code.see")
    rows = (
        row
        for chunk in chunks(seen)
        for row in PupilCode.objects.filter(person__in=chunk, revoked_at__isnull=True).values_list("person_id", "code")
    )
    return dict(rows)


def label_codes(*, by: Actor, persons: Collection[UUID]) -> dict[UUID, str]:
    """The codes in force for a sheet of labels: as `pupil_codes`, and those of protected pupils, who stand by alias.

    The code tells nothing of a person, and whoever hands it out has the pupil before them.
    """
    places = paths(persons)
    seen = [person for person, path in places.items() if reaches(by, "people.code.see", path=path, person=person)]
    return {
        person: code
        for chunk in chunks(seen)
        for person, code in PupilCode.objects.filter(person__in=chunk, revoked_at__isnull=True).values_list(
            "person_id", "code"
        )
    }


def counts(*, by: Actor, cells: Mapping[str, Collection[UUID]]) -> dict[str, int | None]:
    """How many persons each cell of a statistic has; None stands for a number that is not told.

    Counts of 1 to 4 are told only to those who may see protected persons wherever the counted ones are kept, whether
    or not
    a protected person is among them: else the hiding itself would tell.
    """
    everybody = {key for cell in cells.values() for key in cell}
    exact = {name: len(set(cell)) for name, cell in cells.items()}
    if reaches(by, "people.protected.see", path=common_path(set(paths(everybody).values()))):
        return dict(exact)
    return suppress(exact)


def paths(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Where each person is kept; an unknown id is left out. For permission checks, not for showing."""
    wanted = list(dict.fromkeys(ids))
    known = recalled("people.person", wanted)
    rest = [key for key in wanted if key not in known]
    found = {key: str(row[1]) for key, row in known.items()}
    for chunk in chunks(rest):
        found |= dict(Person.objects.filter(id__in=chunk).values_list("id", "path"))
    return found


def missing(ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the ids that are no person of the register."""
    gone: set[UUID] = set()
    for chunk in chunks(dict.fromkeys(ids)):
        rows = Person.objects.filter(id__in=chunk)
        if rows.count() < len(chunk):
            gone.update(set(chunk).difference(rows.values_list("id", flat=True)))
    return frozenset(gone)


def chunks(ids: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """`ids` in lists of at most `size`."""
    rest = iter(ids)
    while part := list(islice(rest, size)):
        yield part


def facts_of(row: PersonFacts) -> Facts:
    """The row's facts as a value; for this package's own actions."""
    parents = tuple(Parent(relation, name) for relation, name in row.parents)
    return Facts(row.birth_place, row.ethnicity, row.nationality, row.home_town, row.residence, parents)


class _Sights:
    """What one actor sees of whom; grants are weighed once per path and level, not once per person."""

    def __init__(self, by: Actor) -> None:
        self._by = by
        self._personal = {ward for grant in by.grants for ward in grant.wards} | {by.id}
        self._known: dict[tuple[str, bool], Shown] = {}

    def of(self, person: UUID, path: str, protection: str) -> Shown:
        """How much of that person the actor sees."""
        hidden = protection != Protection.NONE
        if person in self._personal:
            return Shown.FULL if person == self._by.id else self._weigh(person, path, hidden=hidden)
        key = (path, hidden)
        if key not in self._known:
            self._known[key] = self._weigh(None, path, hidden=hidden)
        return self._known[key]

    def _weigh(self, person: UUID | None, path: str, *, hidden: bool) -> Shown:
        if hidden and not reaches(self._by, "people.protected.see", path=path, person=person):
            return Shown.ALIAS
        details = reaches(self._by, "people.details.see", path=path, person=person)
        return Shown.FULL if details else Shown.NAME


def _view(row: Sequence[Any], sights: _Sights, numbers: Mapping[UUID, Identifier]) -> PersonView:
    key, path, given, middle, family, preferred, family_first, birth_date, sex, protection, alias, *cover = row
    shown = sights.of(key, path, protection)
    if shown is Shown.ALIAS:
        return alias_view(key, alias, (cover[0], cover[1]))
    full = shown is Shown.FULL
    return PersonView(
        id=key,
        shown=shown,
        name=display_name(given, middle, family, family_first=family_first),
        given=given,
        middle=middle,
        family=family,
        preferred=preferred,
        # Vietnamese lists go by the given name, the others by the family name
        sort_key=fold(" ".join((given, family, middle) if family_first else (family, given, middle))),
        sex=Sex(sex) if full else Sex.UNKNOWN,
        birth_date=birth_date if full else None,
        identifier=numbers.get(key) if full else None,
        path=path if full else "",
        protection=Protection(protection),
    )


def visible(by: Actor, persons: Collection[UUID], verb: str) -> list[UUID]:
    """Those of the persons for whom `by` has the verb and, where they are protected, may see them."""
    seen = []
    for chunk in chunks(dict.fromkeys(persons)):
        for key, path, level in Person.objects.filter(id__in=chunk).values_list("id", "path", "protection"):
            open_ = level == Protection.NONE or reaches(by, "people.protected.see", path=path, person=key)
            if key == by.id or (open_ and reaches(by, verb, path=path, person=key)):
                seen.append(key)
    return seen


def _main_identifiers(persons: Sequence[UUID]) -> dict[UUID, Identifier]:
    return main_identifiers(
        row
        for chunk in chunks(persons)
        for row in PersonIdentifier.objects.filter(person__in=chunk, ends__isnull=True)
        .order_by("id")
        .values_list("person_id", "scheme", "value", "context")
    )


def main_identifiers(rows: Iterable[tuple[UUID, str, str, str]]) -> dict[UUID, Identifier]:
    """What stands for each person, from rows (person, scheme, value, context): lowest rank, then first."""
    found: dict[UUID, Identifier] = {}
    for holder, scheme, value, context in rows:
        number = Identifier(Scheme(scheme), value, context)
        if holder not in found or RANK[number.scheme] < RANK[found[holder].scheme]:
            found[holder] = number
    return found
