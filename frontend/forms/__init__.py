"""Forms of the pages: what is typed is taken as text; services judge it."""
