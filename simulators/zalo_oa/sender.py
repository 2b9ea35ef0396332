"""Posts webhooks as the platform does: signed, within two seconds, again and again until somebody says 200."""

import asyncio
import functools
import json
import logging
import time
from collections.abc import Iterable

import httpx

from simulators.zalo_oa.clock import NowMs
from simulators.zalo_oa.delivery import Attempt, Delivery, Target
from simulators.zalo_oa.fault import Fault, Faults
from simulators.zalo_oa.outgoing import Outgoing
from simulators.zalo_oa.pulse import Pulse
from simulators.zalo_oa.settings import SimulatorSettings
from simulators.zalo_oa.signature import mini_app_digest, oa_digest

log = logging.getLogger(__name__)

LANES_AT_ONCE = 32
LOOK_AGAIN_S = 30.0  # a clock that is set forward is noticed within this
ANSWER_KEPT = 400  # characters of our answer shown in the drawer


class WebhookSender:
    """Sends what is due: one citizen's events one after another, different citizens' side by side."""

    def __init__(
        self,
        settings: SimulatorSettings,
        outgoing: Outgoing,
        faults: Faults,
        pulse: Pulse,
        now_ms: NowMs,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self._outgoing = outgoing
        self._faults = faults
        self._pulse = pulse
        self._now_ms = now_ms
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._lanes: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Send for as long as the simulator lives."""
        try:
            while True:
                revision = self._pulse.revision
                self._start_lanes(self._outgoing.due_lanes())
                await self._pulse.wait_beyond(revision, self._wait_s())
        finally:
            for lane in list(self._lanes.values()):
                lane.cancel()
            await asyncio.gather(*self._lanes.values(), return_exceptions=True)
            await self.close()

    async def deliver_due(self) -> None:
        """Send everything that is due at this moment and return when each has its answer or failure."""
        while lanes := self._outgoing.due_lanes():
            self._start_lanes(lanes)
            await asyncio.gather(*self._lanes.values())

    async def close(self) -> None:
        """Close the connections; the next post opens new ones."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.aclose()

    def _start_lanes(self, lanes: Iterable[str]) -> None:
        for lane in lanes:
            if lane in self._lanes or len(self._lanes) >= LANES_AT_ONCE:
                continue
            task = asyncio.create_task(self._send_lane(lane))
            self._lanes[lane] = task
            task.add_done_callback(functools.partial(self._end_lane, lane))

    def _end_lane(self, lane: str, task: asyncio.Task[None]) -> None:
        del self._lanes[lane]
        if not task.cancelled() and (failure := task.exception()) is not None:
            log.error("a lane of webhooks stopped", exc_info=failure)
        self._pulse.beat()  # wakes run(): a lane may be free now, or have got something in its last moment

    async def _send_lane(self, lane: str) -> None:
        while delivery := self._outgoing.next_due(lane):
            self._outgoing.record(delivery, await self._post(delivery))

    async def _post(self, delivery: Delivery) -> Attempt:
        is_oa = delivery.target is Target.OA
        address = self._settings.webhook_url if is_oa else self._settings.mini_app_webhook_url
        headers = self._oa_headers(delivery) if is_oa else self._mini_app_headers(delivery)
        at, began = self._now_ms(), time.perf_counter()
        status: int | None = None
        try:
            async with asyncio.timeout(self._settings.webhook_time_limit_s):
                response = await self._http().post(address, content=delivery.body, headers=headers)
            status, answer = response.status_code, response.text[:ANSWER_KEPT]
        except TimeoutError:
            answer = f"không trả lời trong {self._settings.webhook_time_limit_s:g} giây"
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            answer = f"không nối được ({type(failure).__name__})"
        return Attempt(at, status, round((time.perf_counter() - began) * 1000, 1), answer)

    def _oa_headers(self, delivery: Delivery) -> dict[str, str]:
        key = self._settings.oa_secret_key
        if self._faults.take(Fault.WEBHOOK_WRONG_SIGNATURE):  # per try: a key reset in the console, then repaired
            key += "-sai"
        digest = oa_digest(self._settings.app_id, delivery.body, delivery.timestamp, key)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "ZaloWebhook",
            "X-ZEvent-Server": delivery.server,
            "X-ZEvent-Signature": f"mac={digest}",
        }
        if delivery.attempts:
            headers["num_retry"] = str(delivery.attempts)
        return headers

    def _mini_app_headers(self, delivery: Delivery) -> dict[str, str]:
        digest = mini_app_digest(json.loads(delivery.body), self._settings.mini_app_key)
        return {"Content-Type": "application/json", "X-ZEvent-Signature": digest}

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            # No proxy from the environment: the address is on this machine or in its own network.
            self._client = httpx.AsyncClient(transport=self._transport, trust_env=False, timeout=None)  # noqa: S113
        return self._client

    def _wait_s(self) -> float:
        due_at = self._outgoing.next_due_at()
        if due_at is None:
            return LOOK_AGAIN_S
        return min(max((due_at - self._now_ms()) / 1000, 0.001), LOOK_AGAIN_S)
