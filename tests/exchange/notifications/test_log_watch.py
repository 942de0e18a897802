"""The contact of the installation hears once that the log database is behind, and once that it is not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from testamur.exchange.notifications import steps, tasks
from testamur.kernel.delivery.models import Message
from testamur.kernel.journal import queries as journal
from testamur.kernel.journal.models import Entry

pytestmark = pytest.mark.django_db

TO = "drift@prov.example"


@pytest.fixture
def lag(monkeypatch: pytest.MonkeyPatch, settings: object) -> list[float | None]:
    """How far the log is behind: set its only element."""
    monkeypatch.setitem(settings.CONTACT, "email", TO)  # type: ignore[attr-defined] # pytest-django's
    said: list[float | None] = [0]
    monkeypatch.setattr(journal, "behind", lambda _now: said[0])
    return said


def watch(now: datetime, **passed: float) -> bool | None:
    return steps.watch_log(by=tasks.STEP, now=now + timedelta(**passed))


def kinds() -> list[str]:
    return list(Entry.objects.filter(kind__startswith="notices.log.").order_by("id").values_list("kind", flat=True))


@pytest.mark.feature("B26")
def test_a_log_that_lags_is_told_once_until_it_is_over_and_then_again(lag: list[float | None], now: datetime) -> None:
    for seconds, said in ((0, None), (299, None), (301, True), (900, None), (4000, None), (12, False), (3, None)):
        lag[0] = seconds
        assert watch(now) is said, seconds
    lag[0] = 600
    assert watch(now) is True
    assert kinds() == ["notices.log.late/1", "notices.log.over/1", "notices.log.late/1"]
    first, over, again = Message.objects.filter(to=TO).order_by("posted_at", "id")
    assert "5 " in first.text
    assert first.subject == again.subject != over.subject
    assert "https://testamur.example/results/log/" in first.text


@pytest.mark.feature("B26")
def test_a_log_that_cannot_be_reached_is_told_after_five_minutes(lag: list[float | None], now: datetime) -> None:
    lag[0] = None
    assert watch(now) is None
    assert watch(now, minutes=4) is None
    assert watch(now, minutes=6) is True
    assert watch(now, minutes=60) is None
    lag[0] = 30
    assert watch(now, minutes=61) is False
    lag[0] = None
    assert watch(now, minutes=62) is None, "each outage is waited for anew"


def test_a_log_that_lagged_and_then_is_gone_is_not_told_to_be_over(lag: list[float | None], now: datetime) -> None:
    lag[0] = 600
    assert watch(now) is True
    lag[0] = None
    assert watch(now, minutes=1) is None
    assert watch(now, minutes=9) is None
    assert kinds() == ["notices.log.late/1"]


def test_a_worker_killed_while_it_tells_tells_once(
    lag: list[float | None], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    lag[0] = 600

    class Killed(BaseException):
        pass

    def die(*_args: object, **_kwargs: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("testamur.exchange.notifications.models.Reader.save", die)
        with pytest.raises(Killed):
            watch(now)
    assert not Message.objects.exists()
    assert watch(now) is True
    assert watch(now) is None
    assert Message.objects.count() == 1


def test_without_a_contact_the_journal_alone_says_it(
    lag: list[float | None], now: datetime, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    monkeypatch.setitem(settings.CONTACT, "email", "")  # type: ignore[attr-defined] # pytest-django's
    lag[0] = 600
    assert watch(now) is True
    assert not Message.objects.exists()
    assert kinds() == ["notices.log.late/1"]
