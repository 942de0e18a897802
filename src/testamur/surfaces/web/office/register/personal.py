"""Forms about persons: name, number, how to reach them; shared by pupils, guardians and staff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.register.people import queries as people
from testamur.register.people.rules import (
    ContactKind,
    Identifier,
    IdentifierInvalid,
    NewContact,
    NewIdentifier,
    NewPerson,
    Scheme,
    Sex,
    fold,
    parse_identifier,
)
from testamur.surfaces.web.forms import Day

SCHEMES: Mapping[str, tuple[tuple[Scheme, str], ...]] = {
    "SE": (
        (Scheme.PERSONNUMMER, "Personnummer"),
        (Scheme.SAMORDNINGSNUMMER, "Samordningsnummer"),
        (Scheme.TEMPORARY, "Tillfälligt nummer (TF)"),
    ),
    "BG": ((Scheme.EGN, "ЕГН"), (Scheme.LNCH, "ЛНЧ")),
    "VN": ((Scheme.CCCD, "Số định danh cá nhân"),),
}
"""Country → the numbers that its register of the population gives, by their own names."""
SEXES: tuple[tuple[str, str | Promise], ...] = (
    ("", gettext_lazy("Not told")),
    (Sex.FEMALE.value, gettext_lazy("Female")),
    (Sex.MALE.value, gettext_lazy("Male")),
    (Sex.OTHER.value, gettext_lazy("Other")),
)
OFF = {"autocomplete": "off"}


class SomebodyElse(Refused):
    """The number belongs to somebody with another name, or to somebody whose name may not be shown here."""

    code = "web.office.somebody_else"


class NameForm(forms.Form):
    """Name and number of somebody. The number tells the day of birth where it can."""

    given = forms.CharField(label=gettext_lazy("Given name"), max_length=120, widget=forms.TextInput(attrs=OFF))
    middle = forms.CharField(
        label=gettext_lazy("Middle name"), max_length=120, required=False, widget=forms.TextInput(attrs=OFF)
    )
    family = forms.CharField(label=gettext_lazy("Family name"), max_length=120, widget=forms.TextInput(attrs=OFF))
    scheme = forms.ChoiceField(label=gettext_lazy("Kind of number"), required=False)
    number = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs=OFF),
        help_text=gettext_lazy("Its digits are checked. Leave it empty while there is none."),
    )

    def __init__(self, data: Any, country: str, today: date, **more: Any) -> None:
        """The kinds of numbers are those of the school's country."""
        super().__init__(data, **more)
        self.country, self.today = country, today
        self.parsed: Identifier | None = None
        kinds = SCHEMES.get(country, ()) or tuple(one for some in SCHEMES.values() for one in some)
        self.fields["scheme"].choices = [(scheme.value, name) for scheme, name in kinds]  # type: ignore[attr-defined]
        self._first = kinds[0][0].value

    def clean(self) -> dict[str, Any]:
        """Look at the digits of the number."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("number") and "scheme" in told:
            told["scheme"] = told["scheme"] or self._first
            try:
                self.parsed = parse_identifier(told["scheme"], told["number"], on=self.today)
            except IdentifierInvalid:
                self.add_error("number", _("That is no such number. Look at each digit."))
        return told

    def holder(self) -> UUID | None:
        """Who in the register has the number."""
        if self.parsed is None:
            return None
        return people.holder_of_identifier(scheme=self.parsed.scheme, value=self.parsed.value, on=self.today)

    def known(self, by: Actor) -> UUID | None:
        """Who in the register has the number, when the name agrees; None for nobody.

        Raises `SomebodyElse` when it does not, or may not be known: the sentence is the same, so that a number that is
        tried out tells nothing.
        """
        holder = self.holder()
        view = people.person(by=by, id=holder) if holder else None
        if view is None:
            return None
        if view.masked or fold(view.family) != fold(self.cleaned_data["family"]):
            raise SomebodyElse("This number belongs to somebody with another name.", field="number")
        return view.id

    def person(self, contacts: tuple[NewContact, ...] = ()) -> NewPerson:
        """A new person as the form tells."""
        told, number = self.cleaned_data, self.parsed
        return NewPerson(
            told["given"],
            told["family"],
            middle=told["middle"],
            preferred=told.get("preferred", ""),
            birth_date=told.get("birth_date") or (number.birth_date if number else None),
            sex=Sex(told.get("sex") or (number.sex if number else "")),
            family_first=self.country == "VN",
            identifiers=(NewIdentifier(number.scheme, number.value),) if number else (),
            contacts=contacts,
        )


class PupilForm(NameForm):
    """A pupil."""

    preferred = forms.CharField(
        label=gettext_lazy("Preferred name"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("What the pupil is called at school, where it is not the given name."),
        widget=forms.TextInput(attrs=OFF),
    )
    birth_date = forms.DateField(
        label=gettext_lazy("Day of birth"),
        required=False,
        widget=Day(),
        help_text=gettext_lazy("Empty: as the number tells."),
    )
    sex = forms.ChoiceField(label=gettext_lazy("Sex"), choices=SEXES, required=False)
    field_order: tuple[str, ...] = (
        "given", "middle", "family", "preferred", "scheme", "number", "birth_date", "sex",
    )  # fmt: skip

    def differs(self) -> bool:
        """The number tells another day of birth than the form: both are kept, and it is said."""
        told = self.cleaned_data.get("birth_date")
        return bool(told and self.parsed and self.parsed.birth_date and self.parsed.birth_date != told)


class ReachForm(forms.Form):
    """Ways to reach somebody."""

    email = forms.CharField(
        label=gettext_lazy("E-mail address"), max_length=254, required=False, widget=forms.TextInput(attrs=OFF)
    )
    phone = forms.CharField(
        label=gettext_lazy("Mobile number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs=OFF | {"inputmode": "tel"}),
        help_text=gettext_lazy("A number abroad begins with + and the country code."),
    )

    def contacts(self, region: str) -> tuple[NewContact, ...]:
        """What was told, as contact points."""
        told = self.cleaned_data
        ways = ((ContactKind.EMAIL, told.get("email")), (ContactKind.PHONE, told.get("phone")))
        return tuple(NewContact(kind, value, region=region) for kind, value in ways if value)
