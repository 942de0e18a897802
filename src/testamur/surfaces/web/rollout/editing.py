"""A plan is written: its name and reason, and for each stage grades, schools and dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import SchoolYearView, UnitKind, UnitView
from testamur.schoolday.rollout import actions, queries
from testamur.schoolday.rollout.rules import (
    GRADES,
    MARKS,
    NEEDED,
    PILOT,
    REMIND,
    STAGES,
    TEXT,
    Mark,
    NewPlan,
    PlanState,
    PlanView,
    Reach,
    Stage,
)
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.office.scope import actor_of, place_of, visitor_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.rollout import words


class PlanForm(forms.Form):
    """What a plan says as a whole."""

    name = forms.CharField(label=gettext_lazy("Name of the plan"), max_length=TEXT)
    reason = forms.CharField(
        label=gettext_lazy("Decision"),
        max_length=TEXT,
        help_text=gettext_lazy(
            "The plan, letter or decision that it carries out, such as a numbered plan of the ministry."
        ),
    )
    school_year = forms.ChoiceField(label=gettext_lazy("School year"))
    remind_before = forms.IntegerField(
        label=gettext_lazy("Remind so many days before a date"), min_value=1, max_value=REMIND, required=False
    )
    remind_after = forms.IntegerField(
        label=gettext_lazy("Remind so many days after a date that was missed"),
        min_value=1,
        max_value=REMIND,
        required=False,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, years: list[str], *args: Any, **kwargs: Any) -> None:
        """`years`: the school years to choose from."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["school_year"]
        field.choices = [(year, year) for year in years]


