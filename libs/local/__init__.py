"""Private servers, processes and secrets for one machine: the demo, Make and the tests; never in a service image."""

from libs.local.claim import AlreadyRunningError
from libs.local.error import LocalError
from libs.local.folder import data_root, make_folder, make_root
from libs.local.postgres import PrivatePostgres
from libs.local.postgres_data import PostgresError
from libs.local.process import ChildProcess, ProcessError, wait_until
from libs.local.rabbitmq import PrivateRabbitMQ
from libs.local.rabbitmq_data import RabbitMQError
from libs.local.secret import SecretError, keep_secrets, new_password, read_secrets

__all__ = [
    "AlreadyRunningError",
    "ChildProcess",
    "LocalError",
    "PostgresError",
    "PrivatePostgres",
    "PrivateRabbitMQ",
    "ProcessError",
    "RabbitMQError",
    "SecretError",
    "data_root",
    "keep_secrets",
    "make_folder",
    "make_root",
    "new_password",
    "read_secrets",
    "wait_until",
]
