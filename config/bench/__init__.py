"""Measurements of the running product: `make bench`, results in docs/performance.md."""
