"""docs/asyncapi.yaml, made from the catalogue: what integrators and their tools read of the events, in AsyncAPI 3.0."""

import inspect
import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, get_args

import yaml

from .catalogue import CATALOGUE, EXCHANGE, Entry, heard_by
from .envelope import Event, Sealed
from .schema import schema_of

SERVICES: Final[dict[str, str]] = {
    "intake": "The front door: Zalo's webhook, the conversation with citizens, their look-up page.",
    "triage": "What a feedback is about, how sure that is, and how sensitive.",
    "routing": "Keeps the case: which agency answers, by when, and what officers do with it.",
    "notifier": "Says to citizens what happens with their feedback, in the chat they wrote from.",
    "portal_bridge": "Keeps in order what the National Public Service Portal is to be told of each case.",
}
"""Each service in one sentence, the one its own `app.py` tells."""

_SAMPLES: Final = Path(__file__).parent / "samples"
_PROJECT: Final = Path(__file__).parents[2] / "pyproject.toml"
_LINE: Final = 120
_FLOW_AT_MOST: Final = 90
_PAIRS_AT_MOST: Final = 3
_BINDING: Final = "0.3.0"
_HEAD: Final = "# Made by `make docs` from libs/contracts; do not edit.\n"
_ABOUT: Final = """\
The events by which the services of Lắng Nghe ("to listen") tell one another what happened: how a city hears its
people on Zalo, and answers them in time. Each event is a fact in the past tense, said by one service.

**Delivery.** At least once, late at times, in no promised order. A hearer acts once per `event_id`. Events of routing
carry `case_seq`: a copy of a case's state takes only a higher number.

**Envelope.** Every body has `event_id`, `occurred_at`, `key` (what orders and locks: the feedback, or the sender before
there is one), `feedback_id` when there is one, and `trace` (W3C `traceparent`). It is all in the body: no header is
needed to handle an event.

**Change.** An event only grows: hearers ignore fields they do not know; anything but a new optional field is said as a
new `.v2` beside the old one.

**Personal data.** Names, phones, addresses and channel ids travel only in fields marked `x-sealed`: cipher text
(authenticated encryption) which intake makes and only holders of the city's contact keys open, so that outbox, broker,
dead letters and backups hold nothing else of them. A sender is known by `sender_id` alone. What citizens and officers
write in their own words (`text`, `words`, `answer`, `explanation`, a file's `name`) travels in clear to the services
that need it and may name people: it never goes into a log, a metric or a URL.
"""


def render() -> str:
    """The whole document, the same for the same catalogue."""
    body: str = yaml.dump(document(), Dumper=_Readable, allow_unicode=True, sort_keys=False, width=_LINE)
    return _HEAD + body


def undescribed() -> list[str]:
    """The services of the catalogue that have no sentence here yet."""
    return sorted({name for entry in CATALOGUE for name in (entry.speaker, *entry.hearers)} - SERVICES.keys())


def document() -> dict[str, Any]:
    """The document as plain mappings and lists."""
    project = tomllib.loads(_PROJECT.read_text("utf-8"))["project"]
    return {
        "asyncapi": "3.0.0",
        "id": "urn:lang-nghe:events",
        "info": {
            "title": "Lắng Nghe: events",
            "version": project["version"],
            "description": _ABOUT,
            "license": {"name": "MIT", "url": "https://opensource.org/license/mit"},
            "tags": [_ref("tags", service) for service in SERVICES],
        },
        "defaultContentType": "application/json",
        "servers": {"broker": _SERVER},
        "channels": {
            **{entry.event.name: _event_channel(entry) for entry in CATALOGUE},
            **{f"queue.{service}": _queue_channel(service) for service in SERVICES if heard_by(service)},
        },
        "operations": {name: operation for entry in CATALOGUE for name, operation in _operations(entry)},
        "components": {
            "messages": {entry.event.name: _message(entry) for entry in CATALOGUE},
            "schemas": _schemas(),
            "securitySchemes": {"account": {"type": "plain", "description": "A broker account."}},
            "correlationIds": {
                "trace": {"description": "The work that caused the event.", "location": "$message.payload#/trace"}
            },
            "tags": {service: {"name": service, "description": about} for service, about in SERVICES.items()},
            "channelBindings": {"event": {"amqp": _EXCHANGE_BINDING}},
            "operationBindings": {
                "said": {"amqp": {"deliveryMode": 2, "mandatory": True, "bindingVersion": _BINDING}},
                "heard": {"amqp": {"ack": True, "bindingVersion": _BINDING}},
            },
        },
    }


