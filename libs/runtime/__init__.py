"""How any service runs: it knows processes and transactions, never what the events are about."""
