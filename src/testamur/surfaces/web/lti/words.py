"""What is said of launches, fetches and files, in the visitor's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from testamur.exchange.connectors.lms.rules import Note
from testamur.kernel.base.refused import Refused
from testamur.surfaces.web import refusals

_WHY: Mapping[str, str | Promise] = {
    "browser": gettext_lazy(
        "The launch did not begin in this browser, or the browser keeps no cookies inside the learning platform. Open "
        "the link in a new window."
    ),
    "state": gettext_lazy("This launch is over or was used already. Open the link in the learning platform again."),
    "platform": gettext_lazy("That learning platform is not entered here. The programme office enters it."),
    "not_teacher": gettext_lazy("Only teachers of the course room link it."),
    "no_services": gettext_lazy(
        "The learning platform gives us neither members nor grades of the room. Its administrator has to allow both."
    ),
    "service_host": gettext_lazy("The learning platform names a service on a host that the office did not enter."),
    "no_members": gettext_lazy("The learning platform does not tell who is in this room."),
    "no_grades": gettext_lazy("The learning platform does not tell what it graded in this room."),
    "refused": gettext_lazy(
        "The learning platform refuses us. Its administrator has to allow members and grades for this tool."
    ),
    "unreachable": gettext_lazy("The learning platform cannot be reached just now. Nothing was changed."),
}
_NOTES: Mapping[str, str | Promise] = {
    "twice": gettext_lazy("a student who was there before: this one was left out"),
    "conflict": gettext_lazy("number and e-mail address belong to two persons: left out (%(found)s)"),
    "off_scale": gettext_lazy("“%(found)s” is no grade of this scale: left empty"),
    "below": gettext_lazy("%(found)s is below the lowest share: left empty"),
    "no_number": gettext_lazy("“%(found)s” is no number: left empty"),
    "no_maximum": gettext_lazy("%(found)s points without a maximum: no share, left empty"),
    "ungraded": gettext_lazy("not graded: left out"),
    "no_key": gettext_lazy("neither number nor e-mail address: left out (%(found)s)"),
    "file": gettext_lazy("%(found)s: %(said)s"),
}


def sentence(refused: Refused) -> str:
    """A refusal of a platform or a file, with its reason where there are words for it."""
    if items := refused.found.get("items"):
        return f"{refusals.sentence(refused)} {items}"
    why = _WHY.get(str(refused.found.get("why", ""))) if refused.code.startswith("connectors.lms.") else None
    return str(why) if why is not None else refusals.sentence(refused)


def told(note: Note) -> str:
    """What was left out or left empty, with its line."""
    text = str(_NOTES[note.code]) % {"found": note.found, "said": note.said}
    return (
        _("Line %(row)s: %(text)s.") % {"row": note.row, "text": text} if note.row else f"{text[:1].upper()}{text[1:]}."
    )
