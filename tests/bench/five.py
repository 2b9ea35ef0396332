"""The city as five processes over a broker, or embedded in one, to be measured: drafts prepared, questions to its
tables."""

import random
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from libs.contracts.catalogue import hearers_of
from libs.local import PrivatePostgres, PrivateRabbitMQ
from libs.local.demo import SERVICES
from tests.bench.load_client import messages_of, post_all
from tests.bench.stage import Stage
from tests.support.administrator import Administrator
from tests.support.citizen import BIRTH
from tests.support.city import free_port
from tests.support.postgres import programs_folder

STEPS: Final = (BIRTH, "tôi đồng ý", "Nguyễn Khánh Thảo, 0912345678", "ngay nơi xảy ra việc")
"""What a citizen writes up to the summary; the first of them each tells in words of their own."""
WORDS: Final = (
    *("An", "Anh", "Bách", "Bảo", "Bích", "Châu", "Chi", "Cường", "Diệp", "Dung", "Duy", "Duyên", "Đạt", "Đức"),
    *("Giang", "Hà", "Hải", "Hạnh", "Hân", "Hằng", "Hiền", "Hiếu", "Hoa", "Hoàng", "Huy", "Huyền", "Hưng"),
    *("Hương", "Khang", "Khánh", "Khôi", "Lam", "Lan", "Linh", "Loan", "Long", "Ly", "Mai", "Minh", "My"),
    *("Nam", "Nga", "Ngân", "Ngọc", "Nhi", "Nhung", "Ninh", "Phong", "Phúc", "Phương", "Quân", "Quang"),
    *("Quyên", "Quỳnh", "Sang", "Sơn", "Tâm", "Thành", "Thảo", "Thắng", "Thịnh", "Thu", "Thuỷ", "Thư", "Tiến"),
    *("Trang", "Trâm", "Trinh", "Trung", "Tuấn", "Tùng", "Tuyết", "Uyên", "Vân", "Việt", "Vinh", "Vy", "Xuân"),
    "Yến",
)
OWN_WORDS: Final = 2
PIECES: Final = ("phường Láng bắt phải", "có hộ khẩu", "giấy mới nhận", "hồ sơ khai sinh", "cho con em")
"""Of the first step's text, with words of their own after each."""
CONFIRMING: Final = "gửi đi"
CONNECTIONS: Final = 32
_POSTED_AT_MOST: Final = 10
_LIMIT_S: Final = 240.0
_LOOK_EVERY_S: Final = 0.1
"""Seldom: the question counts rows, and whoever asks shares the processors with those who are measured."""
# Whoever is told is told after the notice's row stands: sending would only take time from what is measured.
_NO_SENDING: Final = {"NOTIFIER_SEND_PER_S": "0.0001", "NOTIFIER_SEND_PARALLEL": "1"}


