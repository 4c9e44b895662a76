"""All settings in one frozen value. `Settings.from_env` is the only place that reads the environment."""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from geodata.cluster import DATABASE, Cluster
from geodata.errors import GeodataError
from geodata.roles import Role, Way


class InvalidSetting(GeodataError):
    """An environment variable holds a value that cannot be used."""


def _text(value: str) -> str:
    return value


def _directory(value: str) -> Path:
    return Path(value).expanduser().absolute()


def _whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not value.isascii() or not value.isdecimal() or not lowest <= int(value) <= highest:
            raise ValueError(f"a whole number from {lowest} to {highest} is needed")
        return int(value)

    return parse


def _web_address(value: str) -> str:
    if not value.startswith(("http://", "https://")) or "?" in value or "#" in value:
        raise ValueError("an address such as https://bando.example.vn is needed")
    return value.rstrip("/")


def _secret(value: str) -> str:
    if len(value) < 32:
        raise ValueError("at least 32 characters are needed")
    return value


def _log_form(value: str) -> str:
    if value not in ("text", "json"):
        raise ValueError("text or json is needed")
    return value


def _spool_sync(value: str) -> str:
    if value not in ("always", "interval"):
        raise ValueError("always or interval is needed")
    return value


def _yes_or_no(value: str) -> bool:
    if value not in ("yes", "no"):
        raise ValueError("yes or no is needed")
    return value == "yes"


