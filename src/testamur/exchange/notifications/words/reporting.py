"""Letters about results: course, list and link; a grade in the letter to its own student alone.

Nothing here knows a student's name or number. Who reads in one language gets it; a letter to anybody else holds both,
the Swedish one first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from testamur.exchange.notifications.letters import Written
from testamur.exchange.notifications.rules.reporting import Matter, Said
from testamur.exchange.notifications.texts import Words

Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A letter in one language. `lines`: what it is about, as pairs of a word and a value."""

    locale: str
    words: Words
    lines: tuple[Line, ...]
    link: str


def write(matter: Matter, said: Said, locales: tuple[str, ...]) -> Written:
    """The letter in these languages; equal ones are laid out once."""
    return _write(matter, said, locales, settings.PUBLIC_URL.rstrip("/"))


@lru_cache(maxsize=256)
def _write(matter: Matter, said: Said, locales: tuple[str, ...], service: str) -> Written:
    parts = [_part(matter, said, locale, service) for locale in locales]
    subject = " / ".join(dict.fromkeys(part.words.subject for part in parts))
    context = {"parts": parts, "subject": subject}
    with translation.override(locales[0]):
        text = render_to_string("notifications/results.txt", context)
        return Written(subject, text.strip() + "\n", render_to_string("notifications/results.html", context))


def _part(matter: Matter, said: Said, locale: str, service: str) -> Part:
    with translation.override(locale):
        words, lines = WORDS[matter](said), LINES.get(matter, _about)(said)
    return Part(locale, words, tuple(line for line in lines if line[1]), f"{service}{words.page}")


def _page(said: Said, part: str = "") -> str:
    return f"/results/{said.result_list}/{part}"


def _sent(said: Said) -> Words:
    return Words(
        _("Result list %(number)s waits for your signature") % {"number": said.number},
        (
            _("A result list was sent to you as the examiner."),
            _("Look it through; then sign it, or return it with a reason."),
        ),
        _("Open the list"),
        _page(said, "review/"),
    )


def _returned(said: Said) -> Words:
    why = _("The reason: %(why)s") % {"why": said.why} if said.why else _("The reason stands in the list.")
    return Words(
        _("Result list %(number)s was returned") % {"number": said.number},
        (_("The list that you sent was returned. It is a draft again."), why),
        _("Open the list"),
        _page(said),
    )


def _signed(said: Said) -> Words:
    return Words(
        _("Result list %(number)s is signed") % {"number": said.number},
        (_("The results are decided, and each student is told their own."),),
        _("Open the list"),
        _page(said),
    )


def _office(said: Said) -> Words:
    return Words(
        _("Result list %(number)s is signed") % {"number": said.number},
        (_("The results are decided. The list waits for its definitive entry."),),
        _("Open the archive list"),
        _page(said, "archive/"),
    )


def _result(said: Said) -> Words:
    if said.grade is None:
        return Words(
            _("You have a new result"), (_("A result of yours was decided. Log in to read it."),), *_own_page()
        )
    return Words(
        _("You have a new result: %(code)s") % {"code": said.code}, (_("A result of yours was decided."),), *_own_page()
    )


def _changed(said: Said) -> Words:
    if said.grade is None:
        return Words(
            _("A result of yours was changed"), (_("A result of yours was changed. Log in to read it."),), *_own_page()
        )
    return Words(
        _("A result of yours was changed: %(code)s") % {"code": said.code},
        (_("A new decision has taken the place of the former one."),),
        *_own_page(),
    )


def _own_page() -> tuple[str, str]:
    return _("See your results"), "/family/results/"


def _ready(said: Said) -> Words:
    told = ngettext(
        "%(count)d student can get a final grade in %(code)s.",
        "%(count)d students can get a final grade in %(code)s.",
        said.count,
    ) % {"count": said.count, "code": said.code}
    return Words(
        _("Final grades can be set: %(code)s") % {"code": said.code},
        (told, _("Who it is stands in the list of the whole course, with modules, dates and grades."),
         _("You get this letter because you subscribe to the course.")),
        _("Open a list of the whole course"),
        "/results/new/",
    )  # fmt: skip


def _waiting(said: Said) -> Words:
    told = ngettext(
        "%(count)d result list waits for your signature.",
        "%(count)d result lists wait for your signature.",
        len(said.lists),
    ) % {"count": len(said.lists)}
    return Words(
        _("Reminder: result lists to sign"),
        (told, _("Please sign them, or return those that are not right.")),
        _("See what waits for you"),
        "/results/",
    )


def _log_late(said: Said) -> Words:
    told = (
        _("The oldest act that is not in the log database is %(minutes)d minutes old.") % {"minutes": said.count // 60}
        if said.count
        else _("The log database cannot be reached.")
    )
    return Words(
        _("The log database is behind"),
        (told, _("Nothing is lost: acts wait in the journal. Look at the background work and at the log's server.")),
        _("See the log"),
        "/results/log/",
    )


def _log_over(_said: Said) -> Words:
    return Words(
        _("The log database has caught up"), (_("Every act is in the log again."),), _("See the log"), "/results/log/"
    )


def _named(name: str, name_en: str) -> str:
    return name_en if name_en and translation.get_language() == "en" else name


def _about(said: Said) -> list[Line]:
    """What a list is, for staff."""
    module = _named(said.module, said.module_en)
    return [
        (_("List"), str(said.number)),
        (_("Course"), f"{said.code.partition('/')[0]} {_named(said.course, said.course_en)}"),
        (_("Module"), f"{said.code.partition('/')[2]} {module}".strip()),
        (_("Students"), str(said.count)),
        (_("Examiner"), said.who),
        (_("Control number"), said.control_number),
    ]


def _own(said: Said) -> list[Line]:
    """A student's own result; nothing where no grade may be said."""
    if said.grade is None:
        return []
    return [
        (_("Course"), f"{said.code.partition('/')[0]} {_named(said.course, said.course_en)}"),
        (_("Module"), f"{said.code.partition('/')[2]} {_named(said.module, said.module_en)}".strip()),
        (_("Grade"), said.grade.value),
        (_("Date of examination"), date_format(said.grade.examined_on, "Y-m-d")),
        (_("Decided by"), said.grade.decided_by),
    ]


def _lists(said: Said) -> list[Line]:
    return [
        (
            _("List %(number)s") % {"number": one.number},
            f"{one.code}: " + ngettext("%(days)d day", "%(days)d days", one.days) % {"days": one.days},
        )
        for one in said.lists
    ]


def _nothing(_said: Said) -> list[Line]:
    return []


WORDS: dict[Matter, Callable[[Said], Words]] = {
    Matter.SENT: _sent,
    Matter.RETURNED: _returned,
    Matter.SIGNED: _signed,
    Matter.OFFICE: _office,
    Matter.RESULT: _result,
    Matter.CHANGED: _changed,
    Matter.READY: _ready,
    Matter.WAITING: _waiting,
    Matter.LOG_LATE: _log_late,
    Matter.LOG_OVER: _log_over,
}
LINES: dict[Matter, Callable[[Said], list[Line]]] = {
    Matter.RESULT: _own,
    Matter.CHANGED: _own,
    Matter.READY: _nothing,
    Matter.WAITING: _lists,
    Matter.LOG_LATE: _nothing,
    Matter.LOG_OVER: _nothing,
}
