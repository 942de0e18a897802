"""When it is morning, which language, which address."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from testamur.exchange.notifications.rules import Topic, address, due_at, language, morning, seal_days
from testamur.kernel.base.ids import new_id
from testamur.register.people.rules import ContactKind, ContactView

AT = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "country", "day"),
    [
        ("2026-06-10T05:00", "SE", date(2026, 6, 10)),  # 7:00 in summer
        ("2026-06-10T04:59", "SE", None),
        ("2026-06-10T10:00", "SE", None),  # noon
        ("2026-12-10T05:30", "SE", None),  # 6:30 in winter
        ("2026-06-13T06:00", "SE", None),  # Saturday
        ("2026-06-10T00:30", "VN", date(2026, 6, 10)),
        ("2026-06-14T23:30", "VN", None),  # Monday, 6:30 there
        ("2026-06-10T04:30", "BG", date(2026, 6, 10)),
        ("2026-06-10T07:30", "XX", date(2026, 6, 10)),
    ],
)
def test_a_weekdays_morning_where_the_school_is(instant: str, country: str, day: date | None) -> None:
    assert morning(datetime.fromisoformat(instant).replace(tzinfo=UTC), country) == day


def test_a_stir_is_due_when_it_is_quiet_or_has_waited_long() -> None:
    assert due_at(Topic.SIGN, AT, AT) == AT + timedelta(seconds=60)
    late = AT + timedelta(minutes=9, seconds=30)
    assert due_at(Topic.SIGN, AT, late) == AT + timedelta(minutes=10)
    assert due_at(Topic.DECLINED, AT, late) == late


def test_language() -> None:
    assert [language("", c) for c in ("SE", "VN", "BG", "FI")] == ["sv", "vi", "bg", "en"]
    assert language("en", "SE") == "en"
    assert language("xx", "SE") == "sv"


def test_steps_before_a_seal_ends() -> None:
    left = [61, 60, 31, 30, 8, 7, 1, 0, -1]
    assert [seal_days(AT + timedelta(days=n), AT) for n in left] == [None, 60, 60, 30, 30, 7, 7, None, None]


def test_the_address_at_work_comes_first_then_a_verified_one() -> None:
    def mail(value: str, label: str = "", *, seen: bool = False) -> ContactView:
        kind = ContactKind.PHONE if value.startswith("+") else ContactKind.EMAIL
        return ContactView(new_id(), new_id(), kind, value, label, sms=False, verified_at=AT if seen else None)

    assert not address([mail("+46701234567")], label="work")
    contacts = [mail("a@x.example"), mail("b@x.example", seen=True), mail("c@x.example", "work")]
    assert address(contacts, label="work") == "c@x.example"
    assert address(contacts, label="home") == "b@x.example"
