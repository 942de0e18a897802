"""`testamur appoint`: give somebody a post from the console; above all the first administrator."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from testamur.surfaces.cli import output

if TYPE_CHECKING:
    from uuid import UUID


def appoint(
    unit: Annotated[str, typer.Option(help="Official code of the body, office or school")],
    number: Annotated[str, typer.Option(help="Personal number by which the e-ID knows the person")],
    role: Annotated[str, typer.Option(help="administrator, principal, delegate, archivist, teacher, examiner")] = (
        "administrator"
    ),
    scheme: Annotated[str, typer.Option(help="What the number is: se.personnummer, vn.cccd, bg.egn …")] = "",
    given: Annotated[str, typer.Option(help="Given name, for somebody who is not in the register yet")] = "",
    family: Annotated[str, typer.Option(help="Family name, likewise")] = "",
    email: Annotated[str, typer.Option(help="Where messages go, likewise")] = "",
    starts: Annotated[str, typer.Option(help="First day; default: today")] = "",
    ends: Annotated[str, typer.Option(help="Last day; default: open")] = "",
    data: Annotated[Path | None, typer.Option(help="Data folder; otherwise TESTAMUR_DATA")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Give somebody a post; who is not in the register is entered, with --given and --family.

    The first administrator of an installation is made so; the others are appointed on the web (Office, Posts).
    """
    from testamur.surfaces.cli import runtime

    runtime.start(data=data)
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.kernel.base.refused import NotFound
    from testamur.register.schools import actions as schools
    from testamur.register.schools import queries
    from testamur.register.schools.rules import NewPost, Role

    if role not in {r.value for r in Role}:
        raise typer.BadParameter(f"{role!r} is none of {', '.join(r.value for r in Role)}", param_hint="--role")
    now, by = clock.now(), operator()
    places = [place for found in queries.units_by_code(codes=[unit]).values() for place in found]
    if len(places) != 1:
        raise NotFound(f"{len(places) or 'No'} units have the code {unit}. Import them first.", field="unit")
    place = places[0]
    chosen = scheme or {"SE": "se.personnummer", "VN": "vn.cccd", "BG": "bg.egn"}.get(place.country, "")
    person, new = _person(number, chosen, place.path, given, family, email, now.date())
    first: date = output.day(starts, "--starts") or now.date()
    post = NewPost(person, place.id, Role(role), first, output.day(ends, "--ends"))
    made = schools.add_posts(by=by, posts=[post], now=now)[0]
    told = {"post": str(made), "person": str(person), "registered": new, "unit": place.path, "role": role}
    if json:
        output.emit(told)
    else:
        output.say(f"{role} at {output.plain(place.name)} from {first}{', entered in the register' if new else ''}")


def _person(number: str, scheme: str, path: str, given: str, family: str, email: str, on: date) -> tuple[UUID, bool]:
    """Whoever has the number, entered in the register when nobody has; and whether that was done."""
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.kernel.base.refused import NotFound
    from testamur.register.people import actions as people
    from testamur.register.people import queries
    from testamur.register.people.rules import ContactKind, NewContact, NewIdentifier, NewPerson, Scheme

    if scheme not in {s.value for s in Scheme}:
        raise typer.BadParameter("say what the number is", param_hint="--scheme")
    found = queries.holder_of_identifier(scheme=scheme, value=number, on=on)
    if found is not None:
        return found, False
    if not given and not family:
        raise NotFound("Nobody in the register has that number; enter the person with --given and --family.")
    contacts = (NewContact(ContactKind.EMAIL, email),) if email else ()
    new = NewPerson(given=given, family=family, identifiers=(NewIdentifier(Scheme(scheme), number),), contacts=contacts)
    return people.register_persons(by=operator(), path=path, persons=[new], now=clock.now())[0], True
