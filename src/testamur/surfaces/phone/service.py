"""Answering calls: what is done at each place of the conversation, and what the caller hears."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from testamur.access.accounts import actions as accounts
from testamur.access.accounts import queries as hats
from testamur.access.accounts.rules import TooMany
from testamur.exchange.notifications import actions as notices
from testamur.exchange.notifications.queries.calls import caller as owner_of
from testamur.exchange.notifications.rules.registrations import PinLocked, PinRefused, Route
from testamur.kernel.base.actor import Actor, Grant
from testamur.register.people import queries as people
from testamur.register.people.rules import ContactInvalid, phone_spellings
from testamur.register.schools import queries as schools
from testamur.schoolday.diary import actions as diary
from testamur.surfaces.phone import content, flow, tokens
from testamur.surfaces.phone.flow import Act, Next, State, Step
from testamur.surfaces.phone.signatures import absolute
from testamur.surfaces.phone.speech import offers, say, spaced
from testamur.surfaces.phone.twiml import Answer, Ask, Said

SERVICE = Actor(UUID(int=4), "phone", (Grant("phone", "/", ("notices.call.note",)),))
"""The telephone service itself; whoever typed the right PIN acts as himself or herself."""
PER_CALLER = (30, timedelta(hours=1))
HIDDEN = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""What carriers put where a number is withheld: ANONYMOUS, RESTRICTED … as keys."""
SECONDS = {Step.WHO: 12, Step.PIN: 10}


@dataclass(frozen=True, slots=True)
class Call:
    """One leg of a call, as the carrier tells it. `number` is the caller's in E.164, empty where it is withheld."""

    id: str
    number: str
    now: datetime


def number_of(text: str) -> str:
    """The number in E.164, or nothing for one that is withheld or none."""
    spelt = phone_spellings(text) if text.startswith("+") and text not in HIDDEN else ()
    return spelt[0] if len(spelt) == 1 else ""


def locale_at(called: str) -> str:
    """The one language of the number that was called, or nothing: then the caller is asked."""
    numbers: str = settings.PHONE["numbers"]
    for one in numbers.split(","):
        number, _, locale = one.strip().partition("=")
        if number == called.strip() and locale in flow.LOCALES.values():
            return locale
    return ""


def begun(call: Call, *, called: str) -> Answer:
    """Somebody calls."""
    locale = locale_at(called)
    try:
        if call.number:
            most, within = PER_CALLER
            accounts.limit(by=SERVICE, name="phone.calls", key=call.number, most=most, within=within, now=call.now)
    except TooMany:
        _note(call, "turned away")
        return Answer((say("often", locale or "en"),))
    _note(call, "begun")
    return asked(call, flow.begin(locale), say("welcome", locale) if locale else None)


def went_on(call: Call, *, token: str, digits: str) -> Answer:
    """Keys were pressed, or nothing for a while (`digits` is empty). Raises Forged for a token of another call."""
    try:
        state = tokens.unpack(token, call=call.id, now=call.now)
    except tokens.Late as late:
        _note(call, "too late")
        return Answer((say("late", late.locale or "en"),))
    if not digits:
        again = flow.silence(state)
        _note(call, f"{state.step} silent", state)
        return asked(call, again) if again is not None else Answer((say("goodbye", state.locale or "en"),))
    step = flow.press(state, digits)
    _note(call, step.state.step if step.act is None else step.act, state)
    if step.act is not None:
        return _ACTS[step.act](call, step, digits)
    return asked(call, step.state, say(step.phrase, step.state.locale or "en") if step.phrase else None)


def ended(call: Call, *, status: str) -> None:
    """The carrier tells that the call is over."""
    known = {"completed", "busy", "failed", "no-answer", "canceled"}
    _note(call, f"ended {status}" if status in known else "ended")


def asked(call: Call, state: State, *before: Said | None) -> Answer:
    """The question of a state, after what is said before it."""
    fixed = (one for one in before if one is not None)
    url = absolute(reverse("phone:step", args=[tokens.pack(state, call=call.id, now=call.now)]))
    return Answer((*fixed, *_question(state, call)), Ask(state.keys, SECONDS.get(state.step, 6), url))


