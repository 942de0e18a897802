"""The facts of Vietnamese primary school, each with its source. [M] marks what is still to be verified.

Sources: Circular 27/2020/TT-BGDĐT of 4 September 2020 (assessment of primary pupils; "art." below), Circular
32/2018/TT-BGDĐT (general education programme).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from testamur.law.contract import CorrectionRule, Occasion, Scale, ScaleValue, Subject
from testamur.law.diary import Ground, LeaveRule, RegisterRule, RemarkKind

ID = "vn.primary"
VERSION = "2026.1"
TERMS = ("HK1", "HK2")
YEAR_LEVELS = (1, 2, 3, 4, 5)
KINDS = ("level", "test", "quality", "competence", "fact", "comment", "year_result", "award", "promotion")

MID = "mid"
OCCASIONS = (  # four times a year: art. 7.1.a
    Occasion("HK1", MID, "Giữa học kì I"),
    Occasion("HK1", "", "Cuối học kì I"),
    Occasion("HK2", MID, "Giữa học kì II"),
    Occasion("HK2", "", "Cuối năm học"),
)

IN_FORCE: Mapping[int, date] = {  # by grade, as the new programme was rolled in: Circular 27/2020 art. 2
    1: date(2020, 10, 20),
    2: date(2021, 7, 1),
    3: date(2022, 7, 1),
    4: date(2023, 7, 1),
    5: date(2024, 7, 1),
}
START = IN_FORCE[1]

# --- scales ------------------------------------------------------------------------------------

LEVEL = Scale(  # art. 7.1.a
    id="vn.primary.level.2020",
    values=(
        ScaleValue("T", "Hoàn thành tốt", passed=True),
        ScaleValue("H", "Hoàn thành", passed=True),
        ScaleValue("C", "Chưa hoàn thành", passed=False),
    ),
    valid_from=START,
)
TRAIT = Scale(  # qualities and competences: art. 7.2
    id="vn.primary.trait.2020",
    values=(
        ScaleValue("T", "Tốt", passed=True),
        ScaleValue("Đ", "Đạt", passed=True),
        ScaleValue("C", "Cần cố gắng", passed=False),
    ),
    valid_from=START,
)
MARK = Scale(  # ten-point scale, whole marks only: art. 7.1.d
    id="vn.primary.test.2020",
    values=tuple(ScaleValue(str(n), str(n), Decimal(n)) for n in range(10, -1, -1)),
    valid_from=START,
)

EXCELLENT, GOOD, DONE, NOT_DONE = "xuat_sac", "tot", "hoan_thanh", "chua_hoan_thanh"
YEAR_RESULT = Scale(  # art. 9.2.b
    id="vn.primary.year_result.2020",
    values=(
        ScaleValue(EXCELLENT, "Hoàn thành xuất sắc", passed=True),
        ScaleValue(GOOD, "Hoàn thành tốt", passed=True),
        ScaleValue(DONE, "Hoàn thành", passed=True),
        ScaleValue(NOT_DONE, "Chưa hoàn thành", passed=False),
    ),
    valid_from=START,
)


@dataclass(frozen=True, slots=True)
class Demand:
    """What a year result demands: the levels and traits allowed, the least mark in each year-end test."""

    result: str
    levels: str
    traits: str
    mark: int


DEMANDS = (  # best first; who meets none has not completed the year: art. 9.2.b
    Demand(EXCELLENT, "T", "T", 9),
    Demand(GOOD, "T", "T", 7),
    Demand(DONE, "TH", "TĐ", 5),
)

PROMOTED, RETAINED = "len_lop", "o_lai"
PROMOTION = Scale(  # art. 11: the principal's decision when re-assessment did not help
    id="vn.primary.promotion.2020",
    values=(ScaleValue(PROMOTED, "Được lên lớp", passed=True), ScaleValue(RETAINED, "Ở lại lớp", passed=False)),
    valid_from=START,
)

TITLE_EXCELLENT, TITLE_MODEL, ON_THE_SPOT, LETTER = "hs_xuat_sac", "hs_tieu_bieu", "dot_xuat", "thu_khen"
AWARDS = Scale(  # art. 13
    id="vn.primary.award.2020",
    values=(
        ScaleValue(TITLE_EXCELLENT, "Học sinh Xuất sắc"),
        ScaleValue(TITLE_MODEL, "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện"),
        ScaleValue(ON_THE_SPOT, "Khen thưởng đột xuất"),
        ScaleValue(LETTER, "Thư khen"),
    ),
    valid_from=START,
)

SCALES: Mapping[str, Scale] = {
    "level": LEVEL,
    "test": MARK,
    "quality": TRAIT,
    "competence": TRAIT,
    "year_result": YEAR_RESULT,
    "promotion": PROMOTION,
    "award": AWARDS,
}
WHOLE_YEAR: Mapping[str, str] = {  # kinds about the whole year have one code
    "year_result": "ket_qua_giao_duc",
    "promotion": "len_lop",
    "award": "khen_thuong",
}

FURTHER_AWARDS = tuple(f"khen_thuong_{n}" for n in range(2, 8))
"""Codes of awards beside the title of the year: for a special achievement, letters of praise (art. 13.1.b, 13.2)."""

# --- subjects and activities: Circular 32/2018 ---------------------------------------------------

SUBJECTS = (
    Subject("TV", "Tiếng Việt", order=1),
    Subject("TOAN", "Toán", order=2),
    Subject("NN1", "Ngoại ngữ 1", order=3),  # compulsory from grade 3, elective in grades 1-2 (ELECTIVE_IN)
    Subject("LSDL", "Lịch sử và Địa lí", order=4, years=(4, 5)),
    Subject("KH", "Khoa học", order=5, years=(4, 5)),
    Subject("THCN", "Tin học và Công nghệ", "THCN", order=6, years=(3, 4, 5), covers=("TH", "CN")),
    # one subject with two strands, which many schools assess apart [M]
    Subject("TH", "Tin học và Công nghệ (Tin học)", "THCN", order=7, years=(3, 4, 5)),
    Subject("CN", "Tin học và Công nghệ (Công nghệ)", "THCN", order=8, years=(3, 4, 5)),
    Subject("DD", "Đạo đức", order=9),
    Subject("TNXH", "Tự nhiên và Xã hội", order=10, years=(1, 2, 3)),
    Subject("GDTC", "Giáo dục thể chất", order=11),
    Subject("NT", "Nghệ thuật", "NT", order=12, covers=("AN", "MT")),
    Subject("AN", "Nghệ thuật (Âm nhạc)", "NT", order=13),
    Subject("MT", "Nghệ thuật (Mĩ thuật)", "NT", order=14),
    Subject("HDTN", "Hoạt động trải nghiệm", order=15),
    Subject("TDT", "Tiếng dân tộc thiểu số", order=16, elective=True),
)
BY_CODE: Mapping[str, Subject] = {s.code: s for s in SUBJECTS}
ELECTIVE_IN: Mapping[str, tuple[int, ...]] = {"NN1": (1, 2)}

SUBJECT_ALIASES: Mapping[str, tuple[str, ...]] = {
    "TV": ("Vietnamese", "Vietnamese language"),
    "TOAN": ("Toán học", "Mathematics", "Maths", "Math"),
    "NN1": ("Ngoại ngữ", "Tiếng Anh", "Foreign language", "Foreign language 1", "English"),
    "LSDL": (
        "Lịch sử & Địa lí",
        "Lịch sử và Địa lý",
        "Lịch sử Địa lí",
        "Lịch sử & Địa lý",
        "LS&ĐL",
        "LS-ĐL",
        "History and geography",
    ),
    "KH": ("Science",),
    "THCN": ("Tin học & Công nghệ", "Tin học Công nghệ", "TH&CN", "Informatics and technology"),
    "TH": ("Tin học", "Informatics", "Computer science", "IT"),
    "CN": ("Công nghệ", "Technology"),
    "DD": ("Ethics", "Moral education"),
    "TNXH": ("Tự nhiên & Xã hội", "Tự nhiên Xã hội", "TN&XH", "Nature and society"),
    "GDTC": ("Thể dục", "Physical education", "PE"),
    "NT": ("Art", "Arts"),
    "AN": ("Âm nhạc", "Music"),
    "MT": ("Mĩ thuật", "Mỹ thuật", "Nghệ thuật (Mỹ thuật)", "Fine arts", "Visual arts"),
    "HDTN": ("HĐTN", "Hoạt động trải nghiệm hướng nghiệp", "Experiential activities"),
    "TDT": ("Tiếng dân tộc", "Ethnic minority language"),
}

# --- periodic tests: which subject, which grade, when (art. 7.1.b) -------------------------------


@dataclass(frozen=True, slots=True)
class Test:
    """A periodic test: grades that sit it at the ends of both terms, and those that sit it at mid-term too."""

    subject: str
    ends: tuple[int, ...]
    mid: tuple[int, ...] = ()


TESTS: Mapping[str, Test] = {
    t.subject: t
    for t in (
        Test("TV", ends=(1, 2, 3, 4, 5), mid=(4, 5)),
        Test("TOAN", ends=(1, 2, 3, 4, 5), mid=(4, 5)),
        Test("NN1", ends=(3, 4, 5)),
        Test("LSDL", ends=(4, 5)),
        Test("KH", ends=(4, 5)),
        Test("THCN", ends=(3, 4, 5)),
        Test("TH", ends=(3, 4, 5)),  # the strands where assessed apart [M]
        Test("CN", ends=(3, 4, 5)),
    )
}

# --- qualities and competences: art. 5 -----------------------------------------------------------

QUALITIES: Mapping[str, str] = {
    "yeu_nuoc": "Yêu nước",
    "nhan_ai": "Nhân ái",
    "cham_chi": "Chăm chỉ",
    "trung_thuc": "Trung thực",
    "trach_nhiem": "Trách nhiệm",
}
GENERAL: Mapping[str, str] = {
    "tu_chu_tu_hoc": "Tự chủ và tự học",
    "giao_tiep_hop_tac": "Giao tiếp và hợp tác",
    "giai_quyet_van_de": "Giải quyết vấn đề và sáng tạo",
}
SPECIFIC: Mapping[str, str] = {
    "ngon_ngu": "Ngôn ngữ",
    "tinh_toan": "Tính toán",
    "khoa_hoc": "Khoa học",
    "cong_nghe": "Công nghệ",
    "tin_hoc": "Tin học",
    "tham_mi": "Thẩm mĩ",
    "the_chat": "Thể chất",
}
COMPETENCES: Mapping[str, str] = {**GENERAL, **SPECIFIC}
COMPETENCE_FROM: Mapping[str, int] = {"cong_nghe": 3, "tin_hoc": 3}
"""Lawful in every grade, missed only from the grade in which the subject begins [M]."""

TRAIT_ALIASES: Mapping[str, tuple[str, ...]] = {
    "yeu_nuoc": ("Patriotism",),
    "nhan_ai": ("Kindness", "Compassion"),
    "cham_chi": ("Diligence",),
    "trung_thuc": ("Honesty",),
    "trach_nhiem": ("Responsibility",),
    "tu_chu_tu_hoc": ("Tự chủ, tự học", "Autonomy and self-study", "Self-control and self-study"),
    "giao_tiep_hop_tac": ("Giao tiếp, hợp tác", "Communication and cooperation"),
    "giai_quyet_van_de": ("GQVĐ và sáng tạo", "Giải quyết vấn đề", "Problem solving and creativity"),
    "ngon_ngu": ("Language",),
    "tinh_toan": ("Calculation", "Computation", "Numeracy"),
    "khoa_hoc": ("Science",),
    "cong_nghe": ("Technology",),
    "tin_hoc": ("Informatics",),
    "tham_mi": ("Thẩm mỹ", "Aesthetics"),
    "the_chat": ("Physical",),
}

# --- facts on the transcript: Appendix 1 [M] -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact about the pupil. `least` to `most` in steps of `step`; without them it is free text."""

    name: str
    aliases: tuple[str, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    step: Decimal = Decimal(1)


FACT_LENGTH = 20
"""Characters of a fact in free text: the form has one line for it [M]."""

FACTS: Mapping[str, Fact] = {
    "height_cm": Fact("Chiều cao", ("Height",), Decimal(50), Decimal(230), Decimal("0.1")),
    "weight_kg": Fact("Cân nặng", ("Weight",), Decimal(5), Decimal(200), Decimal("0.1")),
    "health": Fact("Sức khoẻ", ("Sức khỏe", "Health")),
    "absent_with_leave": Fact(
        "Số ngày nghỉ có phép", ("Nghỉ có phép", "Absent with leave"), Decimal(0), Decimal(366), Decimal("0.5")
    ),
    "absent_without_leave": Fact(
        "Số ngày nghỉ không phép", ("Nghỉ không phép", "Absent without leave"), Decimal(0), Decimal(366), Decimal("0.5")
    ),
}

# --- flags that the rules read -----------------------------------------------------------------

RETEST = "retest"
"""A test sat again, or a level given after help: it counts instead of the former one (art. 7.1.d, 11)."""
OUTSTANDING = "outstanding"
"""On a level: outstanding achievement in that subject (art. 13.1.a)."""
PROGRESS = "progress"
"""On a quality or competence: clear progress (art. 13.1.a)."""
CLASS_AGREES = "class_agrees"
"""On an award: the class has recognised it (art. 13.1.a)."""

# --- corrections: how a transcript is put right --------------------------------------------------

CORRECTIONS: Mapping[str, CorrectionRule] = {
    "rectification": CorrectionRule(
        reason="rectification",
        name="Sửa chữa học bạ",
        law="Hướng dẫn ghi học bạ, Thông tư 27/2020/TT-BGDĐT, Phụ lục 1",  # [M]
        roles=("teacher", "class_teacher"),
        direction="any",
        grounds=(("slip", "Nội dung ghi sai do nhầm lẫn khi ghi chép."),),
        shown_as="strike_through",  # red line through the former text, new text above right, corrector's signature
        duties=("corrector_signs", "principal_confirms"),
    ),
    "re-examination": CorrectionRule(
        reason="re-examination",
        name="Đánh giá bổ sung",
        law="Thông tư 27/2020/TT-BGDĐT, Điều 7 khoản 1 điểm d; Điều 11",
        roles=("teacher", "class_teacher"),
        direction="any",
        grounds=(("assessed_again", "Học sinh đã được giúp đỡ và đánh giá lại, hoặc làm bài kiểm tra khác."),),
    ),
    "change": CorrectionRule(
        reason="change",
        name="Xếp lại kết quả giáo dục",
        law="Thông tư 27/2020/TT-BGDĐT, Điều 9 khoản 2; Điều 11",
        roles=("class_teacher",),
        direction="any",
        grounds=(("reckoned", "Kết quả giáo dục được xếp lại theo kết quả đánh giá bổ sung."),),
    ),
}

# art. 4 and 7.1.d: no pupil is compared with another, and marks are not used for it; no figure is exempt
COMPARISON = False

# --- diary ---------------------------------------------------------------------------------------

ABSENCES: Mapping[str, str] = {"absent": "Nghỉ học", "late": "Đi học muộn", "left_early": "Về sớm"}
GROUNDS = (  # with permission; without any ground it is "không phép": Circular 28/2020/TT-BGDĐT (charter) [M]
    Ground("illness", "Có phép: ốm", ("guardian", "teacher", "class_teacher", "principal")),
    Ground("family", "Có phép: việc gia đình", ("guardian", "class_teacher", "principal")),
    Ground("activity", "Có phép: tham gia hoạt động của trường", ("teacher", "class_teacher", "principal")),
)
LEAVE = LeaveRule(
    days_per_year=None,
    days_in_row=None,
    guardians=1,
    approvers=((3, "class_teacher"), (None, "principal")),  # [M]
    counts=(),
    law="Thông tư 28/2020/TT-BGDĐT, Điều lệ trường tiểu học",  # [M]
)
REMARKS = (  # art. 6: the teacher's remarks help the pupil on
    RemarkKind("remark", "Nhắc nhở", positive=False),
    RemarkKind("praise", "Khen ngợi", positive=True),
)
REGISTER = RegisterRule(document="so_theo_doi", every="year", keep_years=5)
"""Follow-up book of the class, kept five years: Circular 27/2016/TT-BGDĐT, retention groups [M]."""
