"""A refusal in the visitor's language: one table from code to sentence, and the way into a form's field."""

from __future__ import annotations

from collections.abc import Mapping

from django.forms import Form
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from testamur.kernel.base.refused import Refused
from testamur.surfaces.web.sentences import others, schoolday

WRONG_HAT = _("This page belongs to another role. Change role in the menu if you have it.")

SENTENCES: Mapping[str, str | Promise] = {**others.SENTENCES, **schoolday.SENTENCES}
"""Refusal code → what to tell a person. A code that is not here is told in the verb's own English words."""


def sentence(refused: Refused) -> str:
    """What to tell the visitor."""
    found = SENTENCES.get(refused.code)
    return str(found) if found is not None else str(refused)


def into(form: Form, refused: Refused) -> None:
    """Put a refusal into the field that it names, or above the form."""
    form.add_error(refused.field if refused.field in form.fields else None, sentence(refused))
