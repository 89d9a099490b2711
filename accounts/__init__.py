"""People who sign in, their organisations, roles, sessions and tokens."""
