"""The newsroom's pages at the desk: each file makes its own known, and is found without being named here."""

from importlib import import_module
from pkgutil import iter_modules

for file in iter_modules(__path__):
    import_module(f"{__name__}.{file.name}")
