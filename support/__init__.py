"""Conversations between people and customer service, and the ways to answer them."""
