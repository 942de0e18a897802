"""Words of the visible text, in the languages of the packs. Pure; what a signer reads is what is signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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
            "examiner": "examinator",
            "school": "skolan",
            "administrator": "administratör",
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
            "examiner": "examiner",
            "school": "school",
            "administrator": "administrator",
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
            "examiner": "giám khảo",
            "school": "nhà trường",
            "administrator": "quản trị viên",
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
            "examiner": "изпитващ",
            "school": "училището",
            "administrator": "администратор",
        },
    ),
}


def words(locale: str) -> Words:
    """The words of a locale (``sv``, ``sv-SE``); English where the language is not there."""
    return WORDS.get(locale.replace("_", "-").split("-")[0].lower(), WORDS["en"])
