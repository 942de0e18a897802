"""Ways, paces and parts in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from testamur.exchange.notifications.rules.families import Pace, Way
from testamur.exchange.notifications.rules.registrations import Route
from testamur.schoolday.diary.rules.states import Part

WAYS: Mapping[Way, str | Promise] = {
    Way.EMAIL: _("E-mail"),
    Way.SMS: _("SMS"),
    Way.PUSH: _("Push"),
    Way.PHONE: _("Telephone"),
}
PACES: Mapping[Pace, str | Promise] = {
    Pace.NOW: _("at once"),
    Pace.DAILY: _("once a day"),
    Pace.WEEKLY: _("once a week"),
}
PARTS: Mapping[Part, str | Promise] = {
    Part.MARKS: _("Marks"),
    Part.ABSENCES: _("Absences"),
    Part.REMARKS: _("Remarks and praise"),
    Part.HEALTH: _("Health"),
    Part.ASSESSMENTS: _("Written assessments"),
    Part.RESULTS: _("Results of the year"),
    Part.HOMEWORK: _("Homework"),
    Part.LEAVE: _("Leave"),
    Part.EVENTS: _("Events and meetings"),
    Part.LESSONS: _("Cancelled and moved lessons"),
    Part.MESSAGES: _("Messages"),
    Part.FORMS: _("Forms to answer"),
    Part.CARE: _("Pick-up and drop-off"),
    Part.LEARNING: _("Plans, talks and portfolio"),
}
ROUTES: Mapping[Route, str | Promise] = {
    Route.WEB: _("on the web"),
    Route.SMS: _("by SMS"),
    Route.PHONE: _("by telephone"),
    Route.OWN: _("logged in"),
}
WEEKDAYS = [
    (1, _("Monday")), (2, _("Tuesday")), (3, _("Wednesday")), (4, _("Thursday")), (5, _("Friday")),
    (6, _("Saturday")), (7, _("Sunday")),
]  # fmt: skip
