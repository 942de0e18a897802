"""What the pages call states, and what the store's codes mean: in plain words, with what to do about each.

The store's code becomes a meaning by the form in use (``[rejections]`` of its mapping); the words are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from testamur.exchange.connectors.ministry.mapping.reading import MappingInvalid
from testamur.exchange.connectors.ministry.settings import form
from testamur.schoolday.transcripts.rules import HandoverState

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Meaning:
    """Why a record was rejected. `remedy`: ``correct`` (then a new record goes), ``again`` (as it is), ``ask``."""

    text: Text
    todo: Text
    remedy: str


_AGAIN = _("Send it again.")
_OTHER = Meaning(
    _("The store rejected the record."), _("Read the store's own words below, put right what they name, send again."),
    "again",
)  # fmt: skip
MEANINGS: Mapping[str, Meaning] = {
    "identifier_unknown": Meaning(
        _("The store does not know the pupil's identity number."),
        _("Compare it with the birth certificate. If it is wrong here, correct it: a new record is made and signed."),
        "correct",
    ),
    "name_differs": Meaning(
        _("The name is not the one that belongs to this identity number."),
        _("Compare it with the birth certificate. If it is wrong here, correct it: a new record is made and signed."),
        "correct",
    ),
    "birth_date_differs": Meaning(
        _("The date of birth is not the one that belongs to this identity number."),
        _("Compare it with the birth certificate. If it is wrong here, correct it: a new record is made and signed."),
        "correct",
    ),
    "school_unknown": Meaning(
        _("The store does not know the school's code."), _("The department registers the school, then send it again."),
        "ask",
    ),
    "already_there": Meaning(
        _("The store has this record already."), _("Nothing is lost. The department looks at the two together."), "ask"
    ),
    "replaced_unknown": Meaning(
        _("The store does not have the record that this one replaces."),
        _("Send it again once the former one was delivered."),
        "again",
    ),
    "year_closed": Meaning(
        _("The store takes nothing more for this school year."), _("The department asks for the year to be opened."),
        "ask",
    ),
    "file_damaged": Meaning(_("The document did not arrive whole."), _AGAIN, "again"),
    "busy": Meaning(_("The store could not take it just then."), _AGAIN, "again"),
    "local.not_mapped": Meaning(
        _("The record does not fit the store's form; it was not sent."),
        _("What is wrong is named below. Correct it: a new record is made and signed."),
        "correct",
    ),
    "local.replaced": Meaning(
        _("A newer record has taken its place before it was sent."), _("The newer one goes instead."), "none"
    ),
    "local.not_filed": Meaning(
        _("The archive does not have this record any more; it was not sent."), _("The department looks into it."), "ask"
    ),
    "local.batch_refused": Meaning(_("The store refused the whole batch."), _AGAIN, "again"),
}  # fmt: skip
STATES: Mapping[HandoverState, tuple[Text, str]] = {
    HandoverState.WAITING: (pgettext_lazy("delivery", "Waits to be sent"), "neutral"),
    HandoverState.SENT: (pgettext_lazy("delivery", "Sent, no receipt yet"), "info"),
    HandoverState.ACCEPTED: (pgettext_lazy("delivery", "Delivered"), "success"),
    HandoverState.REJECTED: (pgettext_lazy("delivery", "Rejected"), "danger"),
}
BATCHES: Mapping[str, tuple[Text, str]] = {
    "sealed": (pgettext_lazy("batch", "Waits for its receipt"), "info"),
    "answered": (pgettext_lazy("batch", "Receipt received"), "success"),
    "refused": (pgettext_lazy("batch", "Refused as a whole"), "danger"),
    "withdrawn": (pgettext_lazy("batch", "Withdrawn"), "neutral"),
}
TRIES: Mapping[str, tuple[Text, str]] = {
    "waiting": (pgettext_lazy("delivery", "Sent, no receipt yet"), "info"),
    "accepted": (pgettext_lazy("delivery", "Delivered"), "success"),
    "rejected": (pgettext_lazy("delivery", "Rejected"), "danger"),
}
TROUBLE: Mapping[str, Text] = {
    "connectors.delivery.down": _("The store does not answer. Everything waits here and goes by itself later."),
    "connectors.delivery.working": _("The store is still at work on the last batch."),
    "connectors.delivery.not_authorised": _(
        "The store does not accept our certificate. Whoever runs the service renews it."
    ),
    "connectors.delivery.out_of_step": _(
        "The store counts the batches otherwise than we do. Nothing goes until the department has spoken with it."
    ),
    "connectors.delivery.bad_receipt": _(
        "The store's receipt is not signed by it, or is for something else. Nothing of it was believed."
    ),
    "connectors.delivery.file_damaged": _(
        "The archive gives back another file than the one that was issued. Nothing goes until somebody has looked."
    ),
    "connectors.delivery.batch_unfit": _(
        "What we say of the body itself (its code, its name) does not fit the store's form. Nothing goes until it does."
    ),
    "sealing.seal.none_active": _("The body has no seal in use: nothing can be signed for the store."),
    "sealing.key.unavailable": _("The key of the seal cannot be used just now: nothing can be signed for the store."),
}


def meaning(code: str) -> Meaning:
    """What a code means; one that nobody has explained is told as it is."""
    try:
        known = form().rejections
    except MappingInvalid:  # the page of the department says so
        known = {}
    return MEANINGS.get(known.get(code, code), _OTHER)


def trouble(code: str) -> Text:
    """What keeps a body's deliveries, in words."""
    return TROUBLE.get(code, _("Something keeps the deliveries. Whoever runs the service finds it in the log."))
