"""Consents: signed by one guardian or by all, refused, taken back, run out; the evidence is verified as records are."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.kernel.journal.models import Entry
from testamur.kernel.proofs.jcs import parse_canonical
from testamur.kernel.proofs.report import EvidenceError
from testamur.register.people import actions as people_actions
from testamur.register.people import queries as people_queries
from testamur.register.people import reach
from testamur.schoolday.forms import actions, proving, queries, steps
from testamur.schoolday.forms.models import Answer, Signing
from testamur.schoolday.forms.rules import (
    Audience,
    Consent,
    FormView,
    Needs,
    Purpose,
    Said,
    Standing,
    Word,
    as_signer,
    stands,
)
from testamur.trust.records import bundle
from testamur.trust.signing import actions as signing
from testamur.trust.signing.methods.contract import Device
from tests.schoolday.forms.conftest import SCHOOL, People, consents, family, identity, published, sign

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C5")]

PATH = SCHOOL + "9a/"


def refused(code: str) -> Any:
    """Expect a refusal of that code."""
    return pytest.raises(Refused, check=lambda one: one.code == code)


def say(by: Actor, form: UUID, child: UUID, word: Word, now: datetime) -> None:
    """Say something without a signature."""
    actions.answer_form(by=by, form=form, child=child, word=word, values={}, language="sv", now=now)


def at(form: UUID, child: UUID, on: date) -> Standing:
    """Where a child stands."""
    return queries.standings(children=[child], form=form, on=on)[child]


def roots(now: datetime) -> dict[str, list[bytes]]:
    """The e-ID roots of this installation's trust bundle."""
    told = bundle.current(now=now)["eid_roots"]
    return {method: [base64.b64decode(one) for one in some] for method, some in told.items()}


def test_a_consent_of_all_stands_when_both_have_signed(people: People, now: datetime):
    form = published(people.teacher, consents(people, now), now)
    on = now.date()
    assert at(form, people.ada, on) is Standing.NONE
    sign(people.mother, form, people.ada, now, PATH)
    assert at(form, people.ada, on) is Standing.WAITS
    assert queries.consented(children=[people.ada], purpose=Purpose.PICTURES_PUBLIC, on=on) == frozenset()
    look, _history = queries.look(by=people.father, form=form, child=people.ada, on=on)
    assert (look.todo, look.others_answered, look.mine) == (True, True, None)
    sign(people.father, form, people.ada, now, PATH)
    assert at(form, people.ada, on) is Standing.GIVEN
    assert queries.consented(children=[people.ada, people.ben], purpose=Purpose.PICTURES_PUBLIC, on=on) == frozenset(
        {people.ada}
    )
    assert queries.consented(children=[people.ada], purpose=Purpose.EXCURSION, on=on) == frozenset()


def test_a_child_with_one_guardian_needs_one(people: People, now: datetime):
    form = published(people.teacher, consents(people, now), now)
    sign(people.ben_mother, form, people.ben, now, PATH)
    assert at(form, people.ben, now.date()) is Standing.GIVEN


def test_one_refusal_is_enough_and_one_withdrawal_too(people: People, now: datetime):
    form = published(people.teacher, consents(people, now), now)
    say(people.mother, form, people.ada, Word.REFUSED, now)
    assert at(form, people.ada, now.date()) is Standing.REFUSED
    sign(people.mother, form, people.ada, now + timedelta(minutes=1), PATH)
    sign(people.father, form, people.ada, now + timedelta(minutes=2), PATH)
    assert at(form, people.ada, now.date()) is Standing.GIVEN
    later = now + timedelta(days=20)  # long after the last day
    actions.withdraw_consent(by=people.father, form=form, child=people.ada, now=later)
    assert at(form, people.ada, later.date()) is Standing.WITHDRAWN
    with refused("forms.answer.nothing"):
        actions.withdraw_consent(by=people.father, form=form, child=people.ada, now=later)


def test_a_consent_that_cannot_be_taken_back_says_so(people: People, now: datetime):
    form = published(people.teacher, consents(people, now, revocable=False), now)
    sign(people.ben_mother, form, people.ben, now, PATH)
    with refused("forms.answer.kept"):
        actions.withdraw_consent(by=people.ben_mother, form=form, child=people.ben, now=now)