_SERVER: Final[dict[str, Any]] = {
    "host": "{host}:{port}",
    "pathname": "/{vhost}",
    "protocol": "amqp",
    "protocolVersion": "0.9.1",
    "description": "RabbitMQ 3.10 or newer, as `AMQP_URL` names it: `amqp://user:password@host:port/vhost`.",
    "variables": {
        "host": {"default": "localhost"},
        "port": {"default": "5672"},
        "vhost": {"default": "", "description": "Empty is the broker's own `/`."},
    },
    "security": [{"$ref": "#/components/securitySchemes/account"}],
}
_EXCHANGE_BINDING: Final[dict[str, Any]] = {
    "is": "routingKey",
    "exchange": {"name": EXCHANGE, "type": "topic", "durable": True, "autoDelete": False},
    "bindingVersion": _BINDING,
}


def _event_channel(entry: Entry) -> dict[str, Any]:
    name = entry.event.name
    return {
        "address": name,
        "title": entry.event.__name__,
        "description": f"Said by {entry.speaker}, heard by {', '.join(entry.hearers)}.",
        "messages": {name: _ref("messages", name)},
        "tags": [_ref("tags", entry.speaker)],
        "bindings": _ref("channelBindings", "event"),
    }


def _queue_channel(service: str) -> dict[str, Any]:
    heard = [event.name for event in heard_by(service)]
    return {
        "address": service,
        "title": f"What {service} hears",
        "description": (
            f"The quorum queue of {service}, shared by all its processes. What could not even be put aside by the "
            f"service goes to `{service}.dead`."
        ),
        "messages": {name: _ref("messages", name) for name in heard},
        "tags": [_ref("tags", service)],
        "bindings": {
            "amqp": {
                "is": "queue",
                "queue": {"name": service, "durable": True, "exclusive": False, "autoDelete": False},
                "bindingVersion": _BINDING,
                "x-arguments": _queue_arguments(service),
                "x-bound-to": {"exchange": EXCHANGE, "routingKeys": heard},
            }
        },
    }


def _queue_arguments(service: str) -> dict[str, Any]:
    """What the queue of a service is declared with."""
    return {
        "x-queue-type": "quorum",
        "x-overflow": "reject-publish",
        "x-delivery-limit": 100,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": f"{service}.dead",
        "x-dead-letter-strategy": "at-least-once",
    }


def _operations(entry: Entry) -> list[tuple[str, dict[str, Any]]]:
    name, title = entry.event.name, entry.event.__name__
    saying = {
        "action": "send",
        "title": f"{entry.speaker} says {title}",
        "channel": {"$ref": f"#/channels/{name}"},
        "messages": [{"$ref": f"#/channels/{name}/messages/{name}"}],
        "tags": [_ref("tags", entry.speaker)],
        "bindings": _ref("operationBindings", "said"),
    }
    hearing = {
        f"{hearer}.hears.{name}": {
            "action": "receive",
            "title": f"{hearer} hears {title}",
            "channel": {"$ref": f"#/channels/queue.{hearer}"},
            "messages": [{"$ref": f"#/channels/queue.{hearer}/messages/{name}"}],
            "tags": [_ref("tags", hearer)],
            "bindings": _ref("operationBindings", "heard"),
        }
        for hearer in entry.hearers
    }
    return [(f"{entry.speaker}.says.{name}", saying), *hearing.items()]


