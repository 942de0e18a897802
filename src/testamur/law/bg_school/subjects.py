"""Subjects of Bulgarian schools and the names that people write for them: N4, framework plans; year levels [M]."""

from __future__ import annotations

from collections.abc import Mapping

from testamur.law.contract import Subject


def _years(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1))


SUBJECTS = (
    Subject("BEL", "Български език и литература", order=1),
    Subject("ENG", "Английски език", "FL", order=2, years=_years(2, 12)),
    Subject("GER", "Немски език", "FL", order=3, years=_years(2, 12), elective=True),
    Subject("FRE", "Френски език", "FL", order=4, years=_years(2, 12), elective=True),
    Subject("RUS", "Руски език", "FL", order=5, years=_years(2, 12), elective=True),
    Subject("SPA", "Испански език", "FL", order=6, years=_years(2, 12), elective=True),
    Subject("ITA", "Италиански език", "FL", order=7, years=_years(2, 12), elective=True),
    Subject("MAT", "Математика", order=8),
    Subject("KM", "Компютърно моделиране", order=9, years=(3, 4)),
    Subject("KMIT", "Компютърно моделиране и информационни технологии", order=10, years=(5, 6, 7)),
    Subject("INF", "Информатика", order=11, years=_years(8, 12), elective=True),
    Subject("IT", "Информационни технологии", order=12, years=(8, 9, 10)),
    Subject("OKS", "Околен свят", order=13, years=(1, 2)),
    Subject("CHO", "Човекът и обществото", order=14, years=(3, 4)),
    Subject("IST", "История и цивилизации", order=15, years=_years(5, 12)),
    Subject("GEO", "География и икономика", order=16, years=_years(5, 12)),
    Subject("FIL", "Философия", order=17, years=_years(8, 12)),
    Subject("GRO", "Гражданско образование", order=18, years=(11, 12)),
    Subject("CHP", "Човекът и природата", order=19, years=_years(3, 6)),
    Subject("BIO", "Биология и здравно образование", order=20, years=_years(7, 12)),
    Subject("FIZ", "Физика и астрономия", order=21, years=_years(7, 12)),
    Subject("HIM", "Химия и опазване на околната среда", order=22, years=_years(7, 12)),
    Subject("MUZ", "Музика", order=23, years=_years(1, 10)),
    Subject("IZO", "Изобразително изкуство", order=24, years=_years(1, 10)),
    Subject("TEH", "Технологии и предприемачество", order=25, years=_years(1, 7)),
    Subject("PRE", "Предприемачество", order=26, years=_years(8, 10)),
    Subject("FVS", "Физическо възпитание и спорт", order=27),
    Subject("SD", "Спортни дейности", order=28, elective=True),
    Subject("REL", "Религия", order=29, elective=True),
    Subject("CHK", "Час на класа", order=30, elective=True),
)
BY_CODE: Mapping[str, Subject] = {s.code: s for s in SUBJECTS}

ALIASES: Mapping[str, tuple[str, ...]] = {
    "BEL": ("БЕЛ", "Български език", "Български", "Бълг. език", "БЕ и литература", "Bulgarian language and literature",
            "Bulgarian"),
    "ENG": ("АЕ", "Английски", "Англ. език", "Англ.", "English", "English language"),
    "GER": ("НЕ", "Немски", "Нем. език", "German"),
    "FRE": ("ФЕ", "Френски", "Фр. език", "French"),
    "RUS": ("РЕ", "Руски", "Рус. език", "Russian"),
    "SPA": ("ИЕ", "Испански", "Исп. език", "Spanish"),
    "ITA": ("Италиански", "Ит. език", "Italian"),
    "MAT": ("Мат.", "МАТ", "Матем.", "Mathematics", "Maths", "Math"),
    "KM": ("КМ", "Компютърно моделиране и ИТ 3-4", "Computer modelling"),
    "KMIT": ("КМИТ", "Компютърно моделиране и ИТ", "Computer modelling and information technology"),
    "INF": ("Инф.", "Информ.", "Informatics", "Computer science"),
    "IT": ("ИТ", "Инф. технологии", "Information technology"),
    "OKS": ("ОС", "Ок. свят", "World around us"),
    "CHO": ("ЧО", "Човек и общество", "People and society"),
    "IST": ("ИЦ", "История", "Ист.", "История и цивилизация", "History", "History and civilisations"),
    "GEO": ("ГИ", "География", "Геогр.", "Geography", "Geography and economics"),
    "FIL": ("Фил.", "Philosophy"),
    "GRO": ("ГО", "Гражд. образование", "Civic education"),
    "CHP": ("ЧП", "Човек и природа", "People and nature", "Science"),
    "BIO": ("БЗО", "Биология", "Биол.", "Biology"),
    "FIZ": ("ФА", "Физика", "Физ.", "Physics", "Physics and astronomy"),
    "HIM": ("ХООС", "Химия", "Хим.", "Chemistry"),
    "MUZ": ("Муз.", "Music"),
    "IZO": ("ИИ", "Изо", "Изобр. изкуство", "Рисуване", "Art", "Fine arts"),
    "TEH": ("ТП", "Технологии", "Техн. и предприемачество", "Technology and entrepreneurship"),
    "PRE": ("Предпр.", "Entrepreneurship"),
    "FVS": ("ФВС", "Физическо", "Физическо възпитание", "Физкултура", "Спорт", "Physical education", "PE"),
    "SD": ("СД", "Sports"),
    "REL": ("Рел.", "Religion"),
    "CHK": ("ЧК", "Класен час", "Class hour"),
}  # fmt: skip
