"""The parts of one simulated platform, put together once."""

from dataclasses import dataclass
from typing import Annotated

import httpx
from fastapi import Depends, Request

from simulators.zalo_oa.citizen import Citizens
from simulators.zalo_oa.citizen_act import CitizenActs
from simulators.zalo_oa.clock import NowMs
from simulators.zalo_oa.database import Database
from simulators.zalo_oa.delivery import Target
from simulators.zalo_oa.event import OA_SERVER, console_sample, encode
from simulators.zalo_oa.fault import Act, Faults
from simulators.zalo_oa.file import Files
from simulators.zalo_oa.message import Messages
from simulators.zalo_oa.oa_act import OaActs
from simulators.zalo_oa.outgoing import Outgoing
from simulators.zalo_oa.pulse import Pulse
from simulators.zalo_oa.rating import Ratings
from simulators.zalo_oa.sender import WebhookSender
from simulators.zalo_oa.settings import SimulatorSettings
from simulators.zalo_oa.template import Templates
from simulators.zalo_oa.token import Tokens


@dataclass(frozen=True)
class Simulator:
    """One platform with its citizens."""

    settings: SimulatorSettings
    now_ms: NowMs
    pulse: Pulse
    faults: Faults
    database: Database
    citizens: Citizens
    messages: Messages
    ratings: Ratings
    files: Files
    tokens: Tokens
    templates: Templates
    outgoing: Outgoing
    citizen_acts: CitizenActs
    oa_acts: OaActs
    sender: WebhookSender

    def perform(self, act: Act) -> None:
        """Do what a tester asked to happen at once."""
        match act:
            case Act.TOKEN_EXPIRED_NOW:
                self.tokens.expire_all()
            case Act.WEBHOOK_CONSOLE_SAMPLE:
                event = console_sample(self.outgoing.account, self.now_ms())
                self.outgoing.emit_as_is(
                    encode(event), event["timestamp"], event["event_name"], OA_SERVER, "console", Target.OA
                )

    def renew_registration(self) -> None:
        """Register our webhook again; the platform posts its sample, as it does whenever the address is saved."""
        with self.database.transaction():
            self.outgoing.register()
            self.perform(Act.WEBHOOK_CONSOLE_SAMPLE)


def build(settings: SimulatorSettings, now_ms: NowMs, webhook_transport: httpx.AsyncBaseTransport | None) -> Simulator:
    """Put one platform together."""
    pulse = Pulse()
    faults = Faults(pulse)
    database = Database(settings.data_dir, pulse)
    citizens = Citizens(database, now_ms)
    messages = Messages(database)
    ratings = Ratings(database)
    outgoing = Outgoing(settings, database, faults, now_ms)
    citizen_acts = CitizenActs(database, citizens, messages, ratings, outgoing, faults, now_ms)
    return Simulator(
        settings=settings,
        now_ms=now_ms,
        pulse=pulse,
        faults=faults,
        database=database,
        citizens=citizens,
        messages=messages,
        ratings=ratings,
        files=Files(settings, database, now_ms),
        tokens=Tokens(settings, database, now_ms),
        templates=Templates(settings, database),
        outgoing=outgoing,
        citizen_acts=citizen_acts,
        oa_acts=OaActs(database, messages, citizen_acts, outgoing, faults, now_ms),
        sender=WebhookSender(settings, outgoing, faults, pulse, now_ms, webhook_transport),
    )


def _simulator_of(request: Request) -> Simulator:
    simulator: Simulator = request.app.state.simulator
    return simulator


SimulatorDep = Annotated[Simulator, Depends(_simulator_of)]
