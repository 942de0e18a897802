"""The letter that a plan is in force: what it asks of a school, from when, and where the school says that it joins."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from testamur.exchange.notifications.rules import EVERY_LANGUAGE
from testamur.schoolday.rollout.rules import PlanView, SchoolLine


def in_force(plan: PlanView, line: SchoolLine, locale: str) -> tuple[str, str]:
    """Subject and text for one school that the plan asks."""
    with translation.override(locale if locale in EVERY_LANGUAGE else "en"):
        grades = ", ".join(str(grade) for grade in line.grades)
        lines = [
            line.name,
            "",
            f"{plan.name} ({plan.reason})",
            _("The plan is in force. It asks digital transcripts of these grades: %(grades)s (%(year)s).")
            % {"grades": grades, "year": plan.school_year},
        ]
        first = plan.begins(line.path)
        if first is not None:
            lines.append(_("It begins for your school on %(day)s.") % {"day": date_format(first, "DATE_FORMAT")})
        address = str(settings.PUBLIC_URL).rstrip("/") + "/rollout/"
        read = _("All days stand here, and here the school says that it takes part: %(address)s")
        return _("A plan asks your school to take part"), "\n".join([*lines, "", read % {"address": address}]) + "\n"
