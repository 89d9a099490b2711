"""The ground floor: subjects, data map, the outbox. Everything personal hangs from here."""
