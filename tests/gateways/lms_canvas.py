"""A platform that behaves like Canvas.

User ids are UUIDs; the number of the student register is ``lis_person_sourcedid``; a tool sees only the line items that
it made itself; results come as a share of one; whoever asks too often gets 403 with words; there is a test student.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.gateways.lms import ITEMS, NRPS, RESULTS, ROLE, Answer, Item, Platform, User, answered, paged

TEST_STUDENT = ("http://purl.imsglobal.org/vocab/lti/system/person#TestUser", f"{ROLE}#Learner")
_RESULTS = re.compile(r"/api/lti/courses/1/line_items/(\d+)/results\Z")


@dataclass
class Canvas(Platform):
    """See the module."""

    members_path = "/api/lti/courses/1/names_and_roles"
    items_path = "/api/lti/courses/1/line_items"

    def service(  # noqa: PLR0911 - a table of addresses
        self, method: str, path: str, query: dict[str, str], headers: Mapping[str, str]
    ) -> Answer:
        if method != "GET":
            return answered({"error": "method"}, 405)
        if self.busy:
            self.busy -= 1
            return 403, {"Content-Type": "text/html", "X-Rate-Limit-Remaining": "0.0"}, (
                b"403 Forbidden (Rate Limit Exceeded)\n"
            )  # fmt: skip
        start = int(query.get("page", 1)) - 1
        if path == self.members_path:
            if not self.may(headers, NRPS):
                return answered({"errors": {"type": "unauthorized"}}, 401)
            rows, more = paged(self.users, start * self.page, self.page)
            told = {
                "id": self.members_url(),
                "context": {"id": self.context, "label": "DV1574", "title": self.title},
                "members": [self._member(user) for user in rows],
            }
            kind = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json; charset=utf-8"
            return self._page(told, start + 2 if more else None, path, kind)
        own = [item for item in self.items if item.own]
        if path == self.items_path:
            if not self.may(headers, ITEMS):
                return answered({"errors": {"type": "unauthorized"}}, 401)
            rows, more = paged(own, start * self.page, self.page)
            items = [{"id": self.item_url(i), "label": i.label, "scoreMaximum": i.maximum} for i in rows]
            return self._page(
                items, start + 2 if more else None, path, "application/vnd.ims.lis.v2.lineitemcontainer+json"
            )
        found = _RESULTS.match(path)
        item = next((one for one in own if found and one.key == found[1]), None)
        if item is None:
            return answered({"errors": {"type": "not found"}}, 404)
        if not self.may(headers, RESULTS):
            return answered({"errors": {"type": "unauthorized"}}, 401)
        results = [self._result(item, user, *told) for user, told in item.results.items()]
        rows, more = paged(results, start * self.page, self.page)
        return self._page(rows, start + 2 if more else None, path, "application/vnd.ims.lis.v2.resultcontainer+json")

    def _member(self, user: User) -> dict[str, Any]:
        given, _, family = user.name.partition(" ")
        return {
            "status": user.status,
            "name": user.name,
            "given_name": given,
            "family_name": family,
            "email": user.email,
            "lis_person_sourcedid": user.number,
            "user_id": user.id,
            "lti11_legacy_user_id": user.id.replace("-", ""),
            "roles": list(user.roles),
        }

    def _result(
        self, item: Item, user: str, score: float | None, maximum: float | None, comment: str
    ) -> dict[str, Any]:
        share = None if score is None else score / (maximum or item.maximum)
        told: dict[str, Any] = {"id": f"{self.item_url(item)}/results/{user}", "scoreOf": self.item_url(item)}
        told |= {"userId": user, "resultScore": share, "resultMaximum": 1}
        return told | ({"comment": comment} if comment else {})

    def _page(self, told: object, following: int | None, path: str, kind: str) -> Answer:
        first = f'<{self.url}{path}?page=1&per_page={self.page}>; rel="first"'
        link = first + (f',<{self.url}{path}?page={following}&per_page={self.page}>; rel="next"' if following else "")
        return answered(told, 200, kind, Link=link)
