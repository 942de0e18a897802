"""Personal certificates of a demonstration: TEST files for those who sign, and a simulated signing service."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from testamur.kernel.base.actor import Actor
    from testamur.trust.signing.methods.certificate.csc.simulator.server import Simulator
    from testamur.trust.signing.methods.certificate.csc.simulator.state import Account

PASSWORD = "1234"  # noqa: S105 - of TEST files, printed for everybody
PIN = "123456"
SIGNERS = ("principal", "class_teacher")


def write(by: Actor, schools_: Sequence[UUID], folder: Path, now: datetime) -> list[Path]:
    """A PKCS#12 file for everybody who signs at these schools, where the country signs with personal certificates."""
    from testamur.kernel.base.text import file_stem
    from testamur.register.people import queries as people
    from testamur.register.schools import queries as schools
    from testamur.register.schools.rules import Role
    from testamur.trust.signing.methods.certificate import anchors

    found: dict[UUID, str] = {}
    for unit in schools.units(schools_).values():
        if not any(body.country == "VN" for body in schools.units_above(unit.path)):
            continue
        for role in SIGNERS:
            found |= {p.person: role for p in schools.holders(role=Role(role), unit=unit.id, on=now.date())}
    ca, written = anchors.test_ca(anchors.test_folder()), []
    seen = people.people(by=by, ids=list(found))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for person, role in found.items():
        me = seen[person]
        if me.identifier is None or me.masked:
            continue
        key, certificate = anchors.invented_certificate(
            ca, name=me.name, scheme=me.identifier.scheme.value, identifier=me.identifier.value, now=now
        )
        path = folder / f"{role} {file_stem(me.name) or me.id} {me.identifier.value}.p12"
        path.touch(mode=0o600)
        path.write_bytes(anchors.invented_p12(key, certificate, PASSWORD))
        written.append(path)
    return sorted(written)


def start() -> Simulator | None:
    """Serve the simulated signing service from this process, in demo mode alone and where no other one is named.

    It makes a TEST key for whoever the register knows, the first time the person asks. Whatever is started after this
    (web, worker) finds it by the environment.
    """
    from django.conf import settings
    from django.db import connections

    from testamur.trust.signing.methods.certificate.csc.simulator.server import Simulator
    from testamur.trust.signing.methods.certificate.csc.simulator.state import Service

    if settings.MODE != "demo" or settings.CSC["url"]:
        return None
    running = Simulator(Service(find=_account), Path(settings.DATA) / "keys").start()
    connections.close_all()  # what is started next has connections of its own
    for name in ("url", "token_url", "client_id", "client_secret_file", "user"):
        settings.CSC[name] = running.values[name]
        os.environ[f"TESTAMUR_CSC_{name.upper()}"] = str(running.values[name])
    return running


def _account(user: str) -> Account | None:
    """The TEST key of somebody in the register."""
    from django.db import connections

    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.register.people import queries as people
    from testamur.register.people.rules import Scheme
    from testamur.trust.signing.methods.certificate import anchors
    from testamur.trust.signing.methods.certificate.csc.simulator.state import Account

    scheme, _colon, number = user.partition(":")
    try:
        holder = people.holder_of_identifier(scheme=Scheme(scheme), value=number, on=clock.now().date())
        me = people.person(by=operator(), id=holder) if holder else None
    except ValueError:
        return None
    finally:
        connections.close_all()  # this thread ends with its request
    if me is None:
        return None
    ca = anchors.test_ca(anchors.test_folder())
    key, certificate = anchors.invented_certificate(ca, name=me.name, scheme=scheme, identifier=number, now=clock.now())
    return Account(user, key, (certificate,), pin=PIN)
