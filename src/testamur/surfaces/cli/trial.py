"""A TEST seal and a log for an authority, so that a demo installation can issue for schools that were imported."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from testamur.kernel.base.actor import Actor
from testamur.register.schools.rules import UnitView
from testamur.trust.records import bundle
from testamur.trust.sealing import actions as sealing
from testamur.trust.sealing import testpki
from testamur.trust.sealing.keys.opening import open_key
from testamur.trust.sealing.queries import NoActiveSeal, active_seal
from testamur.trust.sealing.rules import Algorithm
from testamur.trust.transparency import actions as logs
from testamur.trust.transparency import queries as log_queries


def equip(
    by: Actor, authority: UnitView, *, data: Path, public_url: str, now: datetime, algorithm: Algorithm = Algorithm.P256
) -> list[str]:
    """Give the authority what it lacks of seal and log; returns what was made (``seal``, ``log``)."""
    made: list[str] = []
    code = authority.path.strip("/").replace("/", "-")
    try:
        active_seal(authority.id, now)
    except NoActiveSeal:
        _seal(by, authority, code, data, algorithm, now)
        made.append("seal")
    if log_queries.log_by_organisation(organisation=authority.id) is None:
        host = urlsplit(public_url).hostname or "testamur.example"
        logs.create_log(by=by, organisation=authority.id, code=code, host=host, now=now, path=authority.path)
        made.append("log")
    return made


def seal_of_its_own(by: Actor, school: UnitView, *, data: Path, now: datetime) -> None:
    """Give a school a TEST seal of its own: its documents are sealed by it, and logged by the body responsible."""
    _seal(by, school, school.path.strip("/").replace("/", "-"), data, Algorithm.P256, now)


def _seal(by: Actor, authority: UnitView, code: str, data: Path, algorithm: Algorithm, now: datetime) -> None:
    """A PKI of its own: keys, the anchors for the trust bundle, the seal taken into use."""
    keys = next(k for k in (data / "keys" / f"seal-{code}{n}" for n in ("", *range(-2, -1000, -1))) if not k.exists())
    pki = testpki.make(keys, organisation=authority.name, country=authority.country, now=now, algorithms=(algorithm,))
    key = pki.seals[algorithm]
    sealing.register_seal(
        by=by,
        organisation=authority.id,
        path=authority.path,
        key=open_key(key.locator),
        locator=key.locator,
        certificates=key.chain,
        now=now,
    )
    for folder, ders in (
        (f"seal-roots/{authority.id}", [pki.root]),
        (f"crls/{authority.id}", pki.crls),
        ("tsa-roots", [pki.root]),
    ):
        place = bundle.anchors() / folder
        place.mkdir(parents=True, exist_ok=True)
        for number, der in enumerate(ders):
            (place / f"{keys.name.removeprefix('seal-')}-{number}.der").write_bytes(der)
