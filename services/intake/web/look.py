"""The templates of intake's pages and the words in them."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from fastapi import Request

from libs.ui import Pages

_TEMPLATES: Final = Path(__file__).parent / "templates"
STATIC: Final = Path(__file__).parent / "static"

SITE_FILE: Final = (
    '<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Lắng Nghe</title>'
    '<meta name="zalo-platform-site-verification" content="{code}"></head><body></body></html>\n'
)


def pages_of(request: Request) -> Pages:
    """The templates, knowing under which prefix this service's static files are reached."""
    return _pages(str(request.scope["root_path"]))


@lru_cache(maxsize=4)
def _pages(root_path: str) -> Pages:
    return Pages(_TEMPLATES, f"{root_path}/static", STATIC)
