"""The page of the search."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from testamur.access.accounts.rules import Area, TooMany
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.refusals import sentence
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.searching import limits
from testamur.surfaces.web.searching.sources import Found, look

SHORTEST, LONGEST = 2, 80


class SearchForm(forms.Form):
    """What is looked for."""

    q = forms.CharField(
        label=gettext_lazy("Search for"), min_length=SHORTEST, max_length=LONGEST,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )  # fmt: skip


@door("search.home", Area.STAFF, Area.OFFICE, Area.FAMILY)
@require_safe
def home(request: WebRequest) -> HttpResponse:
    """A field, and what was found; every hit is a page that the visitor may open anyway."""
    visitor, found, problem = request.visitor, list[Found](), ""
    form = SearchForm(request.GET if "q" in request.GET else None)
    if form.is_bound and form.is_valid():
        try:
            limits.count(visitor)
            found = look(visitor, form.cleaned_data["q"])
        except TooMany as refused:
            problem = str(sentence(refused))
    return page(
        request,
        "web/searching/search.html",
        status=429 if problem else 422 if form.errors else 200,
        form=form,
        asked=form.is_bound and form.is_valid(),
        found=found,
        problem=problem,
    )
