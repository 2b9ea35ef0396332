"""The connection goes to the address that was checked, and the certificate is checked for the name."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from libs.runtime.metrics import Metrics
from services.intake.clients import Fetched, MediaClient, NotNow
from services.intake.domain.attachment import Address

NAME = "media.test"


def certificate_for(name: str, folder: Path) -> Path:
    """A self-signed certificate and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return pem


@pytest.fixture(params=[NAME, "other.test"])
def certified(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    return request.param, certificate_for(request.param, tmp_path)


@pytest.fixture
async def host(certified: tuple[str, Path]) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A TLS host on this machine, and the requests it got."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certified[1])
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    yield server.sockets[0].getsockname()[1], asked
    server.close()
    await server.wait_closed()


async def test_the_name_is_asked_for_once_and_must_stand_in_the_certificate(
    certified: tuple[str, Path], host: tuple[int, list[bytes]]
) -> None:
    (certified_name, pem), (port, asked) = certified, host
    resolved: list[str] = []

    async def resolve(name: str, _port: int) -> list[str]:
        resolved.append(name)
        return ["127.0.0.1"]

    tls = ssl.create_default_context(cafile=str(pem))
    client = MediaClient(Metrics("intake"), within_s=5, at_once=1, resolve=resolve, tls=tls)
    # No resolver of this machine knows the name: only the address that was checked can be the one connected to.
    outcome = await client.fetch(Address("https", NAME, port, "/a?b=1", private_allowed=True), 100)
    await client.close()
    assert resolved == [NAME]
    if certified_name == NAME:
        assert outcome == Fetched(b"ok")
        assert asked[0].startswith(f"GET /a?b=1 HTTP/1.1\r\nHost: {NAME}:{port}\r\n".encode())
    else:
        assert (outcome, asked) == (NotNow("no_answer"), [])
