"""What forms, answers and consents are called on the pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from testamur.schoolday.forms.rules import Consent, Kept, Kind, Needs, Purpose, Question, Standing, State, Word

LANGUAGES = {"sv": "Svenska", "en": "English", "vi": "Tiếng Việt", "bg": "Български"}
KINDS: Mapping[Kind, str | Promise] = {
    Kind.YES_NO: gettext_lazy("Yes or no"),
    Kind.ONE: gettext_lazy("One of several"),
    Kind.SEVERAL: gettext_lazy("Several of several"),
    Kind.TEXT: gettext_lazy("A text"),
    Kind.NUMBER: gettext_lazy("A number"),
    Kind.DATE: gettext_lazy("A day"),
}
CONSENTS: Mapping[Consent, str | Promise] = {
    Consent.NONE: gettext_lazy("Questions to answer"),
    Consent.SIGNED: gettext_lazy("A consent that is signed with an e-ID"),
    Consent.LOGIN: gettext_lazy("A consent that is given by being logged in, without a signature"),
}
NEEDS: Mapping[Needs, str | Promise] = {
    Needs.ONE: gettext_lazy("One guardian is enough"),
    Needs.ALL: gettext_lazy("All guardians with custody"),
}
PURPOSES: Mapping[Purpose, str | Promise] = {
    Purpose.PICTURES_INTERNAL: gettext_lazy("Pictures within the school"),
    Purpose.PICTURES_PUBLIC: gettext_lazy("Pictures that everybody can see"),
    Purpose.EXCURSION: gettext_lazy("An excursion or activity"),
    Purpose.MEDICINE: gettext_lazy("Medicine and first aid"),
    Purpose.DATA_SHARING: gettext_lazy("Sharing data with others"),
    Purpose.OTHER: gettext_lazy("Something else"),
}
STATES: Mapping[State, tuple[str | Promise, str]] = {
    State.DRAFT: (gettext_lazy("Draft"), "neutral"),
    State.PUBLISHED: (gettext_lazy("Can be answered"), "success"),
    State.CLOSED: (pgettext_lazy("of a form", "Closed"), "neutral"),
}
STANDINGS: Mapping[Standing, tuple[str | Promise, str]] = {
    Standing.NONE: (gettext_lazy("Not answered"), "warning"),
    Standing.WAITS: (gettext_lazy("Waits for the other guardian"), "warning"),
    Standing.ANSWERED: (gettext_lazy("Answered"), "success"),
    Standing.GIVEN: (gettext_lazy("Consent given"), "success"),
    Standing.REFUSED: (gettext_lazy("No consent"), "danger"),
    Standing.WITHDRAWN: (gettext_lazy("Taken back"), "danger"),
    Standing.RUN_OUT: (gettext_lazy("Has run out"), "neutral"),
}
"""Where a child stands → what it is called, and its colour."""
SAID: Mapping[Word, str | Promise] = {
    Word.ANSWERED: gettext_lazy("Answered"),
    Word.GIVEN: gettext_lazy("Consents"),
    Word.REFUSED: gettext_lazy("Does not consent"),
    Word.WITHDRAWN: gettext_lazy("Has taken the consent back"),
}
KEPT: Mapping[Kept, str | Promise] = {
    Kept.OPEN: gettext_lazy(
        "What was answered is shown when the form is over, if at least five have answered: so nobody can tell whose "
        "answer came in."
    ),
    Kept.FEW: gettext_lazy("Fewer than five have answered: what they said is shown to nobody."),
    Kept.SOME: gettext_lazy("Classes in which fewer than five have answered are left out."),
}
"""Why answers without names are not shown."""


def answered(question: Question, value: Any, language: str) -> str:
    """An answer in words; a dash where there is none."""
    if value is None:
        return "–"
    if question.kind is Kind.YES_NO:
        return _("Yes") if value else _("No")
    choices = question.choices(language)
    if question.kind is Kind.ONE:
        return str(choices[value])
    if question.kind is Kind.SEVERAL:
        return ", ".join(choices[place] for place in value)
    if question.kind is Kind.DATE:
        return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
    return str(value)
