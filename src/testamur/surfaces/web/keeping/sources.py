"""Why something is kept for so long, in words: the plan names its sources as data (`keeping.rules.plan`)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SOURCES: Mapping[str, str | Promise] = {
    "archive: never erased": _("archive: never erased"),
    "log of views: five years at least; the log can only grow": _(
        "log of views: five years at least; the log can only grow"
    ),
    "as attendance; decided by the body responsible": _("as attendance; decided by the body responsible"),
    "as the written assessments that they rest on": _("as the written assessments that they rest on"),
    "three school years, decided by the body responsible": _("three school years, decided by the body responsible"),
    "as attendance": _("as attendance"),
    "as attendance; earlier on request": _("as attendance; earlier on request"),
    "five school years: the basis of grades can be asked for": _(
        "five school years: the basis of grades can be asked for"
    ),
    "five school years": _("five school years"),
    "e-diary: five years (Naredba 8/2016)": _("e-diary: five years (Naredba 8/2016)"),
    "Circular 27/2016: the group is not decided; kept": _("Circular 27/2016: the group is not decided; kept"),
    "no plan for this country: kept": _("no plan for this country: kept"),
}


def source(text: str) -> str | Promise:
    """What a source is called; one that an older list names stays as it was written."""
    return SOURCES.get(text, text)
