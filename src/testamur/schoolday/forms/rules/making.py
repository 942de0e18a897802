"""What a form is: its texts in one or several languages, its questions, to whom it goes and by when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from testamur.kernel.base.ids import urn
from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs.jcs import canonical

LONGEST_TITLE = 100
"""Short enough to stand whole in what an e-ID shows."""
LONGEST = 4000
MOST_QUESTIONS = 40
MOST_OPTIONS = 30
MOST_GROUPS = 60


class Audience(StrEnum):
    """Who answers."""

    GUARDIANS = "guardians"
    PUPILS = "pupils"


class Kind(StrEnum):
    """What is answered to a question."""

    YES_NO = "yes_no"
    ONE = "one"
    """One of several."""
    SEVERAL = "several"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"


class Consent(StrEnum):
    """Whether it is a consent, and how it is given."""

    NONE = "none"
    LOGIN = "login"
    """By whoever is logged in, without a signature: where no e-ID can sign."""
    SIGNED = "signed"


class Needs(StrEnum):
    """Whose answer is needed."""

    ONE = "one"
    ALL = "all"
    """All guardians with custody."""


class Purpose(StrEnum):
    """What a consent is for, where others ask for it."""

    NONE = ""
    PICTURES_INTERNAL = "pictures_internal"
    PICTURES_PUBLIC = "pictures_public"
    EXCURSION = "excursion"
    MEDICINE = "medicine"
    DATA_SHARING = "data_sharing"
    OTHER = "other"


class State(StrEnum):
    """Where a form stands: it goes forward only."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


class FormInvalid(Refused):
    """Something of the form is missing, too long, or does not go together."""

    code = "forms.form.invalid"


class FormFrozen(Refused):
    """The form is published: it is not changed any more, only replaced or closed."""

    code = "forms.form.frozen"


class FormOver(Refused):
    """The form is not published, is closed, or its last day has passed."""

    code = "forms.form.over"


