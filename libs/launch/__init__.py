"""How a service's process is started: its commands, its schema made ready, its life from start to stop."""
