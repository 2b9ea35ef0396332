"""Pictures of the model card, as SVG: what is taken for what, and what more voices brought."""

from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

from .curve import Point

_FONT: Final = 'font-family="system-ui, sans-serif" font-size="12"'
_INK: Final = "#1a2b3c"
_LINES: Final = ("#0b6e4f", "#b3541e", "#2b59c3")
_CELL: Final = 58
_LEFT: Final = 190
_TOP: Final = 130


def confusion(labels: Sequence[str], counts: Mapping[tuple[str, str], int]) -> str:
    """Rows gold, columns decided; the darker a cell, the greater its share of the row."""
    size = _CELL * len(labels)
    parts = [_text(_LEFT - 8, _TOP - 100, "decided →", "end"), _text(_LEFT - 8, _TOP - 8, "gold ↓", "end")]
    for row, gold in enumerate(labels):
        middle = _TOP + row * _CELL + _CELL / 2 + 4
        parts.append(_text(_LEFT - 8, middle, gold, "end"))
        x = _LEFT + row * _CELL + _CELL / 2
        parts.append(
            f'<text x="{x:g}" y="{_TOP - 8}" fill="{_INK}" {_FONT} '
            f'transform="rotate(-40 {x:g} {_TOP - 8})">{escape(gold)}</text>'
        )
        of = sum(counts.get((gold, other), 0) for other in labels) or 1
        for column, said in enumerate(labels):
            number = counts.get((gold, said), 0)
            share = number / of
            x, y = _LEFT + column * _CELL, _TOP + row * _CELL
            fill = "#0b6e4f" if row == column else "#b3541e"
            parts.append(
                f'<rect x="{x}" y="{y}" width="{_CELL - 2}" height="{_CELL - 2}" fill="{fill}" '
                f'fill-opacity="{0.06 + 0.9 * share:.3f}"/>'
            )
            ink = "#ffffff" if share > 0.55 else _INK
            parts.append(_text(x + _CELL / 2 - 1, y + _CELL / 2 + 4, str(number), "middle", ink))
    return _svg(_LEFT + size + 90, _TOP + size + 10, "What is taken for what, on held-out batches", parts)


def curve(points: Sequence[Point]) -> str:
    """Macro-F1 on unseen batches by how many messages were learned from."""
    width, height, left, top = 560, 300, 60, 20
    most = max(point.messages for point in points)
    low = min(min(point.macro_f1.values()) for point in points) // 0.1 * 0.1

    def place(messages: int, figure: float) -> tuple[float, float]:
        return left + width * messages / most, top + height * (1 - (figure - low) / (1 - low))

    parts = []
    for step in range(round((1 - low) * 10) + 1):
        figure = low + step / 10
        _, y = place(0, figure)
        parts.append(f'<path d="M{left} {y:.1f}H{left + width}" stroke="#d7dde3"/>')
        parts.append(_text(left - 8, y + 4, f"{figure:.1f}", "end"))
    for point in points:
        parts.append(_text(place(point.messages, low)[0], top + height + 20, f"{point.messages:,}", "middle"))
    parts.append(_text(left + width / 2, top + height + 42, "messages learned from", "middle"))
    for colour, decision in zip(_LINES, points[0].macro_f1, strict=False):
        places = [place(point.messages, point.macro_f1[decision]) for point in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
    lowest = 0.0
    ends = sorted((place(most, points[-1].macro_f1[one])[1], one) for one in points[0].macro_f1)
    for y, decision in ends:
        lowest = max(y + 4, lowest + 14)  # names of lines that end side by side stand below one another
        parts.append(_text(left + width + 8, lowest, decision, "start"))
    return _svg(left + width + 100, top + height + 55, "Macro-F1 on unseen batches by messages learned from", parts)


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" role="img">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _text(x: float, y: float, words: str, anchor: str, ink: str = _INK) -> str:
    return f'<text x="{x:g}" y="{y:g}" fill="{ink}" text-anchor="{anchor}" {_FONT}>{escape(words)}</text>'
