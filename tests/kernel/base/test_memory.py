"""What is remembered while one question is answered, and nothing longer."""

from __future__ import annotations

from collections.abc import Collection

from testamur.kernel.base.memory import recall, recall_each, remember, remembered


class Shelf:
    """Counts how often somebody looks."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def look(self, keys: Collection[str]) -> dict[str, str]:
        """`x` does not exist."""
        self.asked.append(tuple(keys))
        return {key: key.upper() for key in keys if key != "x"}


def test_the_same_is_looked_up_once_and_what_does_not_exist_too() -> None:
    shelf = Shelf()
    with remembered():
        assert recall_each("letter", ["a", "x"], shelf.look) == {"a": "A"}
        assert recall_each("letter", ["x", "b", "a"], shelf.look) == {"b": "B", "a": "A"}
        assert recall_each("other", ["a"], shelf.look) == {"a": "A"}
        assert [recall("one", lambda: 1), recall("one", lambda: 2)] == [1, 1]
    assert shelf.asked == [("a", "x"), ("b",), ("a",)]


def test_outside_and_afterwards_everything_is_looked_up_anew() -> None:
    shelf = Shelf()
    remember("letter", "a", "old")
    with remembered():
        remember("letter", "a", "came along")
        assert recall_each("letter", ["a"], shelf.look) == {"a": "came along"}
    assert recall_each("letter", ["a"], shelf.look) == {"a": "A"}
    assert [recall("one", lambda: 1), recall("one", lambda: 2)] == [1, 2]


def test_a_question_within_a_question_forgets_only_its_own() -> None:
    with remembered():
        recall("one", lambda: 1)
        with remembered():
            assert recall("one", lambda: 2) == 2
        assert recall("one", lambda: 3) == 1
