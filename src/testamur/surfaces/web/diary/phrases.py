"""The bank of phrases for comments: one's own, the school's, the body's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.law.contract import Pack
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries.phrases import may_keep
from testamur.schoolday.diary.queries.phrases import phrases as bank
from testamur.schoolday.diary.rules.phrases import LONGEST, Circle, NewPhrase, Phrase
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest

CIRCLES = {
    Circle.OWN: gettext_lazy("Your own"),
    Circle.SCHOOL: gettext_lazy("The school's"),
    Circle.BODY: gettext_lazy("Of the body responsible"),
}


class PhraseForm(forms.Form):
    """A phrase to keep."""

    circle = forms.ChoiceField(label=gettext_lazy("Whose"))
    code = forms.CharField(
        label=gettext_lazy("Short code"), max_length=12, help_text=gettext_lazy("Letters and digits, such as t1.")
    )
    subject = forms.ChoiceField(label=gettext_lazy("Subject"), required=False)
    value = forms.ChoiceField(label=gettext_lazy("Level"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Phrase"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Write {name} where the name of the pupil is to stand."),
    )

    def __init__(self, *args: Any, circles: tuple[Circle, ...], pack: Pack | None, **kwargs: Any) -> None:
        """`circles`: for whom the visitor may keep phrases."""
        super().__init__(*args, **kwargs)
        self.fields["circle"].choices = [(one.value, CIRCLES[one]) for one in circles]  # type: ignore[attr-defined]
        self.fields["subject"].choices = [("", _("All subjects")), *_subjects(pack)]  # type: ignore[attr-defined]
        self.fields["value"].choices = [("", _("All levels")), *_levels(pack)]  # type: ignore[attr-defined]


class FilterForm(forms.Form):
    """Which phrases are shown: those of a subject and a level, with those that fit all."""

    subject = forms.ChoiceField(label=gettext_lazy("Subject"), required=False)
    value = forms.ChoiceField(label=gettext_lazy("Level"), required=False)

    def __init__(self, *args: Any, pack: Pack | None, **kwargs: Any) -> None:
        """What the law of the place knows."""
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = [("", _("All subjects")), *_subjects(pack)]  # type: ignore[attr-defined]
        self.fields["value"].choices = [("", _("All levels")), *_levels(pack)]  # type: ignore[attr-defined]

    def keeps(self, one: Phrase) -> bool:
        """Whether a phrase is shown; what is asked for and is no choice asks for nothing."""
        told = self.cleaned_data if self.is_valid() else {}
        subject, value = told.get("subject", ""), told.get("value", "")
        return (not subject or one.subject in {"", subject}) and (not value or one.value in {"", value})


def _subjects(pack: Pack | None) -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in pack.subjects] if pack is not None else []


def _levels(pack: Pack | None) -> list[tuple[str, str]]:
    """Steps of the levels in which subjects are assessed; none where marks alone are given."""
    if pack is None or "level" not in pack.kinds:
        return []
    return [(step.value, step.name) for step in pack.scale("level", "", timezone.localdate()).values]


@door("diary.home", Area.STAFF, Area.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def phrases(request: WebRequest) -> HttpResponse:
    """The bank; a POST keeps a phrase."""
    visitor = request.visitor
    unit = _unit(visitor)
    pack = PACKS.get(schools.pack_of(unit.id, on=visitor.now.date())) if unit is not None else None
    circles = may_keep(visitor.actor, unit)
    form = PhraseForm(request.POST if request.method == "POST" else None, circles=circles, pack=pack)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        new = NewPhrase(Circle(told["circle"]), told["code"], told["text"], told["subject"], told["value"])
        try:
            actions.keep_phrase(
                by=visitor.actor, phrase=new, unit=unit.id if unit is not None else None, now=visitor.now
            )
        except (NotAllowed, NotFound):
            raise
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The phrase is kept."))
            return redirect("diary:phrases")
    names = {one.code: one.name for one in pack.subjects} if pack is not None else {}
    levels, asked = dict(_levels(pack)), FilterForm(request.GET, pack=pack, auto_id="asked_%s")
    kept = [one for one in bank(by=visitor.actor, unit=unit) if asked.keeps(one)]
    return page(
        request,
        "web/diary/phrases.html",
        status=422 if form.errors else 200,
        form=form,
        asked=asked,
        banks=[
            (
                CIRCLES[circle],
                circle in circles,
                [
                    (one, names.get(one.subject, one.subject), levels.get(one.value, one.value))
                    for one in kept
                    if one.circle is circle
                ],
            )
            for circle in Circle
        ],
    )


@door("diary.home", Area.STAFF, Area.OFFICE)
@require_POST
def retire(request: WebRequest, wording: UUID) -> HttpResponse:
    """Take a phrase out of the bank."""
    visitor = request.visitor
    actions.retire_phrase(by=visitor.actor, phrase=wording, now=visitor.now)
    messages.success(request, _("The phrase was taken out."))
    return redirect("diary:phrases")


def _unit(visitor: Visitor) -> UnitView | None:
    hat = visitor.hat
    return visitor.units.get(hat.unit) if hat is not None and hat.unit is not None else None
