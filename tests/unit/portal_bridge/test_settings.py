"""Turning pushing on is refused, in words a person understands."""

import pytest

from libs.launch.settings import BadSettings, load_settings
from services.portal_bridge.app import SERVICE
from services.portal_bridge.settings import PortalBridgeSettings


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("PORTAL_BRIDGE_DATABASE_URL", "postgresql+asyncpg://u:p@127.0.0.1/x")
    monkeypatch.setenv("PUBLIC_URL", "http://127.0.0.1:8000")
    monkeypatch.setenv("BLOB_URL", "file:///nowhere")
    monkeypatch.setenv("CONTACT_KEYS", "m0ZkXJp3n1c2v4b5N6M7a8s9d0f1g2h3j4k5l6q7w8c=")
    return monkeypatch


def test_it_starts_with_pushing_off(environment: pytest.MonkeyPatch) -> None:
    settings = load_settings(SERVICE)
    assert isinstance(settings, PortalBridgeSettings)
    assert settings.enabled is False


def test_it_refuses_to_start_with_pushing_on(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PORTAL_BRIDGE_ENABLED", "true")
    with pytest.raises(BadSettings, match=r"PORTAL_BRIDGE_ENABLED.*not part of this version"):
        load_settings(SERVICE)
