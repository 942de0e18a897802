"""The conversation on the telephone as a pure machine: a state and the keys that were pressed give the next state.

What has to be done on the way (look whose PIN it is, note a registration, read something out) is named by `Act`;
whoever does it goes on with `known`, `wrong_pin` or `done`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from testamur.register.people.rules.codes import DIGITS, CodeInvalid, from_digits

LOCALES: Mapping[str, str] = {"1": "bg", "2": "sv", "3": "vi", "4": "en"}
"""Key → language."""
PIN = range(6, 9)
MOST_SILENT = 3
"""So often somebody may be silent before the service hangs up."""
MOST_CHILDREN = 8
BACK, AGAIN, YES, EVERYBODY = "0", "*", "1", "1"


class Step(StrEnum):
    """Where a call is."""

    LANGUAGE = "language"
    WHO = "who"
    """The PIN of whoever owns the calling number, or the telephone code of a pupil."""
    PIN = "pin"
    """The PIN of a guardian of the pupil whose code was typed."""
    REGISTER = "register"
    CHILD = "child"
    MENU = "menu"


class Subject(StrEnum):
    """What can be read out."""

    NEW = "new"
    MARKS = "marks"
    ABSENCES = "absences"
    REMARKS = "remarks"
    EVENTS = "events"
    OTHER = "other"


SUBJECTS: Mapping[str, Subject] = {str(n): one for n, one in enumerate(Subject, start=1)}
"""Key → what is read out."""


class Act(StrEnum):
    """What whoever drives the machine has to do."""

    CHECK = "check"
    REGISTER = "register"
    TELL = "tell"
    END = "end"


@dataclass(frozen=True, slots=True)
class State:
    """A place in the conversation.

    Attributes:
        code: pupil code that was typed, as on its label.
        person: who it is, once the PIN was right; `children` are those that may be read out.
        chosen: which of the children; None for all.
        subject: what was read out last.
        silent: how often nothing was pressed since the last key.
    """

    step: Step
    locale: str = ""
    code: str = ""
    person: UUID | None = None
    children: tuple[UUID, ...] = ()
    chosen: UUID | None = None
    subject: Subject | None = None
    silent: int = 0

    @property
    def listening(self) -> tuple[UUID, ...]:
        """The children whose diaries are read out."""
        return (self.chosen,) if self.chosen is not None else self.children

    @property
    def keys(self) -> int:
        """How many keys are waited for at most."""
        return {Step.WHO: DIGITS, Step.PIN: PIN.stop - 1}.get(self.step, 1)


@dataclass(frozen=True, slots=True)
class Next:
    """The next state, a phrase that is said before its question, and what has to be done."""

    state: State
    phrase: str = ""
    act: Act | None = None


def begin(locale: str) -> State:
    """A call begins; `locale` is empty where the caller is asked."""
    return State(Step.WHO, locale) if locale else State(Step.LANGUAGE)


def silence(state: State) -> State | None:
    """Nothing was pressed: asked again, or None when that was often enough."""
    return replace(state, silent=state.silent + 1) if state.silent + 1 < MOST_SILENT else None


def press(state: State, digits: str) -> Next:
    """These keys were pressed."""
    return _PRESSED[state.step](replace(state, silent=0), digits)


def known(state: State, person: UUID, children: tuple[UUID, ...]) -> State:
    """The PIN was right: who has several children is asked which one."""
    step = Step.CHILD if len(children) > 1 else Step.MENU
    return replace(state, step=step, code="", person=person, children=children[:MOST_CHILDREN], silent=0)


def _language(state: State, digits: str) -> Next:
    chosen = LOCALES.get(digits)
    return Next(replace(state, step=Step.WHO, locale=chosen)) if chosen else Next(state, "wrong_key")


def _who(state: State, digits: str) -> Next:
    if len(digits) in PIN and digits.isdecimal():
        return Next(state, act=Act.CHECK)
    try:
        code = from_digits(digits)
    except CodeInvalid:
        return Next(state, "wrong_code")
    return Next(replace(state, step=Step.PIN, code=code))


def _pin(state: State, digits: str) -> Next:
    if digits == BACK:
        return Next(replace(state, step=Step.REGISTER))
    return Next(state, act=Act.CHECK) if len(digits) in PIN and digits.isdecimal() else Next(state, "wrong_pin")


def _register(state: State, digits: str) -> Next:
    if digits == YES:
        return Next(state, act=Act.REGISTER)
    return Next(replace(state, step=Step.WHO, code="")) if digits == BACK else Next(state, "wrong_key")


def _child(state: State, digits: str) -> Next:
    if digits == BACK:
        return Next(state, act=Act.END)
    if digits == EVERYBODY:
        return Next(replace(state, step=Step.MENU, chosen=None, subject=None))
    at = int(digits) - 2 if digits.isdecimal() else -1
    if 0 <= at < len(state.children):
        return Next(replace(state, step=Step.MENU, chosen=state.children[at], subject=None))
    return Next(state, "wrong_key")


def _menu(state: State, digits: str) -> Next:
    if digits == BACK:
        if len(state.children) > 1:
            return Next(replace(state, step=Step.CHILD, subject=None))
        return Next(state, act=Act.END)
    subject = state.subject if digits == AGAIN else SUBJECTS.get(digits)
    return Next(replace(state, subject=subject), act=Act.TELL) if subject is not None else Next(state, "wrong_key")


_PRESSED = {
    Step.LANGUAGE: _language,
    Step.WHO: _who,
    Step.PIN: _pin,
    Step.REGISTER: _register,
    Step.CHILD: _child,
    Step.MENU: _menu,
}


def written(state: State) -> dict[str, Any]:
    """The state as plain values, without what is empty."""
    values = {
        "step": state.step.value,
        "locale": state.locale,
        "code": state.code,
        "person": str(state.person) if state.person else "",
        "children": [str(child) for child in state.children],
        "chosen": str(state.chosen) if state.chosen else "",
        "subject": state.subject.value if state.subject else "",
        "silent": state.silent,
    }
    return {name: value for name, value in values.items() if value}


def read(values: Mapping[str, Any]) -> State:
    """The inverse of `written`."""
    return State(
        step=Step(values["step"]),
        locale=values.get("locale", ""),
        code=values.get("code", ""),
        person=UUID(values["person"]) if "person" in values else None,
        children=tuple(UUID(child) for child in values.get("children", ())),
        chosen=UUID(values["chosen"]) if "chosen" in values else None,
        subject=Subject(values["subject"]) if "subject" in values else None,
        silent=values.get("silent", 0),
    )
