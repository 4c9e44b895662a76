"""folium without pandas and requests. It reads them for those who hand it data frames and addresses of files, and we do
not; pandas, and pyarrow with it, would take 100 MB of every web worker, and requests a moment of every start. Who needs
folium imports it from here.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def _instead(**stand_ins: ModuleType | None) -> Iterator[None]:
    """An import of each name gives what stands in for it meanwhile, or fails where that is None; what has been imported
    before stays."""
    ours = {name: module for name, module in stand_ins.items() if name not in sys.modules}
    sys.modules.update(ours)  # type: ignore[arg-type]  # None: as Python documents it
    try:
        yield
    finally:
        for name in ours:
            del sys.modules[name]


with _instead(pandas=None, requests=ModuleType("requests")):
    import folium
    from folium.map import Layer
    from folium.template import Template, tojavascript

__all__ = ["Layer", "Template", "folium", "tojavascript"]
