"""What the notifier works with, built once at start."""

from dataclasses import dataclass, replace
from typing import Any

import httpx

from libs.contracts.vocabulary import Channel
from libs.runtime.metrics import Metrics
from libs.runtime.run import Run
from libs.seal import Sealer
from libs.web.outbound import OutboundHttp

from .clients import ZaloClient, ZaloOAuth
from .domain.attempt import SendRules
from .domain.permission import PermissionRules
from .domain.wording import Province
from .line import Line
from .settings import NotifierSettings
from .store.province import ProvinceStore
from .tokens import Tokens

CHANNEL = Channel.ZALO
"""The one channel this service speaks on."""


class Meters:
    """What operators watch besides the runtime's meters."""

    def __init__(self, metrics: Metrics) -> None:
        self.attempts = metrics.counter("attempts_total", "Tries to send, by what came of them.", ("outcome",))
        self.outcomes = metrics.counter("outcomes_total", "What messages came to.", ("notice", "outcome"))
        self.messages = metrics.gauge("messages", "Messages that have not come to an end.", ("state",))
        self.oldest_due = metrics.gauge("oldest_due_age_seconds", "How late the message is that should leave first.")
        self.gaps = metrics.counter("reply_gaps_total", "Replies said although a lower number had not come.")
        self.alarms = metrics.counter(
            "failed_with_alarm_total", "Messages that failed for a reason to mend.", ("reason",)
        )


@dataclass(frozen=True, slots=True)
class NotifierParts:
    """Clients, cipher, the province's words, and the rules as the settings have them."""

    settings: NotifierSettings
    sealer: Sealer
    province: Province
    send_rules: SendRules
    permission_rules: PermissionRules
    zalo: ZaloClient
    tokens: Tokens
    line: Line
    meters: Meters

    async def close(self) -> None:
        """Close the connections to Zalo."""
        await self.zalo.close()
        await self.tokens.close()


async def build_parts(run: Run[NotifierParts], transport: httpx.AsyncBaseTransport | None = None) -> NotifierParts:
    """Build the notifier; built again, it only reads the province's words anew.

    `transport`: how Zalo is reached when not over the network.
    """
    settings: NotifierSettings = run.settings
    async with run.begin() as tx:
        province = await ProvinceStore(tx.session).read()
    rules: dict[str, Any] = {
        "province": province,
        "send_rules": settings.send_rules(province.zone),
        "permission_rules": settings.permission_rules(province.zone),
    }
    before: NotifierParts | None = run.parts
    if before is not None:
        return replace(before, **rules)
    sealer = Sealer(settings.contact_keys)
    api = OutboundHttp(
        "zalo", str(settings.zalo_api_url), run.metrics, total_s=settings.zalo_call_s, transport=transport
    )
    oauth = OutboundHttp(
        "zalo_oauth", str(settings.zalo_oauth_url), run.metrics, total_s=settings.oauth_call_s, transport=transport
    )
    account = ZaloOAuth(oauth, settings.zalo_app_id, settings.zalo_app_secret.get_secret_value())
    tokens = Tokens(settings.zalo_app_id, settings.zalo_oa_id, account, sealer, settings.token_rules())
    if settings.zalo_access_token is not None and settings.zalo_refresh_token is not None:
        async with run.begin() as tx:
            await tokens.put_first(
                tx, settings.zalo_access_token.get_secret_value(), settings.zalo_refresh_token.get_secret_value()
            )
    return NotifierParts(
        settings=settings,
        sealer=sealer,
        zalo=ZaloClient(api),
        tokens=tokens,
        line=Line(settings.send_per_s),
        meters=Meters(run.metrics),
        **rules,
    )
