"""Puts what a shop installs on its side into a wheel as zips; all else stands in setup.cfg."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent


class Build(build_py):
    """Builds the modules, and beside them the zips; an editable install makes them from sources when asked."""

    def run(self) -> None:
        """Copy the modules and write the zips into the package."""
        super().run()
        if not self.editable_mode:
            spec = spec_from_file_location("companion", HERE / "plugin" / "companion.py")
            companion = module_from_spec(spec)
            spec.loader.exec_module(companion)
            for name, sources in companion.ZIPS.items():
                Path(self.build_lib, "vefa", name).write_bytes(companion.zipped(HERE / sources))


setup(cmdclass={"build_py": Build})
