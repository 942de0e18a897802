"""The command line of imports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from testamur.register.people.models import Person
from testamur.surfaces.cli import import_
from tests.exchange.connectors.bundles import oneroster

pytestmark = pytest.mark.django_db
Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command line in this process, on the test's own database."""
    monkeypatch.setattr("testamur.surfaces.cli.runtime.start", lambda **_: None)
    app = typer.Typer()
    app.command("import")(import_.import_command)
    app.command("import-templates")(import_.templates_command)

    def invoke(*arguments: object) -> Result:
        words = [str(a) for a in arguments]
        if words[0] == "import":
            words += ["--report", str(tmp_path / "reports")]
        return CliRunner().invoke(app, words)

    return invoke


def test_a_clean_import_ends_with_0_and_prints_one_json_object(run: Run, tmp_path: Path):
    result = run("import", oneroster(tmp_path / "b", 30), "--authority", "9999", "--country", "SE", "--json")
    said = json.loads(result.stdout)
    assert (result.exit_code, said["exit"], said["bundles"][0]["changed"]) == (0, 0, 30 + 30 + 150 + 6 + 2 + 2)


def test_a_refused_row_ends_with_1_and_is_named_with_file_row_and_field(run: Run, tmp_path: Path):
    folder = oneroster(tmp_path / "b", 30)
    path = folder / "enrollments.csv"
    path.write_text(path.read_text().replace("usr-4,", "nobody,"))
    result = run("import", folder, "--authority", "9999")
    assert result.exit_code == 1
    assert "enrollments.csv:22" in result.stderr
    assert "person: nobody" in result.stderr
    (report,) = (tmp_path / "reports").iterdir()
    assert "import.reference.unknown" in report.read_text(encoding="utf-8-sig")


def test_the_second_time_it_says_that_nothing_changed(run: Run, tmp_path: Path):
    folder = oneroster(tmp_path / "b", 30)
    run("import", folder, "--authority", "9999")
    result = run("import", folder, "--authority", "9999")
    assert (result.exit_code, "Nothing changed" in result.stderr) == (0, True)
    assert (
        "everything in the bundle was there already" in run("import", folder, "--authority", "9999", "--again").stderr
    )


def test_a_dry_run_says_so_and_leaves_nothing(run: Run, tmp_path: Path):
    result = run("import", oneroster(tmp_path / "b", 30), "--dry-run")
    assert (result.exit_code, "all of it was undone" in result.stderr) == (0, True)
    assert not Person.objects.exists()


def test_a_path_that_is_not_there_is_a_sentence_and_no_traceback(run: Run, tmp_path: Path):
    result = run("import", tmp_path / "gone", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["bundles"][0]["error"]["code"] == "import.bundle.unreadable"


def test_options_that_are_none_are_refused(run: Run, tmp_path: Path):
    assert run("import", tmp_path, "--dates", "ymd").exit_code == 2
    assert run("import", tmp_path, "--encoding", "latin-99").exit_code == 2


def test_templates_are_written(run: Run, tmp_path: Path):
    result = run("import-templates", tmp_path / "t")
    assert result.exit_code == 0
    assert (tmp_path / "t" / "testamur-import.xlsx").stat().st_size > 5000
