"""The booking core: locations, spaces, closures, reservations."""
