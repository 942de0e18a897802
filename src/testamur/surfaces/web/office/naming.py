"""What the law calls the codes of decisions: subjects, qualities, competences, facts; and codes that are values."""

from __future__ import annotations

from collections.abc import Mapping

from testamur.law.bg_school import tables as bg
from testamur.law.contract import Pack
from testamur.law.se_compulsory import tables as se
from testamur.law.vn_primary import tables as vn

CODES: Mapping[str, Mapping[str, str]] = {
    "bg.school": {code: names[0] for code, names in bg.FACTS.items()},
    "se.compulsory": {code: names[0] for code, names in se.FACTS.items()},
    "vn.primary": {
        **vn.QUALITIES,
        **vn.COMPETENCES,
        **{code: fact.name for code, fact in vn.FACTS.items()},
        "ket_qua_giao_duc": "Kết quả giáo dục",
        "len_lop": "Lên lớp",
        "khen_thuong": "Khen thưởng",
    },
}
"""Pack → code beside its subjects → name, in the language of the law."""

VALUES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("vn.primary", "year_result"): {one.value: one.name for one in vn.YEAR_RESULT.values},
    ("vn.primary", "award"): {one.value: one.name for one in vn.AWARDS.values},
}
"""Pack and kind of decision → value that is a code → its words."""


def subject(pack: Pack, code: str) -> str:
    """The name of what is decided; the code itself where the law has no name."""
    found = next((one.name for one in pack.subjects if one.code == code), None)
    return found or CODES.get(pack.id, {}).get(code, code)


def value(pack: Pack, kind: str, decided: str) -> str:
    """The words of a value; the value itself, such as a grade, where it needs none."""
    return VALUES.get((pack.id, kind), {}).get(decided, decided)
