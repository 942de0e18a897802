"""The letters to the staff that messages wait, or that a day changes their lessons; no word of what was written."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from testamur.exchange.notifications.rules import EVERY_LANGUAGE
from testamur.exchange.notifications.rules.colleagues import Change, Turned
from testamur.exchange.notifications.words.things import day
from testamur.schoolday.conversations.rules import Waiting
from testamur.schoolday.supervision.queries.reminders import Letter as Reminded
from testamur.schoolday.supervision.rules import Waits
from testamur.schoolday.transcripts.rules import Step

STEPS = {
    Step.COMPLETE: pgettext_lazy("transcript", "Data complete"),
    Step.VERIFIED: pgettext_lazy("transcript", "Verified"),
    Step.MADE: pgettext_lazy("transcript", "Made"),
    Step.TEACHER: pgettext_lazy("transcript", "Class teacher signed"),
    Step.PRINCIPAL: pgettext_lazy("transcript", "Principal signed"),
    Step.SEALED: pgettext_lazy("transcript", "School's seal set"),
    Step.DELIVERED: pgettext_lazy("transcript", "Delivered"),
}


def waits(one: Waiting, locale: str) -> tuple[str, str]:
    """Subject and text of the letter that messages wait: from whom, and how many."""
    with translation.override(locale if locale in EVERY_LANGUAGE else "en"):
        count = ngettext("%(count)d unread message", "%(count)d unread messages", one.count) % {"count": one.count}
        who = ", ".join(one.senders)
        if one.senders and one.others:
            who = _("%(names)s and others") % {"names": who}
        told = _("%(count)s, from %(names)s.") % {"count": count, "names": who} if who else f"{count}."
        read = _("Log in to read it: %(address)s") % {"address": _address("/messages/")}
        choose = _("You choose how you are told: %(address)s") % {"address": _address("/messages/telling/")}
        return _("Messages wait for you"), f"{told}\n\n{read}\n\n{choose}\n"


def lessons(some: Sequence[Turned], locale: str) -> tuple[str, str]:
    """Subject and text of the letter about lessons, in order of time."""
    with translation.override(locale if locale in EVERY_LANGUAGE else "en"):
        told = {
            Change.GIVEN: _("you give this lesson"),
            Change.TAKEN: _("another teacher"),
            Change.MOVED: _("moved"),
            Change.OFF: _("called off"),
            Change.AFTER_ALL: _("as planned after all"),
        }
        lines = [
            f"{day(one.on)} {one.starts:%H:%M}–{one.ends:%H:%M} "
            f"{' '.join(part for part in (one.subject, one.group, one.room) if part)}: {told[one.change]}"
            for one in sorted(some, key=lambda one: (one.on, one.starts, one.group))
        ]
        read = _("Your timetable: %(address)s") % {"address": _address("/timetable/")}
        return _("Your lessons are changed"), "\n".join(lines) + f"\n\n{read}\n"


def step_waits(one: Reminded, locale: str) -> tuple[str, str]:
    """Subject and text of the letter that a step of the transcripts waits for somebody; classes, never a pupil."""
    with translation.override(locale if locale in EVERY_LANGUAGE else "en"):
        said = {
            Waits.CLASS_TEACHER: _("These classes wait for you as class teacher: %(classes)s."),
            Waits.PRINCIPAL: _("These classes wait for your signature as principal: %(classes)s."),
            Waits.OFFICE: _("These classes wait for the school office: %(classes)s."),
        }.get(one.role, _("These classes wait for you: %(classes)s."))
        lines = [
            f"{one.school}, {one.school_year}",
            said % {"classes": ", ".join(one.codes)},
            _("To be done up to: %(step)s.") % {"step": STEPS[one.step]},
        ]
        if one.due is not None:
            lines.append(_("Last day: %(day)s.") % {"day": day(one.due)})
        lines.append(_("Asked by %(body)s.") % {"body": one.body})
        read = _("Log in and go on: %(address)s") % {"address": _address("/")}
        return _("Digital transcripts wait for you"), "\n".join(lines) + f"\n\n{read}\n"


def _address(page: str) -> str:
    return str(settings.PUBLIC_URL).rstrip("/") + page
