"""What a citizen is told of a refusal, shown to the officer before it is sent."""

import re
from collections.abc import Mapping
from typing import Final

from libs.contracts.vocabulary import RefusalReason

from .row import Row

_PLACEHOLDER: Final = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_SOMEBODY: Final = "cơ quan có thẩm quyền"


def refusal_text(reason: RefusalReason, row: Row, explanation: str, code: str, facts: Mapping[str, str]) -> str:
    """The message as the notifier will put it: the reason's text, the officer's own words, where to turn.

    Source: refusal_reasons.csv and messages/refused.txt of the province; a sentence with an empty value is left out.
    """
    values = {
        "code": code,
        "office": facts.get("office_name", ""),
        "complaint_body": facts.get("complaint_body_name", ""),
        "denunciation_body": facts.get("denunciation_body_name", ""),
        "destination": _SOMEBODY,
        "link": facts.get("procedure_guide_channel", "")
        if reason is RefusalReason.TCH03
        else "trang tra cứu của hồ sơ",
        "open_code": "",
    }
    where_to = "" if row["notify"] == "short" else _filled(row["where_to"], values)
    said = [_filled(row["citizen_text"], values), explanation.strip(), where_to]
    if row["notify"] == "no" and not explanation.strip():
        return ""
    return "\n".join([f"Mã {code}: phản ánh của ông/bà chưa được thụ lý.", *(part for part in said if part)])


def with_open_code(row: Row, open_code: str) -> str:
    """What the texts of a reason say of the open case the sender has already, for the officer's own words."""
    told = [row[name] for name in ("citizen_text", "where_to") if "open_code" in _PLACEHOLDER.findall(row[name])]
    return " ".join(filter(None, (_filled(text, {"open_code": open_code}) for text in told)))


def _filled(text: str, values: Mapping[str, str]) -> str:
    if any(not values.get(name) for name in _PLACEHOLDER.findall(text)):
        return ""
    return _PLACEHOLDER.sub(lambda match: values[match[1]], text)
