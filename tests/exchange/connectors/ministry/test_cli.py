"""`testamur deliver`: how it stands, a dry run, sending, and a form that is checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings
from typer.testing import CliRunner, Result

from testamur.exchange.connectors.ministry import trying
from testamur.surfaces.cli import deliver, runtime
from testamur.surfaces.cli.demo_ministry import serve
from tests.exchange.connectors.ministry.world import World

pytestmark = pytest.mark.feature("D8")


@pytest.fixture(autouse=True)
def _started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "start", lambda **_kw: None)


def run(*arguments: str) -> Result:
    """The command with those arguments."""
    return CliRunner().invoke(deliver.app, list(arguments), catch_exceptions=False)


def test_it_says_how_the_delivery_stands(world: World) -> None:
    world.pupils(2)
    told = json.loads(run("--json", "--unit", world.authority.code).stdout)
    assert told["records"] == {"waiting": 2}
    assert told["form"] == "testamur.test.hoc_ba/1"
    assert told["senders"][0]["next"] == 1
    assert told["set_up"] is False
    assert run().exit_code == 0
    assert run("--unit", "nobody").exit_code == 2


def test_a_dry_run_writes_files_for_the_owner_alone_and_ends_with_one_when_something_does_not_fit(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, _good = world.record(1), world.record(2)
    monkeypatch.setattr(trying, "filed_at", lambda **_kw: tuple(world.rows.values()))
    world.snapshots[bad]["subject"]["identifier"]["value"] = "1"
    done = run("--dry-run", "--json", "--out", str(tmp_path / "out"))
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert told["fitting"] == 1
    assert told["faults"] == [
        {"target": "HocSinh/MaDinhDanh", "what": "is not of the format digits", "records": 1},
    ]
    (place,) = map(Path, told["files"])
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.read_bytes().startswith(b"<?xml")
    world.snapshots[bad]["subject"]["identifier"]["value"] = "099217000001"
    assert run("--dry-run").exit_code == 0


def test_it_sends_as_the_worker_does_to_the_simulated_store_of_a_demonstration(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.pupils(2)
    monkeypatch.setattr(settings, "MODE", "demo")
    monkeypatch.setattr(settings, "MINISTRY", {**settings.MINISTRY, "url": ""})
    monkeypatch.setenv("TESTAMUR_MINISTRY_URL", "")
    store = serve()
    assert store is not None
    try:
        assert settings.MINISTRY["url"] == "simulated"
        assert run("send").exit_code == 0
        assert len(store.kept.state.records) == 2
        store.down = True
        world.ask(world.record(3))
        assert run("send").exit_code == 1
    finally:
        store.stop()
    assert (tmp_path / "ministry-simulator" / "store.json").is_file()


def test_nobody_simulates_a_store_in_production(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MODE", "production")
    assert serve() is None


def test_a_form_is_checked_before_an_operator_takes_it_into_use(tmp_path: Path) -> None:
    assert run("check").exit_code == 0
    (tmp_path / "mapping.toml").write_text('[form]\nid = "x"\n')
    assert run("check", str(tmp_path)).exit_code == 1
