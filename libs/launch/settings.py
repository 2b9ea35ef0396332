"""A service's settings, and the words for what is wrong with them."""

from pydantic import ValidationError

from libs.runtime.service import Service
from libs.runtime.settings import RuntimeSettings


class BadSettings(Exception):
    """Settings are missing or wrong; the text names them, never their values."""


def load_settings(service: Service, **fixed: object) -> RuntimeSettings:
    """A service's settings from the environment, but for what is fixed by the way it is run.

    Raises:
        BadSettings: naming each variable that is missing or wrong.
    """
    try:
        return service.settings(**fixed)  # type: ignore[arg-type]
    except ValidationError as error:
        prefix = service.settings.model_config.get("env_prefix", "")
        wrong = [f"{prefix}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors() if e["loc"]]
        raise BadSettings("settings to mend:\n  " + "\n  ".join(wrong or ["see .env.example"])) from None
