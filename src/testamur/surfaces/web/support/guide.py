"""Help for the page that one comes from: a few sentences, and whom one asks (row C25)."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from testamur.surfaces.web.doors import public
from testamur.surfaces.web.pages import page

Section = tuple[str | Promise, tuple[str | Promise, ...]]
SECTIONS: Mapping[str, Section] = {
    "family": (
        _("Your children's pages"),
        (
            _("The first page says what is new and what waits for you, child by child."),
            _("The row of pages under a child's name leads to marks, absences, leave, the week and events."),
            _("Under “Notifications” you choose what you are told of, how, and when it is quiet."),
        ),
    ),
    "diary": (
        _("The diary"),
        (
            _("“Today” shows your lessons: take attendance there, write what was done and what is homework."),
            _("In the grid a mark is kept as soon as you leave its field. An arrow takes back what you typed."),
            _("Families hear of every change in the way they chose."),
        ),
    ),
    "staff": (
        _("Signing"),
        (
            _("Read what you want to read, mark one or all, and sign once with your e-ID."),
            _("Something is wrong? Decline, and write what: the office makes the document again."),
        ),
    ),
    "office": (
        _("The school's office"),
        (
            _("“Readiness” shows each class and kind of document: what is missing, what is made, what waits."),
            _("“Register” holds classes, pupils, guardians and who teaches. Changes hold from the same moment."),
            _("A protected pupil stands under an alias for all whose work does not need the name."),
        ),
    ),
    "notices": (
        _("Notifications and registrations"),
        (
            _("Families choose how they are told. The school confirms who belongs to whom."),
            _("A code on a label registers a guardian's telephone; the office or class teacher confirms it."),
        ),
    ),
    "reports": (
        _("Reports"),
        (
            _("Numbers of fewer than five pupils are not shown where a protected pupil could be found by them."),
            _("Every picture has its table beneath, and can be taken out as a file."),
        ),
    ),
    "support": (
        _("Questions and answers"),
        (
            _("A question goes to the child's teacher, who answers or hands it on to the school's office."),
            _("The office can hand it on to the support of the municipality or province."),
            _("The answer comes back the same way. You see who has your question, and since when."),
        ),
    ),
    "search": (
        _("Search"),
        (
            _("You find what you may see: people of your groups, classes, events, documents, pages."),
            _("Persons whose identity is protected are found by nobody."),
        ),
    ),
    "messages": (
        _("Messages"),
        (_("Teachers and families write to each other here, instead of by e-mail. You are told when something came."),),
    ),
    "forms": (
        _("Forms"),
        (_("What the school asks of you, and what you answered. Answers change until the last day."),),
    ),
    "care": (
        _("Pick-up and drop-off"),
        (_("When the child comes and goes, and who may fetch it. Changes hold at once."),),
    ),
    "learning": (
        _("Planning and learning"),
        (_("What the class works with, what is to be handed in, and how it went."),),
    ),
    "timetable": (_("Timetable"), (_("The lessons of the week as they are today, with changes marked."),)),
    "menus": (_("Menus"), (_("What is for lunch, with what it contains."),)),
    "rollout": (
        _("The plan and first steps"),
        (
            _("The body responsible makes the plan: which grades of which schools, and what is done by which day."),
            _("Once it is in force, the head and the office of each school are told. They say that it takes part."),
            _("Until the first day that the plan names for it, a school may leave the plan again."),
            _("First steps are ticked by themselves when they have been done. You can put the list away."),
            _("In the practice installation you try everything with invented pupils, as often as you like."),
        ),
    ),
    "transcripts": (
        _("Transcripts of a class"),
        (
            _("The page of a class shows what every pupil still lacks. Enter it, and look again."),
            _("The class teacher verifies that the data are complete and exact. Every later change asks for it anew."),
            _("Then the class teacher signs, then the principal; the seal follows by itself."),
        ),
    ),
    "yearend": (
        _("The year's end"),
        (
            _("Close a moment first: the page names the teachers who have not finished, and what they lack."),
            _("What follows for each pupil stands there with its reason. Confirm all together, or one by one."),
            _("Whom help and a new assessment did not bring through stays below, until the principal has decided."),
        ),
    ),
    "supervision": (
        _("Supervision"),
        (
            _("The board counts how far the work is, step by step. Nobody's results are shown or compared."),
            _("“Who is late” names the classes beyond a date, whom each waits for, and what is missing."),
            _("Before a reminder goes the page says who would get it. Nobody is reminded twice on one day."),
            _("A closing report that is closed keeps its figures. Draft it as early as you like."),
        ),
    ),
    "handover": (
        _("Delivery to the ministry's store"),
        (
            _("Nothing is sent until you ask for it, or choose that it goes by itself or each night."),
            _("“Rejected” says why the store did not take a record, and what to do."),
            _("Where the store is away nothing is lost, and nothing is sent twice."),
        ),
    ),
    "custody": (
        _("Look up, copies, pupils who move"),
        (
            _("Looking a pupil up needs a reason. The family can read which office looked, and when."),
            _("A copy gets the next number of your book. The file carries the signed original inside."),
            _("The new school sees nothing of a pupil before the former school has let go."),
        ),
    ),
    "mine": (_("My data"), (_("What is kept of you, as a file; and requests to correct or erase."),)),
    "keeping": (_("Keeping and erasing"), (_("What is erased when, and what is kept because the law says so."),)),
    "board": (_("News and outages"), (_("What is written here stands on everybody's first page."),)),
    "results": (
        _("Result lists"),
        (_("A list is reported, checked by the examiner and signed. What is missing stands above it."),),
    ),
    "account": (
        _("Logging in"),
        (
            _("You see where you are logged in, and can end each login."),
            _("Some pages ask you to identify yourself again. That protects what stands there."),
        ),
    ),
}
"""Part of the web → its title and what one needs to know of it."""


@public
@require_safe
def page_help(request: HttpRequest) -> HttpResponse:
    """The help for the part of the web that ``?of=`` names; general help where there is none."""
    part = request.GET.get("of", "").partition(":")[0]
    title, texts = SECTIONS.get(
        part, (_("Help with this page"), (_("Choose a page in the menu, and ask for help there."),))
    )
    return page(request, "web/support/guide.html", title=title, texts=texts)


def address(request: HttpRequest) -> str:
    """Where help for this page is; empty where there is no such page."""
    match = request.resolver_match
    try:
        here = reverse("support:page_help")
    except NoReverseMatch:
        return ""
    return f"{here}?of={match.app_name}" if match is not None and match.app_name in SECTIONS else here