def _variable(name: str, parse: Callable[[str], object] = _text) -> dict[str, Any]:
    return {"variable": name, "parse": parse}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this installation runs. Each field names its environment variable; the README explains all of them."""

    database_url: str | None = field(default=None, repr=False, metadata=_variable("DATABASE_URL"))
    replica_url: str | None = field(default=None, repr=False, metadata=_variable("DATABASE_REPLICA_URL"))
    replica_lag_s: int = field(default=10, metadata=_variable("MAPAPP_REPLICA_LAG_S", _whole_number(1, 3_600)))
    data: Path = field(default=Path("var"), metadata=_variable("MAPAPP_DATA", _directory))
    host: str = field(default="127.0.0.1", metadata=_variable("MAPAPP_HOST"))
    port: int = field(default=8000, metadata=_variable("MAPAPP_PORT", _whole_number(1, 65535)))
    workers: int = field(default=2, metadata=_variable("MAPAPP_WORKERS", _whole_number(1, 256)))
    statement_timeout_ms: int = field(
        default=5_000, metadata=_variable("MAPAPP_STATEMENT_TIMEOUT_MS", _whole_number(100, 600_000))
    )
    public_url: str | None = field(default=None, metadata=_variable("MAPAPP_PUBLIC_URL", _web_address))
    trusted_proxies: int = field(default=0, metadata=_variable("MAPAPP_TRUSTED_PROXIES", _whole_number(0, 10)))
    verify_ttl_s: int = field(default=300, metadata=_variable("MAPAPP_VERIFY_TTL_S", _whole_number(30, 86_400)))
    register_max_age_days: int = field(
        default=400, metadata=_variable("MAPAPP_REGISTER_MAX_AGE_DAYS", _whole_number(1, 36_500))
    )
    answers_mb: int = field(default=32, metadata=_variable("MAPAPP_ANSWERS_MB", _whole_number(0, 100_000)))
    report_answer_days: int = field(default=10, metadata=_variable("MAPAPP_REPORT_ANSWER_DAYS", _whole_number(1, 250)))
    data_licence: str | None = field(default=None, metadata=_variable("MAPAPP_DATA_LICENCE"))
    data_licence_url: str | None = field(default=None, metadata=_variable("MAPAPP_DATA_LICENCE_URL", _web_address))
    signed_answers_days: int = field(
        default=400, metadata=_variable("MAPAPP_SIGNED_ANSWERS_DAYS", _whole_number(2, 36_500))
    )
    import_file_days: int = field(default=90, metadata=_variable("MAPAPP_IMPORT_FILE_DAYS", _whole_number(1, 36_500)))
    spool_sync: str = field(default="always", metadata=_variable("MAPAPP_SPOOL_SYNC", _spool_sync))
    allowed_age_s: int = field(default=86_400, metadata=_variable("MAPAPP_ALLOWED_AGE_S", _whole_number(0, 31_536_000)))
    offline_list_days: int = field(default=7, metadata=_variable("MAPAPP_OFFLINE_LIST_DAYS", _whole_number(1, 366)))
    anonymous_per_minute: int = field(
        default=1_200, metadata=_variable("MAPAPP_ANONYMOUS_PER_MINUTE", _whole_number(1, 10_000_000))
    )
    most_waiting: int = field(default=48, metadata=_variable("MAPAPP_MOST_WAITING", _whole_number(0, 1_000)))
    longest_wait_ms: int = field(default=2_000, metadata=_variable("MAPAPP_LONGEST_WAIT_MS", _whole_number(0, 600_000)))
    log: str = field(default="text", metadata=_variable("MAPAPP_LOG", _log_form))
    metrics_token: str | None = field(default=None, repr=False, metadata=_variable("MAPAPP_METRICS_TOKEN", _secret))
    secret_key: str | None = field(default=None, repr=False, metadata=_variable("MAPAPP_SECRET_KEY", _secret))
    reader_url: str | None = field(default=None, repr=False, metadata=_variable("MAPAPP_READER_URL"))
    web_url: str | None = field(default=None, repr=False, metadata=_variable("MAPAPP_WEB_URL"))
    door_url: str | None = field(default=None, repr=False, metadata=_variable("MAPAPP_DOOR_URL"))
    require_second_factor: bool = field(default=False, metadata=_variable("MAPAPP_REQUIRE_SECOND_FACTOR", _yes_or_no))
    oidc_issuer: str | None = field(default=None, metadata=_variable("MAPAPP_OIDC_ISSUER", _web_address))
    oidc_client_id: str | None = field(default=None, metadata=_variable("MAPAPP_OIDC_CLIENT_ID"))
    oidc_client_secret: str | None = field(default=None, repr=False, metadata=_variable("MAPAPP_OIDC_CLIENT_SECRET"))
    oidc_name: str = field(default="OpenID Connect", metadata=_variable("MAPAPP_OIDC_NAME"))

    @classmethod
    def from_env(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Settings from the environment; empty means unset. Raises `InvalidSetting` naming the variable."""
        given = {one.name: value for one in fields(cls) if (value := environment.get(one.metadata["variable"]))}
        return cls(**{one.name: _parsed(one, given[one.name]) for one in fields(cls) if one.name in given})

    @property
    def url(self) -> str:
        """The database's SQLAlchemy URL: `DATABASE_URL`, or the private cluster in the data directory."""
        return self.database_url or Cluster(self.data).url

    @property
    def cluster(self) -> Cluster | None:
        """The private cluster, or None where `DATABASE_URL` selects another PostGIS."""
        return None if self.database_url else Cluster(self.data)

    def way(self, role: Role) -> Way:
        """How the web reaches the database as this role: a URL of its own, or that of the owner who takes it on."""
        own = {Role.READ: self.reader_url, Role.WEB: self.web_url, Role.DOOR: self.door_url}[role]
        if own is not None:
            return Way(own)
        if self.database_url is not None:
            return Way(self.database_url, role)
        return Way(Cluster(self.data).database_url(DATABASE, role=role))

    def signing_secret(self) -> str:
        """The key that signs cookies: the setting, or a random one that the data directory keeps (mode 0600)."""
        return self.secret_key or _kept_secret(self.data / "secret-key")


def _parsed(one: Field[Any], value: str) -> Any:
    try:
        return one.metadata["parse"](value)
    except ValueError as error:
        shown = "" if one.metadata["parse"] is _secret else f" is {value!r}, but"
        raise InvalidSetting(f"{one.metadata['variable']}{shown or ':'} {error}.") from None


def _kept_secret(path: Path) -> str:
    """Read the secret, or make it; of two processes that make it at once, both keep the one that came first."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
