"""Reads the body of a consultation message: what goes to the phone, or which code refuses it.

Pure, but for the look-up of uploaded files which the caller passes in.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from simulators.zalo_oa.attachment import file as file_attachment
from simulators.zalo_oa.attachment import gif, image, sticker
from simulators.zalo_oa.event import Wire
from simulators.zalo_oa.file import Purpose, StoredFile
from simulators.zalo_oa.oa_act import Draft
from simulators.zalo_oa.refusal import BEYOND_LIMIT, Refusal

UNSUPPORTED: Final = -233
UPLOAD_EXPIRED: Final = -100
BUTTONS_AT_MOST: Final = 5
QUERY_PAYLOAD_LIMIT: Final = 1000
ELEMENTS_AT_MOST: Final = 5
ASKED_FIELDS: Final = ("title", "subtitle", "image_url")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may be, in code points after NFC."""

    text: int
    button_title: int


@dataclass(frozen=True, slots=True)
class Uploads:
    """How the reader finds uploaded files."""

    get: Callable[[str], StoredFile | None]
    is_expired: Callable[[StoredFile], bool]
    url: Callable[[StoredFile], str]
    sample_url: Callable[[str, str], str]


def read_message(message: object, limits: Limits, uploads: Uploads) -> Draft:
    """Turn the ``message`` of a request into what the citizen receives.

    Raises: Refusal with the platform's code.
    """
    if not isinstance(message, dict):
        raise Refusal.of("message")
    text = _text(message.get("text"), limits)
    quote_id = message.get("quote_message_id") or ""  # the official SDK sends "" when there is none
    if not isinstance(quote_id, str):
        raise Refusal.of("quote_message_id")
    attachment = message.get("attachment")
    if attachment is None:
        if not text:
            raise Refusal.of("message.text")
        return Draft(text=text, quote_id=quote_id)
    if not isinstance(attachment, dict) or not isinstance(attachment.get("payload"), dict):
        raise Refusal.of("attachment")
    payload: Wire = attachment["payload"]
    match attachment.get("type"):
        case "file":
            return _file(payload, uploads, quote_id)
        case "template":
            return _template(text, payload, limits, uploads, quote_id)
    raise Refusal(UNSUPPORTED, "message type is not supported")


def _text(value: object, limits: Limits) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refusal.of("message.text")
    if len(unicodedata.normalize("NFC", value)) > limits.text:
        raise Refusal(BEYOND_LIMIT, f"message.text exceeds {limits.text} characters")
    return value if value.strip() else ""


def _template(text: str, payload: Wire, limits: Limits, uploads: Uploads, quote_id: str) -> Draft:
    buttons = read_buttons(payload.get("buttons"), limits)
    kind = payload.get("template_type", "button")  # one integration writes it, another leaves it out
    if kind == "button":
        if not text:
            raise Refusal.of("message.text")
        return Draft(text=text, buttons=buttons, quote_id=quote_id)
    elements = payload.get("elements")
    if not isinstance(elements, list) or not elements or not all(isinstance(each, dict) for each in elements):
        raise Refusal.of("elements")
    if len(elements) > (1 if kind != "list" else ELEMENTS_AT_MOST):
        raise Refusal(BEYOND_LIMIT, "too many elements")
    match kind:
        case "media":
            return _media(text, elements[0], buttons, uploads, quote_id)
        case "list":
            return _list(text, elements, buttons)
        case "request_user_info":
            asked = {"type": "request_user_info", "payload": {k: _string(elements[0], k) for k in ASKED_FIELDS}}
            return Draft(text=text, buttons=buttons, attachments=(asked,), echo="oa_send_template")
    raise Refusal(UNSUPPORTED, "template_type is not supported")


