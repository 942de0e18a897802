"""Whether a student could be examined on a day, from the registrations alone."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.register.studies.rules import Ended, RegistrationView, Standing, standing

DAYS = st.dates(date(2020, 1, 1), date(2027, 12, 31))
ONE, ANOTHER, COURSE = UUID(int=1), UUID(int=2), UUID(int=3)
EXAM = date(2026, 10, 28)


def registration(begins: date, ended_on: date | None = None, ended: Ended = Ended.NOT) -> RegistrationView:
    """A registration of one student for one occasion."""
    return RegistrationView(ONE, ANOTHER, COURSE, begins, ended_on, ended)


@st.composite
def registrations(draw: st.DrawFn) -> RegistrationView:
    """Any that can stand: it ends on or after its first day, for a reason."""
    begins, ended = draw(DAYS), draw(st.sampled_from(Ended))
    ended_on = None if ended is Ended.NOT else begins + timedelta(days=draw(st.integers(0, 400)))
    return registration(begins, ended_on, ended)


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([], Standing.NEVER),
        ([registration(date(2026, 8, 31))], Standing.REGISTERED),
        ([registration(EXAM)], Standing.REGISTERED),
        ([registration(date(2023, 8, 28))], Standing.REGISTERED),
        ([registration(date(2026, 10, 29))], Standing.LATER),
        ([registration(date(2026, 8, 31), date(2026, 10, 1), Ended.INTERRUPTED)], Standing.INTERRUPTED),
        ([registration(date(2026, 8, 31), EXAM, Ended.INTERRUPTED)], Standing.INTERRUPTED),
        ([registration(date(2026, 8, 31), date(2026, 10, 29), Ended.INTERRUPTED)], Standing.REGISTERED),
        ([registration(date(2026, 8, 31), date(2026, 11, 9), Ended.WITHDRAWN)], Standing.NEVER),
        (
            [
                registration(date(2025, 9, 1), date(2025, 10, 1), Ended.INTERRUPTED),
                registration(date(2026, 8, 31)),
            ],
            Standing.REGISTERED,
        ),
        (
            [
                registration(date(2025, 9, 1), date(2025, 10, 1), Ended.INTERRUPTED),
                registration(date(2026, 11, 10)),
            ],
            Standing.INTERRUPTED,
        ),
    ],
)
def test_who_could_be_examined_on_a_day(held: list[RegistrationView], expected: Standing):
    assert standing(held, EXAM) is expected


@given(st.lists(registrations(), max_size=5), DAYS)
def test_a_withdrawn_registration_is_as_if_it_had_never_been(held: list[RegistrationView], on: date):
    assert standing(held, on) is standing([one for one in held if one.ended is not Ended.WITHDRAWN], on)


@given(st.lists(registrations(), max_size=5), DAYS)
def test_the_order_of_registrations_means_nothing(held: list[RegistrationView], on: date):
    assert standing(held, on) is standing(held[::-1], on)


@given(st.lists(registrations(), max_size=5), registrations(), DAYS)
def test_one_more_registration_never_takes_away_the_right_to_be_examined(
    held: list[RegistrationView], more: RegistrationView, on: date
):
    if standing(held, on) is Standing.REGISTERED:
        assert standing([*held, more], on) is Standing.REGISTERED


@given(st.lists(registrations(), max_size=5), DAYS, st.integers(0, 400))
def test_who_has_not_interrupted_can_be_examined_later_too(held: list[RegistrationView], on: date, wait: int):
    whole = [one for one in held if one.ended is Ended.NOT]
    if standing(whole, on) is Standing.REGISTERED:
        assert standing(whole, on + timedelta(days=wait)) is Standing.REGISTERED
