"""Which law governs results at a place. For this package's own code."""

from __future__ import annotations

from testamur.law.contract import Pack
from testamur.law.results import Results
from testamur.law.tables import PACKS, pack
from testamur.register.curriculum import queries as curriculum
from testamur.register.schools import queries as schools
from testamur.schoolday.reporting.rules.lists import NoResults


def university_of(path: str) -> str:
    """The place of the whole university: students and their results belong to no department."""
    return "/" + path.split("/")[1] + "/"


def law_at(path: str) -> Pack:
    """The pack that knows results at `path`: of the nearest unit there or above, else of one below. Raises NoResults.

    A university's own unit often has none; its departments do.
    """
    above = schools.units_above(path)
    for unit in (*reversed(above), *schools.units_under(path)):
        told = [one.pack for one in reversed(curriculum.packs_of(unit.path))]
        for name in (*told, unit.pack):
            if name in PACKS and PACKS[name].results is not None:
                return PACKS[name]
    raise NoResults("The rules of this university do not know results.", field="path", path=path)


def results_of(pack_id: str) -> Results:
    """The rules about results of a pack. Raises NoResults."""
    law = pack(pack_id).results
    if law is None:
        raise NoResults("The rules of this university do not know results.", field="pack", pack=pack_id)
    return law
