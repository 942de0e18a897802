"""What look-ups, copies and transfers are called."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from testamur.schoolday.custody.rules import AskedBy, CopyKind, Purpose, TransferState

PURPOSES: Mapping[Purpose, str | Promise] = {
    Purpose.COPY: _("A copy or an extract was asked for"),
    Purpose.TRANSFER: _("The pupil moves to another school"),
    Purpose.CORRECTION: _("Something has to be put right"),
    Purpose.QUESTION: _("The family has a question"),
    Purpose.INSPECTION: _("Inspection or supervision"),
    Purpose.AUTHORITY: _("A court or another authority asks"),
    Purpose.OTHER: _("Something else"),
}
KINDS: Mapping[CopyKind, str | Promise] = {
    CopyKind.COPY: pgettext_lazy("of a document", "Copy of the whole document"),
    CopyKind.EXTRACT: _("Extract of some years"),
}
ASKED_BY: Mapping[AskedBy, str | Promise] = {
    AskedBy.PUPIL: _("The pupil"),
    AskedBy.GUARDIAN: _("A guardian"),
    AskedBy.SCHOOL: _("A school"),
    AskedBy.AUTHORITY: _("An authority"),
}
STATES: Mapping[TransferState, tuple[str | Promise, str]] = {
    TransferState.ASKED: (_("Waits for the former school"), "warning"),
    TransferState.RELEASED: (_("Waits for the new school"), "info"),
    TransferState.ACCEPTED: (_("Done"), "success"),
    TransferState.REFUSED: (_("Refused"), "danger"),
    TransferState.WITHDRAWN: (_("Taken back"), "neutral"),
}
"""What it is called, and the colour of its tag."""
