"""What roles are called, and a hat as a line of the menu."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from testamur.access.accounts.rules import GUARDIAN, SELF, Hat
from testamur.register.schools.rules import UnitView

ROLE_NAMES: Mapping[str, str | Promise] = {
    "principal": _("Principal"),
    "delegate": _("Deputy for the principal"),
    "teacher": _("Teacher"),
    "class_teacher": _("Class teacher"),
    "examiner": _("Examiner"),
    "administrator": _("Administrator"),
    "archivist": _("Archivist"),
    GUARDIAN: _("Guardian"),
    SELF: _("Myself"),
}
_ICONS: Mapping[str, str] = {
    "principal": "pen-line",
    "delegate": "pen-line",
    "teacher": "pen-line",
    "class_teacher": "pen-line",
    "examiner": "pen-line",
    "administrator": "layout-grid",
    "archivist": "archive",
    GUARDIAN: "users",
    SELF: "circle-user-round",
}


@dataclass(frozen=True, slots=True)
class HatLine:
    """A role that a person can take on: what it is called and where it is held."""

    key: str
    role: str
    name: str | Promise
    place: str
    icon: str
    current: bool = False


def lines(hats: tuple[Hat, ...], worn: Hat | None, places: Mapping[UUID, UnitView]) -> tuple[HatLine, ...]:
    """The hats of a person for a menu, with the names of their schools, which are in `places`."""
    return tuple(
        HatLine(
            key=hat.key,
            role=hat.role,
            name=ROLE_NAMES.get(hat.role, hat.role),
            place=places[hat.unit].name if hat.unit is not None and hat.unit in places else "",
            icon=_ICONS.get(hat.role, "user"),
            current=worn is not None and worn.key == hat.key,
        )
        for hat in hats
    )
