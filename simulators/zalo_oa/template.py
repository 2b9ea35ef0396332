"""Template messages: what was declared, whether values fit, and how they read on a phone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from simulators.zalo_oa.database import Database
from simulators.zalo_oa.event import Wire
from simulators.zalo_oa.settings import SimulatorSettings


class Parameter(BaseModel):
    """One parameter of a template, spelled as ``/template/info/v2`` lists it."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: str
    require: bool = True
    type: str = "STRING"
    max_length: int = Field(default=30, alias="maxLength")
    min_length: int = Field(default=0, alias="minLength")
    accept_null: bool = Field(default=False, alias="acceptNull")


class Template(BaseModel):
    """One declared template."""

    model_config = ConfigDict(extra="forbid")

    template_id: str
    name: str
    kind: Literal["text", "rating", "otp"] = "text"
    status: Literal["PENDING_REVIEW", "ENABLE", "REJECT", "DISABLE", "DELETE"] = "ENABLE"
    tag: str = "TRANSACTION"
    text: str  # <name> stands for a parameter
    params: list[Parameter] = []
    buttons: list[Wire] = []

    def as_read(self, values: Mapping[str, object]) -> str:
        """The text on the citizen's phone."""
        text = self.text
        for name, value in values.items():
            text = text.replace(f"<{name}>", str(value))
        return text

    def as_listed(self) -> Wire:
        """The answer of ``/template/info/v2``."""
        return {
            "templateId": self.template_id,
            "templateName": self.name,
            "status": self.status,
            "listParams": [each.model_dump(by_alias=True) for each in self.params],
            "listButtons": self.buttons,
            "templateTag": self.tag,
            "price_sdt": "300",
            "price_uid": "200",
        }

    def sent(self, values: Mapping[str, object], tracking_id: str) -> Wire:
        """What a message keeps of the template it came from."""
        return {
            "template_id": self.template_id,
            "name": self.name,
            "kind": self.kind,
            "tracking_id": tracking_id,
            "template_data": dict(values),
        }


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a template message was refused; the code is the one of sends by phone."""

    code: int
    reason: str


BUILT_IN = (
    Template(
        template_id="412207",
        name="Báo kết quả phản ánh",
        text="Kính gửi <ho_ten>. Nội dung mã <ma> của ông/bà đã có trả lời. Xin bấm nút bên dưới để xem.",
        params=[Parameter(name="ho_ten"), Parameter(name="ma")],
        buttons=[{"type": "oa.open.url", "title": "Xem trả lời", "payload": {"url": "http://127.0.0.1:8000/tra-cuu"}}],
    ),
    Template(
        template_id="412208",
        name="Đánh giá trả lời",
        kind="rating",
        text="Ông/bà có hài lòng với trả lời cho mã <ma> không?",
        params=[Parameter(name="ma")],
    ),
    Template(template_id="412209", name="Mẫu đang chờ duyệt", status="PENDING_REVIEW", text="Chờ duyệt."),
)


class Templates:
    """Knows the declared templates; others are accepted as they come unless the option says otherwise."""

    def __init__(self, settings: SimulatorSettings, database: Database) -> None:
        self._database = database
        declared = list(BUILT_IN)
        if settings.templates is not None:
            declared += TypeAdapter(list[Template]).validate_json(settings.templates.read_bytes())
        for template in declared:
            self.declare(template)

    def declare(self, template: Template) -> None:
        """Make a template known, or replace it."""
        with self._database.transaction():
            self._database.execute(
                "INSERT OR REPLACE INTO templates (template_id, declaration) VALUES (?, ?)",
                template.template_id,
                template.model_dump_json(by_alias=True),
            )

    def get(self, template_id: str) -> Template | None:
        """A declared template."""
        row = self._database.execute("SELECT declaration FROM templates WHERE template_id = ?", template_id).fetchone()
        return Template.model_validate_json(row["declaration"]) if row else None

    def fitting(self, template_id: object, values: object, *, declared_only: bool) -> Template | Misfit:
        """The template to send with these values, or why it cannot be sent."""
        if not isinstance(template_id, str) or not template_id:
            return Misfit(-109, "Template id is invalid")
        if not isinstance(values, dict):
            return Misfit(-111, "Template data is empty")
        template = self.get(template_id)
        if template is None:
            return Misfit(-109, "Template id is invalid") if declared_only else _as_it_comes(template_id, values)
        if template.status != "ENABLE":
            return Misfit(-131, "Template is not approved")
        for parameter in template.params:
            value = values.get(parameter.name)
            if parameter.require and value is None and not parameter.accept_null:
                return Misfit(-1122, f"Parameter {parameter.name} is missing")
            if value is not None and len(str(value)) > parameter.max_length:
                return Misfit(-1121, f"Parameter {parameter.name} is too long")
        return template


def _as_it_comes(template_id: str, values: Mapping[str, object]) -> Template:
    lines = "\n".join(f"{name}: {value}" for name, value in values.items())
    return Template(template_id=template_id, name=f"Mẫu {template_id}", text=lines)
