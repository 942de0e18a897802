"""Correcting a decision as the law allows it: the form is made from the law's own rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.law.contract import CorrectionRule, Pack
from testamur.law.scales import ScaleValue
from testamur.law.tables import pack as pack_by_id
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.schoolday.results import actions, queries, tasks
from testamur.schoolday.results.queries import DecisionRow
from testamur.schoolday.results.rules import Amendment, Reason
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import naming, persons, words
from testamur.surfaces.web.office.board import day_of
from testamur.surfaces.web.office.scope import Place, actor_of, place_of, visitor_of
from testamur.surfaces.web.pages import page
from testamur.trust.records.queries import finding

LANGUAGES = {"se": "sv", "vn": "vi", "bg": "bg"}
"""First part of a pack's id → language of its law."""

DUTIES: words.Words = {
    "destroy_wrong": gettext_lazy("Destroy the wrong paper where you can."),
    "note_in_catalogue": gettext_lazy("The class's catalogue of grades gets a note; it is made anew."),
    "sign_catalogue": gettext_lazy("Those who decided sign the catalogue of grades anew."),
    "corrector_signs": gettext_lazy("Whoever corrects signs beside the struck-out text."),
    "principal_confirms": gettext_lazy("The principal confirms it by signing the new version."),
}
KINDS: words.Words = {
    "grade": gettext_lazy("Grade"),
    "level": gettext_lazy("Level"),
    "test": gettext_lazy("Test"),
    "quality": gettext_lazy("Quality"),
    "competence": gettext_lazy("Competence"),
    "fact": gettext_lazy("Fact"),
    "comment": gettext_lazy("Comment"),
    "year_result": gettext_lazy("Result of the year"),
    "award": gettext_lazy("Award"),
}
HEARD: words.Words = {"pupil": gettext_lazy("The pupil"), "guardian": gettext_lazy("The guardians")}


