"""The keys, the sealed fields, and what must never hold either."""
