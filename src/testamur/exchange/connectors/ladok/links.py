"""What ours is called in the registry: students, occasions, users. Ids are looked up, remembered, never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from testamur.exchange.connectors.ladok.client import LadokClient
from testamur.exchange.connectors.ladok.messages import Gradeable
from testamur.exchange.connectors.ladok.settings import REGISTRY
from testamur.exchange.connectors.models import RegistryLink
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.register.people import queries as people
from testamur.register.people.rules import ContactKind, Scheme
from testamur.register.studies import queries as studies
from testamur.schoolday.reporting.rules.documents import SignedList

NATIONAL = (Scheme.PERSONNUMMER, Scheme.SAMORDNINGSNUMMER, Scheme.TEMPORARY, Scheme.LOCAL)
"""Numbers under which the registry may find a student; its interim ones hold letters and are local ones here."""
WORK = "work"


class NotLinked(Refused):
    """The registry does not know what the list is about: the course, an occasion of it, the module, the examiner."""

    code = "connectors.registry.not_linked"


@dataclass(frozen=True, slots=True)
class Place:
    """Where results of a list are reported: one instance and the occasions that share it."""

    instance: str
    occasions: tuple[str, ...]


def known(kind: str, locals_: Iterable[str]) -> dict[str, str]:
    """Our keys of a kind (``student``, ``occasion``, ``scale`` …) and the registry's ids; unknown ones are left out."""
    return {
        local: uid
        for chunk in people.chunks(locals_, 500)
        for local, uid in RegistryLink.objects.filter(registry=REGISTRY, kind=kind, local__in=chunk).values_list(
            "local", "uid"
        )
    }


def persons(uids: Iterable[str]) -> dict[str, UUID]:
    """Persons by the registry's id of the student; those who were never looked up are left out."""
    return {
        uid: UUID(local)
        for chunk in people.chunks(uids, 500)
        for uid, local in RegistryLink.objects.filter(registry=REGISTRY, kind="student", uid__in=chunk).values_list(
            "uid", "local"
        )
    }


def remember(kind: str, pairs: Mapping[str, str]) -> None:
    """Keep what was looked up. What is linked already stays as it is: an id of the registry's never changes."""
    rows = [RegistryLink(registry=REGISTRY, kind=kind, local=local, uid=uid) for local, uid in pairs.items()]
    RegistryLink.objects.bulk_create(rows, ignore_conflicts=True)


def places(client: LadokClient, signed: SignedList) -> tuple[Place, ...]:
    """Where to look for the list's students: its own occasion first, then the course's others, the latest first.

    Raises `NotLinked` when the registry has no such course or module.
    """
    own = _own_occasion(client, signed)
    found = _places(client, [own], signed.module_code) if own else ()
    if found:
        return found
    return further(client, signed, found)


def further(client: LadokClient, signed: SignedList, done: Sequence[Place]) -> tuple[Place, ...]:
    """The other occasions of the course, for students who were registered in an earlier one."""
    rounds = sorted(client.rounds(signed.course_code), key=lambda r: r.starts, reverse=True)
    seen = {occasion for place in done for occasion in place.occasions}
    found = _places(client, [r.uid for r in rounds if r.uid not in seen], signed.module_code)
    if not found and not done:
        raise NotLinked(
            f"The registry has no place for results of {signed.course_code} {signed.module_code}".rstrip() + ".",
            field="course",
        )
    return found


def students(by: Actor, ours: Sequence[UUID], rows: Mapping[str, Gradeable]) -> dict[UUID, str]:
    """The registry's id of each person; who is not known there is left out.

    The personal number is used once, to find a student; from then on the registry's own id counts. `rows` are those of
    a search, by id: most students are among them and need no call of their own.
    """
    linked = {UUID(local): uid for local, uid in known("student", [str(p) for p in ours]).items()}
    missing = [p for p in ours if p not in linked]
    if not missing:
        return linked
    by_number = {row.student.number: uid for uid, row in rows.items()}
    found: dict[UUID, str] = {}
    for person, numbers in people.identifiers(by=by, persons=missing).items():
        for number in numbers:
            if number.scheme in NATIONAL and number.value in by_number:
                found[person] = by_number[number.value]
                break
    remember("student", {str(person): uid for person, uid in found.items()})
    return {**linked, **found}


def user_name(by: Actor, person: UUID) -> str:
    """The name under which somebody logs in to the registry: the work e-mail of the staff directory; else empty."""
    points = people.contacts(by=by, persons=[person]).get(person, ())
    return next((p.value for p in points if p.kind is ContactKind.EMAIL and p.label == WORK), "")


def _own_occasion(client: LadokClient, signed: SignedList) -> str:
    if signed.occasion is None:
        return ""
    key = str(signed.occasion)
    linked = known("occasion", [key]).get(key, "")
    if linked:
        return linked
    view = studies.occasion(signed.occasion)
    if view is None:
        return ""
    for one in client.rounds(signed.course_code):
        if one.code == view.code and one.starts.year == view.starts.year:
            remember("occasion", {key: one.uid})
            return one.uid
    return ""


def _places(client: LadokClient, occasions: Sequence[str], module_code: str) -> tuple[Place, ...]:
    found: dict[str, list[str]] = {}
    for occasion in occasions:
        instance = client.structure(occasion).instance_of(module_code)
        if instance:
            found.setdefault(instance, []).append(occasion)
    return tuple(Place(instance, tuple(some)) for instance, some in found.items())
