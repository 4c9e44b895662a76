"""What a web worker carries: the heavy libraries come only with the work that needs them."""

import subprocess
import sys

import pytest

HEAVY = ("geopandas", "matplotlib", "openpyxl", "pandas", "pyarrow", "pyogrio", "pyproj", "reportlab")
MADE = """
import sys
from pathlib import Path
from mapapp import create_app
from mapapp.settings import Settings
create_app(Settings(database_url="postgresql://nobody@127.0.0.1:1/nothing", data=Path(sys.argv[1])))
print(*sys.modules, sep="\\n")
"""


@pytest.fixture(scope="module")
def read_by_a_worker(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    made = subprocess.run(
        [sys.executable, "-c", MADE, str(tmp_path_factory.mktemp("data"))], capture_output=True, text=True, check=True
    )
    return set(made.stdout.split())


@pytest.mark.parametrize("library", HEAVY)
def test_a_worker_starts_without(read_by_a_worker: set[str], library: str) -> None:
    assert "folium" in read_by_a_worker
    assert library not in read_by_a_worker
