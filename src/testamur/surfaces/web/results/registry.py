"""Signed lists on their way to the national registry: what waits, what it refused, what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.exchange.connectors.ladok import actions as registry_actions
from testamur.exchange.connectors.ladok import queries
from testamur.exchange.connectors.ladok.queries import TransferRowView
from testamur.kernel.base.refused import NotFound
from testamur.schoolday.reporting.queries import lists, transfer
from testamur.schoolday.reporting.rules.documents import SignedRow
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.results import common, office_common, office_words

OPEN = ("differs", "failed", "waiting", "sending", "ready")
"""States that somebody may have to do something about, the worst first."""
_GONE = frozenset({"attested", "annulled"})
"""Where the registry's own result can only be changed inside the registry."""


@dataclass(frozen=True, slots=True)
class Result:
    """One student: what was signed here, what the registry holds, and what can be decided about it."""

    row: TransferRowView
    name: str
    number: str
    ours: SignedRow | None
    theirs: Mapping[str, str]
    theirs_word: office_common.Text
    word: office_common.Text
    colour: str
    differs: bool
    can_be_ours: bool


@require_GET
@door("results.home", Area.RESULTS)
def registry(request: HttpRequest) -> HttpResponse:
    """All transfers of the place by state; how the connection stands."""
    visitor = common.visitor_of(request)
    by, path = visitor.actor, office_common.place(visitor)
    standing = queries.standing(by=by, path=path)
    show = request.GET.get("show", "")
    known = (*OPEN, "attested")
    show = show if show in known else next((key for key in OPEN if standing.transfers.get(key)), OPEN[0])
    found = queries.transfers(by=by, path=path, states=[show])
    at = office_common.paged(request, found)
    heads = [lists.head(by=by, list=one.list) for one in at if by.may("reporting.list.read", one.path)]
    told = {one.head.id: one for one in common.lines(visitor, heads)}
    tabs = [
        office_common.Tab(
            key,
            office_words.TRANSFERS[key][0],
            f"{reverse('results:registry')}?show={key}",
            standing.transfers.get(key, 0),
            key == show,
        )
        for key in known
    ]
    return page(
        request,
        "web/results/office/registry.html",
        standing=standing,
        tabs=tabs,
        show=show,
        page=at,
        rows=[(office_words.where(one), told.get(one.list)) for one in at],
        may_retry=by.may("connectors.registry.retry", path),
    )


@require_GET
@door("results.home", Area.RESULTS)
def one_transfer(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """One list: each student's result here and there, side by side where they differ."""
    visitor = common.visitor_of(request)
    by = visitor.actor
    found = queries.transfer_of(by=by, list=result_list)
    if found is None:
        raise NotFound("This list is not on its way to the registry.")
    signed = transfer.signed(by=by, list=result_list)
    ours = {one.row: one for one in signed.rows}
    persons = common.seen(visitor, (one.person for one in found.rows), "results.transfer", found.path)
    resolves = by.may("connectors.registry.resolve", found.path)
    rows = []
    for one in found.rows:
        word, colour = office_words.ROWS.get(one.state, (one.state, "neutral"))
        theirs = one.theirs or {}
        rows.append(
            Result(
                one, common.name_of(persons, one.person), common.number_of(persons.get(one.person)), ours.get(one.row),
                theirs, office_words.THEIRS.get(theirs.get("state", ""), theirs.get("state", "")), word, colour,
                one.state == "differs" and bool(theirs), theirs.get("state") not in _GONE,
            )
        )  # fmt: skip
    rows.sort(key=lambda one: (one.row.state not in {"differs", "refused"}, one.name))
    head = lists.head(by=by, list=result_list)
    return page(
        request,
        "web/results/office/transfer.html",
        head=head,
        line=common.lines(visitor, [head])[0],
        where=office_words.where(found),
        rows=rows,
        differing=sum(one.differs for one in rows),
        may_resolve=resolves,
        may_retry=by.may("connectors.registry.retry", found.path) and found.state not in {"attested", "ready"},
    )


@door("results.home", Area.RESULTS)
@require_POST
def resolve(request: HttpRequest, row: UUID) -> HttpResponse:
    """Decide a difference: what was signed here, or what the registry holds."""
    visitor, keep = common.visitor_of(request), request.POST.get("keep", "")
    if keep not in {"ours", "theirs"}:
        raise NotFound("There is no such choice.")
    said = (
        _("The result that was signed here goes to the registry.")
        if keep == "ours"
        else _("The registry's result stands. Nothing more is sent for this student.")
    )
    return office_common.acted(
        request,
        said,
        lambda: registry_actions.resolve_difference(
            by=visitor.actor,
            row=row,
            keep="ours" if keep == "ours" else "theirs",
            now=visitor.now,
        ),
        back=reverse("results:registry"),
    )


@door("results.home", Area.RESULTS)
@require_POST
def retry(request: HttpRequest, transfer: UUID) -> HttpResponse:
    """Send again at once what waits or was refused."""
    visitor = common.visitor_of(request)
    return office_common.acted(
        request,
        _("It is tried again now."),
        lambda: registry_actions.retry(by=visitor.actor, transfer=transfer, now=visitor.now),
        back=reverse("results:registry"),
    )
