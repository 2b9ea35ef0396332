"""Which pictures may be shown on a page: by their bytes, never by what their sender calls them."""

from typing import Final

_SIGNS: Final = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif"))


def picture_type(content: bytes) -> str | None:
    """The type of a picture that carries no script; nothing for all else, SVG among it."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for sign, kind in _SIGNS if content.startswith(sign)), None)
