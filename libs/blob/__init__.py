"""Files by their SHA-256. `file:` here; an object store in a cluster has the same three verbs."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from .folder import FolderBlobStore
from .store import BlobStore, Damaged, Stored, TooBig

__all__ = ["BlobStore", "Damaged", "FolderBlobStore", "Stored", "TooBig", "open_blob_store"]


def open_blob_store(blob_url: str) -> BlobStore:
    """The store a `BLOB_URL` names.

    Raises:
        ValueError: a scheme this version does not know.
    """
    parts = urlsplit(blob_url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise ValueError(f"BLOB_URL: scheme {parts.scheme!r} is not known; use file:///folder")
    return FolderBlobStore(Path(unquote(parts.path)))
