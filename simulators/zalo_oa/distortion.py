"""What switched-on faults do to a body before it is signed: blanks, strangers, numbers where texts should be."""

import json
from typing import Final

from simulators.zalo_oa.event import Event, encode
from simulators.zalo_oa.fault import Fault, Faults

FOREIGN_APP_ID: Final = "9000000000000000001"


def distorted(event: Event, faults: Faults) -> tuple[bytes, str]:
    """The bytes of an event with the faults of this moment, and the text of its timestamp for signing."""
    event = dict(event)
    timestamp = str(event["timestamp"])
    if faults.take(Fault.WEBHOOK_NO_USER_ID_BY_APP):
        event.pop("user_id_by_app", None)
    if faults.take(Fault.WEBHOOK_UNKNOWN_FIELDS):
        event["field_of_tomorrow"] = {"version": 9, "parts": ["a", None]}
        if isinstance(event.get("message"), dict):
            event["message"] = {**event["message"], "mood": "calm"}
    if faults.take(Fault.WEBHOOK_NUMBER_TIMESTAMP):
        event["timestamp"] = int(timestamp)
    if faults.take(Fault.WEBHOOK_WRONG_APP_ID):
        event["app_id"] = FOREIGN_APP_ID
    if faults.take(Fault.WEBHOOK_OVERSIZED):
        event["padding"] = "x" * faults.options.oversized_bytes
    body = _odd_json(event) if faults.take(Fault.WEBHOOK_ODD_JSON) else encode(event)
    return body, timestamp


def _odd_json(event: Event) -> bytes:
    return (json.dumps(event, ensure_ascii=True, indent=2).replace("/", "\\/") + "\n").encode()
