"""Lets ``python -m vefa.cli`` do what the command ``vefa`` does."""

from vefa.cli import vefa

if __name__ == "__main__":
    vefa(prog_name="vefa")
