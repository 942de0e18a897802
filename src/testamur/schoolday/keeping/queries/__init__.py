"""Reading extracts, requests for correction, lists of deletion, and who saw a person."""

from testamur.schoolday.keeping.queries.extracts import ExtractView, extract, extracts
from testamur.schoolday.keeping.queries.lists import ListView, ids_of, lists, lists_of, plan_of, the_list
from testamur.schoolday.keeping.queries.requests import RequestView, answered, request, requests_at, requests_of
from testamur.schoolday.keeping.queries.seen import NOWHERE, Seen, seen

__all__ = [
    "NOWHERE",
    "ExtractView",
    "ListView",
    "RequestView",
    "Seen",
    "answered",
    "extract",
    "extracts",
    "ids_of",
    "lists",
    "lists_of",
    "plan_of",
    "request",
    "requests_at",
    "requests_of",
    "seen",
    "the_list",
]
