"""Result lists in words: where a list stands, how a student came in, what a check found and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from testamur.schoolday.reporting.rules.states import ListKind, ListState, Source
from testamur.schoolday.reporting.rules.views import Check, Severity
from testamur.surfaces.web import refusals

Text = str | Promise

STATES: Mapping[ListState, tuple[Text, str]] = {
    ListState.DRAFT: (pgettext_lazy("state of a result list", "Draft"), "neutral"),
    ListState.SENT: (pgettext_lazy("state of a result list", "Sent to the examiner"), "info"),
    ListState.SIGNED: (pgettext_lazy("state of a result list", "Signed"), "success"),
    ListState.ENTERED: (pgettext_lazy("state of a result list", "Signed and entered"), "success"),
    ListState.DISCARDED: (pgettext_lazy("state of a result list", "Discarded"), "neutral"),
}
"""State → word and colour."""

STEPS: tuple[Text, ...] = (
    pgettext_lazy("state of a result list", "Draft"),
    pgettext_lazy("state of a result list", "Sent to the examiner"),
    pgettext_lazy("state of a result list", "Signed"),
    pgettext_lazy("state of a result list", "Entered in the registry"),
)
"""The way of a list (row B44), as the steps at the top of its page."""

KINDS: Mapping[ListKind, Text] = {
    ListKind.MODULE: _("Module"),
    ListKind.COURSE: _("Whole course"),
    ListKind.CORRECTION: _("Correction"),
}

SOURCES: Mapping[Source, Text] = {
    Source.SINGLE: _("added one by one"),
    Source.REGISTERED: _("registered for the course"),
    Source.EXAM: _("signed up for the exam"),
    Source.LMS: _("from the learning platform"),
    Source.FINAL: _("can get a final grade"),
    Source.CORRECTION: _("correction"),
}
"""How a student came into a list."""

FINAL: Mapping[str, Text] = {
    "single_module": _("the course has this one module"),
    "deciding_module": _("from the module that decides the final grade"),
    "mean_rounded": _("the weighted mean of the modules, rounded"),
    "manual": _("you set the final grade"),
    "modules_missing": _("modules are not finished"),
    "deciding_missing": _("the deciding module is not finished"),
    "credited": _("modules are credited: you set the final grade"),
    "no_number": _("a grade has no number: you set the final grade"),
}
"""Why a final grade is proposed, or is not."""

SIGNED_BY: Mapping[str, Text] = {
    "bankid": "BankID",
    "sms": _("code to the work phone"),
    "simulated": _("simulated e-ID (test only)"),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding of the checks in words. `stops`: the list cannot be sent before it is put right."""

    text: str
    stops: bool
    code: str


_ROW: Mapping[str, Text] = {
    "date_missing": _("The examination date is missing: write it as 2026-10-28."),
    "date_ahead": _("The examination date lies ahead. It is the day of the examination, not of reporting."),
    "date_before_course": _("The examination date lies before the course began (%(starts)s). Is the year right?"),
    "value_missing": _("The grade is missing."),
    "not_registered": _(
        "Not registered for the course. Only the office can register: have the list of them mailed to you."
    ),
    "registered_later": _("Registered only from %(from)s, after this examination. Check the date, or ask the office."),
    "interrupted": _("Gave the course up on %(from)s, before this examination. Check the date, or ask the office."),
    "already_graded": _("Has %(value)s already, examined %(date)s. A grade that stands is changed by a correction."),
    "credited": _("This module was credited on %(date)s: no grade is needed."),
    "course_credited": _("The whole course was credited on %(date)s: no grade is needed."),
    "modules_missing": _("Not finished: %(modules)s. Mark the student to be left out, or wait."),
    "final_differs": _("By the rule of the course the grade would be %(value)s."),
    "still_anonymous": _("The name is not shown yet."),
    "course_grade_stands": _(
        "Has the final grade %(value)s of %(course)s, which this correction does not change. "
        "Look whether it has to follow."
    ),
    "refused": _("Signed, but not decided: %(why)s"),
}
"""What is said beside the student."""

