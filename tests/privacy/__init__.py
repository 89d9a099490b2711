"""The ground floor: data map, outbox, gate."""
