"""`testamur retention`: what is kept for how long, and lists of deletion from their proposal to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from testamur.surfaces.cli import output

if TYPE_CHECKING:
    from testamur.schoolday.keeping.queries import ListView

app = typer.Typer(help="What is kept for how long; lists of what is to be deleted.", no_args_is_help=True)
_School = Annotated[str, typer.Option(help="Official code of the school")]
_Authority = Annotated[str, typer.Option(help="Code of the body responsible, when two schools share a code")]
_List = Annotated[UUID, typer.Argument(help="Id of the list")]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object")]


@app.callback()
def retention() -> None:
    """What is kept for how long; lists of what is to be deleted."""


@app.command()
def plan(school: _School, authority: _Authority = "", json: _Json = False) -> None:
    """Show the plan of a school: what is kept for how long, by which source, and what may go today."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.kernel.base import clock
    from testamur.schoolday.keeping import queries
    from testamur.surfaces.cli.issue import find_school

    rows = queries.plan_of(find_school(school, authority), clock.now().date())
    told = [
        {
            "category": one.category.value,
            "school_years": one.term.years,
            "source": one.term.source,
            "before": one.before.isoformat() if one.before else None,
            "deletion_built": one.built,
        }
        for one in rows
    ]
    if json:
        output.emit({"plan": told})
        return
    for one in told:
        years = "for ever" if one["school_years"] is None else f"{one['school_years']} school years"
        goes = f"before {one['before']}" if one["before"] else "kept" if one["deletion_built"] else "never deleted"
        output.say(f"{one['category']:12} {years:16} {goes:20} {one['source']}")


@app.command()
def propose(
    school: _School,
    category: Annotated[str, typer.Option(help="What it is about, as `plan` names it: attendance, messages, care …")],
    authority: _Authority = "",
    json: _Json = False,
) -> None:
    """Propose a list of what the plan lets go at a school. Nothing is deleted by it."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.kernel.base.refused import NotFound
    from testamur.schoolday.keeping import actions, queries
    from testamur.schoolday.keeping.rules import Category
    from testamur.surfaces.cli.issue import find_school

    kind = next((one for one in Category if one.value == category), None)
    if kind is None:
        raise NotFound(f"There is no such kind: {category}.", field="category")
    unit = find_school(school, authority)
    made = actions.propose_list(by=operator(), unit=unit.id, category=kind, now=clock.now())
    _tell(queries.the_list(by=operator(), id=made), json)


@app.command()
def show(list_id: _List, json: _Json = False) -> None:
    """Show a list: counts and ids, no names."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.kernel.base.actor import operator
    from testamur.schoolday.keeping import queries

    found = queries.the_list(by=operator(), id=list_id)
    ids = queries.ids_of(by=operator(), id=list_id)
    if json:
        output.emit({**_facts(found), "ids": list(ids)})
        return
    _tell(found, as_json=False)
    for one in ids:
        output.say(one)


@app.command()
def approve(
    list_id: _List,
    digest: Annotated[str, typer.Option(help="Digest of the ids that were reviewed, as `show` prints it")],
    json: _Json = False,
) -> None:
    """Approve a list that was reviewed. Somebody else has to carry it out: on the web, where this console approved."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.schoolday.keeping import actions, queries

    actions.approve_list(by=operator(), list=list_id, digest=digest, now=clock.now())
    _tell(queries.the_list(by=operator(), id=list_id), json)


@app.command()
def run(list_id: _List, json: _Json = False) -> None:
    """Carry out a list that somebody approved on the web; deletes batch by batch, here and now."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.schoolday.keeping import actions, queries, steps
    from testamur.schoolday.keeping.rules import ListState

    if queries.the_list(by=operator(), id=list_id).state is not ListState.RUNNING:
        actions.carry_out(by=operator(), list=list_id, now=clock.now())
    while steps.erase_listed(list=list_id, now=clock.now()):
        pass
    _tell(queries.the_list(by=operator(), id=list_id), json)


def _facts(one: ListView) -> dict[str, Any]:
    return {
        "list": str(one.id),
        "category": one.category.value,
        "path": one.path,
        "before": one.before.isoformat(),
        "rows": one.count,
        "deleted": one.deleted,
        "kept": one.kept,
        "state": one.state.value,
        "digest": one.digest,
    }


def _tell(one: ListView, as_json: bool) -> None:
    if as_json:
        output.emit(_facts(one))
        return
    for key, value in _facts(one).items():
        output.say(f"{key:10} {value}")
