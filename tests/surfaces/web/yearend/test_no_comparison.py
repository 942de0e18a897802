"""No pupil is set beside another: pages of a class's year keep the order of the class list and reckon nothing together.

Circular 27/2020 art. 4 and 7.1.d: pupils are not compared with one another.
"""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from testamur.law.tables import pack
from tests.schoolday.diary.school import School
from tests.surfaces.web.diary.conftest import Enter
from tests.surfaces.web.yearend.conftest import fill

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 11)
COMPARES = re.compile(
    r"\b(rank(ed|ing|s)?|average|mean|median|best|worst|highest|lowest|percentile|hạng|xếp thứ|"
    r"điểm trung bình|cao nhất|thấp nhất|đứng đầu)\b",
    re.IGNORECASE,
)


def texts(browser: Client, school: School, *, head: Client) -> dict[str, str]:
    """Every page of the class's year, as its markup."""
    group, pupil = school.group, school.pupils[2]
    addresses = [reverse("yearend:year", args=[group]), reverse("yearend:again", args=[group, pupil])]
    for moment in ("HK1-mid", "HK1", "HK2-mid", "HK2"):
        addresses.append(reverse("yearend:close", args=[group, moment]))
        addresses += [reverse("diary:moment", args=[group, moment, part]) for part in ("subjects", "traits", "facts")]
    found = {address: browser.get(address) for address in addresses}
    found["head"] = head.get(reverse("yearend:promotions"))
    assert {answer.status_code for answer in found.values()} == {200}
    pages = {}
    for address, answer in found.items():
        page = answer.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
        pages[address] = page
    return pages


@pytest.mark.feature("D13", "D19")
def test_no_page_of_the_year_ranks_reckons_or_sorts_by_result(vietnamese: School, enter: Enter) -> None:
    # the first of the list has the weakest result and the last one the best
    fill(vietnamese, values={(0, "level", "DD"): "C", (1, "test", "TOAN"): "5", (2, "test", "TV"): "8"})
    browser, head = enter(vietnamese, "class_teacher"), enter(vietnamese, "principal")
    browser.post(reverse("yearend:close", args=[vietnamese.group, "HK2"]), {})
    for address, page in texts(browser, vietnamese, head=head).items():
        said = re.sub(r"<[^>]+>", " ", page)
        assert not COMPARES.search(said), f"{address}: {COMPARES.search(said)}"
        for part in re.split(r"<section|<form", page):  # what is to be done stands apart, each in the class's order
            shown = list(dict.fromkeys(re.findall(r"Ученик[01]", part)))
            assert shown == sorted(shown), f"{address}: {shown}"


def test_the_law_lets_nothing_be_compared_and_reckons_no_average() -> None:
    vietnam = pack("vn.primary")
    assert not any(vietnam.may_compare(figure) for figure in ("mark_average", "merit_value", "year_result"))
    assert vietnam.diary.average([]) is None
    assert vietnam.year_end is not None
    kinds = (*vietnam.diary.mark_kinds(4, TODAY), *vietnam.diary.class_kinds(4, TODAY))
    assert {kind.weight for kind in kinds} == {0}
