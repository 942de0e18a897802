"""What a view gets: the request with its visitor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from testamur.access.accounts.queries import LoginView
from testamur.access.accounts.rules import Hat
from testamur.kernel.base.actor import Actor
from testamur.register.people.rules import PersonView
from testamur.register.schools.rules import UnitView

NOBODY = Actor(id=UUID(int=3), identified_by="web")
"""The anonymous visitor: holds no grant."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at the page. Without a login everything else is empty.

    Attributes:
        now: the instant of the request, as a clock of the hat's place shows it; the clock is read once, here.
        actor: who acts, with the grants of the hat that is worn; `NOBODY` without a login.
        hats: all roles of the person today; `hat` the one that is worn, None until one is chosen.
        name: the person's own name as the register has it.
        persons: oneself and those whom the hat reaches, as the actor may see them; without their numbers.
        units: the schools and bodies of the hats.
    """

    now: datetime
    actor: Actor = NOBODY
    login: LoginView | None = None
    hats: tuple[Hat, ...] = ()
    hat: Hat | None = None
    name: str = ""
    persons: Mapping[UUID, PersonView] = field(default_factory=dict)
    units: Mapping[UUID, UnitView] = field(default_factory=dict)
    extra: dict[str, object] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        """True for somebody who is logged in."""
        return self.login is not None


class WebRequest(HttpRequest):
    """A request after the middleware."""

    visitor: Visitor
    htmx: HtmxDetails
