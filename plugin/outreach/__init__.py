"""Whom to write to, when, why, and why not; and the sending, each message at most once."""