class CorrectionForm(forms.Form):
    """One correction by one rule of the law."""

    value = forms.CharField(label=gettext_lazy("New value"), max_length=200)
    decided_by = forms.MultipleChoiceField(
        label=gettext_lazy("Decided by"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("All who take the decision, in the post that the law asks for."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Decided as"))
    decided_on = forms.DateField(
        label=gettext_lazy("Day of the decision"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    grounds = forms.MultipleChoiceField(
        label=gettext_lazy("Those who decide affirm"), required=False, widget=forms.CheckboxSelectMultiple
    )
    explanation = forms.CharField(
        label=gettext_lazy("Why, in their words"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    heard = forms.MultipleChoiceField(
        label=gettext_lazy("Has had the chance to speak"), required=False, widget=forms.CheckboxSelectMultiple
    )
    hearing_unneeded = forms.CharField(
        label=gettext_lazy("Or: why nobody had to be heard"), required=False, max_length=500
    )

    def __init__(
        self,
        data: Any,
        rule: CorrectionRule,
        values: list[tuple[str, str]],
        deciders: list[tuple[str, str]],
        today: date,
    ) -> None:
        """From the rule: the values of the scale, who may decide, what has to be affirmed, who is heard."""
        super().__init__(data, initial={"decided_on": today, "role": rule.roles[0]})
        fields = self.fields
        if values:
            fields["value"] = forms.ChoiceField(label=_("New value"), choices=[("", "–"), *values])
        fields["role"].choices = [(r, words.word(words.ROLES, r)) for r in rule.roles]  # type: ignore[attr-defined]
        fields["decided_by"].choices = deciders  # type: ignore[attr-defined]
        if len(deciders) == 1:
            fields["decided_by"].initial = [deciders[0][0]]
        fields["grounds"].choices = [*rule.grounds, *rule.instead]  # type: ignore[attr-defined]
        fields["heard"].choices = [(h, words.word(HEARD, h)) for h in rule.hears]  # type: ignore[attr-defined]
        if not rule.hears:
            del fields["heard"], fields["hearing_unneeded"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which decision is corrected, at which school, by which rule."""

    place: Place
    row: DecisionRow
    pack: Pack
    rule: CorrectionRule


@door("office.home", Area.OFFICE)
@require_GET
def decisions(request: HttpRequest, pupil: UUID) -> HttpResponse:
    """What was decided about a pupil in a term, each with the ways in which it can be corrected."""
    place, by, now = place_of(request), actor_of(request), visitor_of(request).now
    term = place.term(request.GET.get("term", ""), now.date())
    if term is None:
        raise NotFound("There is no term here yet.")
    found = queries.standing(
        by=by, path=place.one.path, unit=place.one.id, school_year=term.school_year_code, term=term.code, pupils=[pupil]
    ).get(pupil, ())
    ids = [pupil, *(p for row in found for p in row.decided_by)]
    names = persons.shown(request, ids, "office.decisions")
    if pupil not in names or (not found and not _is_here(place, pupil, now.date())):
        raise NotFound("There is no such pupil at the school.")
    return page(
        request,
        "web/office/decisions.html",
        place=place,
        term=term,
        terms=place.terms,
        pupil=names[pupil],
        chosen_school=place.one.id,
        rows=[_line(row, names, by, place.one.path) for row in found],
        may_make=by.may("records.record.draft", place.one.path),
        corrected=bool(request.GET.get("corrected")),
    )


def _is_here(place: Place, pupil: UUID, on: date) -> bool:
    at = schools.placement(person=pupil, on=on)
    return at is not None and at.school == place.one.id


def _line(row: DecisionRow, names: Any, by: Actor, path: str) -> dict[str, Any]:
    pack = pack_by_id(row.pack)
    return {
        "row": row,
        "kind": words.word(KINDS, row.facts.kind),
        "subject": naming.subject(pack, row.facts.code),
        "value": naming.value(pack, row.facts.kind, row.facts.value),
        "by": ", ".join(names[p].name for p in row.decided_by if p in names),
        "ways": [
            rule
            for way, rule in pack.corrections.items()
            if by.may(f"results.decision.{way}", path) and _fits(row, rule)
        ],
        "language": LANGUAGES.get(row.pack.partition(".")[0], ""),
    }


def _fits(row: DecisionRow, rule: CorrectionRule) -> bool:
    """Facts and comments are no decisions that a correction is about."""
    return row.facts.kind not in {"fact", "comment"} and bool(rule.roles)


@door("office.correct", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, decision: UUID, way: str) -> HttpResponse:
    """The form of one way of correction, and the correction."""
    asked, by, now = _asked(request, decision, way), actor_of(request), visitor_of(request).now
    form = CorrectionForm(request.POST or None, asked.rule, _values(asked), _deciders(request, asked), now.date())
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_decision(by=by, decision=decision, amendment=_amendment(asked, form.cleaned_data), now=now)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            return _done(request, asked)
    names = persons.shown(request, [asked.row.pupil, *asked.row.decided_by], "office.correct")
    return page(
        request,
        "web/office/correct.html",
        status=400 if form.errors else 200,
        asked=asked,
        form=form,
        line=_line(asked.row, names, by, asked.place.one.path),
        pupil=names.get(asked.row.pupil),
        roles=" / ".join(words.word(words.ROLES, role) for role in asked.rule.roles),
        duties=[words.word(DUTIES, duty) for duty in asked.rule.duties],
        shown_as=asked.rule.shown_as,
    )


def _asked(request: HttpRequest, decision: UUID, way: str) -> Asked:
    place, by = place_of(request), actor_of(request)
    row = queries.history(by=by, path=place.one.path, decision=decision)[-1]
    pack = pack_by_id(row.pack)
    if way not in pack.corrections:
        raise NotFound("The law knows no such correction.")
    by.must(f"results.decision.{way}", place.one.path)
    return Asked(place, row, pack, pack.corrections[way])


def _values(asked: Asked) -> list[tuple[str, str]]:
    """The steps of the scale with their names in the law; none where any text may stand."""
    facts = asked.row.facts
    try:
        scale = asked.pack.scale(facts.kind, facts.code, facts.period.ends)
    except Refused:
        return []
    return [(step.value, _told(asked, step)) for step in scale.values]


def _told(asked: Asked, step: ScaleValue) -> str:
    """A mark as it is written, with its name in the law; where only the program writes it so, the name alone."""
    told = naming.value(asked.pack, asked.row.facts.kind, step.value)
    return told if told != step.value or step.name == step.value else f"{step.value} – {step.name}"


def _deciders(request: HttpRequest, asked: Asked) -> list[tuple[str, str]]:
    """A principal decides in person; the office records what somebody who holds the post decided."""
    visitor, place = visitor_of(request), asked.place
    if place.hat.role in asked.rule.roles:
        return [(str(visitor.actor.id), visitor.name)]
    roles = {*asked.rule.roles, *(("class_teacher",) if "teacher" in asked.rule.roles else ())}
    held = [p for p in schools.posts_at(unit=place.one.id, on=visitor.now.date()) if p.role.value in roles]
    names = persons.shown(request, [p.person for p in held], "office.correct")
    told: dict[str, tuple[PersonView, list[str]]] = {}
    for post in held:
        if post.person in names:
            word = words.word(words.ROLES, post.role.value)
            told.setdefault(str(post.person), (names[post.person], []))[1].append(word)
    return [
        (key, f"{view.name}, {', '.join(dict.fromkeys(roles_))}")
        for key, (view, roles_) in sorted(told.items(), key=lambda pair: pair[1][0].sort_key)
    ]


def _amendment(asked: Asked, told: dict[str, Any]) -> Amendment:
    return Amendment(
        value=told["value"],
        reason=Reason(asked.rule.reason),
        role=told["role"],
        decided_by=tuple(UUID(person) for person in told["decided_by"]),
        decided_on=told["decided_on"],
        grounds=frozenset(told["grounds"]),
        explanation=told["explanation"],
        heard=frozenset(told.get("heard", ())),
        hearing_unneeded=told.get("hearing_unneeded", ""),
    )


def _done(request: HttpRequest, asked: Asked) -> HttpResponse:
    messages.success(
        request, _("The decision is corrected. The former one stays in the register, and the new one names it.")
    )
    query = {"school": str(asked.place.one.id), "term": asked.row.facts.period.label, "corrected": "1"}
    return redirect(f"{reverse('office:decisions', args=[asked.row.pupil])}?{urlencode(query)}")


@door("office.correct", Area.OFFICE)
@require_POST
def remake(request: HttpRequest, pupil: UUID) -> HttpResponse:
    """Make new versions of the documents that show a pupil's corrected decisions."""
    place, by, now = place_of(request, request.POST.get("school", "")), actor_of(request), visitor_of(request).now
    by.must("records.record.draft", place.one.path)
    term = place.term(request.POST.get("term", ""), now.date())
    at = schools.placement(person=pupil, on=min(now.date(), term.ends)) if term else None
    if term is None or at is None or at.school != place.one.id:
        raise NotFound("There is no such pupil at the school.")
    pack = pack_by_id(schools.pack_of(place.one.id, on=now.date()))
    there = {
        line.record.document_type
        for line in finding.find(by=by, path=place.one.path, subjects=[pupil], period=term.label, limit=100).lines
    }
    work = tasks.request(
        by=by,
        school=place.one.id,
        school_year=term.school_year_code,
        term=term.code,
        documents=[short for short, d in pack.documents.items() if d.routine or d.code in there],
        groups=[at.class_group] if at.class_group else [],
        pupils=[pupil],
        issued_on=day_of(term, now.date()),
        now=now,
    )
    return redirect("office:work", work)
