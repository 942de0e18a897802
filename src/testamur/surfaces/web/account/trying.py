"""What all ways to log in share in the web: begin a try, go on with it, go in, or say kindly why not."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from testamur.access.accounts import actions, queries
from testamur.access.accounts.methods.contract import MethodRefused
from testamur.access.accounts.rules import OTHER_PERSON, UNKNOWN_PERSON, NotReturned, Purpose, TooMany
from testamur.kernel.base.refused import NotFound, Refused
from testamur.surfaces.web.account import browser
from testamur.surfaces.web.account.entering import DOORKEEPER, enter, go, home, wanted, with_next
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

CONFIRM = "confirm"


def begin(
    request: WebRequest,
    method: str,
    *,
    given: Mapping[str, str] | None = None,
    same_device: bool = False,
    back: str = "",
) -> actions.Started:
    """Begin a try in this browser; one that confirms the login when the form or link says so (``for=confirm``)."""
    visitor = request.visitor
    confirms = CONFIRM in {request.POST.get("for"), request.GET.get("for")} and visitor.login is not None
    return actions.begin(
        by=DOORKEEPER,
        method=method,
        browser=browser.described(request, same_device=same_device),
        login=visitor.login.id if confirms and visitor.login is not None else None,
        given=given,
        target=wanted(request),
        back=back,
        now=visitor.now,
    )


def proceed(request: WebRequest, attempt: UUID, given: Mapping[str, str] | None = None) -> queries.AttemptView:
    """Go on with a try of this browser."""
    return actions.proceed(
        by=DOORKEEPER, attempt=attempt, browser=browser.known(request), given=given, now=request.visitor.now
    )


def go_in(request: WebRequest, attempt: UUID) -> HttpResponse:
    """Use a try that found somebody. Raises NotReturned, NotFoundYet, LevelTooLow, NotFound."""
    visitor = request.visitor
    entered = actions.finish(
        by=DOORKEEPER,
        attempt=attempt,
        browser=browser.described(request),
        former=visitor.login.id if visitor.login is not None else None,
        now=visitor.now,
    )
    if entered.anew:
        return enter(request, entered.login, entered.target)
    messages.success(request, _("Thank you. You have confirmed who you are."))
    return go(request, entered.target or home(visitor.hat))


def outcome(request: WebRequest, view: queries.AttemptView) -> HttpResponse | None:
    """Where a try has led: in, to a page that says kindly why not, or (None) nowhere yet."""
    if view.state == "found" and not view.awaits_return:
        try:
            return go_in(request, view.id)
        except (NotReturned, NotFound):
            return None
    if view.state == "failed" and view.hint == UNKNOWN_PERSON:
        return go(request, reverse("account:unknown"))
    return None


def failed(request: WebRequest, view: queries.AttemptView) -> HttpResponse:
    """Back to the choice of ways, with a sentence."""
    messages.error(request, sentence(view.hint))
    return go(request, chooser(view))


def chooser(view: queries.AttemptView) -> str:
    """Address of the page on which the way was chosen."""
    return with_next("account:confirm" if view.purpose is Purpose.CONFIRM else "account:login", view.target)


def sentence(hint: str) -> str:
    """What to tell about a try that failed."""
    known = {
        OTHER_PERSON: _("That was somebody else. Confirm with your own."),
        "expiredTransaction": _("That took too long. Start again."),
        "userCancel": _("You cancelled. Nothing has happened."),
        "wrongCode": _("That code is not right."),
        "noTriesLeft": _("That was wrong three times. Ask for a new code."),
        "passkeyRefused": _("The passkey was not accepted. Try again, or choose another way."),
        "providerDenied": _("You were not logged in there. Try again, or choose another way."),
        "providerRefused": _(
            "The answer of the identity provider could not be accepted. Try again, or choose another way."
        ),
    }
    return known.get(hint, _("That did not work. Try again, or choose another way."))


def refused(request: WebRequest, refusal: Refused) -> HttpResponse:
    """A try that could not even begin: back to the ways, or a page that says how long to wait."""
    if isinstance(refusal, TooMany):
        minutes = max(1, -(-int(refusal.wait) // 60))
        return page(request, "web/account/too_many.html", status=429, minutes=minutes, next=wanted(request))
    if isinstance(refusal, MethodRefused):
        messages.error(
            request, _("This way to log in does not answer just now. Try again in a while, or choose another way.")
        )
    else:
        messages.error(request, sentence(""))
    name = "account:confirm" if CONFIRM in {request.POST.get("for"), request.GET.get("for")} else "account:login"
    return go(request, with_next(name, wanted(request)))
