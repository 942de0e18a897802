"""The simulated registry's page of control, and the commands of the command line."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from testamur.exchange.connectors.ladok.settings import configured
from testamur.exchange.connectors.ladok.simulator import serving as simulators
from testamur.exchange.connectors.ladok.simulator.server import Simulator
from testamur.surfaces.cli import registry as commands
from tests.exchange.connectors.ladok.world import EXAM, World


def page(registry: Simulator) -> httpx.Client:
    context = ssl.create_default_context(cafile=registry.folder / "root.pem")
    return httpx.Client(verify=context, trust_env=False, timeout=60, base_url=registry.url)


def test_the_page_of_control_attests_and_makes_outages_for_a_browser_of_this_machine(world: World) -> None:
    world.sign([(world.u.students[0], "A", EXAM)])
    world.send()
    with page(world.registry) as browser:
        assert "Ready to be attested</th><td>1<" in browser.get("/simulator/").text
        assert browser.post("/simulator/attest").status_code == 303
        assert "Attested</th><td>1<" in browser.get("/simulator/").text
        browser.post("/simulator/outage")
        assert world.registry.down
        browser.post("/simulator/outage")
        assert not world.registry.down
        foreign = browser.post("/simulator/outage", headers={"Origin": "https://elsewhere.example"})
        assert (foreign.status_code, world.registry.down) == (403, False)
        assert browser.post("/simulator/nothing").status_code == 404
        assert browser.get("/kataloginformation/anvandare/autentiserad").status_code == 401
    assert world.follow().entered == 1


def test_whatever_is_sent_to_the_simulator_it_answers(registry: Simulator) -> None:
    with page(registry) as browser:
        assert browser.put("/nowhere", content=b"{").status_code in {400, 401}
        assert browser.post("/simulator/draft", content=b"\xff").status_code == 400


def test_a_demonstration_finds_the_registry_that_was_started_beside_it(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.LADOK = {**settings.LADOK, "url": "simulated"}
    running = simulators.serve(tmp_path / "registry-simulator")
    try:
        assert configured().url == running.url
        assert configured().profile
    finally:
        running.stop()


@pytest.mark.usefixtures("world")
def test_the_command_line_tells_how_the_registry_stands(
    registry: Simulator, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    from testamur.exchange.connectors.ladok import settings as known
    from testamur.surfaces.cli import runtime

    monkeypatch.setattr(runtime, "start", lambda **_: None)
    off = CliRunner().invoke(commands.app, ["status", "--json"])
    assert (off.exit_code, '"set_up":false' in off.output.replace(" ", "")) == (0, True)
    settings.LADOK = {**settings.LADOK, "url": registry.url}
    monkeypatch.setattr(known, "configured", lambda: registry.settings)
    assert CliRunner().invoke(commands.app, ["status"]).exit_code == 0
    registry.down = True
    away = CliRunner().invoke(commands.app, ["status", "--json"])
    assert (away.exit_code, '"answers":false' in away.output.replace(" ", "")) == (1, True)
    registry.down = False
    done = CliRunner().invoke(commands.app, ["sync", "--unit", "PROVDATA", "--course", "DV1574", "--students"])
    assert done.exit_code == 2  # no such unit
