"""Puts the companion plugin for WordPress into a wheel as a zip; all else stands in setup.cfg."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent


class Build(build_py):
    """Builds the modules, and beside them the zip; an editable install makes it from its sources when asked."""

    def run(self) -> None:
        """Copy the modules and write the zip into the package."""
        super().run()
        if not self.editable_mode:
            spec = spec_from_file_location("companion", HERE / "plugin" / "companion.py")
            companion = module_from_spec(spec)
            spec.loader.exec_module(companion)
            target = Path(self.build_lib, "vefa", companion.NAME)
            target.write_bytes(companion.zipped(HERE / companion.SOURCES))


setup(cmdclass={"build_py": Build})
