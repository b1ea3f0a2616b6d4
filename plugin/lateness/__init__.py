"""Judgement of lateness: what is on track, at risk, late, unconfirmed or probably lost, and why."""
