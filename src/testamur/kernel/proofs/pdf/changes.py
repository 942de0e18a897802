"""What a revision changed: the objects it redefines, adds and frees, and where two values differ.

A verifier allows a second revision only what the seal needs (docs/formats.md section 5); this module says what is
there, it does not judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from testamur.kernel.proofs.pdf.reader import Object, PdfFile
from testamur.kernel.proofs.pdf.values import PdfError, Ref, Value, same


@dataclass(frozen=True, slots=True)
class Redefined:
    """An object that existed before and has another definition now."""

    before: Object
    after: Object


@dataclass(frozen=True, slots=True)
class Changes:
    """What one revision does to the objects of the revisions before it.

    Attributes:
        revision: its number, from 1.
        redefined: objects that were in use and are defined anew, by object number.
        added: objects that were not in use before.
        freed: object numbers that were in use and are not any more.
        trailer: keys of the trailer that differ from the former trailer's.
    """

    revision: int
    redefined: tuple[Redefined, ...]
    added: tuple[Object, ...]
    freed: tuple[int, ...]
    trailer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two values differ.

    Attributes:
        path: keys (str) and indexes (int) from the outer value.
        before: the former value; None when `added`.
        after: the present value; None when `removed`.
        added: the key or item is new.
        removed: the key or item is gone.
    """

    path: tuple[str | int, ...]
    before: Value
    after: Value
    added: bool = False
    removed: bool = False


def compare_revisions(pdf: PdfFile, revision: int) -> Changes:
    """What revision number `revision` (2 or later) changed.

    Every object that the revision names is read, so a broken one is refused with its own `PdfError`.
    """
    if not 2 <= revision <= len(pdf.revisions):  # noqa: PLR2004 - the first revision has nothing before it
        raise PdfError("revisions", f"There is no revision {revision} to compare.")
    redefined: list[Redefined] = []
    added: list[Object] = []
    freed: list[int] = []
    section = pdf.revisions[revision - 1].section
    for number in section.numbers():
        before = pdf.find(number, revision=revision - 1)
        after = pdf.find(number, revision=revision)
        if before is not None and after is not None:
            redefined.append(Redefined(before, after))
        elif after is not None:
            added.append(after)
        elif before is not None:
            freed.append(number)
    old, new = pdf.revisions[revision - 2].section.trailer.values, section.trailer.values
    keys = tuple(k for k in sorted(old.keys() | new.keys()) if not same(old.get(k), new.get(k)))
    return Changes(revision, tuple(redefined), tuple(added), tuple(freed), keys)


def differences(before: Value, after: Value, path: tuple[str | int, ...] = ()) -> Iterator[Difference]:
    """Each place where `after` differs from `before`, outermost first; arrays are compared item by item.

    References are compared as references: follow them with `PdfFile.resolve` where the target matters.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            here = (*path, key)
            if key not in after:
                yield Difference(here, before[key], None, removed=True)
            elif key not in before:
                yield Difference(here, None, after[key], added=True)
            else:
                yield from differences(before[key], after[key], here)
    elif isinstance(before, tuple) and isinstance(after, tuple):
        for index in range(max(len(before), len(after))):
            here = (*path, index)
            if index >= len(after):
                yield Difference(here, before[index], None, removed=True)
            elif index >= len(before):
                yield Difference(here, None, after[index], added=True)
            else:
                yield from differences(before[index], after[index], here)
    elif not same(before, after):
        yield Difference(path, before, after)


def references(value: Value) -> Iterator[Ref]:
    """Every reference inside `value`."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from references(item)
