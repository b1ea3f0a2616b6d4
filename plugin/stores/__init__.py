"""A merchant's shop: its settings, calendar, languages and secrets."""
