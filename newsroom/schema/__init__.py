"""What the API's description says of the newsroom's kinds, and of the blocks of a body: each file tells its own.

They are found without being named here.
"""

from importlib import import_module
from pkgutil import iter_modules

for file in iter_modules(__path__):
    import_module(f"{__name__}.{file.name}")
