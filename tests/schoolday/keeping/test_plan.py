"""The plan: how long what is kept, by country and kind."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.schoolday.keeping.rules import DELETES, HELD, PLAN, Category, NoDeletion, Topic, limit, term_of


def test_swedish_attendance_is_kept_three_whole_school_years_and_bulgarian_five() -> None:
    assert limit("SE", Category.ATTENDANCE, date(2026, 11, 30)) == date(2023, 8, 1)
    assert limit("SE", Category.ATTENDANCE, date(2026, 7, 31)) == date(2022, 8, 1)
    assert limit("BG", Category.MARKS, date(2026, 11, 30)) == date(2021, 8, 1)


@pytest.mark.parametrize("country", ["SE", "BG", "VN", "XX"])
def test_grades_documents_and_the_log_of_views_never_go(country: str) -> None:
    for category in (Category.GRADES, Category.DOCUMENTS, Category.VIEWS):
        with pytest.raises(NoDeletion):
            limit(country, category, date(2060, 1, 1))


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(sorted(DELETES)), st.sampled_from(["SE", "BG"]))
def test_nothing_goes_before_its_years_are_over(today: date, category: Category, country: str) -> None:
    years = term_of(country, category).years
    assert years is not None
    kept = today - limit(country, category, today)
    assert timedelta(days=365 * years) <= kept < timedelta(days=366 * (years + 1) + 1)


def test_every_country_says_something_of_every_kind_and_every_topic_has_a_purpose() -> None:
    assert all(set(plan) == set(Category) for plan in PLAN.values())
    assert [one.topic for one in HELD] == list(Topic)


def test_the_operators_guide_tells_the_plan_as_it_is() -> None:
    text = (Path(__file__).parents[3] / "docs" / "operate.md").read_text()
    rows = {cells[1].strip(" `"): cells[2:5] for line in text.splitlines() if len(cells := line.split("|")) == 7}
    for category in Category:
        told = [cell.split()[0] for cell in rows[category.value]]
        assert told == [str(term_of(country, category).years or "kept") for country in ("SE", "BG", "VN")]
