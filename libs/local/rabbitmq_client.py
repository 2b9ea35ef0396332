"""Asks a private RabbitMQ by Erlang's own distribution: a fifth of a second, where `rabbitmqctl` needs two."""

import secrets
import subprocess

from libs.local.account import server_account
from libs.local.rabbitmq_data import RabbitMQData, RabbitMQError
from libs.local.rabbitmq_package import Programs


def ask(data: RabbitMQData, programs: Programs, distribution_port: int, expression: str, limit_s: float) -> str:
    """Evaluate an Erlang expression inside the node and give what it prints.

    Raises: RabbitMQError when the node refuses, or does not answer within the limit.
    """
    account = server_account(data.path)
    me = f"client-{secrets.token_hex(6)}@localhost"
    options = [*programs.without_epmd.split(), "-hidden", "-dist_listen", "false", "-sname", me]
    uid, gid, groups = (None, None, None) if account.is_ours else (account.uid, account.gid, [account.gid])
    try:
        done = subprocess.run(
            [str(programs.erlang / "erl"), "-noinput", *options, "-run", "lang_nghe_node", "ask"],
            env=data.client_environment(programs, distribution_port) | {"LANG_NGHE_ASKED": expression},
            capture_output=True,
            encoding="utf-8",
            timeout=limit_s,
            cwd="/",
            user=uid,
            group=gid,
            extra_groups=groups,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RabbitMQError(f"The RabbitMQ of {data.path.parent} did not answer within {limit_s:g} s.") from None
    if done.returncode != 0:
        raise RabbitMQError(f"RabbitMQ refused: {done.stderr.strip()} {done.stdout.strip()}")
    return done.stdout


def erlang_text(text: str) -> str:
    """A binary of Erlang by its bytes: nothing in it can be taken for code."""
    return f"<<{','.join(str(byte) for byte in text.encode())}>>"