def test_a_consent_runs_out_after_its_last_day(people: People, now: datetime):
    until = now.date() + timedelta(days=10)
    form = published(people.teacher, consents(people, now, holds_until=until), now)
    sign(people.ben_mother, form, people.ben, now, PATH)
    assert at(form, people.ben, until) is Standing.GIVEN
    assert at(form, people.ben, until + timedelta(days=1)) is Standing.RUN_OUT


def test_where_one_is_enough_the_latest_word_counts(people: People, now: datetime):
    form = published(people.teacher, consents(people, now, needs=Needs.ONE, consent=Consent.LOGIN), now)
    say(people.mother, form, people.ada, Word.GIVEN, now)
    assert at(form, people.ada, now.date()) is Standing.GIVEN
    say(people.father, form, people.ada, Word.REFUSED, now + timedelta(minutes=1))
    assert at(form, people.ada, now.date()) is Standing.REFUSED


def test_only_those_with_custody_today_decide(people: People, by: Actor, now: datetime):
    form = published(people.teacher, consents(people, now), now)
    with refused("forms.answer.not_decider"):
        say(people.aunt, form, people.ada, Word.REFUSED, now)
    with refused("forms.answer.not_decider"):
        actions.ask_to_sign(
            by=people.aunt, form=form, child=people.ada, values={}, signer=identity(people.aunt), language="sv", now=now
        )
    say(people.father, form, people.ada, Word.REFUSED, now)
    sign(people.mother, form, people.ada, now, PATH)
    wardship = next(
        one
        for one in people_queries.guardians(by=by, children=[people.ada], on=now.date())[people.ada]
        if one.guardian.id == people.father.id
    )
    people_actions.end_guardianships(by=by, ends={wardship.id: now.date()}, now=now)
    assert at(form, people.ada, now.date() + timedelta(days=1)) is Standing.GIVEN  # his word counts no more


def test_whoever_is_of_age_decides_alone(people: People, now: datetime):
    grown = date(2028, 6, 10)
    assert reach.deciders(children=[people.ada], on=grown) == {people.ada: frozenset({people.ada})}
    form = published(people.teacher, consents(people, now, audience=Audience.PUPILS, consent=Consent.LOGIN), now)
    say(family(people.ada, people.ada), form, people.ada, Word.GIVEN, now)
    assert at(form, people.ada, now.date()) is Standing.GIVEN


def test_a_signed_consent_is_not_given_without_a_signature(people: People, now: datetime):
    form = published(people.teacher, consents(people, now), now)
    with refused("forms.answer.signature"):
        say(people.mother, form, people.ada, Word.GIVEN, now)
    me = identity(people.mother)
    with refused("forms.answer.invalid"):  # as somebody else
        actions.ask_to_sign(
            by=people.mother, form=form, child=people.ada, values={}, signer=identity(people.father), language="sv",
            now=now,
        )  # fmt: skip
    key = actions.ask_to_sign(
        by=people.mother, form=form, child=people.ada, values={}, signer=me, language="sv", now=now
    )
    assert actions.settle_signing(by=people.mother, signing=key, now=now) is None
    with pytest.raises(NotFound):
        actions.start_signing(
            by=people.father, signing=key, signer=identity(people.father), method="simulated", now=now
        )
    with pytest.raises(NotFound):
        queries.signing(key, by=people.father)
    assert at(form, people.ada, now.date()) is Standing.NONE


def test_a_signature_that_nobodys_browser_waited_for_is_noted_by_the_step(people: People, by: Actor, now: datetime):
    form = published(people.teacher, consents(people, now), now)
    me = identity(people.ben_mother)
    key = actions.ask_to_sign(
        by=people.ben_mother, form=form, child=people.ben, values={}, signer=me, language="en", now=now
    )
    ceremony = actions.start_signing(by=people.ben_mother, signing=key, signer=me, method="simulated", now=now)
    with refused("forms.form.over"):  # twice at once
        actions.start_signing(by=people.ben_mother, signing=key, signer=me, method="simulated", now=now)
    signing.begin(by=as_signer(people.ben_mother, PATH), ceremony=ceremony, device=Device(ip="192.0.2.7"), now=now)
    signing.collect(by=by, ceremony=ceremony, now=now)
    step = Actor(UUID(int=2), "step", (Grant("forms", "/", ("forms.answer.settle", "signing.ceremony.see")),))
    steps.settle(by=step, now=now)
    steps.settle(by=step, now=now)
    row = Answer.objects.get(form=form)
    assert (row.id, row.person, row.word, row.method) == (key, people.ben_mother.id, "given", "simulated")
    assert Signing.objects.get(id=key).ended_at == now
    assert Entry.objects.filter(kind="forms.answer.signed/1").count() == 1


