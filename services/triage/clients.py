"""The assistant model as triage sees it: an endpoint of the OpenAI kind, typed outcomes, nothing of the wire beyond."""

import secrets
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field, SecretStr, ValidationError

from libs.web.outbound import NoAnswer, NotSent, OutboundHttp, Reply

from .prompt import asking, version


@dataclass(frozen=True, slots=True)
class Answered:
    """It said something; whether that can be believed is another question. Empty: nothing that could be read."""

    content: str


@dataclass(frozen=True, slots=True)
class NotReached:
    """Nothing reached it: asking again costs nothing."""


@dataclass(frozen=True, slots=True)
class NoAnswerInTime:
    """It did not answer in time, broke down, or has too much to do."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It does not take such questions from us."""

    status: int


AskOutcome = Answered | NotReached | NoAnswerInTime | Refused


class AssistantClient:
    """Asks one question at a time; a failure of any kind is an outcome, never an exception."""

    def __init__(self, http: OutboundHttp, model: str, key: SecretStr | None) -> None:
        self._http = http
        self._model = model
        self._key = key
        self.version = version(model)
        """Joins the version of the classifier where its advice changed a decision."""

    async def ask(self, text: str) -> AskOutcome:
        """Have one text judged."""
        headers = {} if self._key is None else {"authorization": f"Bearer {self._key.get_secret_value()}"}
        body = asking(self._model, text, secrets.token_hex(8))
        try:
            reply = await self._http.call("POST", "/chat/completions", json=body, headers=headers)
        except NotSent:
            return NotReached()
        except NoAnswer:
            return NoAnswerInTime()
        return _outcome_of(reply)

    async def close(self) -> None:
        """Close its connections."""
        await self._http.close()


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message


class _Completion(BaseModel):
    choices: Annotated[list[_Choice], Field(min_length=1)]


def _outcome_of(reply: Reply) -> AskOutcome:
    if reply.status >= 500 or reply.status in (408, 429):
        return NoAnswerInTime()
    if not 200 <= reply.status < 300:
        return Refused(reply.status)
    try:
        return Answered(_Completion.model_validate_json(reply.body).choices[0].message.content)
    except ValidationError:
        return Answered("")
