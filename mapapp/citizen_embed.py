"""`/embed`: the only page that other sites may frame."""

from flask import Response, render_template, request

from mapapp.citizen import bp
from mapapp.embed_view import embed_page
from mapapp.headers import CONTENT_SECURITY_POLICY, FRAMED_BY_NOBODY
from mapapp.params import EmbedQuestion, read

FRAMED_BY_ANYBODY = "frame-ancestors *"


@bp.get("/embed")
def embed() -> Response:
    """Map and list, or with `view=list` the list alone, of the same question as on the home page."""
    text = render_template("citizen/embed.html", page=embed_page(read(EmbedQuestion, request.args)))
    response = Response(text, mimetype="text/html")
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(FRAMED_BY_NOBODY, FRAMED_BY_ANYBODY)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
