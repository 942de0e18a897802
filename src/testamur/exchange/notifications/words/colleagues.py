"""The letters to the staff that messages wait, or that a day changes their lessons; no word of what was written."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from testamur.exchange.notifications.rules import EVERY_LANGUAGE
from testamur.exchange.notifications.rules.colleagues import Change, Turned
from testamur.exchange.notifications.words.things import day
from testamur.schoolday.conversations.rules import Waiting


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


def _address(page: str) -> str:
    return str(settings.PUBLIC_URL).rstrip("/") + page
