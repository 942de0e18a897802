"""The forms in which a form is written, and the one in which it is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from testamur.kernel.base.ids import new_id
from testamur.schoolday.forms.rules import (
    LONGEST,
    LONGEST_TITLE,
    Audience,
    Consent,
    Content,
    Draft,
    Kind,
    Needs,
    Purpose,
    Question,
)
from testamur.surfaces.web.asking.making import Maker
from testamur.surfaces.web.asking.words import CONSENTS, KINDS, LANGUAGES, NEEDS, PURPOSES
from testamur.surfaces.web.forms import Day

YES, NO = "yes", "no"
_FIRST_YEAR, _LAST_YEAR = 2000, 2200


class DraftForm(forms.Form):
    """What a form says in each language, to whom it goes, and its terms."""

    consent = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[(one.value, name) for one, name in CONSENTS.items()],
        widget=forms.RadioSelect,
    )
    groups = forms.MultipleChoiceField(
        label=gettext_lazy("To which classes and groups?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("Who answers?"),
        choices=[
            (Audience.GUARDIANS.value, gettext_lazy("Guardians, and adult pupils for themselves")),
            (Audience.PUPILS.value, gettext_lazy("The pupils themselves")),
        ],
    )
    needs = forms.ChoiceField(
        label=gettext_lazy("Whose answer is needed?"), choices=[(one.value, name) for one, name in NEEDS.items()]
    )
    last_day = forms.DateField(label=gettext_lazy("Last day to answer"), widget=Day)
    named = forms.BooleanField(
        label=gettext_lazy("Staff see who answered what"),
        help_text=gettext_lazy(
            "Without it staff see figures, and texts without names, when the form is over and at least five have "
            "answered. A consent always has a name."
        ),
        required=False,
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("What is the consent for?"),
        choices=[("", gettext_lazy("No consent")), *((one.value, name) for one, name in PURPOSES.items())],
        required=False,
    )
    revocable = forms.BooleanField(label=gettext_lazy("The consent can be taken back"), required=False)
    holds_until = forms.DateField(
        label=gettext_lazy("It holds until"),
        help_text=gettext_lazy("Empty: until it is taken back. The end of the school year is usual."),
        widget=Day,
        required=False,
    )

    def __init__(self, maker: Maker, *args: Any, **kwargs: Any) -> None:
        """With the groups of whoever asks, and a title and a text for each language."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["groups"].choices = [(str(one.id), one.code) for one in maker.groups.values()]
        fields["groups"].required = not maker.leads
        if maker.leads:
            fields["groups"].help_text = _("None chosen: everybody of %(unit)s.") % {"unit": maker.unit.name}
        if not maker.groups:
            del fields["groups"]
        for code, name in LANGUAGES.items():
            fields[f"title_{code}"] = forms.CharField(
                label=_("Title (%(language)s)") % {"language": name}, max_length=LONGEST_TITLE, required=False
            )
            fields[f"text_{code}"] = forms.CharField(
                label=_("Text (%(language)s)") % {"language": name},
                max_length=LONGEST,
                required=False,
                widget=forms.Textarea(attrs={"rows": 4}),
            )
        self.maker = maker

    def clean(self) -> dict[str, Any]:
        """At least one language; days of a calendar that there is."""
        told: dict[str, Any] = super().clean() or {}
        if not any(told.get(f"title_{code}") for code in LANGUAGES):
            self.add_error(f"title_{self.first}", _("Write a title in one language at least."))
        for code in LANGUAGES:
            if told.get(f"text_{code}") and not told.get(f"title_{code}"):
                self.add_error(f"title_{code}", _("The text needs a title in the same language."))
        for name in ("last_day", "holds_until"):
            if (day := told.get(name)) is not None and not _FIRST_YEAR <= day.year <= _LAST_YEAR:
                self.add_error(name, _("Choose a day of these years."))
        return told

    @property
    def first(self) -> str:
        """The language that comes first: the visitor's own."""
        code = (get_language() or "en").partition("-")[0]
        return code if code in LANGUAGES else "en"

    @property
    def languages(self) -> list[tuple[str, str, forms.BoundField, forms.BoundField, bool]]:
        """(code, name, title, text, open) of each language, the visitor's own first."""
        codes = [self.first, *(code for code in LANGUAGES if code != self.first)]
        rows = [(code, LANGUAGES[code], self[f"title_{code}"], self[f"text_{code}"]) for code in codes]
        return [(*row, row[0] == self.first or bool(row[2].value() or row[2].errors)) for row in rows]

    def draft(self, before: Draft | None = None) -> Draft:
        """What the verbs take; questions stay as they were, with their first words in a new language."""
        told = self.cleaned_data
        codes = [self.first, *(code for code in LANGUAGES if code != self.first)]
        languages = tuple(code for code in codes if told.get(f"title_{code}"))
        questions = before.content.questions if before is not None else ()
        consent = Consent(told["consent"])
        content = Content(
            languages,
            {code: told[f"title_{code}"] for code in languages},
            {code: told[f"text_{code}"] for code in languages},
            tuple(_in_all(one, languages) for one in questions),
        )
        return Draft(
            unit=self.maker.unit.id if before is None else before.unit,
            content=content,
            last_day=told["last_day"],
            groups=tuple(UUID(one) for one in told["groups"]) if "groups" in told else before.groups if before else (),
            audience=Audience(told["audience"]),
            consent=consent,
            purpose=Purpose(told["purpose"]) if consent is not Consent.NONE else Purpose.NONE,
            needs=Needs(told["needs"]),
            revocable=told["revocable"],
            holds_until=told["holds_until"] if consent is not Consent.NONE else None,
            named=told["named"] or consent is not Consent.NONE,
        )


