"""Settings come from the environment: shared ones once, prefixed ones override, nothing missing goes unnoticed."""

import pytest
from pydantic_settings import SettingsConfigDict

from libs.launch.settings import BadSettings, load_settings
from libs.runtime.settings import RuntimeSettings
from libs.seal.settings import SealingSettings
from tests.runtime.hotel import Trouble, kitchen


class KitchenSettings(SealingSettings, RuntimeSettings):
    model_config = SettingsConfigDict(env_prefix="KITCHEN_")

    ovens: int = 2


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in {
        "DATABASE_URL": "postgresql+asyncpg://all@localhost/db",
        "PUBLIC_URL": "https://hotel.example",
        "BLOB_URL": "file:///var/lib/hotel",
        "CONTACT_KEYS": "newer, older",
    }.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_shared_variable_serves_every_service_and_a_prefixed_one_overrides(environment: pytest.MonkeyPatch) -> None:
    assert KitchenSettings().database_url.get_secret_value().startswith("postgresql+asyncpg://all@")
    environment.setenv("KITCHEN_DATABASE_URL", "postgresql+asyncpg://kitchen_svc@localhost/db")
    assert "kitchen_svc" in KitchenSettings().database_url.get_secret_value()


def test_keys_are_a_list_and_never_shown(environment: pytest.MonkeyPatch) -> None:
    settings = KitchenSettings()
    assert [key.get_secret_value() for key in settings.contact_keys] == ["newer", "older"]
    assert "newer" not in repr(settings)


def test_a_service_s_own_setting_is_not_taken_from_an_unprefixed_variable(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("OVENS", "9")
    assert KitchenSettings().ovens == 2


def test_what_is_missing_is_named_and_no_value_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITCHEN_OVENS", "0912345678 of them")
    service = kitchen(Trouble())
    with pytest.raises(BadSettings) as caught:
        load_settings(type(service)(**{**_fields(service), "settings": KitchenSettings}))
    assert "KITCHEN_DATABASE_URL" in str(caught.value)
    assert "KITCHEN_OVENS" in str(caught.value)
    assert "0912345678" not in str(caught.value)


def _fields(service: object) -> dict[str, object]:
    return {name: getattr(service, name) for name in service.__slots__}  # type: ignore[attr-defined]
