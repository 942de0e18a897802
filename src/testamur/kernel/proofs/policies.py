"""Witness policies: which logs are trusted, and who must have cosigned (C2SP tlog-policy)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from testamur.kernel.proofs.notes import (
    LOG_KINDS,
    WITNESS_KINDS,
    Kind,
    MalformedNote,
    NoteNotTrusted,
    Verified,
    Vkey,
    decimal,
)

MAX_POLICY = 65_536
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Group:
    """At least `threshold` of `members` (names of witnesses or groups) must have witnessed."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Which logs are trusted and which witnesses must have cosigned (C2SP tlog-policy).

    Attributes:
        logs: keys of the logs; a checkpoint by any of them is accepted.
        witnesses: key by the name used inside the policy.
        groups: group by name, each after those it refers to.
        quorum: name of a witness or group, or ``none``.
    """

    logs: tuple[Vkey, ...]
    witnesses: Mapping[str, Vkey]
    groups: Mapping[str, Group]
    quorum: str

    @property
    def vkeys(self) -> tuple[Vkey, ...]:
        """All keys that the policy knows."""
        return (*self.logs, *self.witnesses.values())

    def satisfied(self, cosigned: Iterable[Vkey]) -> bool:
        """True when these keys' cosignatures make up the quorum."""
        if self.quorum == "none":
            return True
        keys = set(cosigned)
        reached = {name for name, vkey in self.witnesses.items() if vkey in keys}
        for name, group in self.groups.items():
            if sum(member in reached for member in group.members) >= group.threshold:
                reached.add(name)
        return self.quorum in reached

    def quorum_time(self, verified: Iterable[Verified]) -> int | None:
        """The earliest second by which the quorum had cosigned; None when there is no quorum to wait for.

        A cosignature without a time (0) says nothing about when, so it does not count.
        Raises NoteNotTrusted when the quorum is not reached.
        """
        witnesses = set(self.witnesses.values())
        cosigned = [(v.time, v.vkey) for v in verified if v.vkey in witnesses and v.time]
        if self.quorum == "none":
            return None
        for time in sorted(time for time, _ in cosigned):
            if self.satisfied(vkey for at, vkey in cosigned if at <= time):
                return time
        raise NoteNotTrusted("too few of the witnesses that the policy asks for have cosigned")


def parse_policy(data: bytes) -> Policy:
    """A policy file (C2SP tlog-policy, "Policy file syntax and structure"); raises MalformedNote with the line."""
    if len(data) > MAX_POLICY:
        raise MalformedNote(f"a policy of more than {MAX_POLICY} bytes")
    if re.search(rb"[^\t\n\x20-\x7e\x80-\xff]", data):
        raise MalformedNote("a policy must not contain control characters")
    reader = _PolicyReader()
    # names are opaque octets; surrogateescape keeps them apart whatever their encoding
    for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), 1):
        words = [word for word in re.split(r"[ \t]+", line) if word]
        if not words or words[0].startswith("#"):
            continue
        try:
            reader.read(words)
        except MalformedNote as error:
            raise MalformedNote(f"policy line {number}: {error}") from None
    if reader.quorum is None:
        raise MalformedNote("a policy needs one quorum line")
    return Policy(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum)


class _PolicyReader:
    """The state between the lines of one policy file."""

    def __init__(self) -> None:
        self.logs: list[Vkey] = []
        self.witnesses: dict[str, Vkey] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._members: set[str] = set()

    def read(self, words: Sequence[str]) -> None:
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self.logs.append(self._key(vkey, LOG_KINDS, self.logs))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self.witnesses[self._new(name)] = self._key(vkey, WITNESS_KINDS, self.witnesses.values())
            case ["group", name, threshold, *members] if members:
                self._group(name, threshold, members)
            case ["quorum", name]:
                if self.quorum is not None:
                    raise MalformedNote("a second quorum")
                if name != "none":
                    self._known(name)
                self.quorum = name
            case _:
                raise MalformedNote("expected log, witness, group or quorum with its arguments")

    def _group(self, name: str, threshold: str, members: Sequence[str]) -> None:
        for member in members:
            self._known(member)
            if member in self._members:
                raise MalformedNote(f"{member!r} is already a member of a group")
            self._members.add(member)
        count = {"any": 1, "all": len(members)}.get(threshold)
        if count is None:
            count = decimal(threshold, "the threshold")
        if not 1 <= count <= len(members):
            raise MalformedNote("the threshold is not between 1 and the number of members")
        self.groups[self._new(name)] = Group(count, tuple(members))

    @staticmethod
    def _key(text: str, kinds: frozenset[Kind], others: Iterable[Vkey]) -> Vkey:
        vkey = Vkey.parse(text)
        if vkey.kind not in kinds:
            raise MalformedNote("a key of a type that does not fit its use")
        if any(vkey.key == other.key for other in others):
            raise MalformedNote("the same key twice")
        return vkey

    def _new(self, name: str) -> str:
        if name == "none" or name in self.witnesses or name in self.groups:
            raise MalformedNote(f"the name {name!r} is taken")
        return name

    def _known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise MalformedNote(f"{name!r} is not defined on a line before")


def format_policy(logs: Iterable[Vkey], witnesses: Mapping[str, Vkey], threshold: int) -> str:
    """Policy text: any of `logs`, cosigned by at least `threshold` of `witnesses`; 0 asks for none."""
    lines = [*(f"log {vkey}" for vkey in logs), *(f"witness {name} {vkey}" for name, vkey in witnesses.items())]
    if threshold:
        lines += [f"group witnesses {threshold} {' '.join(witnesses)}", "quorum witnesses"]
    else:
        lines.append("quorum none")
    return "\n".join(lines) + "\n"
