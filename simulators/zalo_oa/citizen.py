"""The invented people whose phones the simulator plays."""

import hashlib
import sqlite3
from dataclasses import dataclass
from enum import StrEnum

from simulators.zalo_oa.clock import NowMs
from simulators.zalo_oa.database import Database
from simulators.zalo_oa.event import Person, Wire


class Driver(StrEnum):
    """Who acts for a citizen: somebody at the page, or a test calling the API."""

    PAGE = "page"
    API = "api"


@dataclass(frozen=True, slots=True)
class Citizen:
    """One invented person with a phone."""

    user_id: str
    user_id_by_app: str
    name: str
    phone: str  # 84…
    born_on: str = "30/10/1988"  # dd/mm/yyyy, as the platform writes it
    gender: str = "Nữ"
    city: str = "Thành phố Hà Nội"
    ward: str = "Phường Láng"
    address: str = "Số 12 ngõ 45"
    is_follower: bool = False
    last_interaction_at: int | None = None
    driven_by: Driver = Driver.PAGE
    shown_first: int = 0  # 1, 2, 3: its place on the page; 0: after those, the latest active first

    @property
    def person(self) -> Person:
        """The two ids events carry."""
        return Person(self.user_id, self.user_id_by_app)

    @property
    def contact(self) -> Wire:
        """What ``user_submit_info`` tells when this citizen shares contact details."""
        where = {"user_city": self.city, "user_ward": self.ward, "user_address": self.address}
        return {
            "name": self.name,
            "phone": self.phone,
            "user_dob": self.born_on,
            "gender": self.gender,
            "full_address": where,
        }


FIRST_CITIZENS = (
    Citizen("6143092758814407315", "3098847120556613947", "Nguyễn Thị Hoa", "84912000678", shown_first=1),
    Citizen(
        "5520871934460218853",
        "7712093345581206674",
        "Trần Văn Bình",
        "84912000345",
        born_on="14/02/1965",
        gender="Nam",
        ward="Phường Hoàn Kiếm",
        address="Số 8 phố Hàng Than",
        shown_first=2,
    ),
    Citizen(
        "7035518246609937421",
        "4862207719305518896",
        "Lê Thị Hạnh",
        "84912000912",
        born_on="05/06/1997",
        ward="Xã Gia Lâm",
        address="Thôn 3",
        shown_first=3,
    ),
)
MORE_NAMES = ("Phạm Quốc Dũng", "Đỗ Thu Trang", "Hoàng Gia Minh", "Vũ Thị Lan", "Bùi Đức Thắng", "Đặng Ngọc Mai")


def invented(user_id: str, name: str = "") -> Citizen:
    """A citizen the simulator had not met: everything not told is derived from the id, always the same way."""
    number = int.from_bytes(hashlib.sha256(user_id.encode()).digest()[:8])
    by_app = str(10**18 + number % (8 * 10**18))
    phone = f"8490{number % 10**7:07d}"
    return Citizen(user_id, by_app, name or MORE_NAMES[number % len(MORE_NAMES)], phone)


class Citizens:
    """Keeps the people, and who of them may be written to."""

    def __init__(self, database: Database, now_ms: NowMs) -> None:
        self._database = database
        self._now_ms = now_ms
        with database.transaction():
            for citizen in FIRST_CITIZENS:
                self._keep(citizen)

    def get(self, user_id: str) -> Citizen | None:
        """The citizen of an id, if the platform knows one."""
        row = self._database.execute("SELECT * FROM citizens WHERE user_id = ?", user_id).fetchone()
        return _citizen(row) if row else None

    def by_phone(self, phone: str) -> Citizen | None:
        """The citizen of a phone number in the form 84…"""
        row = self._database.execute("SELECT * FROM citizens WHERE phone = ? LIMIT 1", phone).fetchone()
        return _citizen(row) if row else None

    def by_phone_digest(self, digest: str) -> Citizen | None:
        """The citizen whose number has this SHA-256, for messages sent to hashed phones."""
        for row in self._database.execute("SELECT * FROM citizens"):
            if hashlib.sha256(row["phone"].encode()).hexdigest() == digest:
                return _citizen(row)
        return None

    def met(self, user_id: str, name: str = "", driver: Driver | None = None) -> Citizen:
        """The citizen of an id, invented on first sight; a name or a driver that is given is remembered."""
        with self._database.transaction():
            if self.get(user_id) is None:
                self._keep(invented(user_id, name))
            if name:
                self._set(user_id, "name", name)
            if driver is not None:
                self._set(user_id, "driven_by", driver)
        citizen = self.get(user_id)
        assert citizen is not None
        return citizen

    def interacted(self, user_id: str) -> None:
        """Open the windows anew: the citizen has just done something the platform counts as interaction."""
        self._set(user_id, "last_interaction_at", self._now_ms())

    def follows(self, user_id: str, follows: bool) -> None:
        """Remember whether the citizen follows the account."""
        self._set(user_id, "is_follower", int(follows))

    def has_contact(self, user_id: str, contact: dict[str, str]) -> None:
        """Remember the contact details the citizen chose to share."""
        with self._database.transaction():
            for column in ("name", "phone", "ward", "address"):
                if contact.get(column):
                    self._set(user_id, column, contact[column])

    def last_interaction_was(self, user_id: str, at_ms: int | None) -> None:
        """Move the last interaction, so that a test need not wait seven days."""
        self._set(user_id, "last_interaction_at", at_ms)

    def on_page(self, limit: int) -> list[Citizen]:
        """Who is shown side by side: the first three always, then the latest active."""
        rows = self._database.execute(
            "SELECT * FROM citizens ORDER BY shown_first = 0, shown_first, changed_at DESC, user_id LIMIT ?", limit
        )
        return [_citizen(row) for row in rows]

    def followers(self) -> int:
        """How many follow the account."""
        row = self._database.execute("SELECT count(*) FROM citizens WHERE is_follower = 1").fetchone()
        return int(row[0])

    def _keep(self, citizen: Citizen) -> None:
        self._database.execute(
            "INSERT OR IGNORE INTO citizens (user_id, user_id_by_app, name, phone, born_on, gender, city, ward,"
            " address, driven_by, shown_first, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            citizen.user_id,
            citizen.user_id_by_app,
            citizen.name,
            citizen.phone,
            citizen.born_on,
            citizen.gender,
            citizen.city,
            citizen.ward,
            citizen.address,
            citizen.driven_by,
            citizen.shown_first,
            self._now_ms(),
        )

    def _set(self, user_id: str, column: str, value: object) -> None:
        # The column is one of the literals of this module, never something a caller typed.
        with self._database.transaction():
            self._database.execute(
                f"UPDATE citizens SET {column} = ?, changed_at = ? WHERE user_id = ?",  # noqa: S608
                value,
                self._now_ms(),
                user_id,
            )


def _citizen(row: sqlite3.Row) -> Citizen:
    return Citizen(
        user_id=row["user_id"],
        user_id_by_app=row["user_id_by_app"],
        name=row["name"],
        phone=row["phone"],
        born_on=row["born_on"],
        gender=row["gender"],
        city=row["city"],
        ward=row["ward"],
        address=row["address"],
        is_follower=bool(row["is_follower"]),
        last_interaction_at=row["last_interaction_at"],
        driven_by=Driver(row["driven_by"]),
        shown_first=row["shown_first"],
    )
