"""The list of forms, a new one, a draft with its questions, publishing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, Refused
from testamur.schoolday.forms import actions
from testamur.schoolday.forms.rules import Audience, Consent, FormView, Kind, Needs, Question, State
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.asking import outcome
from testamur.surfaces.web.asking.fields import AnswerForm, DraftForm, QuestionForm, filled
from testamur.surfaces.web.asking.making import Maker, maker_of
from testamur.surfaces.web.asking.words import CONSENTS, KINDS, STATES
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

FOR = timedelta(days=14)
"""So long there is to answer where nothing else is chosen."""


@dataclass(frozen=True, slots=True)
class FormLine:
    """A form in the list."""

    form: FormView
    title: str
    kind: str | Promise
    state: str | Promise
    colour: str
    groups: str
    over: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question of a draft, with its place."""

    question: Question
    label: str
    kind: str | Promise
    choices: tuple[str, ...]
    first: bool
    last: bool


@door("forms.home", Area.STAFF, Area.OFFICE)
@require_safe
def home(request: WebRequest) -> HttpResponse:
    """Forms that wait for answers, drafts, and those that are over."""
    maker = maker_of(request.visitor)
    lines = [line(maker, form) for form in maker.forms()]
    return page(
        request,
        "web/asking/home.html",
        maker=maker,
        open=[one for one in lines if not one.over and one.form.state is State.PUBLISHED],
        drafts=[one for one in lines if one.form.state is State.DRAFT],
        over=[one for one in lines if one.over],
        may_make=maker.may_make,
    )


@door("forms.home", Area.STAFF, Area.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: WebRequest) -> HttpResponse:
    """Begin a form: what it says, to whom it goes, by when it is answered."""
    maker = maker_of(request.visitor)
    if not maker.may_make:
        raise NotAllowed
    begins = {
        "consent": Consent.NONE.value, "audience": Audience.GUARDIANS.value, "needs": Needs.ONE.value,
        "last_day": maker.on + FOR, "named": True, "revocable": True,
    }  # fmt: skip
    form = DraftForm(maker, request.POST if request.method == "POST" else None, initial=begins)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.draft_form(by=maker.by, form=form.draft(), now=request.visitor.now)
        except Refused as refused:
            _into(form, refused)
        else:
            messages.success(request, _("The draft is kept. Nobody is told before you publish it."))
            return SeeOther(reverse("forms:form", args=[made]))
    status = 422 if form.is_bound and form.errors else 200
    return page(request, "web/asking/new.html", status=status, maker=maker, form=form)


@door("forms.home", Area.STAFF, Area.OFFICE)
@require_safe
def form(request: WebRequest, form: UUID) -> HttpResponse:
    """A draft with its questions, or what came in to a form that is published."""
    maker = maker_of(request.visitor)
    found = maker.form(form)
    if found.state is not State.DRAFT:
        return outcome.shown(request, maker, found)
    wanted = request.GET.get("question", "")
    chosen = next((one for one in found.content.questions if one.key == wanted), None)
    return _draft(request, maker, found, question=_question_form(found, chosen))


@door("forms.home", Area.STAFF, Area.OFFICE)
@require_POST
def change(request: WebRequest, form: UUID) -> HttpResponse:
    """Write the texts and terms of a draft anew."""
    maker = maker_of(request.visitor)
    found = maker.managed(form)
    sent = DraftForm(maker, request.POST)
    if sent.is_valid():
        try:
            actions.change_form(by=maker.by, form=form, draft=sent.draft(found.draft), now=request.visitor.now)
        except Refused as refused:
            _into(sent, refused)
        else:
            messages.success(request, _("The draft is changed."))
            return SeeOther(reverse("forms:form", args=[form]))
    return _draft(request, maker, found, settings=sent)


@door("forms.home", Area.STAFF, Area.OFFICE)
@require_POST
def question(request: WebRequest, form: UUID) -> HttpResponse:
    """Add or rewrite a question (`act` empty), move it ``up`` or ``down``, or ``remove`` it."""
    maker = maker_of(request.visitor)
    found = maker.managed(form)
    questions, act, key = list(found.content.questions), request.POST.get("act", ""), request.POST.get("key", "")
    place = next((n for n, one in enumerate(questions) if one.key == key), None)
    sent = None
    if act in {"up", "down", "remove"} and place is not None:
        questions = _moved(questions, place, act)
    else:
        sent = QuestionForm(found.content.languages, request.POST, auto_id="q_%s")
        if not sent.is_valid():
            return _draft(request, maker, found, question=sent)
        one = sent.question()
        if place is None:
            questions.append(one)
        else:
            questions[place] = one
    content = replace(found.content, questions=tuple(questions))
    try:
        actions.change_form(
            by=maker.by, form=form, draft=replace(found.draft, content=content), now=request.visitor.now
        )
    except Refused as refused:
        sent = sent or _question_form(found, None)
        if sent.is_bound:
            _into(sent, refused)
            return _draft(request, maker, found, question=sent)
        raise
    return SeeOther(reverse("forms:form", args=[form]) + "#questions")