def _question(state: State, call: Call) -> tuple[Said, ...]:
    locale = state.locale
    if state.step is Step.LANGUAGE:
        return offers()
    if state.step is Step.CHILD:
        return _children(state, call.now)
    if state.step is Step.MENU:
        again = (say("again", locale),) if state.subject is not None else ()
        back = say("back", locale) if len(state.children) > 1 else say("end", locale)
        return (say("menu", locale), *again, back)
    if state.step is Step.REGISTER:
        return (say("register", locale), say("ends_with", locale, digits=spaced(call.number[-3:])))
    return (say(state.step.value, locale),)


def _children(state: State, now: datetime) -> tuple[Said, ...]:
    locale = state.locale
    assert state.person is not None
    by = _person(state.person, state.children, now)
    says = [say("all_children", locale)]
    for n, name in enumerate(content.names(by=by, children=state.children), start=1):
        key = str(n + 1)
        if name:
            says.append(say("this_child", locale, name=name, key=key))
        else:
            says.append(say("numbered_child", locale, number=str(n), key=key))
    return (*says, say("end", locale))


def _check(call: Call, step: Next, digits: str) -> Answer:
    """Whose PIN it is: of whoever owns the calling number, or of a guardian of the pupil whose code was typed."""
    state = step.state
    try:
        if state.code:
            pupil = people.holder_of_code(state.code)
            person = notices.check_pin(by=SERVICE, pin=digits, caller=call.number, now=call.now, pupil=pupil)
        else:
            known = owner_of(call.number) if call.number else None
            person = notices.check_pin(by=SERVICE, pin=digits, caller=call.number, now=call.now, person=known)
    except PinRefused:
        return asked(call, state, say("wrong_pin", state.locale))
    except PinLocked:
        return Answer((say("locked", state.locale),))
    children = _children_of(person, call.now)
    if not children:
        return Answer((say("no_children", state.locale),))
    by = _person(person, children, call.now)
    return asked(call, flow.known(state, person, content.in_order(by=by, children=children)))


def _register(call: Call, step: Next, _digits: str) -> Answer:
    """Messages to the calling number are asked for; a wrong code is answered like a right one."""
    locale = step.state.locale
    try:
        if not call.number:
            return Answer((say("no_number", locale),))
        notices.open_registration(
            by=SERVICE, code=step.state.code, contact=call.number, route=Route.PHONE, locale=locale, now=call.now
        )
    except TooMany:
        return Answer((say("often", locale),))
    except ContactInvalid:
        return Answer((say("no_number", locale),))
    return Answer((say("registered", locale),))


def _tell(call: Call, step: Next, _digits: str) -> Answer:
    """Read it out. Who reaches the children is asked of the register each time."""
    state = step.state
    assert state.person is not None
    assert state.subject is not None
    reached = _children_of(state.person, call.now)
    children = tuple(child for child in state.listening if child in reached)
    if not children:
        return Answer((say("no_children", state.locale),))
    by = _person(state.person, children, call.now)
    told = content.told(by=by, children=children, subject=state.subject, locale=state.locale, now=call.now)
    for child, part in told.heard:
        diary.note_visit(by=by, pupil=child, part=part, now=call.now)
    return asked(call, state, *told.says)


def _end(_call: Call, step: Next, _digits: str) -> Answer:
    return Answer((say("goodbye", step.state.locale),))


_ACTS = {Act.CHECK: _check, Act.REGISTER: _register, Act.TELL: _tell, Act.END: _end}


def _children_of(person: UUID, now: datetime) -> tuple[UUID, ...]:
    """The children whom a guardian reaches today; whoever is a pupil of age reaches himself or herself."""
    found = hats.hats(person=person, on=now.date())
    guardian = next((hat.wards for hat in found if hat.role == "guardian"), ())
    return guardian or ((person,) if schools.placements(persons=[person], on=now.date()) else ())


def _person(person: UUID, children: tuple[UUID, ...], now: datetime) -> Actor:
    """The guardian as guardian, or the pupil as himself or herself."""
    role = "self" if children == (person,) else "guardian"
    hat = next(one for one in hats.hats(person=person, on=now.date()) if one.role == role)
    return hats.actor(hat, person=person, identified_by="phone")


def _note(call: Call, leg: str, state: State | None = None) -> None:
    person = state.person if state is not None else None
    notices.note_call(by=SERVICE, call=call.id, leg=str(leg), person=person, now=call.now)
