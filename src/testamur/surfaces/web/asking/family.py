"""Forms as a family sees them: what waits, answering, refusing, taking a consent back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people.rules import Protection
from testamur.schoolday.diary.rules.pupil import News, Schooling
from testamur.schoolday.forms import actions, queries
from testamur.schoolday.forms.queries import FamilyLook
from testamur.schoolday.forms.rules import AnswerView, Consent, Needs, Standing, Word
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.asking import signing
from testamur.surfaces.web.asking.fields import AnswerForm, initial
from testamur.surfaces.web.asking.words import PURPOSES, SAID, STANDINGS, answered
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family.child import ChildPage, opened
from testamur.surfaces.web.family.more import Added, Doing
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest


@dataclass(frozen=True, slots=True)
class Line:
    """A form in the list of a child."""

    look: FamilyLook
    title: str
    state: str | Promise
    colour: str
    consent: bool


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the visitor's own answer."""

    answer: AnswerView
    said: str | Promise
    values: tuple[tuple[str, str], ...]


@require_GET
@door("forms.home", Area.FAMILY)
def forms(request: WebRequest, pupil: UUID) -> HttpResponse:
    """The forms of a child: what waits first, then what was answered and what is over."""
    visitor = request.visitor
    child = opened(visitor, pupil, "forms")
    looks = queries.for_children(by=visitor.actor, children=[pupil], on=child.today)[pupil]
    lines = [_line(one) for one in looks]
    return page(
        request,
        "web/asking/forms.html",
        child=child,
        waiting=[one for one in lines if one.look.todo],
        others=[one for one in lines if not one.look.todo],
        children=child.children,
    )


@require_http_methods(["GET", "POST"])
@door("forms.home", Area.FAMILY)
def answer(request: WebRequest, pupil: UUID, form: UUID) -> HttpResponse:
    """One form: what is asked, one's own answer, where it stands. `word`: ``answered``, ``given``, ``refused``."""
    visitor = request.visitor
    child = opened(visitor, pupil, "forms")
    look, history = queries.look(by=visitor.actor, form=form, child=pupil, on=child.today)
    content = look.form.content
    language = content.language(get_language() or "")
    sent = AnswerForm(
        content,
        language,
        request.POST if request.method == "POST" else None,
        initial=initial(content, look.mine.values if look.mine is not None else {}),
    )
    if request.method == "POST" and not look.asked:
        raise NotFound("There is nothing to send here.", form=str(form))
    if request.method == "POST":
        word = _word(request, look)
        if word is Word.REFUSED or sent.is_valid():
            values = {} if word is Word.REFUSED else sent.values()
            try:
                return _take(request, child, look, word, values, language)
            except Refused as refused:
                refusals.into(sent, refused)
    return _shown(request, child, look, history, sent, language)


@require_POST
@door("forms.home", Area.FAMILY)
def withdraw(request: WebRequest, pupil: UUID, form: UUID) -> HttpResponse:
    """Take a consent back."""
    visitor = request.visitor
    child = opened(visitor, pupil, "forms")
    look, _history = queries.look(by=visitor.actor, form=form, child=pupil, on=child.today)
    if not look.asked:
        raise NotFound("There is nothing to take back here.", form=str(form))
    actions.withdraw_consent(by=visitor.actor, form=form, child=pupil, now=visitor.now)
    messages.success(request, _("Your consent is taken back. The school sees it at once."))
    return SeeOther(reverse("forms:answer", args=[pupil, form]))


def waiting(visitor: Visitor, known: Mapping[UUID, Schooling], _news: Mapping[UUID, News]) -> Mapping[UUID, Added]:
    """For the home: how many forms of each child wait for the visitor."""
    found = queries.for_children(by=visitor.actor, children=list(known), on=visitor.now.date())
    added = {}
    for child, looks in found.items():
        todo = [one for one in looks if one.todo]
        if not todo:
            continue
        if len(todo) == 1:
            title = todo[0].form.content.title(get_language() or "")
            doing = Doing(
                _("Form to answer: %(title)s") % {"title": title},
                reverse("forms:answer", args=[child, todo[0].form.id]),
            )
        else:
            told = ngettext("%(count)d form to answer", "%(count)d forms to answer", len(todo))
            doing = Doing(told % {"count": len(todo)}, reverse("forms:forms", args=[child]))
        added[child] = Added(todo=(doing,))
    return added


def _word(request: WebRequest, look: FamilyLook) -> Word:
    if look.form.consent is Consent.NONE:
        return Word.ANSWERED
    return Word.GIVEN if request.POST.get("word") == Word.GIVEN else Word.REFUSED


def _take(
    request: WebRequest, child: ChildPage, look: FamilyLook, word: Word, values: Mapping[str, Any], language: str
) -> HttpResponse:
    """Keep the answer, or go on to the signature. Raises what the verbs refuse."""
    visitor, form = request.visitor, look.form.id
    if word is Word.GIVEN and look.form.consent is Consent.SIGNED:
        return signing.prepare(request, child.pupil, look, values, language)
    actions.answer_form(
        by=visitor.actor, form=form, child=child.pupil, word=word, values=values, language=language, now=visitor.now
    )
    messages.success(
        request,
        _("The school has your answer. You can change it until the last day.")
        if word is not Word.REFUSED
        else _("The school knows that you do not consent. You can change that until the last day."),
    )
    return SeeOther(reverse("forms:answer", args=[child.pupil, form]))


def _line(look: FamilyLook) -> Line:
    state, colour = STANDINGS[look.standing]
    if look.standing is Standing.WAITS and look.todo:
        state, colour = _("Waits for you"), "warning"
    elif look.standing is Standing.NONE and not look.open:
        state, colour = _("The last day has passed"), "neutral"
    title = look.form.content.title(get_language() or "")
    return Line(look, title, state, colour, look.form.consent is not Consent.NONE)


def _shown(
    request: WebRequest,
    child: ChildPage,
    look: FamilyLook,
    history: tuple[AnswerView, ...],
    sent: AnswerForm,
    language: str,
) -> HttpResponse:
    form = look.form
    return page(
        request,
        "web/asking/answer.html",
        status=422 if sent.is_bound and sent.errors else 200,
        child=child,
        line=_line(look),
        look=look,
        found=form,
        title=form.content.title(language),
        text=form.content.text(language),
        form=sent,
        consent=form.consent is not Consent.NONE,
        signed=form.consent is Consent.SIGNED,
        all=form.needs is Needs.ALL,
        purpose=PURPOSES.get(form.purpose, ""),
        answering=look.open and look.asked,
        protected=child.person.protection is not Protection.NONE,
        history=[_version(form, one, language) for one in reversed(history)],
        begun=[
            one for one in queries.open_of(by=request.visitor.actor, form=form.id, child=child.pupil) if one.ceremony
        ],
        children=child.children,
    )


def _version(form: Any, one: AnswerView, language: str) -> Version:
    return Version(
        one,
        SAID[one.word],
        tuple(
            (question.label(language), answered(question, one.values[question.key], language))
            for question in form.content.questions
            if question.key in one.values
        ),
    )
