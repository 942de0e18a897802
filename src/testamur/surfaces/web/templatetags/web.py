"""Small things of templates: icons, times, codes, fields."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import lucide
from django import template
from django.core.paginator import Paginator
from django.forms import BoundField, Form
from django.template import Context
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from testamur.register.people import rules

if TYPE_CHECKING:  # the tags are there before the tables are
    from testamur.surfaces.web.requests import Visitor

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "", size: int = 20) -> SafeString:
    """A Lucide icon: an ornament beside a text, or an image with a name of its own when `label` is given."""
    drawing = _drawing(str(name), int(size))
    if not label:
        return mark_safe(drawing.replace("<svg", '<svg aria-hidden="true"', 1))  # noqa: S308 - made from our own files
    return format_html('<span role="img" aria-label="{}">{}</span>', label, mark_safe(drawing))  # noqa: S308 - as above


@lru_cache(maxsize=512)
def _drawing(name: str, size: int) -> str:
    return lucide._render_icon(name, size, **{"class": "icon", "focusable": "false"})  # noqa: SLF001 - the library's one function without Jinja


@register.simple_tag(takes_context=True)
def drawn(context: Context, template: str) -> str:
    """What an include would put here, as a text: for what a page has in two places, so that it is made once."""
    assert context.template is not None
    with context.push():
        return context.template.engine.get_template(template).render(context)


@register.filter
def grouped(value: int) -> str:
    """A count with its thousands apart, as the language writes it; never for years and codes."""
    return number_format(value, force_grouping=True)


@register.filter
def local(value: datetime | None, _visitor: object = None) -> str:
    """An instant in the visitor's time zone (set for the request), in the short form of the language."""
    if value is None:
        return ""
    return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")


@register.simple_tag
def code(value: str, *, copy: bool = False) -> SafeString:
    """A code in letters that can be told apart; `copy=True` offers a button that copies it (with script alone)."""
    if not copy:
        return format_html('<code class="code">{}</code>', value)
    return format_html('<span class="copy"><code class="code" data-copy>{}</code></span>', value)


@register.simple_tag
def dressed(field: BoundField) -> BoundField:
    """The field with the classes of the design system on its widget."""
    attrs = field.field.widget.attrs
    attrs["class"] = " ".join(dict.fromkeys([*str(attrs.get("class", "")).split(), "ds-input"]))
    return field


@register.filter
def is_mask(name: object) -> bool:
    """Whether a name says itself that it stands for a hidden one; an alias that the school chose does not."""
    return rules.is_mask(str(name))


@register.filter
def kind(field: BoundField) -> str:
    """How a field is drawn: `radios`, `checkboxes`, `checkbox`, `file`, `hidden` or `line`."""
    known = {
        "radioselect": "radios",
        "checkboxselectmultiple": "checkboxes",
        "checkbox": "checkbox",
        "file": "file",
        "clearablefile": "file",
        "hidden": "hidden",
    }
    return "hidden" if field.is_hidden else known.get(field.widget_type, "line")


@register.filter
def faults(form: Form) -> list[tuple[str, str]]:
    """Every error of a form as (address of the field or nothing, sentence), in the order of the fields."""
    found: list[tuple[str, str]] = [("", str(error)) for error in form.non_field_errors()]
    for field in form:
        target = f"#{field.id_for_label or field.auto_id}"
        found += [(target, f"{field.label}: {error}") for error in field.errors]
    return found


@register.filter
def share(done: Any, total: Any) -> int:
    """Whole percent of `done` in `total`; 0 when there is nothing to do."""
    return int(100 * int(done or 0) / int(total)) if int(total or 0) else 0


@register.filter
def around(paginator: Paginator[Any], number: int) -> list[int | None]:
    """Numbers of pages to offer: the first, the last, those beside `number`; None where some are left out."""
    shown = [n for n in paginator.page_range if n in {1, paginator.num_pages} or abs(n - number) <= 1]
    found: list[int | None] = []
    for n in shown:
        if found and found[-1] is not None and n - found[-1] > 1:
            found.append(None)
        found.append(n)
    return found


@register.simple_tag
def kept_for(visitor: Visitor, what: str) -> str:
    """A mark of the visitor's ``login`` or ``person``, by which a device tells whose pages it keeps; says no more.

    Logins of the app are those of one device: what it keeps stays from one to the next. When somebody of the family is
    protected the mark is another one, and the device throws away what it kept before.
    """
    if visitor.login is None:
        return ""
    whose = (visitor.login.app or visitor.login.id) if what == "login" else visitor.login.person
    hidden = [one.id for one in visitor.persons.values() if one.protection is not rules.Protection.NONE]
    then = f" {sorted(map(str, hidden))}" if what == "login" and hidden else ""
    return salted_hmac("web.kept", f"{what} {whose}{then}", algorithm="sha256").hexdigest()[:24]