@door("forms.home", Area.STAFF, Area.OFFICE)
@require_POST
def publish(request: WebRequest, form: UUID) -> HttpResponse:
    """Send a draft out; from now on it is frozen."""
    maker = maker_of(request.visitor)
    maker.managed(form)
    try:
        actions.publish_form(by=maker.by, form=form, now=request.visitor.now)
    except Refused as refused:
        words = _WHY.get(refused.field) if refused.code == "forms.form.invalid" else None
        messages.error(request, words() if words is not None else refusals.sentence(refused))
    else:
        messages.success(request, _("It is published. Whoever is to answer is told the way they chose."))
    return SeeOther(reverse("forms:form", args=[form]))


@door("forms.home", Area.STAFF, Area.OFFICE)
@require_POST
def discard(request: WebRequest, form: UUID) -> HttpResponse:
    """Throw a draft away."""
    maker = maker_of(request.visitor)
    maker.managed(form)
    actions.discard_form(by=maker.by, form=form, now=request.visitor.now)
    messages.success(request, _("The draft is thrown away."))
    return SeeOther(reverse("forms:home"))


def line(maker: Maker, form: FormView) -> FormLine:
    """A form with its words."""
    state, colour = STATES[form.state]
    over = form.state is State.CLOSED or (form.state is State.PUBLISHED and not form.is_open(maker.on))
    if over and form.state is State.PUBLISHED:
        state, colour = _("The last day has passed"), "neutral"
    return FormLine(
        form, form.content.title(get_language() or ""), CONSENTS[form.consent], state, colour,
        outcome.whom(maker, form), over, form.made_by == maker.by.id,
    )  # fmt: skip


_WHY = {
    "last_day": lambda: _("The last day has passed. Choose a later one."),
    "questions": lambda: _("Add a question first: the form asks nothing yet."),
    "text": lambda: _("Say in the text, in each language, what is consented to."),
}


def _into(form: DraftForm | QuestionForm, refused: Refused) -> None:
    """A refusal into its field; those of the texts stand at the first language."""
    names = {
        "title": "title_", "text": "text_", "label": "label_", "options": "options_",
    }  # fmt: skip
    if (beginning := names.get(refused.field)) is not None:
        refused.field = next((name for name in form.fields if name.startswith(beginning)), "")
    refusals.into(form, refused)


def _moved(questions: Sequence[Question], place: int, act: str) -> list[Question]:
    some = list(questions)
    one = some.pop(place)
    if act != "remove":
        some.insert(max(0, place - 1) if act == "up" else place + 1, one)
    return some


def _question_form(found: FormView, chosen: Question | None) -> QuestionForm:
    known = QuestionForm.filled(chosen) if chosen is not None else {"kind": Kind.YES_NO.value, "required": True}
    return QuestionForm(found.content.languages, initial=known, auto_id="q_%s")


def _draft(
    request: WebRequest,
    maker: Maker,
    found: FormView,
    *,
    settings: DraftForm | None = None,
    question: QuestionForm | None = None,
) -> HttpResponse:
    asks = found.content.questions
    language = found.content.language(get_language() or "")
    wrong = bool((settings is not None and settings.errors) or (question is not None and question.errors))
    lines = [
        QuestionLine(one, one.label(language), KINDS[one.kind], one.choices(language), n == 0, n == len(asks) - 1)
        for n, one in enumerate(asks)
    ]
    return page(
        request,
        "web/asking/draft.html",
        status=422 if wrong else 200,
        maker=maker,
        line=line(maker, found),
        found=found,
        settings=settings or DraftForm(maker, initial=filled(found.draft)),
        settings_open=settings is not None,
        questions=lines,
        question=question or _question_form(found, None),
        editing=question is not None and bool(question["key"].value()),
        preview=AnswerForm(found.content, language, auto_id="p_%s"),
        title=found.content.title(language),
        text=found.content.text(language),
    )