def filled(draft: Draft) -> dict[str, Any]:
    """What the fields of a draft hold."""
    texts = {f"title_{code}": title for code, title in draft.content.titles.items()}
    texts |= {f"text_{code}": text for code, text in draft.content.texts.items()}
    return texts | {
        "consent": draft.consent.value,
        "groups": [str(one) for one in draft.groups],
        "audience": draft.audience.value,
        "needs": draft.needs.value,
        "last_day": draft.last_day,
        "named": draft.named,
        "purpose": draft.purpose.value,
        "revocable": draft.revocable,
        "holds_until": draft.holds_until,
    }


def _in_all(one: Question, languages: Sequence[str]) -> Question:
    label, options = one.label(""), one.choices("")
    return replace(
        one,
        labels={code: one.labels.get(code, label) for code in languages},
        options={code: one.options.get(code, options) for code in languages} if options else {},
    )


class QuestionForm(forms.Form):
    """One question in each language of its form."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is answered?"), choices=[(one.value, name) for one, name in KINDS.items()]
    )
    required = forms.BooleanField(label=gettext_lazy("It has to be answered"), required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, languages: Sequence[str], *args: Any, **kwargs: Any) -> None:
        """A question and its choices for each language."""
        super().__init__(*args, **kwargs)
        self.languages = tuple(languages)
        fields: Any = self.fields
        for code in self.languages:
            name = LANGUAGES[code]
            fields[f"label_{code}"] = forms.CharField(
                label=_("Question (%(language)s)") % {"language": name}, max_length=2 * LONGEST_TITLE
            )
            fields[f"options_{code}"] = forms.CharField(
                label=_("Choices (%(language)s)") % {"language": name},
                help_text=_("One in each line; only where one or several are chosen."),
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def question(self) -> Question:
        """What the verbs take."""
        told = self.cleaned_data
        kind = Kind(told["kind"])
        options = {code: tuple(told[f"options_{code}"].splitlines()) for code in self.languages}
        return Question(
            key=told["key"] or f"q{new_id().hex}",
            kind=kind,
            required=told["required"],
            labels={code: told[f"label_{code}"] for code in self.languages},
            options=options if kind in {Kind.ONE, Kind.SEVERAL} else {},
        )

    @staticmethod
    def filled(one: Question) -> dict[str, Any]:
        """What the fields of a question hold."""
        labels = {f"label_{code}": text for code, text in one.labels.items()}
        options = {f"options_{code}": "\n".join(some) for code, some in one.options.items()}
        return labels | options | {"kind": one.kind.value, "required": one.required, "key": one.key}


class AnswerForm(forms.Form):
    """The questions of a form in the reader's language. Field names are the questions' keys."""

    def __init__(self, content: Content, language: str, *args: Any, **kwargs: Any) -> None:
        """A field for each question."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        self.content = content
        for one in content.questions:
            fields[one.key] = _field(one, language)

    def values(self) -> dict[str, Any]:
        """Key → answer, as the verbs take it."""
        told = self.cleaned_data
        kinds = {one.key: one.kind for one in self.content.questions}
        return {key: told[key] == YES if kinds[key] is Kind.YES_NO and told[key] else told[key] for key in kinds}


def initial(content: Content, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields of an answer hold."""
    found: dict[str, Any] = {}
    for one in content.questions:
        value = values.get(one.key)
        if value is None:
            continue
        if one.kind is Kind.YES_NO:
            value = YES if value else NO
        elif one.kind is Kind.SEVERAL:
            value = [str(place) for place in value]
        found[one.key] = value
    return found


def _field(one: Question, language: str) -> forms.Field:
    told: dict[str, Any] = {"label": one.label(language), "required": one.required}
    places: list[tuple[str, str | Promise]] = [(str(n), text) for n, text in enumerate(one.choices(language))]
    if one.kind is Kind.YES_NO:
        yes_no = [(YES, _("Yes")), (NO, _("No"))]
        return forms.ChoiceField(choices=yes_no, widget=forms.RadioSelect, **told)
    if one.kind is Kind.ONE:
        return forms.ChoiceField(choices=places, widget=forms.RadioSelect, **told)
    if one.kind is Kind.SEVERAL:
        return forms.MultipleChoiceField(choices=places, widget=forms.CheckboxSelectMultiple, **told)
    if one.kind is Kind.NUMBER:
        widget = forms.TextInput(attrs={"inputmode": "decimal"})
        return forms.DecimalField(widget=widget, max_digits=15, localize=True, **told)
    if one.kind is Kind.DATE:
        return forms.DateField(widget=Day(), **told)
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST, **told)
