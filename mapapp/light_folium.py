"""folium without pandas. It reads pandas only for those who hand it data frames, and we do not; pandas, and pyarrow
with it, would take 100 MB of every web worker. Who needs folium imports it from here.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _without(name: str) -> Iterator[None]:
    """An import of `name` fails meanwhile, unless it has been imported before."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # as Python documents it
    try:
        yield
    finally:
        del sys.modules[name]


with _without("pandas"):
    import folium
    from folium.map import Layer
    from folium.template import Template, tojavascript

__all__ = ["Layer", "Template", "folium", "tojavascript"]
