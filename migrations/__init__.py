"""Migrations of Vefa's own database."""
