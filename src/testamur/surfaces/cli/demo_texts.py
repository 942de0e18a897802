"""What the teachers of the demo write, in the language of their school. Plainly invented."""

from __future__ import annotations

from collections.abc import Mapping

TOPICS: Mapping[str, tuple[str, ...]] = {
    "BG": ("Преговор", "Нов урок: примерна тема", "Упражнение", "Работа по групи", "Самостоятелна работа"),
    "SE": ("Repetition", "Nytt område: exempel", "Övning", "Grupparbete", "Eget arbete"),
    "VN": ("Ôn tập", "Bài mới: chủ đề ví dụ", "Luyện tập", "Hoạt động nhóm", "Thực hành"),
}
HOMEWORK: Mapping[str, tuple[str, ...]] = {
    "BG": ("Учебник, стр. 24, зад. 3 и 4.", "Прочетете примерния текст.", "Тетрадка, упражнение 7."),
    "SE": ("Läs sidorna 24–26.", "Uppgift 3 och 4 i boken.", "Skriv en halv sida."),
    "VN": ("Bài 3 và 4, trang 24.", "Đọc bài ví dụ.", "Viết năm câu."),
}
TASKS: Mapping[str, tuple[str, ...]] = {
    "BG": ("Устно изпитване", "Контролна работа", "Домашна работа", "Проект"),
    "SE": ("Muntlig redovisning", "Prov", "Inlämning", "Projekt"),
    "VN": ("Giữa kì", "Kiểm tra", "Bài tập", "Dự án"),
}
REMARKS: Mapping[str, Mapping[bool, tuple[str, ...]]] = {
    "BG": {
        False: ("Няма учебник по примерния предмет.", "Разговаря по време на час."),
        True: ("Помогна на съученик.", "Отлично представяне на проекта."),
    },
    "SE": {
        False: ("Glömt idrottskläder två gånger.", "Kom sent in efter rasten."),
        True: ("Hjälpte en kamrat.", "Fin redovisning av projektet."),
    },
    "VN": {
        False: ("Quên vở bài tập.", "Nói chuyện trong giờ học."),
        True: ("Giúp đỡ bạn.", "Trình bày dự án rất tốt."),
    },
}
HEALTH: Mapping[str, tuple[str, str]] = {
    "BG": ("Алергия към ядки (пример).", "Астма, носи инхалатор (пример)."),
    "SE": ("Nötallergi (exempel).", "Astma, har inhalator i väskan (exempel)."),
    "VN": ("Dị ứng hạt (ví dụ).", "Hen suyễn, có bình xịt (ví dụ)."),
}
ASSESSMENTS: Mapping[str, tuple[str, str]] = {
    "BG": ("Работи старателно и напредва.", "Да чете по десет минути на ден."),
    "SE": ("Arbetar noga och berättar gärna vad du lärt dig.", "Öva på att motivera dina svar skriftligt."),
    "VN": ("Chăm chỉ, có nhiều tiến bộ.", "Luyện đọc mười phút mỗi ngày."),
}
EVENTS: Mapping[str, tuple[str, str, str, str]] = {
    "BG": ("Контролна работа", "Екскурзия до музея", "Родителска среща", "Семейно събитие."),
    "SE": ("Prov", "Utflykt till museet", "Utvecklingssamtal", "Familjehögtid."),
    "VN": ("Kiểm tra", "Tham quan bảo tàng", "Họp phụ huynh", "Việc gia đình."),
}
