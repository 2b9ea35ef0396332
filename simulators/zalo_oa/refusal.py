"""A refusal of the API: a code and a text, which travel as HTTP 200."""

from typing import Final

INVALID: Final = -201
BEYOND_LIMIT: Final = -210


class Refusal(Exception):
    """Raised while a request is read, answered in the platform's envelope."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    @classmethod
    def of(cls, field: str) -> "Refusal":
        """The refusal of one field."""
        return cls(INVALID, f"{field} is invalid")
