"""Under which licence figures and lists may be used; the licence of the code says nothing of that."""

from dataclasses import dataclass

from flask import current_app

from mapapp.i18n import gettext as _

CC0 = "CC0-1.0"
UNDECLARED = "undeclared"


@dataclass(frozen=True)
class Licence:
    """`name` is an SPDX identifier, the installation's own words, or `undeclared`; `url` leads to its text."""

    name: str
    url: str | None

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        if self.name == UNDECLARED:
            return _("Chưa công bố giấy phép dữ liệu")
        if self.name == CC0:
            return _("CC0 1.0 (dữ liệu minh họa, không giữ quyền nào)")
        return self.name


def data_licence(data_status: str) -> Licence:
    """That of data of this status in the running application."""
    return licence_of(data_status, current_app.config["DATA_LICENCE"], current_app.config["DATA_LICENCE_URL"])


def licence_of(data_status: str, name: str | None, url: str | None) -> Licence:
    """Illustrative data are nobody's: CC0. For anything else the installation says it (`MAPAPP_DATA_LICENCE`), or
    nothing is declared."""
    if data_status == "illustrative":
        return Licence(CC0, "https://creativecommons.org/publicdomain/zero/1.0/")
    return Licence(name, url) if name else Licence(UNDECLARED, None)
