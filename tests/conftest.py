"""What every test may ask for."""

pytest_plugins = [
    "tests.support.leaving",
    "tests.support.postgres_fixtures",
    "tests.support.rabbitmq_fixtures",
    "tests.support.scheduling",
    "tests.support.service_fixtures",
]
