"""What a stranger does with a document: checks the file in the browser, types its code, asks the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request, expect

from testamur.kernel.base import clock
from testamur.kernel.proofs.trust import parse_trust
from testamur.kernel.proofs.verify import verify_file
from tests.journeys.browser import acts
from tests.journeys.browser.acts import press
from tests.journeys.browser.looking import look


def verify(page: Page, file: Path, word: str) -> None:
    """A stranger checks a file in the browser: nothing but GETs of the site's own pages goes out."""
    sent: list[Request] = []

    def heard(request: Request) -> None:
        sent.append(request)

    page.on("request", heard)
    page.goto("/verify/")
    page.locator("#verifier-files").set_input_files(file)
    verdict = page.locator(".verifier-verdict").first
    expect(verdict).to_be_visible(timeout=acts.WORK)
    expect(verdict).to_have_attribute("data-word", word)
    look(page)
    assert {(one.method, urlsplit(one.url).netloc) for one in sent} == {("GET", urlsplit(page.url).netloc)}
    assert all(one.post_data is None for one in sent)
    page.remove_listener("request", heard)


def look_up(page: Page, file: Path, *, hidden: str) -> None:
    """A stranger types the code of the paper: whether it holds, and nothing about the pupil."""
    found = acts.CODE.search(file.name)
    assert found
    page.goto("/verify/")
    page.locator("#code").fill(found[0])
    press(page, page.locator("form:has(#code) button[type=submit]"))
    acts.is_at(page, f"/v/{found[0]}/")
    expect(page.locator('main .ds-alert[data-color="success"]')).to_be_visible()
    look(page)
    for part in hidden.split():
        expect(page.locator("body")).not_to_contain_text(part)


def code_of_today(page: Page, file: Path) -> str:
    """What decides about a file with the trust bundle of this moment: `ok`, or the code of what is wrong."""
    trust = parse_trust(page.request.get("/verify/trust.json").body())
    return verify_file(file.read_bytes(), trust, file.name, at=clock.now()).code


def command_line_says(page: Page, file: Path, tmp_path: Path) -> str:
    """What `testamur verify` says with the trust bundle of today: the verdict, or why the document no longer holds."""
    trust = tmp_path / "trust.json"
    trust.write_bytes(page.request.get("/verify/trust.json").body())
    done = subprocess.run(
        [sys.executable, "-m", "testamur", "verify", str(file), "--trust", str(trust), "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    outlived = [check["code"] for check in told["checks"] if check["code"] in {"status.replaced", "status.annulled"}]
    return str(outlived[0] if outlived else told["verdict"])
