"""Paper and ink of a sheet: sizes, fonts, colours, and text that wraps. Lengths are points, y grows upwards."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from mapapp.exports.view import Paper

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

FONTS = Path(__file__).parents[1] / "static" / "vendor" / "fonts"
PLAIN, BOLD = "BeVietnamPro", "BeVietnamPro-SemiBold"
SIZES = {"a4": (595.28, 841.89), "a3": (841.89, 1190.55)}
MARGIN = 36.0
INK, SOFT, LINE, SEA, LAND, BORDER = "#1b2426", "#4d5759", "#d8d4c8", "#d7e6ec", "#f6f2e6", "#a59d86"
WARN, WARN_LINE, BRAND = "#fdf1d6", "#b57a08", "#0a5c5e"
NODATA, NODATA_LINE = "#ececec", "#6b6b6b"
TONES = {"q0": "#fff3b0", "q1": "#a6dbb0", "q2": "#45b3c2", "q3": "#2a78b5", "q4": "#24337f", "none": "#ffffff"}
"""The steps of `planner.css`."""

MISSING = {"Σ": "tổng "}
"""What the font lacks, in words."""


@dataclass(frozen=True)
class Sheet:
    """A page being drawn. `scale` makes text a little larger on larger paper."""

    canvas: "Canvas"
    width: float
    height: float
    scale: float

    @property
    def left(self) -> float:
        return MARGIN

    @property
    def right(self) -> float:
        return self.width - MARGIN

    def text(self, x: float, y: float, words: str, size: float, *, bold: bool = False, colour: str = INK) -> None:
        """One line that begins at x."""
        self.canvas.setFont(BOLD if bold else PLAIN, size * self.scale)
        self.canvas.setFillColor(ink(colour))
        self.canvas.drawString(x, y, printable(words))

    def text_right(self, x: float, y: float, words: str, size: float, *, bold: bool = False, colour: str = INK) -> None:
        """One line that ends at x."""
        self.canvas.setFont(BOLD if bold else PLAIN, size * self.scale)
        self.canvas.setFillColor(ink(colour))
        self.canvas.drawRightString(x, y, printable(words))

    def paragraph(
        self,
        x: float,
        top: float,
        width: float,
        words: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        link: bool = False,
    ) -> float:
        """Text wrapped to a width, its first line under `top`; gives the y under its last."""
        from reportlab.platypus import Paragraph

        made = Paragraph(
            escape(printable(words)), paragraph_style(size * self.scale, bold=bold, colour=colour, link=link)
        )
        _, height = made.wrap(width, 10_000)
        made.drawOn(self.canvas, x, top - height)
        return float(top - height)

    def box(self, x: float, y: float, width: float, height: float, fill: str, line: str | None = None) -> None:
        self.canvas.setFillColor(ink(fill))
        self.canvas.setLineWidth(0.6)
        self.canvas.setStrokeColor(ink(line or fill))
        self.canvas.rect(x, y, width, height, fill=1, stroke=int(line is not None))


def paragraph_style(size: float, *, bold: bool = False, colour: str = INK, link: bool = False) -> object:
    """How wrapped text looks; an address may break anywhere."""
    from reportlab.lib.styles import ParagraphStyle

    return ParagraphStyle(
        "text",
        fontName=BOLD if bold else PLAIN,
        fontSize=size,
        leading=size * 1.35,
        textColor=ink(colour),
        splitLongWords=1,
        wordWrap="CJK" if link else None,
    )


@cache
def ink(colour: str) -> object:
    """A colour, read from its text once."""
    from reportlab.lib.colors import HexColor

    return HexColor(colour)


def new_canvas(out: object, paper: Paper, lang: str) -> "Canvas":
    """An empty document of the paper's size with our fonts embedded (only the letters that are used)."""
    from reportlab import rl_config
    from reportlab.pdfgen.canvas import Canvas

    rl_config.useA85 = 0  # letters for binary would make the file a quarter larger
    load_fonts()
    return Canvas(out, pagesize=SIZES[paper], invariant=1, pageCompression=1, lang=lang, initialFontName=PLAIN)


@cache
def load_fonts() -> None:
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    registerFont(TTFont(PLAIN, FONTS / "BeVietnamPro-Regular.ttf"))
    registerFont(TTFont(BOLD, FONTS / "BeVietnamPro-SemiBold.ttf"))


def printable(words: str) -> str:
    """The text in whole letters (a letter and its marks as one), with words for what the font lacks."""
    whole = unicodedata.normalize("NFC", words)
    for sign, said in MISSING.items():
        whole = whole.replace(f"{sign} ", said).replace(sign, said)
    return whole


def shortened(words: str, width: float, size: float, *, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is wider than `width`."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    font, words = BOLD if bold else PLAIN, printable(words)
    if stringWidth(words, font, size) <= width:
        return words
    while words and stringWidth(f"{words}…", font, size) > width:
        words = words[:-1]
    return f"{words.rstrip()}…"
