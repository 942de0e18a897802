"""Entries of the log of result reporting in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from testamur.surfaces.web.results.words import SIGNED_BY

Text = str | Promise

ALL = ("reporting.", "connectors.registry.", "accounts.admin_mode.")
"""Beginnings of the kinds that the page is about."""
KINDS: Mapping[str, tuple[Text, str]] = {
    "reporting.list.opened": (_("List opened"), "list-plus"),
    "reporting.list.students_added": (_("Students added"), "user-plus"),
    "reporting.list.saved": (_("Grades entered"), "save"),
    "reporting.list.titled": (_("Title set"), "type"),
    "reporting.list.revealed": (_("Names shown"), "eye"),
    "reporting.list.commented": (_("Comment written"), "message-square"),
    "reporting.list.grader_added": (_("Grader let in"), "user-plus"),
    "reporting.list.grader_removed": (_("Grader taken out"), "user-minus"),
    "reporting.list.sent": (_("Sent to the examiner"), "send"),
    "reporting.list.reminded": (_("Examiner reminded"), "bell-ring"),
    "reporting.list.recalled": (pgettext_lazy("list of results", "Taken back"), "undo-2"),
    "reporting.list.returned": (_("Returned by the examiner"), "undo-2"),
    "reporting.list.prepared": (_("Documents made"), "files"),
    "reporting.list.stuck": (_("Got stuck"), "triangle-alert"),
    "reporting.list.signed": (_("Signed and decided"), "pen-line"),
    "reporting.list.entered": (_("Definitively entered"), "circle-check"),
    "reporting.list.discarded": (_("Discarded"), "trash-2"),
    "reporting.list.unregistered_mailed": (_("Unregistered students mailed"), "mail"),
    "reporting.subscription.added": (_("Subscription added"), "bell-ring"),
    "reporting.subscription.ended": (_("Subscription ended"), "bell-off"),
    "reporting.subscription.found": (_("Students found who can get a final grade"), "users"),
    "reporting.subscription.told": (_("Subscriber told"), "mail"),
    "reporting.rule.proposed": (_("Decision about signing drawn up"), "file-pen-line"),
    "reporting.rule.in_force": (_("Decision about signing holds"), "stamp"),
    "reporting.desk.set": (_("Address of a desk set"), "at-sign"),
    "reporting.preference.set": (_("Own settings changed"), "settings"),
    "reporting.feedback.sent": (_("Feedback sent"), "mail"),
    "accounts.admin_mode.set": (_("Administrator mode switched"), "shield"),
    "connectors.registry.sent": (_("Sent to the registry"), "upload"),
    "connectors.registry.failed": (_("Transfer to the registry failed"), "triangle-alert"),
    "connectors.registry.attested": (_("Attested in the registry"), "circle-check"),
    "connectors.registry.annulled": (_("Annulled in the registry"), "circle-x"),
    "connectors.registry.exported": (_("Written to a file for the registry"), "file-down"),
    "connectors.registry.received": (_("Receipt of the registry read"), "file-check"),
    "connectors.registry.courses_synced": (_("Courses fetched from the registry"), "download"),
    "connectors.registry.students_synced": (_("Registrations fetched from the registry"), "download"),
    "connectors.registry.resolved": (_("Difference with the registry decided"), "scale"),
    "connectors.registry.retried": (_("Transfer tried again"), "refresh-cw"),
}
"""Kind without its version → words and icon."""


WAYS: Mapping[str, Text] = {
    **SIGNED_BY,
    "step": _("background work"),
    "console": _("the operator's console"),
    "passkey": _("passkey"),
}
"""How whoever did it was identified."""


def told(kind: str) -> tuple[Text, str]:
    """What a kind of entry is called; one without words of its own as it is."""
    plain = kind.partition("/")[0]
    return KINDS.get(plain, (plain, "circle"))
