"""The box of first steps on the home of a role."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from testamur.surfaces.web.rollout import first

register = template.Library()


@register.inclusion_tag("web/rollout/_first.html", takes_context=True)
def first_steps(context: Context, shelves: object = None) -> dict[str, Any]:
    """The list while something is left of it, else nothing. `shelves`: those of a family's home, read already."""
    request = context["request"]
    visitor = request.visitor
    countries: list[str] = []
    if isinstance(shelves, (list, tuple)):
        countries = [shelf.diary.schooling.school.country for shelf in shelves if shelf.diary is not None]
        visitor.extra["records"] = [line.record.record for shelf in shelves for line in shelf.lines]
    return {"box": first.box(visitor, countries), "csrf_token": context.get("csrf_token")}
