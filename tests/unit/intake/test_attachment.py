"""What citizens may attach and where it may be fetched from."""

from datetime import UTC, datetime, timedelta

import pytest

from libs.contracts.vocabulary import FileKind
from services.intake.domain.attachment import (
    MEGABYTE,
    Address,
    FileType,
    GivenUp,
    Refused,
    TryAgain,
    accept,
    after_trouble,
    check_address,
    is_public,
    limit_of,
    safe_name,
)
from services.intake.domain.phone import last_digits, normalise_phone

HOSTS = ("zdn.vn", "zadn.vn")
SIMULATOR = ("127.0.0.1:9000",)
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://f21-zpc.zdn.vn/a/b.jpg?x=1#y", Address("https", "f21-zpc.zdn.vn", 443, "/a/b.jpg?x=1")),
        ("https://zdn.vn", Address("https", "zdn.vn", 443, "/")),
        ("https://zdn.vn?x=1", Address("https", "zdn.vn", 443, "/?x=1")),
        ("HTTPS://F21.ZDN.VN./a", Address("https", "f21.zdn.vn", 443, "/a")),
        ("https://zdn.vn:443/a", Address("https", "zdn.vn", 443, "/a")),
        ("https://zdn.vn/tệp.pdf", Address("https", "zdn.vn", 443, "/t%E1%BB%87p.pdf")),
        ("http://127.0.0.1:9000/media/1", Address("http", "127.0.0.1", 9000, "/media/1", private_allowed=True)),
    ],
)
def test_an_address_of_the_channels_own_hosts_may_be_asked(url: str, expected: Address) -> None:
    assert check_address(url, HOSTS, SIMULATOR) == expected


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://f21.zdn.vn/a", "host_not_allowed"),
        ("https://f21.zdn.vn:8443/a", "host_not_allowed"),
        ("https://zdn.vn.evil.example/a", "host_not_allowed"),
        ("https://evilzdn.vn/a", "host_not_allowed"),
        ("https://127.0.0.1/a", "host_not_allowed"),
        ("http://127.0.0.1:9001/a", "host_not_allowed"),
        ("https://2130706433/a", "host_not_allowed"),
        ("https://localhost/a", "host_not_allowed"),
        ("https://169.254.169.254/latest/meta-data", "host_not_allowed"),
        ("https://zdn.vn@evil.example/a", "bad_address"),
        ("https://evil.example\\@zdn.vn/a", "bad_address"),
        ("https://zdn.vn\\.evil.example/a", "bad_address"),
        ("https://evil.example#.zdn.vn/", "host_not_allowed"),
        ("https://[::1]/a", "bad_address"),
        ("https://zdn.vn/a b", "bad_address"),
        ("https://zdn.vn/a\r\nHost: x", "bad_address"),
        ("https://zdñ.vn/a", "bad_address"),
        ("file:///etc/passwd", "bad_address"),
        ("ftp://zdn.vn/a", "bad_address"),
        ("gopher://zdn.vn/a", "bad_address"),
        ("data:image/png;base64,AAAA", "bad_address"),
        ("javascript:alert(1)", "bad_address"),
        ("//zdn.vn/a", "bad_address"),
        ("zdn.vn/a", "bad_address"),
        ("", "bad_address"),
    ],
)
def test_any_other_address_is_refused(url: str, reason: str) -> None:
    assert check_address(url, HOSTS, SIMULATOR) == Refused(reason)  # type: ignore[arg-type]


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111"])
def test_public_addresses_may_be_connected_to(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2001:0:7f00:1::", "2001:db8::1", "localhost", "", "1",
    ],
)  # fmt: skip
def test_private_addresses_may_not_be_connected_to(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("mime", "size", "expected"),
    [
        ("image/jpeg", 10 * MEGABYTE, FileType("image/jpeg", "jpg", FileKind.IMAGE)),
        ("image/jpeg", 10 * MEGABYTE + 1, Refused("too_large")),
        ("video/mp4", 25 * MEGABYTE, FileType("video/mp4", "mp4", FileKind.VIDEO, 25 * MEGABYTE)),
        ("video/mp4", 25 * MEGABYTE + 1, Refused("too_large")),
        ("audio/amr", 5, FileType("audio/amr", "amr", FileKind.AUDIO)),
        ("image/jpeg", 0, Refused("empty")),
        ("image/svg+xml", 5, Refused("unsupported_type")),
        ("text/html", 5, Refused("unsupported_type")),
        ("image/gif", 5, Refused("unsupported_type")),
        ("application/x-dosexec", 5, Refused("unsupported_type")),
        ("", 5, Refused("unsupported_type")),
    ],
)
def test_only_these_types_up_to_these_sizes_are_kept(mime: str, size: int, expected: object) -> None:
    assert accept(mime, size) == expected