def _message(entry: Entry) -> dict[str, Any]:
    event = entry.event
    summary, _, rest = (inspect.getdoc(event) or "").partition("\n\n")
    sealed = _sealed_fields(event)
    return {
        "name": event.name,
        "title": event.__name__,
        "summary": " ".join(summary.split()),
        **({"description": rest} if rest else {}),
        "contentType": "application/json",
        "headers": _ref("schemas", "headers"),
        "payload": _ref("schemas", event.name),
        "correlationId": _ref("correlationIds", "trace"),
        "bindings": {"amqp": {"messageType": event.name, "bindingVersion": _BINDING}},
        **({"x-personal-data": {"sealed": sealed}} if sealed else {}),
        "examples": [
            {"name": path.stem, "payload": json.loads(path.read_text("utf-8"))}
            for path in sorted(_SAMPLES.glob(f"{event.name}.*"))
        ],
    }


def _sealed_fields(event: type[Event]) -> list[str]:
    """The fields of an event that hold personal data, as cipher text."""
    return [
        name
        for name, field in event.model_fields.items()
        if field.annotation is Sealed or Sealed in get_args(field.annotation)
    ]


_HEADERS: Final[dict[str, Any]] = {
    "title": "Headers",
    "type": "object",
    "description": "Nothing a hearer needs: the envelope is in the body.",
    "properties": {
        "x-delivery-count": {
            "type": "integer",
            "minimum": 0,
            "description": "Added by the broker from the second delivery on.",
        }
    },
}


_FIRST: Final = ("title", "type", "format", "description")
"""What a person reads first of a schema."""


def _schemas() -> dict[str, Any]:
    """The checked-in schemas with their definitions side by side: `#/$defs/…` would mean this document's root."""
    events: dict[str, Any] = {}
    parts: dict[str, Any] = {}
    for entry in CATALOGUE:
        schema = schema_of(entry.event)
        del schema["$id"]
        parts |= schema.pop("$defs", {})
        for field in _sealed_fields(entry.event):
            schema["properties"][field]["x-sealed"] = True
        events[entry.event.name] = _moved(schema)
    return {**events, **{name: _moved(part) for name, part in sorted(parts.items())}, "headers": _HEADERS}


def _moved(schema: Any) -> Any:
    """A schema whose references hold inside the document, without the titles that only repeat a field's name."""
    if isinstance(schema, list):
        return [_moved(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    words = [word for word in (*_FIRST, *sorted(schema)) if word in schema and word not in ("properties", "$ref")]
    moved = {word: _moved(schema[word]) for word in words}
    if "properties" in schema:
        moved["properties"] = {
            name: {key: value for key, value in _moved(field).items() if key != "title"}
            for name, field in schema["properties"].items()
        }
    if "$ref" in schema:
        target = _ref("schemas", schema["$ref"].removeprefix("#/$defs/"))
        # What stands beside a reference is not read, so it gets an `allOf` to stand beside.
        return {**moved, "allOf": [target]} if moved else target
    return moved


def _ref(room: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{room}/{name}"}


class _Readable(yaml.SafeDumper):  # type: ignore[misc]
    """YAML for people: long texts as they are, short collections on one line, nothing said by reference to above."""

    def ignore_aliases(self, _value: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _list(dumper: yaml.SafeDumper, parts: list[Any]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", parts, flow_style=_short(parts, parts))


def _mapping(dumper: yaml.SafeDumper, mapping: dict[str, Any]) -> yaml.Node:
    flow = len(mapping) <= _PAIRS_AT_MOST and _short(mapping, mapping.values())
    return dumper.represent_mapping("tag:yaml.org,2002:map", mapping, flow_style=flow)


def _short(collection: Any, parts: Iterable[Any]) -> bool:
    return len(str(collection)) <= _FLOW_AT_MOST and not any(isinstance(part, dict | list) for part in parts)


_Readable.add_representer(str, _text)
_Readable.add_representer(list, _list)
_Readable.add_representer(dict, _mapping)
