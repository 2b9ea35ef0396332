"""docs/asyncapi.yaml tells of every event, who says it, who hears it and where, and its examples are true."""

import importlib
from pathlib import Path
from typing import Any, Final, Self

import pytest
import yaml
from aio_pika import ExchangeType
from jsonschema import Draft7Validator, ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT7

from libs.contracts import CATALOGUE, EXCHANGE, Entry, asyncapi
from libs.contracts import __main__ as command
from libs.contracts import schema as schemas
from libs.launch.topology import topology
from libs.runtime.bus.topology import declare

WRITTEN: Final[str] = command.ASYNCAPI.read_text("utf-8")
DOCUMENT: Final[dict[str, Any]] = yaml.safe_load(WRITTEN)
REGISTRY: Final = Registry().with_resource("urn:document", DRAFT7.create_resource(DOCUMENT))
SAMPLES: Final = sorted((Path(schemas.__file__).parent / "samples").glob("*.json"))
every_event = pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.event.name)
every_service = pytest.mark.parametrize("service", sorted(asyncapi.SERVICES))


def _at(reference: dict[str, str]) -> Any:
    """What a reference inside the document points to."""
    found: Any = DOCUMENT
    for step in reference["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def _operations(action: str, name: str) -> list[dict[str, Any]]:
    return [
        operation
        for operation in DOCUMENT["operations"].values()
        if operation["action"] == action and [_at(_at(message))["name"] for message in operation["messages"]] == [name]
    ]


def test_the_document_is_what_the_code_says_and_no_reader_of_yaml_takes_it_otherwise() -> None:
    assert asyncapi.render() == WRITTEN
    assert asyncapi.document() == DOCUMENT


def test_a_document_somebody_edited_is_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = tmp_path / "docs" / "asyncapi.yaml"
    edited.parent.mkdir()
    edited.write_text(WRITTEN.replace("durable: true", "durable: false"), "utf-8")
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command, "ASYNCAPI", edited)
    assert command.main("check") == 1
    assert capsys.readouterr().err == "docs/asyncapi.yaml is not what the code says: make docs\n"
    assert command.main("write") == 0
    assert edited.read_text("utf-8") == WRITTEN


@every_event
def test_every_event_has_its_channel_a_routing_key_of_the_one_exchange(entry: Entry) -> None:
    channel = DOCUMENT["channels"][entry.event.name]
    assert channel["address"] == entry.event.name
    assert [_at(message)["name"] for message in channel["messages"].values()] == [entry.event.name]
    binding = _at(channel["bindings"])["amqp"]
    assert binding["is"] == "routingKey"
    assert binding["exchange"] == {"name": EXCHANGE, "type": "topic", "durable": True, "autoDelete": False}


@every_event
def test_every_event_is_said_by_its_speaker_alone(entry: Entry) -> None:
    (saying,) = _operations("send", entry.event.name)
    assert _at(saying["channel"])["address"] == entry.event.name
    assert [_at(tag)["name"] for tag in saying["tags"]] == [entry.speaker]


@every_event
def test_every_hearer_of_an_event_receives_it_from_its_own_queue_and_nobody_else_does(entry: Entry) -> None:
    hearing = _operations("receive", entry.event.name)
    assert [_at(operation["channel"])["address"] for operation in hearing] == list(entry.hearers)
    assert [_at(tag)["name"] for operation in hearing for tag in operation["tags"]] == list(entry.hearers)


def test_the_document_tells_of_nothing_that_is_not_in_the_catalogue() -> None:
    hearers = {hearer for entry in CATALOGUE for hearer in entry.hearers}
    names = {entry.event.name for entry in CATALOGUE}
    assert set(DOCUMENT["channels"]) == names | {f"queue.{hearer}" for hearer in hearers}
    assert set(DOCUMENT["components"]["messages"]) == names
    assert len(DOCUMENT["operations"]) == sum(1 + len(entry.hearers) for entry in CATALOGUE)


class _Broker:
    """Writes down what is declared on it."""

    def __init__(self) -> None:
        self.exchanges: dict[str, dict[str, Any]] = {}
        self.queues: dict[str, dict[str, Any]] = {}
        self.bound: dict[str, list[str]] = {}

    async def connect(self, *_where: Any, **_how: Any) -> Self:
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        return None

    def channel(self, **_how: Any) -> Self:
        return self

    async def declare_exchange(self, name: str, kind: ExchangeType, **how: Any) -> str:
        self.exchanges[name] = {"name": name, "type": kind.value, "autoDelete": False, **how}
        return name

    async def declare_queue(self, name: str, *, durable: bool, arguments: dict[str, Any]) -> "_Queue":
        self.queues[name] = {"durable": durable, "arguments": arguments}
        return _Queue(self.bound.setdefault(name, []))


class _Queue:
    def __init__(self, bound: list[str]) -> None:
        self._bound = bound

    async def bind(self, exchange: str, routing_key: str) -> None:
        assert exchange == EXCHANGE
        self._bound.append(routing_key)


@pytest.fixture
async def broker(monkeypatch: pytest.MonkeyPatch) -> _Broker:
    """A broker on which the topology of the catalogue was declared."""
    broker = _Broker()
    monkeypatch.setattr("aio_pika.connect", broker.connect)
    await declare("amqp://127.0.0.1/", topology())
    return broker