_LIST: Mapping[str, Text] = {
    "empty_list": _("Nobody in the list has a grade yet."),
    "title_missing": _("A degree project needs its title."),
    "title_en_missing": _("A degree project needs its title in English too."),
    "course_discontinued": _("The course was discontinued on %(date)s. Results may still be reported."),
    "still_anonymous": _("The list is anonymous still: grade everybody, then show the names."),
    "paper_way": _(
        "For these examination dates the archive list is signed by hand, as the rule of the university says."
    ),
    "stuck": _("The list got stuck: %(why)s"),
    "not_examiner": _("Nobody holds a post as examiner of this course today: ask the head of the department."),
}
"""What is said about the whole list."""


def remark(check: Check) -> Remark:
    """A finding in one sentence that says the true cause and what to do (row B20)."""
    known = _ROW if check.row is not None else _LIST
    text = known.get(check.code) or _LIST.get(check.code) or _ROW.get(check.code)
    return Remark(str(text) % _Facts(check.found) if text else check.code, check.severity is Severity.STOP, check.code)


def group_of(code: str, n: int) -> str:
    """The same finding about `n` students, for the summary above the list."""
    texts = {
        "date_missing": ngettext("%(n)s student has no examination date", "%(n)s students have no examination date", n),
        "date_ahead": ngettext("%(n)s examination date lies ahead", "%(n)s examination dates lie ahead", n),
        "date_before_course": ngettext(
            "%(n)s examination date lies before the course", "%(n)s examination dates lie before the course", n
        ),
        "value_missing": ngettext(
            "%(n)s student has no grade yet, and stays behind when the list is sent",
            "%(n)s students have no grade yet, and stay behind when the list is sent",
            n,
        ),
        "not_registered": ngettext(
            "%(n)s student is not registered for the course", "%(n)s students are not registered for the course", n
        ),
        "registered_later": ngettext(
            "%(n)s student was registered after the examination",
            "%(n)s students were registered after the examination",
            n,
        ),
        "interrupted": ngettext("%(n)s student had given the course up", "%(n)s students had given the course up", n),
        "already_graded": ngettext("%(n)s student has a grade already", "%(n)s students have a grade already", n),
        "credited": ngettext("%(n)s student has the module credited", "%(n)s students have the module credited", n),
        "course_credited": ngettext(
            "%(n)s student has the course credited", "%(n)s students have the course credited", n
        ),
        "modules_missing": ngettext(
            "%(n)s student has modules that are not finished", "%(n)s students have modules that are not finished", n
        ),
        "course_grade_stands": ngettext(
            "%(n)s student has a final grade of the course, which stands",
            "%(n)s students have a final grade of the course, which stands",
            n,
        ),
        "refused": ngettext(
            "%(n)s result was signed, but not decided", "%(n)s results were signed, but not decided", n
        ),
        "final_differs": ngettext(
            "%(n)s grade differs from the rule of the course", "%(n)s grades differ from the rule of the course", n
        ),
    }
    text = texts.get(code)
    if text is None:
        return str(_LIST.get(code, code)) % _Facts(())
    return text % {"n": n}


class _Facts(dict[str, str]):
    """Facts of a finding for its sentence: days in the reader's form, and nothing where a fact is not there."""

    def __init__(self, found: tuple[tuple[str, str], ...]) -> None:
        """From the finding's own pairs."""
        super().__init__((name, _day(text)) for name, text in found)
        if code := self.get("code"):
            self["why"] = str(refusals.SENTENCES.get(code, code))

    def __missing__(self, key: str) -> str:
        """Nothing."""
        return ""


def _day(text: str) -> str:
    try:
        return date_format(date.fromisoformat(text), "Y-m-d")
    except ValueError:
        return text
