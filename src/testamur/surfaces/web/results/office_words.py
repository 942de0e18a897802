"""Transfers, troubles and entries of the log in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from testamur.exchange.connectors.ladok.queries import TransferView
from testamur.surfaces.web import refusals

Text = str | Promise

TRANSFERS: Mapping[str, tuple[Text, str]] = {
    "waiting": (pgettext_lazy("transfer to the registry", "Waits"), "neutral"),
    "sending": (pgettext_lazy("transfer to the registry", "Being sent"), "info"),
    "ready": (_("In the registry, to be attested there"), "info"),
    "differs": (_("Differs from the registry"), "warning"),
    "failed": (_("Refused by the registry"), "danger"),
    "attested": (_("Attested in the registry"), "success"),
}
"""State of a transfer → word and colour."""
ROWS: Mapping[str, tuple[Text, str]] = {
    "waiting": (pgettext_lazy("transfer to the registry", "Waits"), "neutral"),
    "draft": (_("Draft in the registry"), "info"),
    "ready": (_("Marked ready there"), "info"),
    "attested": (_("Attested"), "success"),
    "differs": (_("Differs"), "warning"),
    "refused": (_("Refused"), "danger"),
}
"""State of one result on its way → word and colour."""
THEIRS: Mapping[str, Text] = {
    "draft": _("a draft there"),
    "ready": _("marked ready there"),
    "attested": _("attested there"),
    "annulled": _("annulled there"),
}
"""How far the registry's own result has come."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a list is on its way: word, colour, and what keeps it."""

    word: Text
    colour: str
    message: str
    view: TransferView


def where(one: TransferView) -> Where:
    """A transfer in words; the registry's own message as it is."""
    word, colour = TRANSFERS.get(one.state, (one.state, "neutral"))
    return Where(word, colour, one.message or (str(refusals.SENTENCES.get(one.error, "")) if one.error else ""), one)


def trouble(codes: Sequence[str]) -> str:
    """What keeps documents from being made, or a signature from being taken in."""
    return " ".join(str(refusals.SENTENCES.get(code, code)) for code in codes)
