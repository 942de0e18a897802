"""Circles and posts in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from testamur.register.schools.rules import Role
from testamur.schoolday.conversations.rules import Circle, ConversationLine, ConversationView

DESKS: Mapping[Role, str | Promise] = {
    Role.CLASS_TEACHER: gettext_lazy("Class teacher"),
    Role.PRINCIPAL: gettext_lazy("Principal"),
    Role.ADMINISTRATOR: gettext_lazy("The school's office"),
}
"""Posts that can be written to, whoever holds them."""
ICONS: Mapping[Circle, str] = {
    Circle.GUARDIANS: "users",
    Circle.PUPILS: "graduation-cap",
    Circle.CHILD: "user-round",
    Circle.STAFF: "school",
    Circle.COLLEAGUES: "id-card",
    Circle.SCHOOL: "house",
}
STATES: Mapping[str, tuple[str | Promise, str, str]] = {
    "planned": (pgettext_lazy("a message", "Planned"), "info", "clock"),
    "off": (gettext_lazy("Called off"), "neutral", "x"),
    "closed": (pgettext_lazy("a conversation", "Closed"), "neutral", "lock"),
}
"""State → what it is called, its colour and its icon; an open one needs no word."""


def circle(one: ConversationLine | ConversationView) -> str:
    """To whom it is written."""
    if one.circle is Circle.GUARDIANS:
        return _("Guardians of %(name)s") % {"name": one.about} if one.about else _("All guardians of the school")
    if one.circle is Circle.PUPILS:
        return _("Pupils of %(name)s") % {"name": one.about} if one.about else _("All pupils of the school")
    if one.circle is Circle.CHILD:
        return _("Guardians of %(name)s") % {"name": one.about}
    if one.circle is Circle.STAFF:
        return _("All staff of the school")
    if one.circle is Circle.COLLEAGUES:
        return _("Colleagues")
    return _("The school, about %(name)s") % {"name": one.about}


def languages() -> list[tuple[str, str]]:
    """Languages in which people write here, each by its own name."""
    return [*settings.LANGUAGES, ("", _("Another language"))]
