"""The national registry is down in the middle of a transfer and comes back; a difference is shown and resolved."""

from __future__ import annotations

import ssl
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from testamur.exchange.connectors.ladok.simulator.server import Simulator
from testamur.exchange.connectors.ladok.simulator.state import uid_of
from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World, press
from tests.journeys.browser.conftest import ROOT
from tests.journeys.browser.looking import look
from tests.journeys.browser.server import environment
from tests.journeys.browser.university import lists
from tests.journeys.browser.university.lists import number_of

NAMES = ("s0", "s1", "s2", "s3")
EXAM = uid_of("module", "DV1574", "1405")
CREATED = "utbildning/{}/resultat"
TASKS = """
import sys
from testamur.surfaces.cli import runtime
runtime.start()
from testamur.exchange.connectors.ladok import tasks
for name in sys.argv[1:]:
    getattr(tasks, name).call()
"""


def control(registry: Simulator, button: str, **fields: str) -> None:
    """Press a button of the simulated registry's own page."""
    trust = ssl.create_default_context(cafile=str(registry.folder / "root.pem"))
    asked = Request(f"{registry.url}simulator/", method="GET")
    with urlopen(asked, context=trust, timeout=30) as answer:
        assert b"TEST" in answer.read()
    pressed = Request(f"{registry.url}simulator/{button}", urlencode(fields).encode(), method="POST")
    with urlopen(pressed, context=trust, timeout=30) as answer:
        assert answer.status == 200


def work(data: Path, more: dict[str, str], *names: str) -> None:
    """What the background does every twenty seconds and every minute, now."""
    subprocess.run(
        [sys.executable, "-c", TASKS, *names], cwd=ROOT, env=environment(data, 8000, more), check=True, timeout=120
    )


def held(registry: Simulator, world: World, *, attested: bool = False) -> dict[str, list[str]]:
    """What the registry holds of the exam, by name of the student: dates of the results."""
    found: dict[str, list[str]] = {name: [] for name in NAMES}
    state = registry.state
    with state.lock:
        for one in state.results.values():
            for name in NAMES:
                results = one.attested if attested else one.working
                if one.student == state.numbers[world["numbers"][name]] and EXAM in results:
                    found[name].append(results[EXAM].examined_on)
    return found


def reported(page: Page, world: World) -> str:
    """The examiner reports four students and signs; returns the list."""
    acts.log_in(page, world, "examiner", to="/results/")
    result_list = lists.open_list(page, world, "DV1574/1405")
    for name in NAMES:
        lists.add(page, result_list, number_of(world, name))
    lists.graded(page, world, dict(zip(NAMES, "ABCE", strict=True)))
    lists.send(page)
    lists.sign(page)
    return result_list


@pytest.mark.feature("B25", "B36", "B44")
def test_an_outage_in_the_middle_of_a_transfer_writes_nothing_twice_and_a_difference_is_resolved(
    open_page: Open, world: World, registry: Simulator, data: Path, more: dict[str, str]
) -> None:
    registry.draft(world["numbers"]["s3"], EXAM, "D", lists.EXAMINED)  # somebody wrote another grade there before
    control(registry, "outage")
    examiner = open_page("sv", 1280)
    result_list = reported(examiner, world)
    lists.reaches(examiner, result_list, "signed")
    work(data, more, "send")
    office = open_page("en", 1280)
    acts.log_in(office, world, "administrator", to="/results/office/admin-mode/")
    press(office, acts.button(office, "on", "1"))
    office.goto("/results/office/registry/")
    expect(office.locator("tbody tr")).to_have_count(1)
    look(office)
    assert not any(dates for name, dates in held(registry, world).items() if name != "s3")
    registry.lose = 2  # two rows are written there, and the answers never arrive
    control(registry, "outage")
    transfer = f"/results/office/registry/{result_list}/"
    for _round in range(3):  # one that was down, two whose answers were lost; then all is there
        office.goto("/results/office/registry/?show=waiting")
        again = office.locator('main form[action*="/retry/"] button')
        if again.count():
            press(office, again)
        work(data, more, "send")
    examiner.goto(transfer)
    assert all(len(dates) == 1 for dates in held(registry, world).values()), held(registry, world)
    differs = examiner.locator("tr[data-differs]")
    expect(differs).to_have_count(1)
    expect(differs).to_contain_text(number_of(world, "s3"))
    look(examiner)
    press(examiner, differs.locator("button[name=keep][value=ours]"))
    expect(examiner.locator("tr[data-differs]")).to_have_count(0)
    work(data, more, "send")
    control(registry, "attest")
    work(data, more, "follow")
    assert all(len(dates) == 1 for dates in held(registry, world, attested=True).values())
    created = sum(count for path, count in registry.seen.items() if path.endswith(CREATED))
    assert created == len(NAMES) - 1  # the fourth was there, and was replaced
    lists.reaches(examiner, result_list, "entered")
    examiner.goto(transfer)
    look(examiner)
    office.goto("/results/office/?show=entered")
    expect(office.locator(f'tbody a[href="/results/{result_list}/"]')).to_be_visible()
    look(office)
