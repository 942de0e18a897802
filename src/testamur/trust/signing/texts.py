"""Words of the visible text, in the languages of the packs. Pure; what a signer reads is what is signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Words:
    """One language.

    `one` and `many` open the text ({} is the number), `more` counts what is not listed, `other` stands for documents
    without a group.
    """

    one: str
    many: str
    acting: str
    more: str
    other: str
    roles: Mapping[str, str]

    def opening(self, count: int) -> str:
        """The first line."""
        return self.one if count == 1 else self.many.format(count)

    def capacity(self, role: str) -> str:
        """The line that names the role and the organisation."""
        return self.acting.format(role)

    def role(self, role: str) -> str:
        """The role in words; a role that is not listed stands as it is, as in the header."""
        return self.roles.get(role, role.replace("_", " "))


WORDS: Mapping[str, Words] = {
    "sv": Words(
        one="Jag skriver under en handling.",
        many="Jag skriver under {} handlingar.",
        acting="I egenskap av: {}",
        more="… och {} till, som visas på underskriftssidan",
        other="Handlingar",
        roles={
            "principal": "rektor",
            "delegate": "på delegation av rektor",
            "teacher": "lärare",
            "class_teacher": "klasslärare",
            "corrector": "rättare",
            "examiner": "examinator",
            "school": "skolan",
            "administrator": "administratör",
            "guardian": "vårdnadshavare",
            "pupil": "elev",
        },
    ),
    "en": Words(
        one="I sign one document.",
        many="I sign {} documents.",
        acting="Acting as: {}",
        more="… and {} more, shown on the signing page",
        other="Documents",
        roles={
            "principal": "principal",
            "delegate": "by delegation of the principal",
            "teacher": "teacher",
            "class_teacher": "class teacher",
            "corrector": "corrector",
            "examiner": "examiner",
            "school": "school",
            "administrator": "administrator",
            "guardian": "guardian",
            "pupil": "pupil",
        },
    ),
    "vi": Words(
        one="Tôi ký một văn bản.",
        many="Tôi ký {} văn bản.",
        acting="Với tư cách: {}",
        more="… và {} văn bản nữa, xem trên trang ký",
        other="Văn bản",
        roles={
            "principal": "hiệu trưởng",
            "delegate": "theo ủy quyền của hiệu trưởng",
            "teacher": "giáo viên",
            "class_teacher": "giáo viên chủ nhiệm",
            "corrector": "người sửa chữa",
            "examiner": "giám khảo",
            "school": "nhà trường",
            "administrator": "quản trị viên",
            "guardian": "cha mẹ hoặc người giám hộ",
            "pupil": "học sinh",
        },
    ),
    "bg": Words(
        one="Подписвам един документ.",
        many="Подписвам {} документа.",
        acting="В качеството на: {}",
        more="… и още {}, показани на страницата за подписване",
        other="Документи",
        roles={
            "principal": "директор",
            "delegate": "по възложение от директора",
            "teacher": "учител",
            "class_teacher": "класен ръководител",
            "corrector": "поправил",
            "examiner": "изпитващ",
            "school": "училището",
            "administrator": "администратор",
            "guardian": "родител или настойник",
            "pupil": "ученик",
        },
    ),
}


def words(locale: str) -> Words:
    """The words of a locale (``sv``, ``sv-SE``); English where the language is not there."""
    return WORDS.get(locale.replace("_", "-").split("-")[0].lower(), WORDS["en"])


_CODE_SMS: Mapping[str, str] = {
    "sv": "{code} är koden för din underskrift i Testamur: {what}. Kontrolltal {check}. Gäller i 5 minuter. "
    "Ge den inte till någon.",
    "en": "{code} is the code for your signature in Testamur: {what}. Check number {check}. Valid for 5 minutes. "
    "Give it to nobody.",
    "vi": "{code} la ma ky cua ban trong Testamur: {what}. So kiem tra {check}. Co hieu luc 5 phut. "
    "Khong dua ma cho bat ky ai.",
    "bg": "{code} е кодът за Вашия подпис в Testamur: {what}. Контролно число {check}. Валиден 5 минути. "
    "Не го давайте на никого.",
}
_CODE_COUNT: Mapping[str, tuple[str, str]] = {
    "sv": ("1 handling", "{} handlingar"),
    "en": ("1 document", "{} documents"),
    "vi": ("1 van ban", "{} van ban"),
    "bg": ("1 документ", "{} документа"),
}
_CODE_HINTS: Mapping[str, Mapping[str, str]] = {
    "sv": {
        "": "Skriv de fem siffrorna som du fick i ett sms.",
        "wrongCode": "Koden stämde inte. Se efter i det senaste sms:et och försök igen.",
        "noTriesLeft": "Fel kod tre gånger. Koden gäller inte längre och ingenting är underskrivet.",
        "expiredTransaction": "Koden gällde i fem minuter. Den gäller inte längre och ingenting är underskrivet.",
        "cancelled": "Underskriften avbröts. Koden gäller inte längre.",
        "failed": "Ingenting är underskrivet. Börja om för att få en ny kod.",
    },
    "en": {
        "": "Enter the five digits that you got in a text message.",
        "wrongCode": "That was not the code. Look at the latest text message and try again.",
        "noTriesLeft": "The wrong code three times. The code is no longer valid, and nothing was signed.",
        "expiredTransaction": "The code was valid for five minutes. It is no longer valid, and nothing was signed.",
        "cancelled": "The signature was cancelled. The code is no longer valid.",
        "failed": "Nothing was signed. Start again to get a new code.",
    },
    "vi": {
        "": "Nhập năm chữ số bạn nhận được qua tin nhắn.",
        "wrongCode": "Mã không đúng. Hãy xem tin nhắn mới nhất rồi thử lại.",
        "noTriesLeft": "Sai mã ba lần. Mã không còn hiệu lực và chưa có gì được ký.",
        "expiredTransaction": "Mã chỉ có hiệu lực năm phút. Mã đã hết hiệu lực và chưa có gì được ký.",
        "cancelled": "Việc ký đã bị hủy. Mã không còn hiệu lực.",
        "failed": "Chưa có gì được ký. Hãy bắt đầu lại để nhận mã mới.",
    },
    "bg": {
        "": "Въведете петте цифри, които получихте като съобщение.",
        "wrongCode": "Кодът не е верен. Вижте последното съобщение и опитайте отново.",
        "noTriesLeft": "Три пъти грешен код. Кодът вече не важи и нищо не е подписано.",
        "expiredTransaction": "Кодът важеше пет минути. Той вече не важи и нищо не е подписано.",
        "cancelled": "Подписването е прекъснато. Кодът вече не важи.",
        "failed": "Нищо не е подписано. Започнете отново, за да получите нов код.",
    },
}


def code_message(code: str, *, about: str, count: int, check: str, host: str, locale: str) -> str:
    """The text message with a code for signing: how much, of what (`about` names no pupil), and the check number.

    Read on locked screens, so nothing else. Its last line lets a browser fill the code in on our page only (WebOTP).
    """
    one, many = _of(_CODE_COUNT, locale)
    what = one if count == 1 else many.format(count)
    text = _of(_CODE_SMS, locale).format(code=code, what=f"{what} ({about})" if about else what, check=check)
    return f"{text}\n\n@{host} #{code}" if host else text


def code_hint(hint: str, *, failed: bool, locale: str) -> str:
    """What a signer with a code is told: what to do, or why it ended."""
    say = _of(_CODE_HINTS, locale)
    return say.get(hint, say["failed" if failed else ""])


def check_number(root: str) -> str:
    """The first eight digits of the root, as the page and the text message both show them."""
    return f"{root[:4]} {root[4:8]}"


def _of(table: Mapping[str, _T], locale: str) -> _T:
    return table.get(locale.replace("_", "-").split("-")[0].lower(), table["en"])
