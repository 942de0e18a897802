"""The four public failures of such systems, each tried here, and a mark that comes late.

Staff saw protected pupils and guardians saw other children (a city's school platform, fined and upheld in 2023), pages
of administrators stood in search engines (the same), profiles were read out one by one (a portal of some thirty
municipalities, 2022).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.base.ids import new_id
from testamur.register.people import actions as people
from testamur.register.people import queries
from testamur.register.people.rules import PersonView, Protection
from tests.surfaces.web.family import diaries
from tests.surfaces.web.family.diaries import Families

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C16", "C19")]


@pytest.fixture
def families(db: None) -> Families:
    """Two schools with their families."""
    return diaries.build()


def _view(families: Families, number: int) -> PersonView:
    found = queries.person(by=operator(), id=families.bg.pupils[number])
    assert found is not None
    return found


def _mark(families: Families, number: int) -> PersonView:
    view = _view(families, number)
    people.set_protection(by=operator(), person=view.id, level=Protection.PROTECTED_REGISTRATION, now=clock.now())
    return view


def _staff_pages(families: Families) -> list[str]:
    group, subject = families.bg.group, "MAT"
    return [
        reverse("diary:today"), reverse("diary:classes"), reverse("diary:grid", args=[group, subject]),
        reverse("diary:absences", args=[group]), reverse("diary:remarks", args=[group]),
        reverse("diary:health", args=[group]), reverse("diary:leaves"), reverse("notices:registrations"),
        reverse("support:home"), reverse("search:home") + "?q=%D0%A3%D1%87",
    ]  # fmt: skip


def test_staff_do_not_see_a_protected_pupil_from_the_moment_of_the_mark(families: Families) -> None:
    """A teacher has the class open, and goes on: the next page of every kind has the alias alone."""
    teacher = diaries.browse(families.bg.persons["class_teacher"], f"class_teacher@{families.bg.path}")
    name = _view(families, 3).given
    before = [address for address in _staff_pages(families) if name in teacher.get(address).content.decode()]
    assert len(before) >= 3, "the test shows nothing where the name stands nowhere"
    view = _mark(families, 3)
    number = view.identifier.value if view.identifier else name
    for address in _staff_pages(families):
        page = teacher.get(address).content.decode()
        assert name not in page, address
        assert number not in page, address


def test_guardians_do_not_see_other_children(families: Families) -> None:
    """Every page of a child, asked for by the guardian of another one of the same class."""
    guardian = diaries.browse(families.bg.persons["far_guardian"])
    strange, own = families.bg.pupils[0], families.bg.pupils[3]
    pages = [one for one in _addresses() if list(one.pattern.converters) == ["pupil"] and _is(one, "family")]
    assert len(pages) > 8
    for one in pages:
        address = reverse(f"family:{one.name}", args=[strange])
        assert guardian.get(address).status_code in {404, 405}, address
    assert guardian.get(reverse("family:marks", args=[own])).status_code == 200


def test_no_page_but_those_for_everybody_is_for_search_engines(families: Families) -> None:
    """Without a login and with one: every answer says that it is not to be kept or shown in an index."""
    office = diaries.browse(families.bg.persons["administrator"], f"administrator@{families.bg.path}")
    asked = 0
    for browser in (Client(), office):
        for one in _addresses():
            if one.pattern.converters or getattr(one.callback, "door", ("public",))[0] == "public":
                continue
            answer = browser.get("/" + _place(one))
            assert "noindex" in answer.headers.get("X-Robots-Tag", ""), one.name
            assert "no-store" in answer.headers.get("Cache-Control", ""), one.name
            asked += 1
    assert asked > 60
    assert Client().get(reverse("public:robots")).content.decode().splitlines()[-1] == "Disallow: /"


def test_profiles_cannot_be_read_out_one_by_one(families: Families) -> None:
    """Ids follow from no other id, and whoever searches faster than people do is stopped."""
    ids = [new_id() for _ in range(500)]
    assert len({one.int & ((1 << 62) - 1) for one in ids}) == 500
    near = {abs(a.int - b.int) for a, b in pairwise(ids)}
    assert min(near) > 1 << 20
    teacher = diaries.browse(families.bg.persons["class_teacher"], f"class_teacher@{families.bg.path}")
    found = [teacher.get(reverse("search:home"), {"q": f"b{n}"}).status_code for n in range(31)]
    assert found[-1] == 429


def test_an_export_that_was_asked_for_before_the_mark_is_not_given_out(families: Families) -> None:
    from testamur.exchange.connectors.diary import exporting
    from testamur.kernel.base.actor import Actor, Grant
    from testamur.kernel.base.refused import NotFound
    from testamur.register.schools import queries as schools

    school = schools.unit(families.bg.school)
    assert school is not None
    by = Actor(families.bg.persons["administrator"], "simulated", (Grant("administrator", families.bg.path, ("*",)),))
    work = exporting.request(by=by, school=school, hat=f"administrator@{families.bg.path}", now=clock.now())
    path = exporting.file_of(work)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"names")
    _mark(families, 3)
    with pytest.raises(NotFound):
        exporting.fetch(by=by, work=work, now=clock.now())
    assert not path.exists()


def _addresses() -> Iterator[URLPattern]:
    def walk(resolver: URLResolver) -> Iterator[URLPattern]:
        for one in resolver.url_patterns:
            if isinstance(one, URLPattern):
                yield one
            else:
                yield from walk(one)

    return walk(get_resolver())


def _is(one: URLPattern, space: str) -> bool:
    view: Callable[..., object] = one.callback
    return f".{space}." in view.__module__


def _place(one: URLPattern) -> str:
    """The address of a pattern without arguments."""

    def walk(resolver: URLResolver, before: str) -> Iterator[str]:
        for inner in resolver.url_patterns:
            if inner is one:
                yield before + str(inner.pattern)
            elif isinstance(inner, URLResolver):
                yield from walk(inner, before + str(inner.pattern))

    return next(walk(get_resolver(), ""))
