"""The next-event engine: one replication is one compiled call."""