class RemindedToday(Refused):
    """Families were reminded on this day already."""

    code = "forms.form.reminded"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `labels`: language → words; `options`: language → the choices, the same number in each."""

    key: str
    kind: Kind
    required: bool
    labels: Mapping[str, str]
    options: Mapping[str, tuple[str, ...]]

    def label(self, language: str) -> str:
        """The question in that language, else in the first there is."""
        return self.labels.get(language) or next(iter(self.labels.values()))

    def choices(self, language: str) -> tuple[str, ...]:
        """The choices in that language, else in the first there is."""
        return self.options.get(language) or next(iter(self.options.values()), ())


@dataclass(frozen=True, slots=True)
class Content:
    """What is read: plain text, language by language; the first language is the form's own."""

    languages: tuple[str, ...]
    titles: Mapping[str, str]
    texts: Mapping[str, str]
    questions: tuple[Question, ...] = ()

    def language(self, wanted: str) -> str:
        """The language a reader gets."""
        short = wanted.partition("-")[0]
        return short if short in self.languages else self.languages[0]

    def title(self, language: str = "") -> str:
        """The title in a reader's language."""
        return self.titles[self.language(language)]

    def text(self, language: str = "") -> str:
        """The text in a reader's language."""
        return self.texts.get(self.language(language), "")

    def plain(self) -> dict[str, Any]:
        """As it is stored and as it enters the digest."""
        return {
            "languages": list(self.languages),
            "titles": dict(self.titles),
            "texts": dict(self.texts),
            "questions": [
                {
                    "key": one.key,
                    "kind": one.kind.value,
                    "required": one.required,
                    "labels": dict(one.labels),
                    "options": {language: list(some) for language, some in one.options.items()},
                }
                for one in self.questions
            ],
        }

    @staticmethod
    def read(stored: Mapping[str, Any]) -> Content:
        """The inverse of `plain`."""
        questions = tuple(
            Question(
                one["key"],
                Kind(one["kind"]),
                one["required"],
                one["labels"],
                {language: tuple(some) for language, some in one["options"].items()},
            )
            for one in stored["questions"]
        )
        return Content(tuple(stored["languages"]), stored["titles"], stored["texts"], questions)


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as its maker writes it.

    Attributes:
        groups: those of the unit to whose members it goes; none: everybody at and below the unit.
        revocable: a consent can be taken back. `holds_until`: its last day; None holds until it is taken back.
        named: staff see who answered what; else they see figures, and texts without names.
    """

    unit: UUID
    content: Content
    last_day: date
    groups: tuple[UUID, ...] = ()
    audience: Audience = Audience.GUARDIANS
    consent: Consent = Consent.NONE
    purpose: Purpose = Purpose.NONE
    needs: Needs = Needs.ONE
    revocable: bool = True
    holds_until: date | None = None
    named: bool = True
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class FormView:
    """A form. `digest`: of all that is read and agreed to, from when it is published."""

    id: UUID
    path: str
    unit: UUID
    groups: tuple[UUID, ...]
    audience: Audience
    content: Content
    consent: Consent
    purpose: Purpose
    needs: Needs
    revocable: bool
    holds_until: date | None
    named: bool
    last_day: date
    state: State
    digest: str
    made_by: UUID
    made_at: datetime
    published_at: datetime | None
    closed_at: datetime | None
    replaces: UUID | None
    reminded_at: datetime | None

    def is_open(self, on: date) -> bool:
        """Whether it can be answered on that day."""
        return self.state is State.PUBLISHED and on <= self.last_day

    @property
    def draft(self) -> Draft:
        """The same as its maker would write it."""
        return Draft(
            self.unit, self.content, self.last_day, self.groups, self.audience, self.consent, self.purpose, self.needs,
            self.revocable, self.holds_until, self.named,
        )  # fmt: skip


def check_draft(draft: Draft) -> Draft:
    """The draft with its texts trimmed. Raises FormInvalid for what can never be published."""
    content = draft.content
    if not content.languages or len(set(content.languages)) != len(content.languages):
        raise FormInvalid("Choose at least one language.", field="languages")
    if len(draft.groups) > MOST_GROUPS:
        raise FormInvalid(f"At most {MOST_GROUPS} groups.", field="groups", most=MOST_GROUPS)
    titles = {one: " ".join(content.titles.get(one, "").split()) for one in content.languages}
    texts = {one: content.texts.get(one, "").strip() for one in content.languages}
    if not all(titles.values()) or any(len(title) > LONGEST_TITLE for title in titles.values()):
        raise FormInvalid(f"A title of at most {LONGEST_TITLE} characters in each language.", field="title")
    if any(len(text) > LONGEST for text in texts.values()):
        raise FormInvalid(f"At most {LONGEST} characters.", field="text", longest=LONGEST)
    if len(content.questions) > MOST_QUESTIONS:
        raise FormInvalid(f"At most {MOST_QUESTIONS} questions.", field="questions", most=MOST_QUESTIONS)
    questions = tuple(_question(one, content.languages) for one in content.questions)
    if len({one.key for one in questions}) != len(questions):
        raise FormInvalid("Two questions have one key.", field="questions")
    _check_terms(draft)
    return replace(draft, content=Content(content.languages, titles, texts, questions))


def check_ready(draft: Draft, on: date) -> None:
    """Raise FormInvalid unless the form can be published on that day."""
    if draft.last_day < on:
        raise FormInvalid("The last day has passed.", field="last_day")
    if draft.consent is Consent.NONE and not draft.content.questions:
        raise FormInvalid("A form without a question asks nothing.", field="questions")
    if draft.consent is not Consent.NONE and not all(draft.content.texts.values()):
        raise FormInvalid("Say in each language what is consented to.", field="text")


def terms(form: Draft) -> dict[str, Any]:
    """What is agreed to beside the text: enters the digest."""
    return {
        "audience": form.audience.value,
        "consent": form.consent.value,
        "purpose": form.purpose.value,
        "needs": form.needs.value,
        "revocable": form.revocable,
        "holds_until": form.holds_until.isoformat() if form.holds_until else None,
        "named": form.named,
    }


def digest(form: UUID, draft: Draft) -> str:
    """SHA-256 over the canonical JSON of a form's content and terms, lower-case hex."""
    return sha256(
        canonical({"v": 1, "form": urn(form), "content": draft.content.plain(), "terms": terms(draft)})
    ).hexdigest()


def _question(one: Question, languages: tuple[str, ...]) -> Question:
    labels = {language: " ".join(one.labels.get(language, "").split()) for language in languages}
    if not all(labels.values()) or any(len(label) > 2 * LONGEST_TITLE for label in labels.values()):
        raise FormInvalid("Write the question in each language.", field="label")
    if one.kind not in {Kind.ONE, Kind.SEVERAL}:
        return replace(one, labels=labels, options={})
    options = {
        language: tuple(text for raw in one.options.get(language, ()) if (text := " ".join(raw.split())))
        for language in languages
    }
    counts = {len(some) for some in options.values()}
    if len(counts) != 1 or not 2 <= min(counts) <= MOST_OPTIONS:  # noqa: PLR2004 - else there is nothing to choose
        raise FormInvalid("At least two choices, as many in each language.", field="options", most=MOST_OPTIONS)
    if any(len(text) > LONGEST_TITLE for some in options.values() for text in some):
        raise FormInvalid("A choice is too long.", field="options")
    return replace(one, labels=labels, options=options)


def _check_terms(draft: Draft) -> None:
    if draft.consent is Consent.NONE:
        if draft.purpose is not Purpose.NONE or draft.holds_until is not None:
            raise FormInvalid("Only a consent has a purpose and a time that it holds for.", field="consent")
        return
    if not draft.named:
        raise FormInvalid("A consent is somebody's: the school has to know whose.", field="named")
    if draft.purpose is Purpose.NONE:
        raise FormInvalid("Say what the consent is for.", field="purpose")
    if draft.holds_until is not None and draft.holds_until < draft.last_day:
        raise FormInvalid("It would have run out before its last day.", field="holds_until")
