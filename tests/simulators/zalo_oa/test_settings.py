"""Settings come from the environment and keep the simulator on this machine."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from simulators.zalo_oa.settings import SimulatorSettings


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZALO_SIM_DATA", str(tmp_path))
    monkeypatch.setenv("ZALO_SIM_WEBHOOK_URL", "http://127.0.0.1:8000/intake/webhooks/zalo")
    monkeypatch.setenv("ZALO_SIM_TIME_FACTOR", "0.01")
    read = SimulatorSettings()
    assert read.data_dir == tmp_path
    assert read.webhook_url == "http://127.0.0.1:8000/intake/webhooks/zalo"
    assert (read.time_factor, read.port, read.host) == (0.01, 9000, "127.0.0.1")
    assert read.media_url == "http://127.0.0.1:9000"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.test"])
def test_it_listens_on_loopback_unless_told_in_so_many_words(host: str) -> None:
    with pytest.raises(ValidationError):
        SimulatorSettings(host=host)
    assert SimulatorSettings(host=host, allow_other_hosts=True).host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_loopback_has_several_names(host: str) -> None:
    assert SimulatorSettings(host=host).host == host
