"""The runner: servers, supervisor, bootstrap, on real processes."""
