"""A bar chart as SVG, by hand: a group of bars for each operation, a line at 1."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

_COLOURS = {"PostgreSQL": "#336791", "MariaDB": "#c0765a", "SQLite": "#7fa650"}
_BAR, _GAP, _LEFT, _WIDTH, _MOST = 9, 9, 290, 760, 4.0


def bars(groups: Mapping[str, Mapping[str, float]]) -> str:
    """Ratios by group and series, from 0 to 4; longer bars are cut and say so by their number."""
    lines, top = [], 40
    scale = (_WIDTH - _LEFT - 50) / _MOST
    for name, values in groups.items():
        middle = top + len(values) * _BAR / 2 + 4
        lines.append(f'<text x="{_LEFT - 8}" y="{middle:g}" text-anchor="end">{escape(name)}</text>')
        for series, value in values.items():
            width = min(value, _MOST) * scale
            lines.append(
                f'<rect x="{_LEFT}" y="{top}" width="{width:.1f}" height="{_BAR - 1}" fill="{_COLOURS[series]}"/>'
            )
            lines.append(f'<text x="{_LEFT + width + 4:.1f}" y="{top + _BAR - 1}" font-size="8">{value:.2f}</text>')
            top += _BAR
        top += _GAP
    one = _LEFT + scale
    lines.append(f'<line x1="{one:.1f}" y1="30" x2="{one:.1f}" y2="{top}" stroke="#444" stroke-dasharray="3"/>')
    legend = "".join(
        f'<rect x="{_LEFT + 110 * place}" y="10" width="10" height="10" fill="{colour}"/>'
        f'<text x="{_LEFT + 110 * place + 14}" y="19">{series}</text>'
        for place, (series, colour) in enumerate(_COLOURS.items())
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" font-family="sans-serif" font-size="11">'
    )
    white = f'<rect width="{_WIDTH}" height="{top}" fill="white"/>'
    title = '<text x="8" y="19">CPU of a call, rawdb to floor</text>'
    return "\n".join([head, white, title, legend, *lines, "</svg>\n"])
