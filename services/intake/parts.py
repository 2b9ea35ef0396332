"""What intake works with while it runs, built once at start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final, cast
from uuid import UUID

from libs.runtime.metrics import Metrics
from libs.runtime.run import Run
from libs.seal import Sealer

from .clients import MediaClient
from .code_giver import CodeGiver
from .domain.conversation import Texts, Timing
from .domain.signature import SigningKeys
from .domain.zalo import ZaloAccount
from .ingest import Ingest, IngestLimits
from .lookup_key import LookupKeys
from .province import Province, read_province
from .settings import IntakeSettings
from .store import Arrival, ArrivalStore, ProvinceStore
from .texts import read_texts

WOKEN_BY_ARRIVALS: Final = ("read_receipts", "move_conversations")
"""Jobs that have something to do when an event was stored."""


class Meters:
    """What this service counts besides the runtime's own."""

    def __init__(self, metrics: Metrics) -> None:
        self.arrived = metrics.counter("webhook_events_total", "Events let in.", ("kind", "outcome"))
        self.turned = metrics.counter("webhook_turned_away_total", "Bodies turned away.", ("reason",))
        self.signed_by = metrics.counter(
            "webhook_signed_total", "Right signatures, by what they were made with.", ("by",)
        )
        self.busy = metrics.counter("webhook_busy_total", "Events answered with busy; they are sent again.")
        self.commits = metrics.counter("webhook_commits_total", "Commits that stored events, one or many each.")
        self.oldest_file = metrics.gauge("file_oldest_pending_seconds", "Age of the oldest file still to be fetched.")
        self.unsigned_in_a_row = 0


@dataclass(frozen=True, slots=True)
class IntakeParts:
    """Reached as `run.parts` and `tx.parts`."""

    account: ZaloAccount
    signing: SigningKeys
    sealer: Sealer
    keys: LookupKeys
    meters: Meters
    ingest: Ingest
    media: MediaClient
    codes: CodeGiver
    province: Province
    texts: Texts
    timing: Timing

    async def close(self) -> None:
        """Give back what is open."""
        await self.media.close()


async def build_parts(run: Run[IntakeParts]) -> IntakeParts:
    """Build them; again when the province's rows were loaded anew, keeping what must not be doubled."""
    settings: IntakeSettings = run.settings
    former = cast("IntakeParts | None", run.parts)
    async with run.begin() as tx:
        province = await read_province(ProvinceStore(tx.session))
    keys = LookupKeys(settings.lookup_key)
    meters = former.meters if former else Meters(run.metrics)
    return IntakeParts(
        account=ZaloAccount(settings.zalo_app_id, settings.zalo_oa_id),
        signing=_signing_keys(settings),
        sealer=Sealer(settings.contact_keys),
        keys=keys,
        meters=meters,
        ingest=former.ingest if former else Ingest(partial(_store, run), _limits(settings), meters.commits.inc),
        media=former.media
        if former
        else MediaClient(run.metrics, within_s=settings.media_within_s, at_once=settings.media_at_once),
        codes=former.codes if former else CodeGiver(run.begin, province.code_prefix, province.zone, keys.code_key),
        province=province,
        texts=read_texts(province.conversation, code_prefix=province.code_prefix, office=province.office_name),
        timing=_timing(settings),
    )


def _timing(settings: IntakeSettings) -> Timing:
    return Timing(
        quiet=timedelta(seconds=settings.album_quiet_s),
        silent_for=timedelta(hours=settings.bot_silent_h),
        remind_after=timedelta(hours=settings.draft_reminder_h),
        incomplete_after=timedelta(hours=settings.draft_incomplete_h),
        join_within=timedelta(hours=settings.join_within_h),
        files_at_most=settings.files_at_most,
    )


def _signing_keys(settings: IntakeSettings) -> SigningKeys:
    secrets = (settings.zalo_oa_secret_key, settings.zalo_former_oa_secret_key)
    return SigningKeys(
        settings.zalo_app_id,
        tuple(secret.get_secret_value() for secret in secrets),
        oa_id=settings.zalo_oa_id if settings.zalo_accept_oa_id_signature else "",
    )


def _limits(settings: IntakeSettings) -> IngestLimits:
    return IngestLimits(
        within_s=settings.store_within_s,
        commit_within_s=settings.commit_within_s,
        grouped=settings.group_commits,
        at_most=settings.group_at_most,
        linger_s=settings.group_linger_ms / 1000,
        waiting_at_most=settings.waiting_at_most,
    )


async def _store(run: Run[IntakeParts], arrivals: Sequence[Arrival]) -> set[UUID]:
    async with run.begin() as tx:
        stored = await ArrivalStore(tx.session).keep(arrivals)
        if stored:
            for job in WOKEN_BY_ARRIVALS:
                tx.wake(job)
    return stored
