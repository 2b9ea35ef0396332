"""What a file is, read from its bytes: its name and what a host says of it count for nothing."""

import io
import zipfile
from typing import Final

import puremagic

_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BY_MAIN_PART: Final = {"word/document.xml": _DOCX, "xl/workbook.xml": _XLSX}
_MACROS: Final = "vbaproject.bin"

_END_OF_CENTRAL_DIRECTORY: Final = b"PK\x05\x06"
_MOST_DIRECTORY_BYTES: Final = 512 * 1024
"""Far above any document; a directory of millions of names is made to exhaust whoever lists it."""


def mime_of(content: bytes) -> str:
    """The MIME type of a file's bytes; empty when they are of no type we know."""
    if content.startswith(b"PK\x03\x04"):
        return _office_document(content)
    if content.startswith(b"#!AMR\n"):
        return "audio/amr"
    try:
        matches = puremagic.magic_string(content)
    except (puremagic.PureError, ValueError):
        return ""
    return matches[0].mime_type if matches else ""


def _office_document(content: bytes) -> str:
    end = content.rfind(_END_OF_CENTRAL_DIRECTORY, max(0, len(content) - 65_557))
    if end < 0 or int.from_bytes(content[end + 12 : end + 16], "little") > _MOST_DIRECTORY_BYTES:
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        return ""
    if any(name.lower().endswith(_MACROS) for name in names):
        return ""
    return next((mime for part, mime in _BY_MAIN_PART.items() if part in names), "")
