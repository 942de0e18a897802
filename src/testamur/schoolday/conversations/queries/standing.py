"""Who somebody is to a conversation: which ones a reader may see at all, and how much of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from testamur.kernel.base.actor import Actor
from testamur.kernel.prepared import prepared
from testamur.register.people import queries as people
from testamur.register.people import reach
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import EnrolmentView, PostView, Role
from testamur.schoolday.conversations.models import Away, Conversation, Member
from testamur.schoolday.conversations.queries.need import Need
from testamur.schoolday.conversations.rules import Circle, Side, Standing

TAKE = "conversations.staff.take"
"""To read and answer, as one of the staff, what one is written to in."""
BELONG = "conversations.family.take"
"""The same for a family, about a child or oneself."""


@dataclass(frozen=True, slots=True)
class StoodFor:
    """Somebody of the staff who is away, and whom the reader stands in for since a day."""

    person: UUID
    unit: UUID
    since: date
    posts: tuple[PostView, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """What the register says today of somebody who reads.

    Attributes:
        places: beginnings of paths at which the reader is one of the staff; `posts` those held today.
        wards: child or oneself → enrolments until today; `told`: the wards of whom the reader may be told, and since
            when (the beginning of time for oneself); `hidden`: wards of whose guardians one is protected.
        need: who of the staff has those no more whom a conversation is about.
    """

    by: Actor
    on: date
    places: tuple[str, ...]
    posts: tuple[PostView, ...]
    wards: Mapping[UUID, tuple[EnrolmentView, ...]]
    told: Mapping[UUID, date]
    hidden: frozenset[UUID]
    stands_for: tuple[StoodFor, ...]
    need: Need

    def at_school(self, child: UUID, school: UUID) -> bool:
        """Whether the child goes to the school today."""
        return any(one.school == school and _runs(one, self.on) for one in self.wards.get(child, ()))


def reader(*, by: Actor, now: datetime) -> Reader:
    """Who `by` is to conversations, from the grants of the hat and the register."""
    on, me = now.date(), by.id
    places = tuple(g.path for g in by.grants if not g.wards and not g.groups and g.covers(TAKE, g.path))
    wards = {w for g in by.grants for w in g.wards if g.covers(BELONG, g.path, person=w)}
    told = {}
    hidden: frozenset[UUID] = frozenset()
    if wards:
        homes = reach.households(children=wards, on=on)
        told = {child: home.readers[me] for child, home in homes.items() if me in home.readers}
        hidden = frozenset(child for child, home in homes.items() if home.hidden)
    return Reader(
        by=by,
        on=on,
        places=places,
        posts=schools.posts_of(person=me, on=on) if places else (),
        wards=schools.enrolled(persons=wards, until=on) if wards else {},
        told=told,
        hidden=hidden,
        stands_for=_stood_for(me, on) if places else (),
        need=Need(on),
    )


def candidates(reader: Reader, most: int) -> list[Conversation]:
    """The latest conversations that a reader may have a part in; how much of each is `standing_in`'s to say."""
    if not reader.places:
        return _latest_of(reader)[:most] if reader.wards else []
    wanted = _of_staff(reader) | _of_family(reader)
    return list(Conversation.objects.filter(wanted).distinct().order_by("-last_at", "-id")[:most])


def _latest_of(reader: Reader) -> list[Conversation]:
    """The same as `_of_family` tells, asked at once for all children: it stands on every family's home."""
    told = {one for child in reader.told for one in reader.wards[child]}
    own = reader.wards.get(reader.by.id, ())
    return _of_children(
        groups={one.group for one in told if one.group is not None},
        units={one.school for one in told},
        own_groups={one.group for one in own if one.group is not None},
        own_units={one.school for one in own},
        children=tuple(reader.wards),
    )


@prepared
def _of_children(
    groups: Collection[UUID],
    units: Collection[UUID],
    own_groups: Collection[UUID],
    own_units: Collection[UUID],
    children: Collection[UUID],
) -> QuerySet[Conversation]:
    guardians = Q(circle=Circle.GUARDIANS) & (Q(group__in=groups) | Q(group__isnull=True, unit__in=units))
    pupils = Q(circle=Circle.PUPILS) & (Q(group__in=own_groups) | Q(group__isnull=True, unit__in=own_units))
    wanted = guardians | pupils | Q(circle__in=[Circle.CHILD, Circle.SCHOOL], child__in=children)
    return Conversation.objects.filter(wanted, sent_at__isnull=False).order_by("-last_at", "-id")


def standing_in(reader: Reader, row: Conversation, members: Iterable[Member]) -> Standing | None:
    """How the reader stands to a conversation; None for whom it does not exist."""
    if row.sent_at is None and row.made_by != reader.by.id:
        return None
    if any(row.unit_path.startswith(place) for place in reader.places):
        found = _staff_standing(reader, row, members)
        if found is not None:
            return found
    return _family_standing(reader, row) if row.sent_at is not None else None


def members_by(rows: Collection[Conversation]) -> dict[UUID, list[Member]]:
    """Conversation → those of the staff who take part; one query."""
    found: dict[UUID, list[Member]] = {row.id: [] for row in rows}
    for one in Member.objects.filter(conversation__in=list(found)).order_by("id"):
        found[one.conversation_id].append(one)
    return found


def private(row: Conversation, *, on: date) -> bool:
    """True where not even those who may talk with one another do: one of a child's guardians is protected."""
    if row.child is None:
        return False
    return bool(people.protected(reach.readers(children=[row.child], on=on)[row.child]))


