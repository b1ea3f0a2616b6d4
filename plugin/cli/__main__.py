"""Lets ``python -m vefa.cli`` do what the command ``vefa`` does."""

from vefa.cli import vefa

vefa(prog_name="vefa")
