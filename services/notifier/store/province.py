"""The province's words, as `prepare` loaded them into this schema."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.wording import Option, Province, RefusalText, Template
from ..tables import province_words, refusal_reasons, templates


class ProvinceStore:
    """Every statement about the province's words."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def replace(self, province: Province) -> None:
        """Keep these words and no others."""
        wordings = [
            {"wording": name, "text": template.text, "options": [option.title for option in template.options]}
            for name, template in province.templates.items()
        ]
        reasons = [
            {"code": code, "citizen_text": text.citizen_text, "where_to": text.where_to, "notify": text.notify}
            for code, text in province.refusals.items()
        ]
        words = [{"name": name, "value": value} for name, value in _words(province).items()]
        rows: list[tuple[Any, list[dict[str, Any]]]] = [
            (templates, wordings),
            (refusal_reasons, reasons),
            (province_words, words),
        ]
        for table, values in rows:
            await self._session.execute(delete(table))
            if values:
                await self._session.execute(insert(table), values)

    async def read(self) -> Province:
        """The words in use.

        Raises:
            KeyError: `prepare` has not run.
        """
        named = await self._session.execute(select(province_words.c.name, province_words.c.value))
        words: Mapping[str, str] = {row.name: row.value for row in named}
        wordings = await self._session.execute(select(templates.c.wording, templates.c.text, templates.c.options))
        reasons = await self._session.execute(
            select(
                refusal_reasons.c.code,
                refusal_reasons.c.citizen_text,
                refusal_reasons.c.where_to,
                refusal_reasons.c.notify,
            )
        )
        return Province(
            zone=ZoneInfo(words["time_zone"]),
            office=words["office"],
            complaint_body=words["complaint_body"],
            denunciation_body=words["denunciation_body"],
            procedure_guide=words["procedure_guide"],
            templates={
                name: Template(text, tuple(Option(title) for title in titles)) for name, text, titles in wordings
            },
            refusals={code: RefusalText(*texts) for code, *texts in reasons},
        )


def _words(province: Province) -> dict[str, str]:
    return {
        "time_zone": province.zone.key,
        "office": province.office,
        "complaint_body": province.complaint_body,
        "denunciation_body": province.denunciation_body,
        "procedure_guide": province.procedure_guide,
    }
