"""Messages: what leaves, to whom, in which words."""
