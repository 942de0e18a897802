"""The trust bundle, `trust.json`: which roots, logs and witnesses a verifier believes (docs/formats.md §9)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs import chain, notes, policies, shape, standing, status
from testamur.kernel.proofs.shape import ShapeError, items, members, text

MAX_BYTES = 64 << 20
METHODS = ("bankid", "simulated", "sms", "certificate")


class TrustError(Refused):
    """The file is not a trust bundle of version 1."""

    code = "trust.malformed"


@dataclass(frozen=True, slots=True)
class Organisation:
    """One issuer. Certificates and CRLs are DER; every root was parsed once when the bundle was read."""

    id: UUID
    name: str
    seal_roots: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    origin: str
    vkeys: tuple[notes.Vkey, ...]
    policy: policies.Policy


@dataclass(frozen=True, slots=True)
class Trust:
    """A parsed bundle.

    Attributes:
        test: the bundle is for tests and demonstrations; every verdict reached with it says so.
        made: when it was made.
        organisations: by id.
        eid_roots: DER of the pinned roots by method.
        tsa_roots: DER of the roots of time-stamp authorities.
        status: status lists by organisation, not opened before a record of it is looked at.
    """

    test: bool
    made: datetime
    organisations: Mapping[UUID, Organisation]
    eid_roots: Mapping[str, tuple[bytes, ...]]
    tsa_roots: tuple[bytes, ...]
    status: Mapping[UUID, standing.Carried]

    def with_status(self, data: bytes) -> Trust:
        """The same bundle with one more status list, from a file.

        Raises `report.Failed` (``status.malformed``) when the file is no status list; whether it holds is seen when a
        record of its organisation is verified.
        """
        value = status.parse(data)
        organisation = status.claimed(value)
        before = self.status[organisation].values if organisation in self.status else ()
        return replace(self, status={**self.status, organisation: standing.Carried((*before, value))})


def parse_trust(data: bytes) -> Trust:
    """Read a bundle; raises `TrustError` (``trust.malformed``) in one plain sentence."""
    if len(data) > MAX_BYTES:
        raise TrustError("The trust bundle is too large.")
    try:
        value = json.loads(data, object_pairs_hook=_once)
        return _trust(value)
    except (ValueError, RecursionError) as error:
        raise TrustError(f"The trust bundle cannot be read: {error}.") from error
    except chain.ChainError as error:
        raise TrustError(f"The trust bundle cannot be read: {error}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ShapeError("an object names a member twice")
    return found


def _trust(value: object) -> Trust:
    names = ("v", "test", "made", "organisations", "eid_roots", "tsa_roots", "status")
    top = members(value, names, "the bundle")
    if top["v"] != 1 or isinstance(top["v"], bool):
        raise ShapeError("it is of another version")
    organisations = [_organisation(item) for item in items(top["organisations"], "organisations")]
    roots = {method: [] for method in METHODS} | _object(top["eid_roots"], "eid_roots")
    members(roots, METHODS, "eid_roots")
    lists = [members(item, ("organisation", "list"), "a status list") for item in items(top["status"], "status")]
    carried = {shape.urn(item["organisation"], "status.organisation"): item["list"] for item in lists}
    if len(carried) != len(lists):
        raise ShapeError("an organisation has two status lists")
    found = {organisation.id: organisation for organisation in organisations}
    if len(found) != len(organisations):
        raise ShapeError("an organisation is named twice")
    return Trust(
        test=shape.yes_no(top["test"], "test"),
        made=shape.time(top["made"], "made"),
        organisations=found,
        eid_roots={method: _certificates(roots[method], f"eid_roots.{method}") for method in METHODS},
        tsa_roots=_certificates(top["tsa_roots"], "tsa_roots"),
        status={organisation: standing.Carried((value,)) for organisation, value in carried.items()},
    )


def _object(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ShapeError(f"{what} is not an object")
    return value


def _organisation(value: object) -> Organisation:
    item = members(value, ("id", "name", "seal_roots", "crls", "log"), "an organisation")
    log = members(item["log"], ("origin", "vkeys", "policy"), "an organisation's log")
    origin = text(log["origin"], "log.origin")
    vkeys = tuple(notes.Vkey.parse(text(vkey, "log.vkeys")) for vkey in items(log["vkeys"], "log.vkeys", limit=100))
    policy = policies.parse_policy(text(log["policy"], "log.policy", limit=policies.MAX_POLICY).encode())
    if {vkey for vkey in vkeys if vkey.name == origin} != set(vkeys) or not set(policy.logs) <= set(vkeys):
        raise ShapeError(f"the keys of the log {origin} contradict each other")
    if not policy.logs:
        policy = policies.Policy(vkeys, policy.witnesses, policy.groups, policy.quorum)
    return Organisation(
        id=shape.urn(item["id"], "an organisation's id"),
        name=text(item["name"], "an organisation's name"),
        seal_roots=_certificates(item["seal_roots"], "seal_roots"),
        crls=tuple(shape.binary(crl, "a CRL", limit=MAX_BYTES) for crl in items(item["crls"], "crls")),
        origin=origin,
        vkeys=vkeys,
        policy=policy,
    )


def _certificates(value: object, what: str) -> tuple[bytes, ...]:
    ders = tuple(shape.binary(item, what) for item in items(value, what, limit=1_000))
    for der in ders:
        chain.load(der)
    return ders


def roots(ders: Iterable[bytes]) -> list[Any]:
    """The parsed certificates of a bundle's roots."""
    return [chain.load(der) for der in ders]
