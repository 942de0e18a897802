"""A demonstration delivers by itself to its simulated store, which does not know one of the pupils."""

from __future__ import annotations

import pytest
from django.conf import settings

from testamur.exchange.connectors.ministry import actions, queries, tasks
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.schoolday.transcripts.rules import HandoverState
from testamur.surfaces.cli import demo_delivery
from testamur.surfaces.cli.demo_ministry import serve
from tests.surfaces.web.handover.conftest import Delivery


@pytest.mark.feature("D8")
def test_the_demonstration_shows_a_delivered_record_and_a_rejected_one(
    made: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    by, now = operator(), clock.now()
    monkeypatch.setattr(settings, "MINISTRY", {**settings.MINISTRY, "url": ""})
    monkeypatch.setenv("TESTAMUR_MINISTRY_URL", "")
    assert tasks.send.func() == 0  # without a store there is nothing to do
    demo_delivery.fill(by, [], None, now)
    (sender,) = queries.senders(by=by, path="/")
    assert sender.automatic
    store = serve()
    assert store is not None
    try:
        assert tasks.send.func() == 1
    finally:
        store.stop()
    assert set(made.views()) == {HandoverState.ACCEPTED, HandoverState.REJECTED}
    with pytest.raises(actions.NothingToDeliver):
        actions.ask(by=by, path="/", now=now)
    assert tasks.tidy.func() == 0
