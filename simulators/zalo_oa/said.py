"""What a tester or the page may say for a citizen, and how it becomes the attachments of events."""

import base64
import binascii
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from simulators.zalo_oa import attachment
from simulators.zalo_oa.attachment import Attachment
from simulators.zalo_oa.citizen import Citizen, Driver
from simulators.zalo_oa.event import Event
from simulators.zalo_oa.file import Files, Purpose
from simulators.zalo_oa.media import SAMPLE_DOCUMENT, SAMPLE_PHOTO, SAMPLES, mime_of
from simulators.zalo_oa.simulator import Simulator

CARRIES_TEXT: Final = {"image", "video", "link", "gif", "business_card"}
HOAN_KIEM: Final = ("21.0287747", "105.8523535")  # the lake in the middle of Hà Nội
STICKER: Final = ("20524", "nhan-dan-cam-on.png")
Manner = Literal["sample", "slow", "huge", "missing", "wrong-type", "redirect", "redirect-private"]


def _base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error as failure:
        raise ValueError("not base64") from failure
    return text


class SaidAttachment(BaseModel):
    """One attachment; what is left out is taken from the built-in samples."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["image", "file", "location", "sticker", "audio", "video", "link", "gif", "business_card"]
    url: str = ""
    media: Manner = "sample"  # how the media host behaves when no url is given
    name: str = Field("", max_length=200)
    content_base64: Annotated[str, AfterValidator(_base64)] = ""
    latitude: str | float = HOAN_KIEM[0]
    longitude: str | float = HOAN_KIEM[1]
    phone: str = "0912000345"
    description: str = ""

    def as_attachment(self, files: Files) -> Attachment:
        """The attachment as events carry it, its content kept on the media host."""
        match self.type:
            case "image":
                return attachment.image(self._url(files, SAMPLE_PHOTO))
            case "gif":
                return attachment.gif(self._url(files, SAMPLE_PHOTO))
            case "file":
                return self._file(files)
            case "location":
                return attachment.location(str(self.latitude), str(self.longitude))
            case "sticker":
                return attachment.sticker(STICKER[0], self._url(files, STICKER[1]))
            case "audio":
                return attachment.audio(self._url(files, "loi-noi.amr"))
            case "video":
                return attachment.video(self._url(files, "quay-canh.mp4"), description=self.description)
            case "link":
                return attachment.link(self._url(files, SAMPLE_PHOTO), description=self.description)
            case "business_card":
                link = self._url(files, "chan-dung.png")
                return attachment.business_card(link, link, self.phone, link)

    def _url(self, files: Files, sample: str) -> str:
        if self.url:
            return self.url
        if self.content_base64:
            name = self.name or sample
            content = base64.b64decode(self.content_base64)
            return files.url(files.keep(Purpose.FROM_CITIZEN, name, mime_of(name), content))
        return files.sample_url(self.media, self.name or sample)

    def _file(self, files: Files) -> Attachment:
        content = base64.b64decode(self.content_base64)
        if not content and not self.url:
            content = (SAMPLES / SAMPLE_DOCUMENT).read_bytes()
        return attachment.file(self._url(files, SAMPLE_DOCUMENT), self.name or SAMPLE_DOCUMENT, content)


class Saying(BaseModel):
    """The body of ``POST /say``."""

    model_config = ConfigDict(extra="forbid")

    user_id: str = Field(min_length=1, max_length=64)
    text: str = Field("", max_length=20_000)
    name: str = Field("", max_length=100)
    attachments: list[SaidAttachment] = Field([], max_length=20)
    quote_message_id: str = ""
    by: Driver = Driver.API


def say(simulator: Simulator, saying: Saying) -> list[Event]:
    """Send everything a saying holds, one event each; a caption travels with the first thing that can carry it."""
    with simulator.database.transaction():
        citizen = simulator.citizen_acts.met(saying.user_id, saying.name, saying.by)
        attachments = [each.as_attachment(simulator.files) for each in saying.attachments]
        return _send(simulator, citizen, saying.text, attachments, saying.quote_message_id)


def _send(
    simulator: Simulator, citizen: Citizen, text: str, attachments: list[Attachment], quote_id: str
) -> list[Event]:
    acts, events = simulator.citizen_acts, []
    if text and not (attachments and attachments[0].kind in CARRIES_TEXT):
        events.append(acts.write(citizen, text, quote_id=quote_id))
        text = ""
    for each in attachments:
        events.append(acts.write(citizen, text, each, quote_id="" if events else quote_id))
        text = ""
    return events
