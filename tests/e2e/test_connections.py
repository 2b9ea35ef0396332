"""What an ingress that keeps its connections to us may rely on."""

import http.client
import time

from tests.support.city import City

_LONGER_THAN_UVICORN_S = 5.5


def test_a_connection_nobody_used_for_a_while_still_takes_a_request(city: City) -> None:
    kept = http.client.HTTPConnection("127.0.0.1", city.port, timeout=10)
    kept.connect()
    first_port = kept.sock.getsockname()[1]
    for pause_s in (0.0, _LONGER_THAN_UVICORN_S):
        time.sleep(pause_s)
        kept.request("GET", "/health/live")
        answer = kept.getresponse()
        assert (answer.status, answer.read() != b"") == (200, True)
        assert not answer.will_close
        assert kept.sock.getsockname()[1] == first_port
    kept.close()
