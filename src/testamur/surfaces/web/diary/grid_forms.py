"""Forms of columns and of one cell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from testamur.law.diary import MarkKind
from testamur.schoolday.diary.rules.marks import COMMENT, TITLE, TaskView
from testamur.surfaces.web.forms import Day


class NewColumn(forms.Form):
    """A column to add."""

    kind = forms.ChoiceField(label=_("Kind"))
    title = forms.CharField(label=_("Title"), max_length=TITLE, required=False)
    on = forms.DateField(label=_("Day"), widget=Day)
    weight = forms.DecimalField(label=_("Weight"), required=False, min_value=0, max_value=100, decimal_places=2)
    hidden = forms.BooleanField(label=_("Families do not see these marks yet"), required=False)

    def __init__(self, *args: Any, kinds: Iterable[MarkKind], **kwargs: Any) -> None:
        """`kinds`: what the rules know; those that close a period have buttons of their own."""
        super().__init__(*args, **kwargs)
        self.kinds = {one.code: one for one in kinds if not one.closes}
        self.fields["kind"].choices = [(one.code, one.name) for one in self.kinds.values()]  # type: ignore[attr-defined]
        if all(one.weight == 0 for one in self.kinds.values()):  # nothing is reckoned: no weight to ask for
            del self.fields["weight"]


class Change(forms.Form):
    """A column to change."""

    title = forms.CharField(label=_("Title"), max_length=TITLE, required=False)
    on = forms.DateField(label=_("Day"), widget=Day, required=False)
    weight = forms.DecimalField(label=_("Weight"), required=False, min_value=0, max_value=100, decimal_places=2)

    @classmethod
    def of(cls, task: TaskView, data: Any = None) -> Change:
        """The form of that column; one that closes a period has neither day nor weight of its own."""
        form = cls(
            data, auto_id="change_%s", initial={"title": task.title, "on": task.on, "weight": task.weight.normalize()}
        )
        if task.closes:
            del form.fields["on"], form.fields["weight"]
        return form


class Cell(forms.Form):
    """One mark with its comment."""

    value = forms.CharField(label=_("Mark"), max_length=60, required=False)
    comment = forms.CharField(
        label=_("Comment"),
        max_length=COMMENT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The family reads it with the mark."),
    )
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)
