"""Figures with their definitions, and the notices to staff that are made of them."""
