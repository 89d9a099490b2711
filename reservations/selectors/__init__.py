"""Reads of the booking core: each takes the actor and returns what that actor may see."""
