"""For which pupils somebody of a school sees registrations and codes: all of a unit, or those of one's own classes."""

from __future__ import annotations

from uuid import UUID

from testamur.kernel.base.refused import NotAllowed
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, GroupView
from testamur.surfaces.web.requests import Visitor


def own_groups(visitor: Visitor) -> tuple[UUID, ...]:
    """The classes of a class teacher; none for an office, which sees its whole unit."""
    hat = visitor.hat
    return hat.groups if hat is not None and hat.role == "class_teacher" else ()


def place(visitor: Visitor) -> str:
    """The path of the unit. Raises NotAllowed for a role that has nothing to do with registrations."""
    hat = visitor.hat
    if hat is None or hat.role not in {"administrator", "principal", "class_teacher"}:
        raise NotAllowed("This belongs to the office and to class teachers.", verb="notices.registration.see")
    return hat.unit_path


def classes(visitor: Visitor) -> tuple[GroupView, ...]:
    """The classes of this school year that the visitor gives labels to, in order of code."""
    own = own_groups(visitor)
    if own:
        return tuple(sorted(schools.groups_by_id(own).values(), key=lambda group: group.code))
    found: list[GroupView] = []
    for unit in schools.units_under(place(visitor)):
        rows = schools.groups(school=unit.id, kind=GroupKind.CLASS)
        latest = max((group.school_year_code for group in rows), default="")
        found += [group for group in rows if group.school_year_code == latest]
    return tuple(found)
