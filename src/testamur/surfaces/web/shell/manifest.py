"""What a device needs to know to keep the product among its apps."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _

from testamur.surfaces.web.doors import public


@public
def show(_request: HttpRequest) -> HttpResponse:
    """The web app manifest, in the language of the request."""
    content = {
        "id": "/",
        "name": "Testamur",
        "short_name": "Testamur",
        "description": _("School records you can trust for life."),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#faf8f4",
        "theme_color": "#2d4a8f",
        "icons": [
            {"src": static("web/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": static("web/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": static("web/icon-512.png"), "sizes": "512x512", "type": "image/png"},
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")
