"""Prices, taxes and, later, invoices and payments."""
