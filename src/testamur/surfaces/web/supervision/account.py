"""A closing report as a value: its figures and conclusions in words, for the page, the PDF and the spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from testamur.schoolday.rollout.rules import MARKS
from testamur.schoolday.supervision.queries.reports import Closing, counts_of
from testamur.schoolday.supervision.rules import Counts, ReportState, Waits, share
from testamur.schoolday.transcripts.rules import STEPS, Step
from testamur.surfaces.web.charts import Bar, bars
from testamur.surfaces.web.supervision import words
from testamur.surfaces.web.supervision.board import pupils_text, told
from testamur.surfaces.web.tabular import HIDDEN, NONE, Cell, Picture, Report, Table, joined, whole, word

Figures = Mapping[str, Any]


def report(one: Closing, of: Figures, *, texts: bool, classes: bool) -> Report:
    """The whole report. `texts`: with the conclusions; `classes`: with a table of every class."""
    total = counts_of(of["total"])
    state = _("Closed") if one.state is ReportState.CLOSED else _("Draft")
    return Report(
        name=f"{of['place']} {of['school_year']}",
        title=_("Closing report on digital school records"),
        lead=joined((of["place"], of["school_year"], state, _day(of["on"]))),
        facts=_facts(of, total),
        pictures=_pictures(total),
        tables=(*(_texts(one) if texts else ()), *_tables(of, classes=classes)),
        notes=tuple(_notes(one, of)),
    )


def _facts(of: Figures, total: Counts) -> tuple[tuple[str, Cell], ...]:
    taking = f"{of['taking_part']} / {of['schools']} ({share(of['taking_part'], of['schools'])} %)"
    return (
        (_("Schools that take part"), word(taking)),
        (_("Classes"), whole(total.classes)),
        (_("Pupils"), word(pupils_text(total))),
        (_("Delivered to the ministry"), word(f"{total.percent(Step.DELIVERED)} %")),
        (_("Rejected by the store"), whole(total.rejected)),
        (_("Classes beyond a date"), whole(of["late"]["classes"])),
    )


def _pictures(total: Counts) -> tuple[Picture, ...]:
    if total.few or not total.pupils:
        return ()
    rows = [
        Bar(
            str(words.STEPS[step]),
            (Decimal(total.reached.get(step, 0)),),
            (f"{told(total.reached.get(step, 0))} ({total.percent(step)} %)",),
        )
        for step in STEPS
    ]
    title = _("Pupils who have reached each step")
    return (Picture(bars(title, rows, names=(_("Pupils"),), head=_("Step"), most=Decimal(total.pupils))),)


def _texts(one: Closing) -> tuple[Table, ...]:
    """The conclusions."""
    said = (
        (_("What was reached"), one.outcome),
        (_("Why things were late"), one.causes),
        (_("What should change"), one.proposals),
    )
    rows = tuple((word(about), word(text)) for about, text in said if text)
    return (Table(_("Conclusions"), (_("About"), _("Text")), rows),) if rows else ()


def _tables(of: Figures, *, classes: bool) -> Iterable[Table]:
    if of["plan"]:
        yield _plan(of["plan"])
    yield Table(_("By step"), (_("Step"), _("Pupils"), _("Share in percent")), tuple(_by_step(counts_of(of["total"]))))
    yield _counted(_("By year level"), (_("Year level"),), [([str(level)], counts) for level, counts in of["levels"]])
    if of["parts"]:
        yield _counted(_("By district"), (_("District"),), [([name], counts) for name, counts in of["parts"]])
    yield _counted(
        _("By school"), (_("School"), _("District")), [([name, part], counts) for part, name, counts in of["rows"]]
    )
    if classes:
        rows = [([school, code, str(level)], counts) for school, code, level, counts in of["classes"]]
        yield _counted(_("By class"), (_("School"), _("Class"), _("Year level")), rows)
    yield from _late(of["late"])
    if of["empty"]:
        yield Table(
            _("Schools of which nothing was counted"), (_("School"),), tuple((word(one),) for one in of["empty"])
        )


def _plan(plan: Figures) -> Table:
    """The stages of the plan with their dates."""
    marks = [mark for mark in MARKS if any(mark.value in stage["dates"] for stage in plan["stages"])]
    head = (_("Stage"), _("Year levels"), *(str(words.MARKS[mark]) for mark in marks))
    rows = tuple(
        (
            word(stage["name"]),
            word(", ".join(map(str, stage["grades"]))),
            *(word(_day(stage["dates"].get(mark.value, ""))) for mark in marks),
        )
        for stage in plan["stages"]
    )
    return Table(_("The plan"), head, rows, joined((plan["name"], plan["reason"])))


def _by_step(total: Counts) -> Iterable[tuple[Cell, ...]]:
    for step in STEPS:
        if total.few:
            yield (word(words.STEPS[step]), HIDDEN, HIDDEN)
        else:
            yield (word(words.STEPS[step]), whole(total.reached.get(step, 0)), whole(total.percent(step)))


def _counted(title: str, first: tuple[str, ...], rows: list[tuple[list[str], Mapping[str, int]]]) -> Table:
    """Counts by place: classes, pupils, how many have reached each step, rejected."""
    head = (*first, _("Classes"), _("Pupils"), *(str(words.SHORT[step]) for step in STEPS), _("Rejected"))
    return Table(title, head, tuple(_line(names, counts_of(counts)) for names, counts in rows))


def _line(names: list[str], counts: Counts) -> tuple[Cell, ...]:
    cells = [word(name) for name in names]
    if counts.few:
        return (*cells, whole(counts.classes), word(_("fewer than 5")), *[HIDDEN] * (len(STEPS) + 1))
    reached = [whole(counts.reached.get(step, 0)) for step in STEPS]
    return (*cells, whole(counts.classes), whole(counts.pupils), *reached, whole(counts.rejected))


def _late(late: Figures) -> Iterable[Table]:
    """Delays and their causes."""
    steps = [(words.WAITING[step], late["steps"][step.value]) for step in STEPS if step.value in late["steps"]]
    if steps:
        yield Table(_("Classes beyond a date, by what is late"), (_("Step"), _("Classes")), _pairs(steps))
    waits = [(words.WAITS[one], late["waits"][one.value]) for one in Waits if one.value in late["waits"]]
    if waits:
        yield Table(_("Whom they wait for"), (_("Who"), _("Classes")), _pairs(waits))
    missing = sorted(late["missing"].items(), key=lambda one: (-one[1], one[0]))
    if missing:
        named = [(words.missing(code), n) for code, n in missing]
        yield Table(_("What is missing"), (_("Cause"), _("Pupils")), _pairs(named))
    if late["schools"]:
        yield Table(
            _("Schools with classes beyond a date"),
            (_("School"), _("Classes")),
            _pairs([(n, c) for n, c in late["schools"]]),
        )


def _pairs(some: Iterable[tuple[object, int]]) -> tuple[tuple[Cell, ...], ...]:
    return tuple((word(name) if name else NONE, whole(n)) for name, n in some)


def _notes(one: Closing, of: Figures) -> Iterable[str]:
    yield _("Each number counts pupils whose transcript has come so far. Classes of fewer than 5 pupils are not told.")
    if one.sha256:
        yield _("Closed on %(day)s. SHA-256 of texts and figures: %(digest)s") % {
            "day": _day(of["on"]), "digest": one.sha256,
        }  # fmt: skip


def _day(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "SHORT_DATE_FORMAT") if iso else ""
