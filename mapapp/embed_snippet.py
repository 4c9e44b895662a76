"""The snippet that puts the map and list into somebody else's page."""

from html import escape

from mapapp.i18n import gettext as _
from mapapp.i18n import page_url
from mapapp.questions import external

SANDBOX = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"
HEIGHT_PX = 620


def snippet(question: dict[str, str]) -> str:
    """HTML that shows what the parameters ask for: a sandboxed frame that may run our scripts and open our pages."""
    address = external(page_url("citizen.embed", **question))
    title = _("Bản đồ số mạng lưới cơ sở giáo dục nghề nghiệp")
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="100%" height="{HEIGHT_PX}" loading="lazy" '
        f'sandbox="{SANDBOX}"></iframe>'
    )
