"""One conversation: read, answered, withdrawn from, closed, muted, called off; and its files."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.schools import queries as schools
from testamur.schoolday.conversations import actions, files, queries
from testamur.schoolday.conversations.rules import Circle, ConversationView, PostView, ThreadView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.files import attachment
from testamur.surfaces.web.messages import words
from testamur.surfaces.web.messages.fields import AnswerForm, given, taken
from testamur.surfaces.web.messages.lists import noted
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

_WHO = (Area.STAFF, Area.OFFICE, Area.FAMILY)
_PICTURES = "default-src 'none'; sandbox"


@dataclass(frozen=True, slots=True)
class ThreadPart:
    """A recipient's thread with the form to answer it."""

    thread: ThreadView
    form: AnswerForm
    new: int
    open: bool


@door("messages.home", *_WHO)
@require_safe
def conversation(request: WebRequest, conversation: UUID) -> HttpResponse:
    """Everything that the visitor sees of it; from then on it is read."""
    response = _page(request, conversation)
    actions.note_read(by=request.visitor.actor, conversation=conversation, now=request.visitor.now)
    return response


@door("messages.home", *_WHO)
@require_POST
def answer(request: WebRequest, conversation: UUID) -> HttpResponse:
    """Write to all, or into a thread."""
    visitor = request.visitor
    thread = _uuid(request.POST.get("thread", ""))
    form = AnswerForm(**given(request), auto_id=_auto(thread))
    if form.is_valid():
        said = form.cleaned_data
        queries.conversation(by=visitor.actor, id=conversation, now=visitor.now)  # before any file is kept
        try:
            actions.answer(
                by=visitor.actor, conversation=conversation, text=said["text"], language=said["language"],
                thread=thread, files=taken(said["enclosed"]), now=visitor.now,
            )  # fmt: skip
        except NotFound:
            raise
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The message is sent."))
            return SeeOther(reverse("messages:conversation", args=[conversation]))
    return _page(request, conversation, form, thread, status=422)


@door("messages.home", *_WHO)
@require_POST
def withdraw(request: WebRequest, post: UUID) -> HttpResponse:
    """Take back what one wrote."""
    whole = actions.withdraw(by=request.visitor.actor, post=post, now=request.visitor.now)
    messages.success(request, _("The message is withdrawn. Whoever has read it has read it."))
    return SeeOther(reverse("messages:conversation", args=[whole]))


@door("messages.home", *_WHO)
@require_POST
def close(request: WebRequest, conversation: UUID) -> HttpResponse:
    """Close it, or (`act` is ``open``) open it again."""
    closed = request.POST.get("act") != "open"
    actions.close(by=request.visitor.actor, conversation=conversation, closed=closed, now=request.visitor.now)
    messages.success(request, _("The conversation is closed.") if closed else _("The conversation is open again."))
    return SeeOther(reverse("messages:conversation", args=[conversation]))


@door("messages.home", *_WHO)
@require_POST
def mute(request: WebRequest, conversation: UUID) -> HttpResponse:
    """Hear no more of it, or (`act` is ``hear``) hear of it again."""
    muted = request.POST.get("act") != "hear"
    actions.mute(by=request.visitor.actor, conversation=conversation, muted=muted, now=request.visitor.now)
    messages.success(
        request,
        _("You will no longer be notified about this conversation.")
        if muted
        else _("You will be notified about it again."),
    )
    return SeeOther(reverse("messages:conversation", args=[conversation]))


@door("messages.home", Area.STAFF, Area.OFFICE)
@require_POST
def off(request: WebRequest, conversation: UUID) -> HttpResponse:
    """Call off what was planned."""
    actions.call_off(by=request.visitor.actor, conversation=conversation, now=request.visitor.now)
    messages.success(request, _("It is called off; nobody gets it."))
    return SeeOther(reverse("messages:conversation", args=[conversation]))


@door("messages.home", *_WHO)
@require_safe
def file(request: WebRequest, attached: UUID) -> HttpResponse:
    """A file of a post, to keep; a picture (``?show=1``) for the page."""
    view, digest = queries.file(by=request.visitor.actor, id=attached, now=request.visitor.now)
    try:
        data = files.content(digest)
    except FileNotFoundError as error:
        raise NotFound("The file is not there any more.", file=str(attached)) from error
    response = attachment(data, view.name, view.kind)
    if view.inline and request.GET.get("show"):
        response.headers["Content-Disposition"] = "inline"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _PICTURES
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _page(
    request: WebRequest,
    conversation: UUID,
    form: AnswerForm | None = None,
    thread: UUID | None = None,
    status: int = 200,
) -> HttpResponse:
    visitor = request.visitor
    view, sights = queries.with_sights(by=visitor.actor, id=conversation, now=visitor.now)
    noted(visitor, sights, "messages.conversation")
    staffed = view.every and view.circle not in {Circle.SCHOOL, Circle.COLLEAGUES}
    names = schools.unit_names([view.unit])
    return page(
        request,
        "web/messages/conversation.html",
        status=status,
        one=view,
        school=names.get(view.unit, ""),
        circle=words.circle(view),
        desks=[words.DESKS[one] for one in view.desks],
        tag=words.STATES.get(view.state),
        posts=view.posts if staffed else _merged(view),
        threads=[_part(one, form, thread) for one in view.threads] if staffed else [],
        form=form if form is not None and thread is None else AnswerForm(auto_id=_auto(None)),
        staffed=staffed,
    )


def _part(one: ThreadView, form: AnswerForm | None, thread: UUID | None) -> ThreadPart:
    sent = form if form is not None and thread == one.id else None
    new = sum(post.new for post in one.posts)
    return ThreadPart(one, sent or AnswerForm(auto_id=_auto(one.id)), new, bool(new) or sent is not None)


def _merged(view: ConversationView) -> tuple[PostView, ...]:
    """What a recipient reads: what went to all and the own thread, in order of time."""
    own = (post for thread in view.threads for post in thread.posts)
    return tuple(sorted((*view.posts, *own), key=lambda post: (post.at, post.id)))


def _auto(thread: UUID | None) -> str:
    return f"t{thread.hex[-8:]}_%s" if thread is not None else "id_%s"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFound("There is no such thread.") from error
