"""What the words of Vietnamese primary school are called in English, for families who read no Vietnamese. Pure.

The Vietnamese names are the legal ones; these stand beside them and never in their place on a document.
"""

from __future__ import annotations

from collections.abc import Mapping

_CODES: Mapping[str, str] = {
    "TV": "Vietnamese",
    "TOAN": "Mathematics",
    "NN1": "Foreign language 1",
    "LSDL": "History and geography",
    "KH": "Science",
    "THCN": "Informatics and technology",
    "TH": "Informatics and technology (informatics)",
    "CN": "Informatics and technology (technology)",
    "DD": "Ethics",
    "TNXH": "Nature and society",
    "GDTC": "Physical education",
    "NT": "Arts",
    "AN": "Arts (music)",
    "MT": "Arts (fine arts)",
    "HDTN": "Experiential activities",
    "TDT": "Ethnic minority language",
    "yeu_nuoc": "Love of country",
    "nhan_ai": "Kindness",
    "cham_chi": "Diligence",
    "trung_thuc": "Honesty",
    "trach_nhiem": "Responsibility",
    "tu_chu_tu_hoc": "Independence and self-study",
    "giao_tiep_hop_tac": "Communication and cooperation",
    "giai_quyet_van_de": "Problem solving and creativity",
    "ngon_ngu": "Language",
    "tinh_toan": "Calculation",
    "khoa_hoc": "Science",
    "cong_nghe": "Technology",
    "tin_hoc": "Informatics",
    "tham_mi": "Sense of beauty",
    "the_chat": "Physical competence",
    "height_cm": "Height (cm)",
    "weight_kg": "Weight (kg)",
    "health": "Health",
    "absent_with_leave": "Days absent with permission",
    "absent_without_leave": "Days absent without permission",
}
_MOMENTS: Mapping[str, str] = {
    "HK1 mid": "Middle of term 1",
    "HK1": "End of term 1",
    "HK2 mid": "Middle of term 2",
    "HK2": "End of the school year",
}
_VALUES: Mapping[tuple[str, str], str] = {
    ("level", "T"): "Completed well",
    ("level", "H"): "Completed",
    ("level", "C"): "Not completed yet",
    ("trait", "T"): "Good",
    ("trait", "Đ"): "Achieved",
    ("trait", "C"): "Needs to try harder",
    ("year_result", "xuat_sac"): "Completed with excellence",
    ("year_result", "tot"): "Completed well",
    ("year_result", "hoan_thanh"): "Completed",
    ("year_result", "chua_hoan_thanh"): "Not completed yet",
    ("promotion", "len_lop"): "Moves up",
    ("promotion", "o_lai"): "Repeats the year",
    ("award", "hs_xuat_sac"): "Excellent pupil",
    ("award", "hs_tieu_bieu"): "Outstanding pupil, good in study and conduct",
    ("award", "dot_xuat"): "Award for a special achievement",
    ("award", "thu_khen"): "Letter of praise",
}


def name(kind: str, code: str) -> str:
    """``Mathematics``; of kind ``moment`` (``HK1 mid``) its name; empty for what is not known."""
    return (_MOMENTS if kind == "moment" else _CODES).get(code, "")


def value(kind: str, text: str) -> str:
    """``Completed well``; empty for what needs no words, as a mark."""
    return _VALUES.get(("trait" if kind in {"quality", "competence"} else kind, text), "")
