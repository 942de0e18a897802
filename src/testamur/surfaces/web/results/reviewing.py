"""The examiner's page of a list: what changed, what the checks say; return it with a reason, or sign it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.register.curriculum import queries as curriculum
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.queries import lists, office, versions
from testamur.schoolday.reporting.queries.signing import must_be_signable
from testamur.schoolday.reporting.rules.states import ListState, Way
from testamur.schoolday.reporting.rules.views import Difference, ListHead, ListView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.browser import remember
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import fragment
from testamur.surfaces.web.requests import Visitor
from testamur.surfaces.web.results import common, shape
from testamur.surfaces.web.results.lists import comments_of, ordered, people_of, preference, scale_of, sort_of
from testamur.surfaces.web.results.words import STEPS
from testamur.surfaces.web.staff import browser
from testamur.surfaces.web.staff.reviews import ask
from testamur.surfaces.web.staff.signers import LOCALES, choices, identity, role_name, signer
from testamur.surfaces.web.staff.waiting import Row, Step, of_list, steps
from testamur.trust.records import actions as records
from testamur.trust.signing.methods.simulated import NAME as SIMULATED
from testamur.trust.signing.rules import DocumentToSign, visible_text

ROLE = "examiner"
WHY = 1000


class ReturnForm(forms.Form):
    """Why a list goes back to who sent it."""

    why = forms.CharField(
        label=gettext_lazy("What has to be put right?"),
        help_text=gettext_lazy("Whoever sent the list reads it, in the mail and above the draft."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=WHY,
    )


@require_GET
@door("results.home", Area.RESULTS)
def review(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """What the examiner signs, with everything that speaks for or against it."""
    return _shown(request, result_list)


def _shown(
    request: HttpRequest, result_list: UUID, *, form: forms.Form | None = None, trouble: str = "", status: int = 200
) -> HttpResponse:
    visitor = common.visitor_of(request)
    by = visitor.actor
    view = lists.view(by=by, list=result_list, now=visitor.now)
    head = view.head
    if head.examiner != by.id:
        raise NotFound("There is no such list for you to sign.")
    if head.state is not ListState.SENT:
        return _over(request, result_list)
    liking = preference(visitor)
    view = sent_part(view)
    rows = ordered(visitor, view.rows, sort_of(request, liking))
    persons = people_of(visitor, view)
    columns = shape.columns(view, writable=False)
    progress = office.progress(by=by, list=result_list)
    signing = signer(visitor)
    step = step_of(documents(visitor, head)) if progress.ready else None
    me = identity(signing)
    methods = choices(me.scheme, ROLE) if me else []
    answer = fragment(
        request,
        "web/results/review.html",
        "making",
        view=view,
        head=head,
        line=common.line(head, curriculum.courses([head.course]).get(head.course), persons),
        steps=STEPS,
        columns=columns,
        sort=sort_of(request, liking),
        rows=shape.table(rows, view, persons, columns),
        count=len(rows),
        behind=head.rows - len(rows),
        findings=shape.findings(rows, view, persons),
        scale=scale_of(view),
        spread=shape.spread(view),
        sent_by=common.name_of(persons, head.sent_by),
        comments=comments_of(view, rows, persons),
        differences=differences(visitor, view, persons),
        form=form or ReturnForm(),
        trouble=trouble,
        progress=progress,
        why=[refusals.SENTENCES.get(code, code) for code in progress.errors],
        electronic=head.way is Way.ELECTRONIC,
        exact=exact(step) if step else "",
        documents=step.count if step else 0,
        methods=methods,
        other_device=any(not one.hands_on for one in methods),
        me=me,
        role=role_name(ROLE),
    )
    answer.status_code = status
    return answer


def _over(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """The list is decided, or a draft again: its own page shows it."""
    if request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return HttpResponse(
            status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": reverse("results:list", args=[result_list])}
        )
    return redirect("results:list", result_list)


def sent_part(view: ListView) -> ListView:
    """What was sent of the list: students with a grade, and what the checks find about them and about the list."""
    rows = tuple(row for row in view.rows if row.value)
    ids = {row.id for row in rows}
    return replace(view, rows=rows, checks=tuple(one for one in view.checks if one.row is None or one.row in ids))


def differences(visitor: Visitor, view: ListView, persons: Mapping[UUID, PersonView]) -> list[tuple[str, Difference]]:
    """What changed since the visitor last saw the list, by name; students who left included."""
    some = versions.differences(by=visitor.actor, list=view.head.id)
    missing = {one.person for one in some} - set(persons)
    known = {**persons, **common.seen(visitor, missing, "results.review", view.head.path)}
    codes = {row.id: row.anonymous_code for row in view.rows}
    found = [(common.name_of(known, one.person) or codes.get(one.row, ""), one) for one in some]
    return sorted(found, key=lambda pair: pair[0])


def documents(visitor: Visitor, head: ListHead) -> list[Row]:
    """The documents of the list that wait for the visitor's signature, the list before its certificates.

    What the e-ID or the text message names first is the list, and not the certificate of whoever comes first.
    """
    rows = of_list(by=signer(visitor), records=set(office.documents(by=visitor.actor, list=head.id)))
    return sorted(rows, key=lambda row: row.document.record != head.record)


def step_of(rows: Sequence[Row]) -> Step | None:
    """What one ceremony is over: the list and every certificate of it."""
    found = steps(rows)
    return found[0] if found else None


def exact(step: Step) -> str:
    """The text that the e-ID shows, as far as it is known before."""
    body = schools.units([step.organisation])[step.organisation]
    some = [
        DocumentToSign(
            record=d.record, h0="", size=d.size, title=d.title, order=d.order, group=f"{d.title}, {d.period}"
        )
        for d in step.documents
    ]
    text = visible_text(
        documents=some,
        role=step.role,
        root="",
        locale=LOCALES.get(body.country, "en"),
        organisation_name=body.name,
    )
    return text.rpartition("\n")[0].rstrip()


@door("results.home", Area.RESULTS)
@require_POST
def send_back(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """Return the list with the reason: it is a draft again, and its documents are no more."""
    visitor, form = common.visitor_of(request), ReturnForm(request.POST)
    head = lists.head(by=visitor.actor, list=result_list)
    if head.examiner != visitor.actor.id:
        raise NotFound("There is no such list for you to sign.")
    if form.is_valid():
        try:
            actions.see(by=visitor.actor, list=result_list, now=visitor.now)
            actions.return_list(by=visitor.actor, list=result_list, why=form.cleaned_data["why"], now=visitor.now)
        except (NotAllowed, NotFound):
            raise
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The list went back with your reason."))
            return redirect("results:home")
    return _shown(request, result_list, form=form, status=422)


@require_http_methods(["GET", "POST"])
@door("results.sign", Area.RESULTS)
def sign(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """Open the ceremony over all documents of the list and ask the e-ID, or have the code sent."""
    visitor = common.visitor_of(request)
    head = lists.head(by=visitor.actor, list=result_list)
    if head.examiner != visitor.actor.id:
        raise NotFound("There is no such list for you to sign.")
    if request.method != "POST" or head.state is not ListState.SENT:
        return redirect("results:review", result_list)
    by, method = signer(visitor), request.POST.get("method", "")
    step, me = step_of(documents(visitor, head)), identity(by)
    if step is None or me is None:
        return _shown(
            request, result_list, status=422, trouble=_("The documents are not ready yet. Nothing was signed.")
        )
    if method not in {choice.name for choice in choices(me.scheme, ROLE)}:
        return _shown(request, result_list, status=422, trouble=_("Choose how you want to sign."))
    if request.POST.get("seen", head.sent_sha256) != head.sent_sha256:  # a page from before it was sent anew
        return _shown(
            request,
            result_list,
            status=422,
            trouble=_("Somebody changed the list since you looked at it. Look again; nothing was signed."),
        )
    body = schools.units([step.organisation])[step.organisation]
    try:
        must_be_signable(by=visitor.actor, list=result_list, now=visitor.now)
        ceremony = records.start_ceremony(
            by=by, path=step.path, organisation=body.id, organisation_name=body.name, signer=me, role=step.role,
            method=method, records=[d.record for d in step.documents], locale=LOCALES.get(body.country, "en"),
            now=visitor.now,
        )  # fmt: skip
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        return _shown(request, result_list, status=422, trouble=refusals.sentence(refused))
    actions.see(by=visitor.actor, list=result_list, now=visitor.now)
    choice = browser.choice_of_list(result_list)
    browser.keep_ceremony(request, ceremony, choice, further=False)  # type: ignore[arg-type]  # after the middleware
    if method != SIMULATED:
        ask(request, by, ceremony, here=request.POST.get("where") == "here")  # type: ignore[arg-type]
    return remember(request, HttpResponseRedirect(reverse("staff:ceremony", args=[ceremony]), status=303))


@door("results.home", Area.RESULTS)
@require_POST
def note_seen(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """What is shown as changed is seen: from now on what changes after this."""
    visitor = common.visitor_of(request)
    actions.see(by=visitor.actor, list=result_list, now=visitor.now)
    return redirect("results:review", result_list)
