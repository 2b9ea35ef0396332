"""A citizen and the conversation engine, without anything between them."""

from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID, uuid4

from libs.contracts.vocabulary import FileKind
from services.intake.domain.conversation import (
    Conversation,
    Effect,
    File,
    FiledCase,
    FileRef,
    FileSent,
    Input,
    Location,
    LocationSent,
    Reply,
    Step,
    Texts,
    TextSaid,
    TimerFired,
    Timing,
    advance,
    dump_conversation,
    load_conversation,
    told_filed,
)
from services.intake.texts import read_texts
from tests.support.province import gazetteer, table

MONDAY_9_AM = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
OFFICE = "Văn phòng UBND Thành phố Hà Nội"

STORY = "Tôi đi làm khai sinh cho con ở phường Láng ba lần, cán bộ cứ hẹn mãi không trả"
"""A matter that names its place."""
PLACELESS = "Tôi nộp hồ sơ cấp đổi giấy phép đã ba tuần mà không ai trả lời"
CONTACT = "Nguyễn Thị Hoa 0912345678"


@cache
def texts() -> Texts:
    content = table("messages/conversation.toml")
    return read_texts(content, code_prefix="HN-PA", office=OFFICE, notice_url="https://phananh.example.vn/quyen")


def code(number: int) -> str:
    return f"HN-PA-261123-{number:05d}-K"


class Talk:
    """One citizen's chat. Every state passes through its stored form, as it does between two messages."""

    def __init__(self, *, timing: Timing | None = None, start: datetime = MONDAY_9_AM) -> None:
        self.conversation = Conversation()
        self.now = start
        self.timing = timing or Timing()
        self.replies: list[Reply] = []
        """Of the last move."""
        self.effects: list[Effect] = []
        """Of all moves."""
        self.wake_at: datetime | None = None

    def hear(self, *inputs: Input) -> Step:
        """One move, carried out as the worker does."""
        step = advance(
            self.conversation, inputs, now=self.now, texts=texts(), gazetteer=gazetteer(), timing=self.timing
        )
        for effect in step.effects:
            self.effects.append(effect)
            if isinstance(effect, File):
                case = FiledCase(effect.draft.draft_id, self.now, code(len(self.filed)))
                step = told_filed(step, case, incomplete=effect.incomplete, due=DUE, texts=texts())
        self.conversation = load_conversation(dump_conversation(step.conversation))
        assert self.conversation == step.conversation
        self.replies = list(step.replies)
        self.wake_at = step.wake_at
        return step

    def say(self, *messages: str, after_s: float = 10, late_s: float = 0) -> str:
        """Write one or more messages that are taken together; what was answered, as one text."""
        self.now += timedelta(seconds=after_s)
        at = self.now - timedelta(seconds=late_s)
        self.hear(*(TextSaid(input_id=uuid4(), at=at, text=message) for message in messages))
        return self.answer

    def send_photos(self, count: int = 1, kind: FileKind = FileKind.IMAGE, after_s: float = 10) -> list[UUID]:
        """Send photos as an album; nothing is answered before `rest`."""
        self.now += timedelta(seconds=after_s)
        ids = [uuid4() for _ in range(count)]
        self.hear(*(FileSent(input_id=uuid4(), at=self.now, file=FileRef(one, kind)) for one in ids))
        return ids

    def send_location(self) -> str:
        self.now += timedelta(seconds=10)
        self.hear(LocationSent(input_id=uuid4(), at=self.now, location=Location(21.0285, 105.8542)))
        return self.answer

    def rest(self, **time: float) -> str:
        """Nothing happens; the timer fires when it was asked to, and once more at the end."""
        until = self.now + timedelta(**(time or {"seconds": 2}))
        heard: list[Reply] = []
        while self.wake_at is not None and self.wake_at <= until:
            self.now = max(self.now, self.wake_at)
            before = self.wake_at
            self.hear(TimerFired(input_id=uuid4()))
            heard += self.replies
            if self.wake_at == before:
                break
        self.now = until
        self.hear(TimerFired(input_id=uuid4()))
        self.replies = heard + self.replies
        return self.answer

    @property
    def answer(self) -> str:
        return "\n".join(reply.text for reply in self.replies)

    @property
    def filed(self) -> list[File]:
        return [effect for effect in self.effects if isinstance(effect, File)]

    def until_summary(self, story: str = STORY) -> str:
        """Tell a matter and answer everything that is asked about it."""
        self.say(story)
        self.say("đồng ý")
        self.say(CONTACT)
        return self.say("số 5 ngõ 12 Chùa Láng, phường Láng")

    def until_filed(self, story: str = STORY) -> str:
        """Send a whole feedback."""
        self.until_summary(story)
        return self.say("1")
