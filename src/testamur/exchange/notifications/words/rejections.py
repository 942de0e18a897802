"""The letter that the ministry's store rejected records: classes and numbers, never a pupil nor the store's words."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from testamur.exchange.notifications.rules import EVERY_LANGUAGE
from testamur.schoolday.transcripts.queries.rejections import RejectedClass


def rejected(school: str, some: Sequence[tuple[str, RejectedClass]], locale: str, *, office: bool) -> tuple[str, str]:
    """Subject and text; `some`: (code of a class, what was rejected of it). The office is led to its list."""
    with translation.override(locale if locale in EVERY_LANGUAGE else "en"):
        lines = [school]
        for code, one in sorted(some, key=lambda pair: (pair[1].school_year, pair[0])):
            count = ngettext("%(n)d transcript", "%(n)d transcripts", one.records) % {"n": one.records}
            lines.append(f"{code} ({one.school_year}): {count}")
        pages = ["/deliveries/rejected/"] if office else [f"/deliveries/classes/{one.group}/" for _code, one in some]
        read = _("What is wrong and what to do stands here: %(address)s")
        root = str(settings.PUBLIC_URL).rstrip("/")
        links = [read % {"address": root + page} for page in pages]
        return _("The ministry's store has rejected transcripts"), "\n".join([*lines, "", *links]) + "\n"