class City:
    """A running city with nothing to do."""

    def __init__(self, stage: Stage, database: PrivatePostgres, broker: PrivateRabbitMQ | None) -> None:
        self.stage = stage
        self.database_name = "city"
        database.execute(f"CREATE DATABASE {self.database_name}")
        url = database.url(self.database_name)
        self.administrator = Administrator(url)
        self.port = free_port()
        self.path = "/webhooks/zalo" if broker else "/intake/webhooks/zalo"
        self.pids: list[int] = []
        environment = stage.environment(url, **_NO_SENDING)
        if broker is not None:
            environment["AMQP_URL"] = broker.add_vhost(self.database_name)
            for service in SERVICES:
                stage.run([f"services.{service}", "prepare"], environment)
        else:
            stage.run(["services.embedded", "prepare"], environment)
        self.administrator.watch_what_is_said(SERVICES)
        if broker is not None:
            for service in SERVICES:
                port = self.port if service == "intake" else free_port()
                name = f"{service.upper()}_LISTEN_PORT"
                child = stage.serve(service, [f"services.{service}", "serve"], environment | {name: str(port)}, port)
                self.pids.append(child.pid)
        else:
            child = stage.serve("city", ["services.embedded"], environment | {"PORT": str(self.port)}, self.port)
            self.pids.append(child.pid)

    def prepare_drafts(self, nonce: str, citizens: int) -> None:
        """Bring so many new citizens to the summary of a feedback."""
        for number, text in enumerate(STEPS):
            self.post(self.requests(nonce, range(citizens), number, text))
            self.wait_for(self.is_read, "the conversations have moved")
        self.wait_for(self.is_at_rest, "the city is at rest")

    def requests(self, nonce: str, citizens: Sequence[int], step: int, text: str) -> list[bytes]:
        """What each of these citizens posts at a step."""
        secrets = self.stage.secrets
        ids = (secrets["ZALO_APP_ID"], secrets["ZALO_OA_ID"], secrets["ZALO_OA_SECRET_KEY"])
        return messages_of(self.path, nonce, citizens, step, lambda number: _told(nonce, number, text), *ids)

    def post(self, requests: list[bytes]) -> None:
        """Post them, in as many connections as there may be; all of them again while one was refused, as Zalo would.

        Raises: RuntimeError when that does not help.
        """
        for _ in range(_POSTED_AT_MOST):
            if not post_all(requests, self.port, CONNECTIONS).refused:
                return
        raise RuntimeError("the city does not take what is posted")

    def notices(self) -> int:
        """How many citizens have a notice of who answers them."""
        return int(self.administrator.one("SELECT count(*) FROM notifier.messages WHERE notice = 'routed'"))

    def hold_conversations(self) -> None:
        """Lease every conversation to nobody: what is posted is stored, and waits."""
        self.administrator.rows("UPDATE intake.conversations SET lease_until = 'infinity'")

    def let_conversations_go(self) -> None:
        """End the hold."""
        self.administrator.rows("UPDATE intake.conversations SET lease_until = NULL")

    def unread(self) -> int:
        """How many stored events were not taken in yet."""
        return int(self.administrator.one("SELECT count(*) FROM intake.channel_events WHERE state = 'new'"))

    def is_read(self) -> bool:
        """Whether every stored event was taken in."""
        return self.unread() == 0

    def is_at_rest(self) -> bool:
        """Whether every event said was heard, by all who hear it."""
        if not self.is_read():
            return False
        said = self.rows("SELECT name, count(*) AS count FROM witness.said GROUP BY name")
        deliveries = sum(row["count"] * len(hearers_of(row["name"])) for row in said)
        heard = "SELECT " + " + ".join(f"(SELECT count(*) FROM {service}.inbox)" for service in SERVICES)
        return bool(self.administrator.one(heard) == deliveries)

    def wait_for(self, condition: Callable[[], bool], what: str) -> None:
        """Look again and again.

        Raises: RuntimeError when it is not so after minutes.
        """
        ends = time.monotonic() + _LIMIT_S
        while not condition():
            if time.monotonic() > ends:
                raise RuntimeError(f"not after {_LIMIT_S:.0f} s: {what}")
            time.sleep(_LOOK_EVERY_S)

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Ask as administrator."""
        return self.administrator.rows(sql, *values)

    def close(self) -> None:
        """Let go of the tables; the stage ends the processes."""
        self.administrator.close()


def _told(nonce: str, number: int, text: str) -> str:
    """A matter as one citizen tells it: were all words the same, thousands would be near duplicates of one another."""
    if text != BIRTH:
        return text
    own = random.Random(f"{nonce} {number}")
    return " ".join(f"{piece} {' '.join(own.choices(WORDS, k=OWN_WORDS))}" for piece in PIECES)


def broker_of(stage: Stage) -> PrivateRabbitMQ:
    """A durable broker of the stage's own."""
    return stage.keep(PrivateRabbitMQ(stage.folder, programs=programs_folder()))