def test_the_evidence_is_verified_by_the_code_that_verifies_records_and_binds_everything(people: People, now: datetime):
    form = published(people.teacher, consents(people, now), now)
    key = sign(people.mother, form, people.ada, now, PATH)
    kept = queries.receipt(key, by=people.mother)
    found = proving.verify(kept.document, kept.evidence, roots=roots(now))
    assert (found.method, found.test) == ("simulated", True)
    told = parse_canonical(kept.document)
    assert (told["form_sha256"], told["decision"]) == (kept.form.digest, "given")
    text = kept.document.decode() + kept.evidence.decode()
    assert str(people.ada) not in text  # the child by a pseudonym
    changed = kept.document.replace(b'"decision":"given"', b'"decision":"taken"')
    assert changed != kept.document
    assert not proving.holds(changed, kept.evidence, roots=roots(now))
    other = queries.receipt(sign(people.father, form, people.ada, now, PATH), by=people.father)
    assert not proving.holds(kept.document, other.evidence, roots=roots(now))
    with pytest.raises(EvidenceError):
        proving.verify(kept.document, kept.evidence, roots={"simulated": []})


def test_the_receipt_is_the_signers_and_the_schools_alone(people: People, now: datetime):
    form = published(people.teacher, consents(people, now), now)
    key = sign(people.mother, form, people.ada, now, PATH)
    assert queries.receipt(key, by=people.principal).answer.id == key
    for who in (people.father, people.teacher, people.ben_mother, people.stranger):
        with pytest.raises(NotFound):
            queries.receipt(key, by=who)


def test_another_familys_child_is_nobodys_to_answer_for(people: People, now: datetime):
    form = published(people.teacher, consents(people, now), now)
    with pytest.raises(NotAllowed):
        actions.ask_to_sign(
            by=people.ben_mother, form=form, child=people.ada, values={}, signer=identity(people.ben_mother),
            language="sv", now=now,
        )  # fmt: skip
    with pytest.raises(NotFound):
        queries.look(by=people.ben_mother, form=form, child=people.ada, on=now.date())


def test_the_newest_consent_to_a_purpose_counts(people: People, now: datetime):
    old = published(people.teacher, consents(people, now, consent=Consent.LOGIN), now)
    say(people.ben_mother, old, people.ben, Word.GIVEN, now)
    new = published(people.teacher, consents(people, now, consent=Consent.LOGIN), now + timedelta(days=1))
    asked: dict[str, Any] = {"children": [people.ben], "purpose": Purpose.PICTURES_PUBLIC, "on": now.date()}
    assert queries.consented(**asked) == frozenset({people.ben})
    say(people.ben_mother, new, people.ben, Word.REFUSED, now + timedelta(days=1))
    assert queries.consented(**asked) == frozenset()


WORDS = st.sampled_from([Word.GIVEN, Word.REFUSED, Word.WITHDRAWN])
A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


@given(words=st.dictionaries(st.sampled_from([A, B, C]), WORDS))
def test_a_consent_of_all_never_stands_without_the_word_of_each(words: dict[UUID, Word]):
    said = [Said(person, word, datetime(2026, 6, 10)) for person, word in words.items()]  # noqa: DTZ001 - order alone
    form = _pure(Needs.ALL)
    found = stands(form, said, {A, B}, on=date(2026, 6, 10))
    assert (found is Standing.GIVEN) == (words.get(A) is Word.GIVEN and words.get(B) is Word.GIVEN)
    assert stands(replace(form, holds_until=date(2026, 6, 9)), said, {A, B}, on=date(2026, 6, 10)) is not Standing.GIVEN
    assert stands(form, said, (), on=date(2026, 6, 10)) is Standing.NONE


def _pure(needs: Needs) -> FormView:
    from testamur.schoolday.forms.rules import Content, State

    at = datetime(2026, 6, 1)  # noqa: DTZ001 - not looked at
    return FormView(
        A, "/", A, (), Audience.GUARDIANS, Content(("sv",), {"sv": "A"}, {}), Consent.LOGIN, Purpose.OTHER, needs, True,
        None, True, date(2026, 6, 30), State.PUBLISHED, "0" * 64, A, at, at, None, None, None,
    )  # fmt: skip
