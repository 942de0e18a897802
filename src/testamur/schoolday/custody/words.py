"""What stands on copies and extracts, in the language of the document that they are made of."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "vi": {
        "copy": "Bản sao", "extract": "Trích lục", "number": "Số", "made": "Ngày cấp", "office": "Nơi cấp",
        "of": "Bản gốc", "period": "Năm học", "pupil": "Họ và tên học sinh", "born": "Ngày sinh",
        "identifier": "Mã định danh", "purpose": "Mục đích", "attestation": "Xác nhận bản sao",
        "attestation_extract": "Xác nhận trích lục", "check": "Kiểm tra với bản gốc",
        "how": "Quét mã, hoặc nhập mã tra cứu tại",
        "inside": "Bản gốc điện tử đã ký và đóng dấu được đính kèm trong tệp này.",
        "clerk": "Người cấp (ký, ghi rõ họ tên)", "stamp": "Dấu của cơ quan", "digest": "SHA-256 của bản gốc",
        "test": "TÀI LIỆU THỬ NGHIỆM", "practice": "BẢN THỰC HÀNH – KHÔNG CÓ GIÁ TRỊ",
        "class": "Lớp", "subject": "Môn học, hoạt động giáo dục",
        "level": "Mức đạt được",
        "mark": "Điểm KTĐK", "comment": "Nhận xét", "trait": "Phẩm chất, năng lực", "result": "Kết quả giáo dục",
        "awards": "Khen thưởng", "completion": "Hoàn thành", "school": "Trường",
    },
    "sv": {
        "copy": "Kopia", "extract": "Utdrag", "number": "Nummer", "made": "Utlämnad", "office": "Utlämnad av",
        "of": "Original", "period": "Period", "pupil": "Elev", "born": "Född", "identifier": "Personnummer",
        "purpose": "Ändamål", "attestation": "Bestyrkt kopia", "attestation_extract": "Bestyrkt utdrag",
        "check": "Jämför med originalet", "how": "Skanna koden, eller ange den på",
        "inside": "Det elektroniska originalet, signerat och stämplat, ligger bifogat i den här filen.",
        "clerk": "Utlämnad av (namnteckning)", "stamp": "Myndighetens stämpel", "digest": "Originalets SHA-256",
        "test": "TESTDOKUMENT", "practice": "ÖVNING – OGILTIGT",
        "class": "Klass", "subject": "Ämne", "level": "Betyg", "mark": "Poäng",
        "comment": "Kommentar", "trait": "Förmåga", "result": "Resultat", "awards": "Utmärkelser",
        "completion": "Slutfört", "school": "Skola",
    },
    "bg": {
        "copy": "Препис", "extract": "Извлечение", "number": "Номер", "made": "Издаден на", "office": "Издаден от",
        "of": "Оригинал", "period": "Учебна година", "pupil": "Ученик", "born": "Дата на раждане",
        "identifier": "Личен номер", "purpose": "Цел", "attestation": "Заверка на преписа",
        "attestation_extract": "Заверка на извлечението", "check": "Проверка с оригинала",
        "how": "Сканирайте кода или го въведете на",
        "inside": "Електронният оригинал, подписан и подпечатан, е приложен в този файл.",
        "clerk": "Издал (подпис и име)", "stamp": "Печат", "digest": "SHA-256 на оригинала",
        "test": "ПРОБЕН ДОКУМЕНТ", "practice": "УПРАЖНЕНИЕ – НЕВАЛИДНО",
        "class": "Клас", "subject": "Предмет", "level": "Оценка", "mark": "Точки",
        "comment": "Бележка", "trait": "Качество", "result": "Резултат", "awards": "Награди",
        "completion": "Завършено", "school": "Училище",
    },
    "en": {
        "copy": "Copy", "extract": "Extract", "number": "Number", "made": "Given on", "office": "Given by",
        "of": "Original", "period": "Period", "pupil": "Pupil", "born": "Born", "identifier": "Number of the person",
        "purpose": "Purpose", "attestation": "Attested copy", "attestation_extract": "Attested extract",
        "check": "Compare with the original", "how": "Scan the code, or enter it at",
        "inside": "The electronic original, signed and sealed, is attached to this file.",
        "clerk": "Given by (signature)", "stamp": "Stamp of the office", "digest": "SHA-256 of the original",
        "test": "TEST DOCUMENT", "practice": "PRACTICE – NOT VALID",
        "class": "Class", "subject": "Subject", "level": "Grade", "mark": "Mark",
        "comment": "Comment", "trait": "Quality", "result": "Result", "awards": "Awards", "completion": "Completed",
        "school": "School",
    },
}  # fmt: skip
"""Language → word. What a language lacks is said in English."""


def words(locale: str) -> Mapping[str, str]:
    """The words of that language."""
    return WORDS.get(locale[:2], WORDS["en"])
