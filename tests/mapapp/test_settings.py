"""Settings: read in one place, checked at once, explained in the README."""

import stat
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from geodata.cluster import Cluster
from mapapp.settings import InvalidSetting, Settings

README = (Path(__file__).parents[2] / "README.md").read_text()


def test_nothing_set_gives_the_defaults() -> None:
    settings = Settings.from_env({})
    assert settings == Settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


def test_empty_variables_count_as_unset() -> None:
    assert Settings.from_env({"MAPAPP_PORT": "", "DATABASE_URL": ""}) == Settings()


def test_values_are_parsed() -> None:
    settings = Settings.from_env(
        {"MAPAPP_PORT": "9000", "MAPAPP_DATA": "/srv/map", "MAPAPP_PUBLIC_URL": "https://bando.example.vn/"}
    )
    assert settings.port == 9000
    assert settings.data == Path("/srv/map")
    assert settings.public_url == "https://bando.example.vn"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MAPAPP_PORT", "eighty"),
        ("MAPAPP_PORT", "0"),
        ("MAPAPP_PORT", "65536"),
        ("MAPAPP_PORT", "８０"),
        ("MAPAPP_WORKERS", "-1"),
        ("MAPAPP_STATEMENT_TIMEOUT_MS", "1e3"),
        ("MAPAPP_PUBLIC_URL", "bando.example.vn"),
        ("MAPAPP_PUBLIC_URL", "https://bando.example.vn/?q=1"),
    ],
)
def test_unusable_value_is_refused_with_its_name(variable: str, value: str) -> None:
    with pytest.raises(InvalidSetting, match=variable):
        Settings.from_env({variable: value})


def test_refusing_a_secret_does_not_show_it() -> None:
    with pytest.raises(InvalidSetting) as refused:
        Settings.from_env({"MAPAPP_SECRET_KEY": "short-and-private"})
    assert "short-and-private" not in str(refused.value)


def test_printing_settings_shows_no_password() -> None:
    settings = Settings(database_url="postgresql://u:password@h/d", secret_key="k" * 40)
    assert "password" not in repr(settings)
    assert "kkkk" not in repr(settings)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]


def test_database_url_wins_over_the_private_cluster(tmp_path: Path) -> None:
    assert Settings(data=tmp_path).url == Cluster(tmp_path).url
    chosen = Settings(data=tmp_path, database_url="postgresql://h/d")
    assert chosen.url == "postgresql://h/d"
    assert chosen.cluster is None


def test_secret_is_made_once_and_kept_for_the_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    secret = settings.signing_secret()
    assert len(secret) >= 40
    assert settings.signing_secret() == secret
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


@pytest.mark.parametrize("variable", [one.metadata["variable"] for one in fields(Settings)])
def test_every_setting_stands_in_the_readme(variable: str) -> None:
    assert f"`{variable}`" in README
