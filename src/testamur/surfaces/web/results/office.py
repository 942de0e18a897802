"""The programme office's queue: what waits for whom, and what the office does about it (rows B25, B35, B36, B42)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.exchange.connectors.ladok import queries as registry
from testamur.exchange.connectors.ladok.queries import TransferView
from testamur.kernel.base.refused import NotFound
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.queries import lists, office
from testamur.schoolday.reporting.rules.documents import Queue
from testamur.schoolday.reporting.rules.states import ListState
from testamur.schoolday.reporting.rules.views import ListHead
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor
from testamur.surfaces.web.results import common, office_common, office_words

OLD = 7
"""Days after which a list that nobody has signed is marked."""
LATEST = 500
"""So many lists that are entered are offered."""
SHOWS: Mapping[str, office_common.Text] = {
    "unsigned": gettext_lazy("Not signed"),
    "paper": gettext_lazy("On paper"),
    "stuck": gettext_lazy("Stuck"),
    "to_enter": gettext_lazy("To enter"),
    "undecided": pgettext_lazy("lists of an office", "Not decided"),
    "entered": pgettext_lazy("lists of an office", "Entered"),
}
"""View → what it is called."""
LEADS: Mapping[str, office_common.Text] = {
    "unsigned": gettext_lazy("Sent to an examiner and not signed yet, longest waiting first."),
    "paper": gettext_lazy(
        "For these examination dates the archive list is printed and signed by hand. Note here that you have it."
    ),
    "stuck": gettext_lazy("Documents could not be made, or a signature could not be taken in. It is tried again."),
    "to_enter": gettext_lazy(
        "Signed. The registry's own answer enters a list; until then, or without a registry, type the control number "
        "from its archive list when the results stand there."
    ),
    "undecided": gettext_lazy("Signed lists with students for whom the law kept the grade from being decided."),
    "entered": gettext_lazy("Signed and definitively entered, the latest first."),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One list of the queue: how many days it has waited, where it is on its way to the registry, what is wrong."""

    line: common.Line
    days: int
    old: bool
    transfer: office_words.Where | None
    trouble: str


@require_GET
@door("results.home", Area.RESULTS)
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, by what it waits for, with counts, a filter and pages."""
    visitor = common.visitor_of(request)
    by, path = visitor.actor, office_common.place(visitor)
    asked = request.GET.get("q", "").strip()[: office_common.LONGEST]
    found = office.queue(by=by, path=path, now=visitor.now, days=0)
    entered = lists.search(by=by, path=path, states=[ListState.ENTERED], limit=LATEST)
    heads = {key: office_common.filtered(some, asked) for key, some in _groups(found, entered).items()}
    show = request.GET.get("show", "")
    show = show if show in SHOWS else next((key for key in SHOWS if heads[key]), "unsigned")
    at = office_common.paged(request, heads[show])
    ways = transfers(visitor, path)
    return page(
        request,
        "web/results/office/queue.html",
        tabs=_tabs(heads, show, asked),
        show=show,
        lead=LEADS[show],
        asked=asked,
        page=at,
        waiting=_waiting(visitor, [*at], show, ways),
        today=office_common.today(visitor),
        may={
            "enter": by.may("reporting.list.enter", path),
            "paper": by.may("reporting.office.paper", path),
            "remind": by.may("reporting.office.remind", path),
            "registry": by.may("connectors.registry.see", path),
            "desks": by.may("reporting.desk.set", path),
            "platforms": by.may("connectors.lms.manage", path),
        },
        trouble_at_registry=sum(one.state in {"differs", "failed"} for one in ways.values()),
    )


def transfers(visitor: Visitor, path: str) -> Mapping[UUID, TransferView]:
    """Lists on their way to the registry; none where the visitor may not see them."""
    if not visitor.actor.may("connectors.registry.see", path):
        return {}
    return {one.list: one for one in registry.transfers(by=visitor.actor, path=path)}


def _groups(found: Queue, entered: Sequence[ListHead]) -> dict[str, Sequence[ListHead]]:
    stuck = {head.id for head in found.stuck}
    return {
        "unsigned": [head for head in found.unsigned if head.id not in stuck],
        "paper": found.on_paper,
        "stuck": found.stuck,
        "to_enter": found.to_enter,
        "undecided": found.undecided,
        "entered": entered,
    }


def _tabs(heads: Mapping[str, Sequence[ListHead]], show: str, asked: str) -> list[office_common.Tab]:
    def address(key: str) -> str:
        query = {"show": key, **({"q": asked} if asked else {})}
        return f"{reverse('results:office')}?{urlencode(query)}"

    return [
        office_common.Tab(key, label, address(key), None if key == "entered" else len(heads[key]), key == show)
        for key, label in SHOWS.items()
    ]


def _waiting(
    visitor: Visitor, heads: Sequence[ListHead], show: str, ways: Mapping[UUID, TransferView]
) -> list[Waiting]:
    told = {one.head.id: one for one in common.lines(visitor, heads)}
    found = []
    for head in heads:
        since = head.signed_at if show in {"to_enter", "undecided"} else head.sent_at
        days, way = office_common.days_since(visitor, since), ways.get(head.id)
        where = office_words.where(way) if way is not None else None
        trouble = ""
        if show == "stuck":
            trouble = office_words.trouble(office.progress(by=visitor.actor, list=head.id).errors)
        found.append(Waiting(told[head.id], days, show == "unsigned" and days >= OLD, where, trouble))
    return found


@door("results.home", Area.RESULTS)
@require_POST
def remind(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """Write to the examiner once more."""
    visitor = common.visitor_of(request)
    return office_common.acted(
        request,
        _("The examiner is reminded by mail, once a day at most."),
        lambda: actions.remind(by=visitor.actor, list=result_list, now=visitor.now),
        back=reverse("results:office"),
    )


@door("results.home", Area.RESULTS)
@require_POST
def paper(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """The archive list lies there, signed by hand: its rows become decisions (row B24)."""
    visitor = common.visitor_of(request)
    head = lists.head(by=visitor.actor, list=result_list)
    try:
        signed_on = date.fromisoformat(request.POST.get("signed_on", ""))
    except ValueError:
        signed_on = date.max
    if head.examiner is None:
        raise NotFound("There is no such list.")
    examiner = head.examiner
    return office_common.acted(
        request,
        _("Noted: list %(n)s is signed by hand, and its grades are decided.") % {"n": head.number},
        lambda: actions.note_paper_signature(
            by=visitor.actor, list=result_list, examiner=examiner, signed_on=signed_on, now=visitor.now
        ),
        back=f"{reverse('results:office')}?show=paper",
    )
