"""A week of preschool in a real browser: hours, the deadline, arrivals and departures, the list for a fire offline."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World, press, until
from tests.journeys.browser.looking import look

MONDAY = date.today() - timedelta(days=date.today().weekday()) + timedelta(weeks=2)  # noqa: DTZ011 - the browser's day
"""A week that is not locked on any day of this one."""


AUNT = "Faster Påhittad (exempel)"


def named(page: Page, world: World, child: str) -> None:
    """A guardian of the child names its aunt, and says that she fetches it today."""
    who = next(name for name, one in world["persons"].items() if one == child and name.startswith("preschool_child"))
    acts.log_in(page, world, who.replace("child", "guardian"), "guardian", to=f"/care/family/{child}/collectors/")
    page.locator("#id_name").fill(AUNT)
    page.locator("#id_phone").fill("070-000 00 00")
    press(page, page.locator("main form.family-form button[type=submit]"))
    look(page)
    page.goto(f"/care/family/{child}/")
    page.locator(".care-day.is-today select[name^=who_]").select_option(label=AUNT)
    press(page, page.locator("form[action$='/save/'] button[type=submit]"))
    expect(page.locator(".care-day.is-today")).to_contain_text(AUNT)


def controlled(page: Page) -> None:
    """Wait until the worker looks after this page, and has kept it."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.wait_for_function("() => 'careKept' in document.documentElement.dataset")


@pytest.mark.feature("C1", "C4")
def test_a_guardian_writes_hours_that_the_deadline_locks(open_page: Open, world: World) -> None:
    page = open_page("en", 360, touch=True)
    child = world["persons"]["preschool_child0"]
    acts.log_in(page, world, "preschool_guardian0", "guardian", to=f"/care/family/{child}/?monday={MONDAY}")
    acts.is_at(page, f"/care/family/{child}/")
    look(page)
    page.locator("#id_starts_1").fill("07:10")
    page.locator("#id_ends_1").fill("15:50")
    page.locator("#id_care_2").select_option("free")
    page.locator("#id_who_1").select_option(index=1)
    press(page, page.locator("form[action$='/save/'] button[type=submit]"))
    expect(page.locator("main")).to_contain_text("07:10–15:50")
    expect(page.locator("main")).to_contain_text("No care: free")
    look(page)
    page.goto(f"/care/family/{child}/regular/")
    look(page)
    page.goto(f"/care/family/{child}/collectors/")
    look(page)
    # the head moves the deadline: two weeks before, at midnight
    head = open_page("en", 1280)
    acts.log_in(head, world, "preschool_principal", "principal", to=f"/care/unit/{world['preschool']}/arrange/")
    look(head)
    head.locator("#id_deadline_days").fill("14")
    head.locator("#id_deadline_at").fill("00:00")
    press(head, head.locator("main form:has(#id_deadline_days) button[type=submit]"))
    page.goto(f"/care/family/{child}/?monday={MONDAY}")
    expect(page.locator("main")).to_contain_text("This week is locked")
    expect(page.locator("#id_starts_1")).to_have_count(0)
    look(page)
    # who works there may still change it, and sees what it takes
    head.goto(f"/care/child/{child}/?monday={MONDAY}")
    expect(head.locator("#id_starts_1")).to_have_value("07:10")
    look(head)
    head.goto(f"/care/unit/{world['preschool']}/planning/?monday={MONDAY}")
    expect(head.locator("svg.chart-picture")).to_be_visible()
    look(head)


@pytest.mark.feature("C4")
def test_children_come_and_go_and_the_list_for_a_fire_needs_no_connection(open_page: Open, world: World) -> None:
    page = open_page("en", 820, touch=True)
    group, unit = world["preschool_group"], world["preschool"]
    acts.log_in(page, world, "preschool_teacher", to=f"/care/group/{group}/")
    acts.is_at(page, f"/care/group/{group}/")
    look(page)
    away = page.locator("li[data-state=away]")
    comes = away.first.get_attribute("id") or ""
    child = acts.id_in(comes)
    home = open_page("sv", 360, touch=True)
    named(home, world, child)
    page.reload()
    expect(page.locator(f"#{comes}")).to_contain_text(AUNT)
    page.locator(f"#{comes} button[value=in]").click()
    expect(page.locator(f"#{comes}")).to_have_attribute("data-state", "here")
    # another person than a guardian brings it home: whom the guardian named stands there already
    expect(page.locator(f"#{comes} select[name=who] option:checked")).to_have_text(AUNT)
    page.locator(f"#{comes} button[value=out]").click()
    expect(page.locator(f"#{comes}")).to_have_attribute("data-state", "gone")
    seen = open_page("en", 1280)
    acts.log_in(seen, world, "preschool_principal", "principal", to=f"/care/child/{child}/")
    expect(seen.locator("main")).to_contain_text(AUNT)
    look(seen)
    here = page.locator("li[data-state=here]").count()
    controlled(page)
    # no connection: a note waits on the device, the list is read and ticked
    page.context.set_offline(True)
    later = page.locator("li[data-state=away]").first.get_attribute("id") or ""
    page.locator(f"#{later} button[value=in]").click()
    expect(page.locator(f"#{later} .care-waits")).to_be_visible()
    page.goto(f"/care/unit/{unit}/fire/")
    expect(page.locator("h1")).to_contain_text("in the house")
    expect(page.locator("[data-care-tick]")).not_to_have_count(0)
    boxes = page.locator("[data-care-tick]").count()
    page.locator("[data-care-tick]").first.check()
    expect(page.locator("[data-care-found]")).to_have_text(f"Found: 1 of {boxes}")
    page.context.set_offline(False)
    expect(page.locator("html[data-offline]")).to_have_count(0)  # a kept page makes way for the real one by itself
    page.wait_for_load_state()
    page.goto(f"/care/group/{group}/")
    expect(page.locator(f"#{later}")).to_have_attribute("data-state", "here")
    until(lambda: page.locator("li[data-state=here]").count() == here + 1)
    page.goto(f"/care/unit/{unit}/fire/")
    look(page)
    page.goto("/care/")
    look(page)
    # who logs out leaves nothing of it on the device
    page.evaluate(
        "() => fetch('/account/logout/', {method: 'POST', headers: {'X-CSRFToken':"
        " JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken']}})"
    )
    until(lambda: not page.evaluate(f"() => caches.match('/care/unit/{unit}/fire/').then(Boolean)"))
