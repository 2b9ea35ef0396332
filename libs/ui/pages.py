"""Pages for people: templates with the common look, and the few files they need."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2
from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import HTMLResponse

_HERE: Final = Path(__file__).parent
_STATIC: Final = _HERE / "static"
_TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Pages:
    """One service's templates over the common base; texts are escaped, a forgotten value is an error."""

    def __init__(self, folder: Path, static_prefix: str, static_folder: Path | None = None) -> None:
        """`static_prefix`: where this service's `static_router` is reached from outside, e.g. `/intake/static`;
        `static_folder`: the one that router was given.
        """
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([folder, _HERE / "templates"]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        places = _places(static_folder)
        self._environment.globals["static"] = lambda name: f"{static_prefix}/{name}?v={_version(name, places)}"

    def filter(self, name: str, function: Any) -> None:
        """Offer a function to the templates as a filter."""
        self._environment.filters[name] = function

    def render(
        self, template: str, values: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
    ) -> HTMLResponse:
        """A page, with the headers every page of ours has; never kept by caches on the way."""
        html = self._environment.get_template(template).render(**values)
        return HTMLResponse(html, status, {**SECURITY_HEADERS, "Cache-Control": "no-store", **(headers or {})})


def static_router(folder: Path | None = None) -> APIRouter:
    """`/static/...`: the common files, and a service's own beside them. Their addresses carry their version."""
    router = APIRouter(include_in_schema=False)
    folders = _places(folder)

    @router.get("/static/{name}")
    async def static(name: str) -> Response:
        for place in folders:
            path = place / name
            if path.suffix in _TYPES and path.parent == place and path.is_file():
                headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
                return Response(path.read_bytes(), media_type=_TYPES[path.suffix], headers=headers)
        raise HTTPException(404, "Không có tệp này")

    return router


def _places(folder: Path | None) -> tuple[Path, ...]:
    return (_STATIC, folder) if folder else (_STATIC,)


@cache
def _version(name: str, places: tuple[Path, ...]) -> str:
    """The file's own fingerprint: what changed has another address, what did not may be kept for ever.

    Raises:
        KeyError: a template names a file that is not there.
    """
    for place in places:
        if (path := place / name).is_file():
            return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
    raise KeyError(name)