def test_no_more_is_fetched_than_could_be_kept() -> None:
    assert limit_of(FileKind.IMAGE) == limit_of(FileKind.AUDIO) == 10 * MEGABYTE
    assert limit_of(FileKind.VIDEO) == limit_of(FileKind.DOCUMENT) == 25 * MEGABYTE


def test_a_file_is_tried_with_growing_waits_and_then_given_up() -> None:
    outcomes = [after_trouble(tries, "no_answer", NOW) for tries in range(1, 9)]
    waits = [outcome.at - NOW for outcome in outcomes if isinstance(outcome, TryAgain)]
    assert waits == sorted(waits)
    assert waits[0] >= timedelta(seconds=10)
    assert len(waits) == 6
    assert outcomes[6:] == [GivenUp("no_answer")] * 2


@pytest.mark.parametrize(
    ("name", "extension", "safe"),
    [
        ("Đơn đề nghị cấp đổi GCN QSDĐ.docx", "docx", "Đơn đề nghị cấp đổi GCN QSDĐ.docx"),
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("C:\\Users\\hoa\\ảnh.jpg", "jpg", "ảnh.jpg"),
        ("invoice.pdf.exe", "pdf", "invoice.pdf.pdf"),
        ("anh\u202egpj.exe", "png", "anh gpj.png"),
        ("hồ sơ 12.11.2026", "pdf", "hồ sơ 12.11.2026.pdf"),
        ("phim.mp4", "mp4", "phim.mp4"),
        ("=cmd|calc", "xlsx", "cmd calc.xlsx"),
        ("a\r\nSet-Cookie: x\x00", "pdf", "a Set-Cookie x.pdf"),
        ('"><script>', "jpg", "script.jpg"),
        ("Hoa\u0300", "jpg", "Hoà.jpg"),
        ("", "jpg", "tệp.jpg"),
        ("...", "jpg", "tệp.jpg"),
        (".htaccess", "jpg", "htaccess.jpg"),
        ("\ud83d", "jpg", "tệp.jpg"),
        ("x" * 500, "pdf", "x" * 100 + ".pdf"),
    ],
)
def test_a_name_is_made_fit_and_ends_as_the_bytes_are(name: str, extension: str, safe: str) -> None:
    assert safe_name(name, extension, "tệp") == safe


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("0912000678", "84912000678"),
        ("84912000678", "84912000678"),
        ("+84 912 000 678", "84912000678"),
        ("0084912000678", "84912000678"),
        ("091.200.0678", "84912000678"),
        ("(024) 3825-1234", "842438251234"),
        ("912000678", "84912000678"),
        ("091200067", ""),
        ("09120006789", ""),
        ("0112000678", ""),
        ("113", ""),
        ("0912000678 hoặc 0987654321", ""),
        ("không có", ""),
        ("٠٩١٢٠٠٠٦٧٨", ""),
        ("", ""),
    ],
)
def test_a_telephone_number_has_one_form(typed: str, phone: str) -> None:
    assert normalise_phone(typed) == phone


def test_the_last_digits_of_nothing_are_nothing() -> None:
    assert last_digits("84912000678") == "0678"
    assert last_digits("") == last_digits("0678") == ""