class StageForm(forms.Form):
    """One stage; without a name it is left out."""

    name = forms.CharField(label=gettext_lazy("Name of the stage"), max_length=TEXT, required=False)
    grades = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Grades"),
        coerce=int,
        choices=[(str(grade), str(grade)) for grade in GRADES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reach = forms.ChoiceField(
        label=gettext_lazy("Which schools?"),
        choices=[(reach.value, label) for reach, label in words.REACHES.items()],
        widget=forms.RadioSelect,
        required=False,
    )
    districts = forms.MultipleChoiceField(
        label=gettext_lazy("Districts"), widget=forms.CheckboxSelectMultiple, required=False
    )
    codes = forms.CharField(
        label=gettext_lazy("Codes of the chosen schools"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=20000,
        required=False,
        help_text=gettext_lazy("One in each line, or parted by commas. Needed for chosen schools alone."),
    )

    def __init__(self, places: tuple[UnitView, ...], *args: Any, **kwargs: Any) -> None:
        """`places`: the body and everything below it."""
        super().__init__(*args, **kwargs)
        self.by_code = {unit.code: unit.path for unit in places if unit.kind is UnitKind.SCHOOL}
        offices = [(unit.path, unit.name) for unit in places[1:] if unit.kind is UnitKind.OFFICE]
        field: Any = self.fields["districts"]
        field.choices = offices
        if not offices:
            del self.fields["districts"]
            reach: Any = self.fields["reach"]
            reach.choices = [choice for choice in reach.choices if choice[0] != Reach.DISTRICTS.value]
        for mark in MARKS:
            self.fields[mark.value] = forms.DateField(label=str(words.MARKS[mark]), widget=Day(), required=False)

    def clean_codes(self) -> tuple[str, ...]:
        """Paths of the schools with those codes; an unknown code is said."""
        codes = self.cleaned_data["codes"].replace(",", " ").split()
        unknown = [code for code in codes if code not in self.by_code]
        if unknown:
            raise forms.ValidationError(
                _("There is no school here with the code %(codes)s."), params={"codes": ", ".join(unknown[:5])}
            )
        return tuple(self.by_code[code] for code in codes)

    def is_spare(self) -> bool:
        """Whether it stands there for one more stage alone: nothing was said of it yet."""
        return not self.initial.get("name") and not self.is_used()

    def is_used(self) -> bool:
        """Whether the stage has a name, and so is one."""
        return bool(self.data.get(self.add_prefix("name"), "").strip())

    def stage(self) -> Stage:
        """What was written, as the rules take it."""
        said = self.cleaned_data
        reach = Reach(said["reach"] or Reach.ALL)
        places = {Reach.DISTRICTS: said.get("districts", ()), Reach.CHOSEN: said["codes"]}.get(reach, ())
        dates = {mark: said[mark.value] for mark in MARKS if said[mark.value] is not None}
        return Stage(said["name"], tuple(said["grades"]), reach, dates, tuple(places))


class Editor:
    """The form of a plan with those of its stages, one empty one at their end."""

    def __init__(self, body: UnitView, years: tuple[SchoolYearView, ...], found: PlanView | None, data: Any) -> None:
        """`found`: the plan that is changed; `data`: what was sent, or None."""
        self.places = schools.units_under(body.path)
        codes = [year.code for year in reversed(years)]
        if found is not None:
            codes = [found.school_year] if found.state is PlanState.IN_FORCE else [*codes, found.school_year]
        self.codes = {unit.path: unit.code for unit in self.places}
        first = {"name": "", **self._plan(found)} if found is not None else {"name": "", "reason": ""}
        self.plan = PlanForm(list(dict.fromkeys(codes)), data, initial=first)
        stages = [self._stage(one) for one in found.stages] if found is not None else [_first(years)]
        many = min(max(len(stages) + 1, _sent(data)), STAGES)
        self.stages = [
            StageForm(self.places, data, prefix=f"s{n}", initial=stages[n] if n < len(stages) else {"reach": "all"})
            for n in range(many)
        ]

    def new(self) -> NewPlan | None:
        """The plan that was written; None when a field says what is wrong."""
        used = [one for one in self.stages if one.is_used()]
        if not all([self.plan.is_valid(), *(one.is_valid() for one in used)]):
            return None
        said = self.plan.cleaned_data
        return NewPlan(
            said["name"], said["reason"], said["school_year"], tuple(one.stage() for one in used),
            said["remind_before"], said["remind_after"],
        )  # fmt: skip

    def blame(self, refused: Refused) -> None:
        """Put a refusal where it belongs: into a field of its stage, else of the plan."""
        used = [one for one in self.stages if one.is_used()]
        number = refused.found.get("stage")
        if not isinstance(number, int) or number >= len(used):
            refusals.into(self.plan, refused)
            return
        form = used[number]
        field = {"stage_name": "name", "places": form.data.get(form.add_prefix("reach"), "")}.get(
            refused.field, refused.field
        )
        field = {"districts": "districts", "chosen": "codes"}.get(field, field)
        form.add_error(field if field in form.fields else None, refusals.sentence(refused))

    @property
    def errors(self) -> bool:
        """Whether something was written wrong."""
        return bool(self.plan.errors or any(one.errors for one in self.stages if one.is_used()))

    @staticmethod
    def _plan(found: PlanView) -> dict[str, Any]:
        return {
            "name": found.name, "reason": found.reason, "school_year": found.school_year, "seen": found.version,
            "remind_before": found.remind_before, "remind_after": found.remind_after,
        }  # fmt: skip

    def _stage(self, stage: Stage) -> dict[str, Any]:
        chosen = stage.places if stage.reach is Reach.CHOSEN else ()
        return {
            "name": stage.name,
            "grades": [str(grade) for grade in stage.grades],
            "reach": stage.reach.value,
            "districts": list(stage.places) if stage.reach is Reach.DISTRICTS else [],
            "codes": "\n".join(self.codes[place] for place in chosen if place in self.codes),
            **{mark.value: day for mark, day in stage.dates.items()},
        }


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def new(request: WebRequest) -> HttpResponse:
    """Draft a plan of the body that one administers."""
    by, place = actor_of(request), place_of(request)
    by.must("rollout.plan.write", place.unit.path)
    editor = Editor(place.unit, place.years, None, request.POST if request.method == "POST" else None)
    if request.method == "POST" and (told := editor.new()) is not None:
        try:
            made = actions.draft_plan(by=by, authority=place.unit.id, new=told, now=visitor_of(request).now)
        except Refused as refused:
            if refused.code == "not_allowed":
                raise
            editor.blame(refused)
        else:
            messages.success(request, _("The draft is kept. Put it in force when everything is right."))
            return SeeOther(reverse("rollout:plan", args=[made]))
    return _shown(request, editor, None)


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def change(request: WebRequest, rollout: UUID) -> HttpResponse:
    """Change a draft, or the dates and schools of a plan in force."""
    by, place = actor_of(request), place_of(request)
    found = queries.plan(by=by, id=rollout, path=place.unit.path)
    by.must("rollout.plan.write", found.path)
    body = schools.unit(found.authority)
    if body is None or found.state is PlanState.CLOSED:
        raise NotFound("A closed plan is not changed.", field="plan")
    editor = Editor(body, place.years, found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and (told := editor.new()) is not None:
        seen = editor.plan.cleaned_data["seen"] or 0
        try:
            actions.change_plan(by=by, plan=rollout, to=told, seen=seen, now=visitor_of(request).now)
        except Refused as refused:
            if refused.code in {"not_allowed", "not_found"}:
                raise
            editor.blame(refused)
        else:
            messages.success(request, _("Kept."))
            return SeeOther(reverse("rollout:plan", args=[rollout]))
    return _shown(request, editor, found)


def _shown(request: WebRequest, editor: Editor, found: PlanView | None) -> HttpResponse:
    return page(
        request,
        "web/rollout/edit.html",
        status=422 if editor.errors else 200,
        editor=editor,
        plan=found,
        marks=[mark.value for mark in MARKS],
        needed=[mark.value for mark in MARKS if mark in NEEDED],
    )


def _first(years: tuple[SchoolYearView, ...]) -> dict[str, Any]:
    """What the first stage of a new plan proposes: the pilot's grades, all schools, days after the end of the year."""
    ends = years[-1].ends if years else None
    proposed: dict[Mark, date] = {}
    if ends is not None:
        proposed = {
            Mark.TRAINING_FROM: date(ends.year, 4, 1),
            Mark.TRAINING_TO: date(ends.year, 5, 15),
            Mark.ENTRY: ends,
            Mark.VERIFICATION: ends + timedelta(days=5),
            Mark.SIGNING: ends + timedelta(days=12),
            Mark.DELIVERY: ends + timedelta(days=19),
            Mark.SUMMING_UP: ends + timedelta(days=30),
        }
    return {
        "name": _("Pilot"),
        "grades": [str(grade) for grade in PILOT],
        "reach": Reach.ALL.value,
        **{mark.value: day for mark, day in proposed.items()},
    }


def _sent(data: Any) -> int:
    """How many stages stand in what was sent."""
    return sum(f"s{n}-name" in data for n in range(STAGES)) if data is not None else 0
