"""Messages to families: by SMS and push only how many of what, by letter and SMS more where the reader asked for it.

Nothing here knows a surname, a number or a school. A given name stands in a message only where its reader has several
children, never in a push, never of a pupil whose identity is protected; without `details` never in a text message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal
from uuid import UUID

from django.conf import settings as django
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from testamur.exchange.notifications.rules import language
from testamur.exchange.notifications.rules.families import About, Settings, Thing, Way
from testamur.exchange.notifications.stopping import token
from testamur.exchange.notifications.words.things import counted, detail
from testamur.kernel.delivery.rules import NewMessage, latin, sms_size

PAGE = "/family/"
_STOP = "/notices/stop/-/"
"""Stands in the laid out letter for the reader's own link, so that equal letters are laid out once."""

MOST_PARTS = 3
SMS_LIFE = timedelta(hours=12)
"""A text message that is half a day late is none."""


@dataclass(frozen=True, slots=True)
class Written:
    """A message before it has an address."""

    subject: str
    text: str
    html: str = ""


def write(abouts: tuple[About, ...], way: Way, locale: str, country: str, settings: Settings) -> Written:
    """What a reader is told, in his or her language; equal messages are laid out once."""
    service = django.PUBLIC_URL.rstrip("/")
    return _write(abouts, way, language(locale, country), settings.details, settings.latin, service)


def trial(locale: str, way: Way, *, latin: bool) -> Written:
    """The message that shows a reader that messages arrive."""
    with translation.override(language(locale, "")):
        subject, text = _("Messages from the school"), _("This is how messages from the school reach you.")
        return Written("", _fit(f"Testamur: {text}", latin=latin)) if way is Way.SMS else Written(subject, text)


def message(
    written: Written,
    way: Way,
    to: str,
    *,
    person: UUID,
    kind: str,
    path: str = "/",
    dedupe: str = "",
    now: datetime | None = None,
) -> NewMessage:
    """The message to one address."""
    stop = f"/notices/stop/{token(person, way)}/" if way is Way.EMAIL else ""
    return NewMessage(
        channel=_CHANNEL[way],
        to=to,
        subject=written.subject,
        text=written.text.replace(_STOP, stop),
        html=written.html.replace(_STOP, stop),
        kind=kind,
        path=path,
        person=person,
        dedupe=dedupe,
        expires=now + SMS_LIFE if now is not None and way is Way.SMS else None,
        url=PAGE if way is Way.PUSH else "",
    )


_CHANNEL: Mapping[Way, Literal["email", "sms", "push"]] = {Way.EMAIL: "email", Way.SMS: "sms", Way.PUSH: "push"}


@lru_cache(maxsize=1024)
def _write(abouts: tuple[About, ...], way: Way, locale: str, details: bool, in_latin: bool, service: str) -> Written:  # noqa: FBT001 - the cache's key
    with translation.override(locale):
        if way is Way.PUSH:
            return Written(_("New from the school"), ", ".join(_all(abouts)))
        if way is Way.SMS:
            return Written("", _sms(abouts, service, details=details, in_latin=in_latin))
        return _letter(abouts, locale, service, details=details)


def _all(abouts: Sequence[About]) -> list[str]:
    return counted([thing for about in abouts for thing in about.things])


def _sms(abouts: Sequence[About], service: str, *, details: bool, in_latin: bool) -> str:
    if details:
        parts = []
        for about in abouts:
            said = counted(about.things) if about.bare else _short(about.things)
            parts.append(f"{about.name}: {', '.join(said)}" if about.name else ", ".join(said))
        full = _fit("; ".join(parts), latin=in_latin)
        if sms_size(full).parts <= MOST_PARTS:
            return full
    return _fit(f"Testamur: {', '.join(_all(abouts))}. {service}{PAGE}", latin=in_latin)


def _short(things: Sequence[Thing]) -> list[str]:
    """Each thing in a word or two; of those that need more words, how many."""
    said = [text for thing in things if (text := detail(thing, short=True))]
    rest = [thing for thing in things if not detail(thing, short=True)]
    return [*dict.fromkeys(said), *counted(rest)] if len(set(said)) == len(said) else _with_repeats(said, rest)


def _with_repeats(said: Sequence[str], rest: Sequence[Thing]) -> list[str]:
    return [*(f"{text} (×{n})" if n > 1 else text for text, n in Counter(said).items()), *counted(rest)]


def _fit(text: str, *, latin: bool) -> str:
    return _in_latin(text) if latin else text


_in_latin = latin


@dataclass(frozen=True, slots=True)
class _Block:
    """One child in a letter."""

    name: str
    lines: tuple[str, ...]
    details: tuple[str, ...]


def _letter(abouts: Sequence[About], locale: str, service: str, *, details: bool) -> Written:
    blocks = tuple(
        _Block(about.name, tuple(counted(about.things)), _details(about, details=details)) for about in abouts
    )
    subject = _("New from the school")
    context = {
        "subject": subject,
        "blocks": blocks,
        "locale": locale,
        "link": f"{service}{PAGE}",
        "stop": f"{service}{_STOP}",
        "choices": f"{service}/notices/",
    }
    text = render_to_string("notifications/family.txt", context).strip() + "\n"
    return Written(subject, text, render_to_string("notifications/family.html", context))


def _details(about: About, *, details: bool) -> tuple[str, ...]:
    """What a letter says beyond numbers: events always, which are no one's secret; the rest where it was asked for."""
    if about.bare:
        return ()
    shown = about.things if details else [thing for thing in about.things if thing.part == "events"]
    return tuple(text for thing in shown if (text := detail(thing, short=False)))
