"""A platform that behaves like Moodle.

User ids are numbers; names and mail are withheld unless the administrator lets tools have them; the number of the
student register is the idnumber; a line item's address has a query string; pages follow by ``Link``; scores come with
the task's own maximum, and a tool sees every task of the course.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.gateways.lms import ITEMS, NRPS, RESULTS, Answer, Item, Platform, User, answered, paged

_ITEM = re.compile(r"/mod/lti/services\.php/2/lineitems/(\d+)/lineitem(/results)?\Z")


@dataclass
class Moodle(Platform):
    """See the module."""

    members_path = "/mod/lti/services.php/CourseSection/2/bindings/3/memberships"
    items_path = "/mod/lti/services.php/2/lineitems?type_id=3"

    def item_url(self, item: Item) -> str:
        return f"{self.url}/mod/lti/services.php/2/lineitems/{item.key}/lineitem?type_id=3"

    def service(  # noqa: PLR0911 - a table of addresses
        self, method: str, path: str, query: dict[str, str], headers: Mapping[str, str]
    ) -> Answer:
        if method != "GET":
            return answered({"error": "method"}, 405)
        if self.busy:
            self.busy -= 1
            return answered({"error": "slow down"}, 429, **{"Retry-After": "1"})
        if path == self.members_path:
            return self._members(query, headers)
        if query.get("type_id") != "3":  # Moodle finds the tool by it
            return answered({"reason": "no such tool"}, 404)
        if path == "/mod/lti/services.php/2/lineitems":
            if not self.may(headers, ITEMS):
                return answered({"reason": "scope"}, 401)
            rows, following = paged(self.items, int(query.get("from", 0)), self.page)
            told = [{"id": self.item_url(i), "label": i.label, "scoreMaximum": i.maximum} for i in rows]
            return self._page(told, following, self.url + path, "application/vnd.ims.lis.v2.lineitemcontainer+json")
        found = _ITEM.match(path)
        item = next((one for one in self.items if found and one.key == found[1]), None)
        if item is None or not found or not found[2]:
            return answered({"reason": "no such line item"}, 404)
        if not self.may(headers, RESULTS):
            return answered({"reason": "scope"}, 401)
        told = [
            {
                "id": f"{self.url}{path}?type_id=3&user_id={user}", "userId": user, "resultScore": score,
                "resultMaximum": maximum, "scoreOf": self.item_url(item), "comment": comment,
            }
            for user, (score, maximum, comment) in item.results.items()
        ]  # fmt: skip
        rows, following = paged(told, int(query.get("from", 0)), self.page)
        return self._page(rows, following, self.url + path, "application/vnd.ims.lis.v2.resultcontainer+json")

    def _members(self, query: dict[str, str], headers: Mapping[str, str]) -> Answer:
        if not self.may(headers, NRPS):
            return answered({"reason": "scope"}, 401)
        rows, following = paged(self.users, int(query.get("from", 0)), self.page)
        told = {
            "id": self.members_url(),
            "context": {"id": self.context, "label": "DV1574", "title": self.title},
            "members": [self._member(user) for user in rows],
        }
        kind = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
        return self._page(told, following, self.members_url(), kind, tool=False)

    def _member(self, user: User) -> dict[str, Any]:
        told: dict[str, Any] = {"status": user.status, "roles": list(user.roles), "user_id": user.id}
        told |= {"lis_person_sourcedid": user.number}
        if self.names:
            given, _, family = user.name.partition(" ")
            told |= {"name": user.name, "given_name": given, "family_name": family, "email": user.email}
        return told

    def _page(self, told: object, following: int | None, url: str, kind: str, *, tool: bool = True) -> Answer:
        further = "type_id=3&" if tool else ""
        link = {"Link": f'<{url}?{further}from={following}&limit={self.page}>; rel="next"'} if following else {}
        return answered(told, 200, kind, **link)
