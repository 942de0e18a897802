"""`testamur practice --reset`: built aside, put in place whole, and once."""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path
from typing import IO

import pytest
import typer

from testamur.surfaces.cli import practice


def build(place: Path) -> None:
    """A very small installation."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "db").write_text(place.name)
    (place / "trust.json").write_text(place.name)


def dies(place: Path) -> None:
    """A builder that is killed in the middle."""
    place.mkdir(parents=True)
    (place / "half").touch()
    raise OSError("no space")


@pytest.mark.feature("D4")
def test_beginning_anew_takes_the_place_of_the_former_in_one_step(tmp_path: Path) -> None:
    assert practice.current(tmp_path / "none") is None
    first = practice.afresh(tmp_path, build)
    second = practice.afresh(tmp_path, build)
    assert practice.current(tmp_path) == second != first
    assert (tmp_path / "trust.json").read_text() == second.name
    practice.sweep(tmp_path)
    assert not first.exists()
    assert second.exists()


@pytest.mark.feature("D4")
def test_a_builder_that_is_killed_leaves_the_former_as_it_was(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no space"):
        practice.afresh(tmp_path, dies)
    assert practice.current(tmp_path) is None
    practice.must_be_ours(tmp_path)  # begun is ours too
    first = practice.afresh(tmp_path, build)
    with pytest.raises(OSError, match="no space"):
        practice.afresh(tmp_path, dies)
    assert practice.current(tmp_path) == first
    assert (tmp_path / "trust.json").read_text() == first.name
    third = practice.afresh(tmp_path, build)
    assert not (third / "half").exists()


@pytest.mark.feature("D4")
def test_two_who_begin_anew_at_once_build_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    practice.afresh(tmp_path, build)
    began, waits, go_on, built = threading.Event(), threading.Event(), threading.Event(), []
    flock = fcntl.flock

    def watched(file: IO[str], how: int) -> None:
        if began.is_set():
            waits.set()
        flock(file, how)

    monkeypatch.setattr(fcntl, "flock", watched)

    def slowly(place: Path) -> None:
        began.set()
        assert go_on.wait(60)
        build(place)
        built.append(place)

    some = [threading.Thread(target=practice.afresh, args=(tmp_path, slowly)) for _n in range(2)]
    some[0].start()
    assert began.wait(60)
    some[1].start()
    assert waits.wait(60)  # the other has seen what is there, and waits for the first
    go_on.set()
    for one in some:
        one.join(60)
    assert built == [practice.current(tmp_path)]


def test_what_is_served_is_thrown_away_by_the_next_start_and_not_before(tmp_path: Path) -> None:
    practice.afresh(tmp_path, build)
    former, held = practice.hold_current(tmp_path)
    practice.afresh(tmp_path, build)
    practice.sweep(tmp_path)
    assert (former / "db").exists(), "somebody is still at it"
    held.close()
    practice.sweep(tmp_path)
    assert not former.exists()


def test_a_folder_that_holds_other_things_is_refused_and_an_older_one_is_known(tmp_path: Path) -> None:
    (tmp_path / "pupils.csv").touch()
    with pytest.raises(typer.Exit):
        practice.must_be_ours(tmp_path)
    (tmp_path / practice.MARK).write_text("built: a Testamur practice installation; may be thrown away\n")
    assert practice.current(tmp_path) == tmp_path / "data"