def _media(text: str, element: Wire, buttons: tuple[Wire, ...], uploads: Uploads, quote_id: str) -> Draft:
    kind, upload_id, url = element.get("media_type"), _string(element, "attachment_id"), _string(element, "url")
    if kind == "sticker" and upload_id:
        shown = sticker(upload_id, uploads.sample_url("sample", "nhan-dan-cam-on.png"))
    elif kind in ("image", "gif"):
        if kind == "gif" and not (element.get("width") and element.get("height")):
            raise Refusal.of("width")
        if upload_id:
            purpose = Purpose.IMAGE if kind == "image" else Purpose.GIF
            url = uploads.url(_uploaded(upload_id, purpose, "attachment_id", uploads))
        if not url.startswith(("http://", "https://")):
            raise Refusal.of("attachment_id")
        shown = image(url) if kind == "image" else gif(url)
    else:
        raise Refusal.of("media_type")
    return Draft(
        text=text,
        buttons=buttons,
        attachments=(shown.wire,),
        echo=f"oa_send_{kind}",
        echoed_attachments=(shown.wire,),
        quote_id=quote_id,
    )


def _file(payload: Wire, uploads: Uploads, quote_id: str) -> Draft:
    stored = _uploaded(_string(payload, "token"), Purpose.DOCUMENT, "token", uploads)
    shown = file_attachment(uploads.url(stored), stored.name, stored.content).wire
    return Draft(attachments=(shown,), echo="oa_send_file", echoed_attachments=(shown,), quote_id=quote_id)


def _list(text: str, elements: list[Wire], buttons: tuple[Wire, ...]) -> Draft:
    shown = []
    for element in elements:
        title = _string(element, "title")
        if not title:
            raise Refusal.of("title")
        action = element.get("default_action") or {}
        payload = {
            "thumbnail": _string(element, "image_url"),
            "description": _string(element, "subtitle"),
            "url": _string(action, "url") if isinstance(action, dict) else "",
            "title": title,
        }
        shown.append({"payload": payload, "type": "link"})
    return Draft(
        text=text,
        buttons=buttons,
        attachments=tuple(shown),
        echo="oa_send_list",
        echoed_attachments=tuple(shown),
    )


def read_buttons(value: object, limits: Limits) -> tuple[Wire, ...]:
    """The buttons under a message.

    Raises: Refusal with the platform's code.
    """
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Refusal.of("buttons")
    if len(value) > BUTTONS_AT_MOST:
        raise Refusal(BEYOND_LIMIT, f"at most {BUTTONS_AT_MOST} buttons")
    for button in value:
        _check_button(button, limits)
    return tuple({"title": each["title"], "type": each["type"], "payload": each["payload"]} for each in value)


def _check_button(button: Wire, limits: Limits) -> None:
    title, payload = button.get("title"), button.get("payload")
    if not isinstance(title, str) or not title:
        raise Refusal.of("buttons.title")
    if len(unicodedata.normalize("NFC", title)) > limits.button_title:
        raise Refusal(BEYOND_LIMIT, f"buttons.title exceeds {limits.button_title} characters")
    match button.get("type"):
        case "oa.query.show" | "oa.query.hide":
            if not isinstance(payload, str) or not payload:
                raise Refusal.of("buttons.payload")
            if len(payload) > QUERY_PAYLOAD_LIMIT:
                raise Refusal(BEYOND_LIMIT, f"buttons.payload exceeds {QUERY_PAYLOAD_LIMIT} characters")
        case "oa.open.url":
            if not isinstance(payload, dict) or not _string(payload, "url").startswith(("http://", "https://")):
                raise Refusal.of("buttons.payload.url")
        case "oa.open.phone" | "oa.open.sms":
            if not isinstance(payload, dict) or not _string(payload, "phone_code"):
                raise Refusal.of("buttons.payload.phone_code")
        case _:
            raise Refusal.of("buttons.type")


def _uploaded(upload_id: str, purpose: Purpose, field: str, uploads: Uploads) -> StoredFile:
    stored = uploads.get(upload_id) if upload_id else None
    if stored is None or stored.purpose is not purpose:
        raise Refusal.of(field)
    if uploads.is_expired(stored):
        raise Refusal(UPLOAD_EXPIRED, f"{field} was expired")
    return stored


def _string(part: Wire, name: str) -> str:
    value = part.get(name)
    return value if isinstance(value, str) else ""
