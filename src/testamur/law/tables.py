"""The packs by id: one of the product's extension points. A new jurisdiction is one more line."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import date

from testamur.kernel.base.refused import Refused
from testamur.law.bg_school.pack import PACK as BG_SCHOOL
from testamur.law.contract import Pack
from testamur.law.se_compulsory.pack import PACK as SE_COMPULSORY
from testamur.law.se_university.pack import PACK as SE_UNIVERSITY
from testamur.law.vn_primary.pack import PACK as VN_PRIMARY

PACKS: Mapping[str, Pack] = {p.id: p for p in (SE_COMPULSORY, VN_PRIMARY, BG_SCHOOL, SE_UNIVERSITY)}


ABOUT_PUPILS: frozenset[str] = frozenset(
    kind.code for p in PACKS.values() for level in p.year_levels for kind in p.diary.class_kinds(level, date.max)
)
"""Codes of the kinds of mark that are about no subject (`law.diary.MarkKind.whole`), of every pack."""


class PackUnknown(Refused):
    """There is no pack with that id."""

    code = "law.pack.unknown"


def pack(pack_id: str) -> Pack:
    """The pack with that id (``se.compulsory``, ``vn.primary``); raises `PackUnknown`."""
    found = PACKS.get(pack_id)
    if found is None:
        raise PackUnknown(
            f"There is no rule pack {pack_id[:60]!r}; there are {', '.join(PACKS)}.",
            field="pack",
            pack=pack_id[:60],
            near=tuple(difflib.get_close_matches(pack_id[:60], PACKS)),
        )
    return found