def _of_staff(reader: Reader) -> Q:
    if not reader.places:
        return Q(pk__in=[])
    here = Q(pk__in=[])
    for place in reader.places:
        here |= Q(unit_path__startswith=place)
    mine = Q(side=Side.STAFF, made_by=reader.by.id)
    part = _parts(reader.by.id, reader.posts)
    part |= Q(circle=Circle.STAFF, unit__in={post.unit for post in reader.posts})
    for one in reader.stands_for:
        of_theirs = Q(side=Side.STAFF, made_by=one.person) | _parts(one.person, one.posts)
        part |= Q(unit=one.unit, last_at__date__gte=one.since) & of_theirs
    return here & (mine | (Q(sent_at__isnull=False) & part))


def _parts(person: UUID, posts: Iterable[PostView]) -> Q:
    part = Q(members__person=person)
    for post in posts:
        if post.role is Role.CLASS_TEACHER:
            part |= Q(members__desk=post.role, members__group=post.group)
        elif post.role in {Role.PRINCIPAL, Role.ADMINISTRATOR}:
            part |= Q(members__desk=post.role, unit=post.unit)
    return part


def _of_family(reader: Reader) -> Q:
    wanted = Q(pk__in=[])
    for child, enrolments in reader.wards.items():
        groups = {one.group for one in enrolments if one.group is not None}
        units = {one.school for one in enrolments}
        circles = [Circle.GUARDIANS] if child in reader.told else []
        if child == reader.by.id:
            circles.append(Circle.PUPILS)
        wanted |= Q(circle__in=circles) & (Q(group__in=groups) | Q(group__isnull=True, unit__in=units))
        wanted |= Q(circle__in=[Circle.CHILD, Circle.SCHOOL], child=child)
    return Q(sent_at__isnull=False) & wanted


def _staff_standing(reader: Reader, row: Conversation, members: Iterable[Member]) -> Standing | None:
    me = reader.by.id
    known = list(members)
    stood = any(
        one.unit == row.unit and timezone.localdate(row.last_at) >= one.since and _takes_part(reader, row, known, one)
        for one in reader.stands_for
    )
    if stood or _takes_part(reader, row, known, StoodFor(me, row.unit, reader.on, reader.posts)):
        return Standing(Side.STAFF, every=True, common=row.circle in {Circle.SCHOOL, Circle.COLLEAGUES})
    if row.circle == Circle.STAFF:
        held = [post for post in reader.posts if post.unit == row.unit]
        if held:
            since = min(post.starts for post in held)
            return Standing(Side.STAFF, windows=((since, None),), common=row.talk)
    return None


def _takes_part(reader: Reader, row: Conversation, members: Collection[Member], one: StoodFor) -> bool:
    """Whether somebody wrote it or takes part, and has those whom it is about still."""
    named = (row.side == Side.STAFF and row.made_by == one.person) or is_member(row, members, one.person, ())
    if named and not reader.need.lost(row, one.person):
        return True
    return is_member(row, [member for member in members if member.person is None], one.person, one.posts)


def is_member(row: Conversation, members: Iterable[Member], person: UUID, posts: Iterable[PostView]) -> bool:
    """Whether somebody takes part by name, or by one of these posts."""
    for one in members:
        if one.person == person:
            return True
        for post in posts:
            if post.role.value == one.desk and (post.group == one.group if one.group else post.unit == row.unit):
                return True
    return False


def _family_standing(reader: Reader, row: Conversation) -> Standing | None:
    """The part of a family: of all the children whom it concerns together."""
    found = [one for child, some in reader.wards.items() if (one := _about(reader, row, child, some)) is not None]
    if not found:
        return None
    open_ = any(one.windows is None for one in found)
    # whoever may still write writes about the child for whom one may
    return Standing(
        Side.FAMILY,
        children=tuple(child for one in sorted(found, key=lambda one: not one.writes) for child in one.children),
        windows=None if open_ else tuple(window for one in found for window in one.windows or ()),
        writes=any(one.writes for one in found),
        common=found[0].common,
    )


def _about(reader: Reader, row: Conversation, child: UUID, enrolments: Iterable[EnrolmentView]) -> Standing | None:
    here = reader.at_school(child, row.unit)
    if row.circle in {Circle.CHILD, Circle.SCHOOL}:
        return _of_child(reader, row, child, here=here) if row.child == child else None
    told = child in reader.told if row.circle == Circle.GUARDIANS else child == reader.by.id
    if row.circle not in {Circle.GUARDIANS, Circle.PUPILS} or not told or not here:
        return None
    stays = [one for one in enrolments if (one.group == row.group if row.group else one.school == row.unit)]
    if not stays:
        return None
    windows = tuple((one.starts, one.ends) for one in stays)
    writes = any(_runs(one, reader.on) for one in stays)
    return Standing(Side.FAMILY, children=(child,), windows=windows, writes=writes, common=row.talk)


def _of_child(reader: Reader, row: Conversation, child: UUID, *, here: bool) -> Standing | None:
    if row.circle == Circle.SCHOOL and row.side == Side.FAMILY and row.made_by == reader.by.id:
        return Standing(Side.FAMILY, children=(child,), writes=here, common=True)
    if child not in reader.told or (row.circle == Circle.SCHOOL and (not row.talk or child in reader.hidden)):
        return None
    since = reader.told[child]
    return Standing(
        Side.FAMILY, children=(child,), windows=((since, None),), writes=here, common=child not in reader.hidden
    )


def _stood_for(me: UUID, on: date) -> tuple[StoodFor, ...]:
    rows = Away.objects.filter(substitute=me, first__lte=on, last__gte=on, ended_at__isnull=True)
    return tuple(StoodFor(row.person, row.unit, row.first, schools.posts_of(person=row.person, on=on)) for row in rows)


def _runs(one: EnrolmentView, on: date) -> bool:
    return one.starts <= on and (one.ends is None or one.ends >= on)
