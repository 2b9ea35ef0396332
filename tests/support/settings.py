"""Settings of each service under test: everything a real start would need, invented."""

from typing import Any, Final

APP_ID: Final = "4187308559620713842"
OA_ID: Final = "2740116598031175526"
OA_SECRET_KEY: Final = "vi-du-oa-secret-chi-de-kiem-thu"
CONTACT_KEY: Final = "m0ZkXJp3n1c2v4b5N6M7a8s9d0f1g2h3j4k5l6q7w8c="
LOOKUP_KEY: Final = "khoa-tra-cuu-chi-de-kiem-thu-0123456789"

SHARED: Final[dict[str, Any]] = {
    "public_url": "http://127.0.0.1:8000",
    "log_level": "warning",
    # A busy machine is not what most tests are about; those that are set the real limit.
    "database_wait_s": 8.0,
    "has_replicas": False,
}

BY_SERVICE: Final[dict[str, dict[str, Any]]] = {
    "intake": {
        "contact_keys": CONTACT_KEY,
        "lookup_key": LOOKUP_KEY,
        "zalo_app_id": APP_ID,
        "zalo_oa_id": OA_ID,
        "zalo_oa_secret_key": OA_SECRET_KEY,
    },
    "routing": {"contact_keys": CONTACT_KEY},
    "notifier": {
        "contact_keys": CONTACT_KEY,
        "zalo_app_id": APP_ID,
        "zalo_oa_id": OA_ID,
        "zalo_app_secret": "app-secret",
    },
    "portal_bridge": {"contact_keys": CONTACT_KEY},
}
