"""The dozen meters every service has. Each service keeps its own registry, so that five can live in one process."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """Counts and times what one service does. Labels never hold anything personal."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        self._service = service
        self.requests = self.counter("http_requests_total", "Requests answered.", ("route", "method", "status"))
        self.request_seconds = self.histogram("http_request_seconds", "Time to answer a request.", ("route",))
        self.events = self.counter("events_heard_total", "Events heard, by what became of them.", ("event", "outcome"))
        self.event_seconds = self.histogram("event_seconds", "Time to handle an event, tries included.", ("event",))
        self.event_delay = self.histogram(
            "event_delay_seconds", "From the saying of an event to its effect.", ("event",)
        )
        self.said = self.counter("events_said_total", "Events committed to the outbox.", ("event",))
        self.outbox_age = self.gauge("outbox_oldest_age_seconds", "Age of the oldest unpublished event.")
        self.outbox_parked = self.gauge("outbox_parked", "Events given up by the relay: a person must look.")
        self.deferred_age = self.gauge("deferred_oldest_age_seconds", "Age of the oldest event waiting to be retried.")
        self.dead_events = self.gauge("dead_events", "Events that failed for the last time: a person must look.")
        self.bus_up = self.gauge("bus_up", "1 while events can be handed over and heard.")
        self.relay_leads = self.gauge("relay_leads", "1 in the one process that publishes the service's events.")
        self.queue_messages = self.gauge("queue_messages", "Events waiting to be heard, by queue.", ("queue",))
        self.jobs = self.counter("job_runs_total", "Runs of a job.", ("job", "outcome"))
        self.calls = self.counter("outbound_calls_total", "Calls to outside systems.", ("system", "outcome"))
        self.call_seconds = self.histogram("outbound_call_seconds", "Time of calls to outside systems.", ("system",))
        self.alarm = self.gauge("alarm", "1 while something needs a person; the label says what.", ("what",))

    def counter(self, name: str, text: str, labels: tuple[str, ...] = ()) -> Counter:
        """A counter of this service."""
        return Counter(self._full(name), text, labels, registry=self.registry)

    def gauge(self, name: str, text: str, labels: tuple[str, ...] = ()) -> Gauge:
        """A gauge of this service."""
        return Gauge(self._full(name), text, labels, registry=self.registry)

    def histogram(self, name: str, text: str, labels: tuple[str, ...] = ()) -> Histogram:
        """A histogram of seconds of this service."""
        return Histogram(self._full(name), text, labels, buckets=_FAST, registry=self.registry)

    def _full(self, name: str) -> str:
        return f"{self._service}_{name}"