def test_exchange_and_queues_are_told_as_they_are_declared_on_the_broker(broker: _Broker) -> None:
    told = DOCUMENT["components"]["channelBindings"]["event"]["amqp"]["exchange"]
    assert {told["name"]: told} == broker.exchanges
    for service in asyncapi.SERVICES:
        binding = DOCUMENT["channels"][f"queue.{service}"]["bindings"]["amqp"]
        assert binding["queue"] == {"name": service, "durable": True, "exclusive": False, "autoDelete": False}
        assert {"durable": True, "arguments": binding["x-arguments"]} == broker.queues[service]
        assert binding["x-bound-to"] == {"exchange": EXCHANGE, "routingKeys": broker.bound[service]}
        assert binding["x-arguments"]["x-dead-letter-routing-key"] in broker.queues


@every_service
def test_a_service_is_described_as_it_describes_itself(service: str) -> None:
    told = importlib.import_module(f"services.{service}.app").SERVICE.about
    assert DOCUMENT["components"]["tags"][service] == {"name": service, "description": told}


def test_every_service_has_its_sentence() -> None:
    assert {path.parent.name for path in Path("services").glob("*/app.py")} == set(asyncapi.SERVICES)
    assert asyncapi.undescribed() == []


def test_a_new_service_without_its_sentence_is_named_and_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = {name: about for name, about in asyncapi.SERVICES.items() if name != "triage"}
    monkeypatch.setattr(asyncapi, "SERVICES", known)
    assert command.main("write") == 1
    assert capsys.readouterr().err == "triage: say in SERVICES of libs/contracts/asyncapi.py what it is for\n"
    assert command.ASYNCAPI.read_text("utf-8") == WRITTEN


@every_event
def test_the_payload_is_the_schema_that_is_checked_in(entry: Entry) -> None:
    checked_in = schemas.written()[entry.event.name]
    payload = _at(DOCUMENT["components"]["messages"][entry.event.name]["payload"])
    assert _as_checked_in(payload) == _untitled(
        {word: value for word, value in checked_in.items() if word not in ("$id", "$defs")}
    )
    for name, part in checked_in.get("$defs", {}).items():
        assert _as_checked_in(DOCUMENT["components"]["schemas"][name]) == _untitled(part)


def _as_checked_in(schema: Any) -> Any:
    """A schema of the document with references as in its own file, without what the document adds."""
    if isinstance(schema, list):
        return [_as_checked_in(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    beside = schema.get("allOf", [{}])[0]
    plain = {
        word: _as_checked_in(value)
        for word, value in {**schema, **beside}.items()
        if word not in ("allOf", "x-sealed", "$ref")
    }
    if "$ref" in schema or "$ref" in beside:
        plain["$ref"] = {**schema, **beside}["$ref"].replace("#/components/schemas/", "#/$defs/")
    return plain


def _untitled(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without the titles of its fields, which repeat their names."""
    if "properties" not in schema:
        return schema
    fields = {
        name: {word: value for word, value in field.items() if word != "title"}
        for name, field in schema["properties"].items()
    }
    return {**schema, "properties": fields}


@every_event
def test_every_sample_is_an_example_and_every_example_keeps_to_its_schema(entry: Entry) -> None:
    message = DOCUMENT["components"]["messages"][entry.event.name]
    ours = [path.stem for path in SAMPLES if path.name.split(".")[:3] == entry.event.name.split(".")]
    assert [example["name"] for example in message["examples"]] == ours
    assert ours
    for example in message["examples"]:
        _validator(entry.event.name).validate(example["payload"])


def test_an_example_that_breaks_its_schema_would_be_seen_also_inside_its_parts() -> None:
    (example,) = DOCUMENT["components"]["messages"]["feedback.routed.v1"]["examples"]
    told = example["payload"]
    with pytest.raises(ValidationError, match="is not of type"):
        _validator("feedback.routed.v1").validate({**told, "case_seq": "two"})
    with pytest.raises(ValidationError, match="is not one of"):
        _validator("feedback.routed.v1").validate({**told, "desk": "cellar"})
    with pytest.raises(ValidationError, match="'because' is a required property"):
        _validator("feedback.routed.v1").validate({**told, "rules": [{"rule": "r", "held": True}]})


def _validator(name: str) -> Draft7Validator:
    return Draft7Validator(
        {"$ref": f"urn:document#/components/schemas/{name}"},
        registry=REGISTRY,
        format_checker=Draft7Validator.FORMAT_CHECKER,
    )


def test_what_is_personal_is_marked_sealed_in_the_message_and_in_its_schema() -> None:
    marked = {
        name: message["x-personal-data"]["sealed"]
        for name, message in DOCUMENT["components"]["messages"].items()
        if "x-personal-data" in message
    }
    assert marked == {"sender.identified.v1": ["address", "contacts"], "reply.requested.v1": ["body"]}
    for entry in CATALOGUE:
        fields = DOCUMENT["components"]["schemas"][entry.event.name]["properties"]
        sealed = [name for name, field in fields.items() if field.get("x-sealed")]
        assert sealed == marked.get(entry.event.name, [])
