"""What a device needs to know to keep the product among its apps (rows C12, C13)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from testamur.surfaces.web.doors import public


@public
def show(_request: HttpRequest) -> HttpResponse:
    """The web app manifest (W3C Web Application Manifest), in the language of the request."""
    content = {
        "id": "/",
        "name": "Testamur",
        "short_name": "Testamur",
        "description": _("School records you can trust for life."),
        "lang": get_language() or "en",
        "dir": "ltr",
        "start_url": "/app/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#faf8f4",
        "theme_color": "#2d4a8f",
        "categories": ["education"],
        "prefer_related_applications": False,
        "icons": [
            {"src": static("web/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": static("web/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": static("web/icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": static("web/app-icon-maskable.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
        "shortcuts": [
            _shortcut(_("What is new"), "/app/"),
            _shortcut(_("Messages"), "/messages/"),
            _shortcut(_("Check a document"), "/verify/"),
        ],
        "screenshots": [
            _screenshot("narrow", "720x1280", _("The app's home")),
            _screenshot("wide", "1280x800", _("The home of a family on the web")),
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


def _shortcut(name: str, url: str) -> dict[str, object]:
    icon = {"src": static("web/icon-192.png"), "sizes": "192x192", "type": "image/png"}
    return {"name": name, "url": url, "icons": [icon]}


def _screenshot(form: str, sizes: str, label: str) -> dict[str, str]:
    source = static(f"web/app-screen-{form}.png")
    return {"src": source, "sizes": sizes, "type": "image/png", "form_factor": form, "label": label}
