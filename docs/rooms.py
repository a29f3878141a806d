"""The picture of the project's rooms, drawn from the import contracts of pyproject.toml by `python docs/rooms.py`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "engineers" / "rooms.svg"

_PANEL, _GAP, _ROW, _PAD, _HEAD, _CHARACTER = 470, 30, 40, 12, 46, 7.6
_COLOURS = {"flows": "#fff3dc", "rpa": "#e4eefb", "mock": "#e9f5e6"}
_TITLES = {
    "flows": ("flows/", "the business: orders, sheets, decisions"),
    "rpa": ("rpa/", "the engine: pages, runs, what must not be forgotten"),
    "mock": ("fixtures/mockshop/", "the mock back office"),
}
_CONTRACTS = {"flows": "capabilities", "rpa": "rooms", "mock": "mock"}

Layers = list[list[str]]


def picture() -> str:
    """The picture as SVG: flows and the mock on the left, the engine on the right, each from top to bottom."""
    flows, rpa, mock = (_layers(_CONTRACTS[name]) for name in ("flows", "rpa", "mock"))
    below = _height(flows) + _GAP
    width, height = 2 * _PANEL + _GAP, max(below + _height(mock), _height(rpa))
    parts = [
        *_panel("flows", flows, left=0, top=0),
        *_panel("mock", mock, left=0, top=below),
        *_panel("rpa", rpa, left=_PANEL + _GAP, top=0),
        *_arrow(_PANEL, _height(flows) / 2, length=_GAP),
    ]
    size = f"{width + 16} {height + 16:g}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 {size}" font-family="sans-serif" font-size="14">'
    paper = f'<rect x="-8" y="-8" width="{width + 16}" height="{height + 16:g}" fill="#ffffff"/>'
    return "\n".join([head, paper, *parts, "</svg>\n"])


def _layers(contract: str) -> Layers:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    [found] = [each for each in linter["contracts"] if each["id"] == contract]
    return [re.split(r"\s*[:|]\s*", layer) for layer in found["layers"]]


def _panel(name: str, layers: Layers, *, left: float, top: float) -> Iterator[str]:
    title, words = _TITLES[name]
    yield _box(left, top, _PANEL, _height(layers), colour=_COLOURS[name])
    yield f'<text x="{left + _PAD:g}" y="{top + 28:g}"><tspan font-weight="bold">{title}</tspan> {words}</text>'
    row = top + _HEAD
    for lines in map(_lines, layers):
        for rooms in lines:
            yield from _rooms(rooms, left=left + _PAD, top=row)
            row += _ROW
        row += _PAD / 2


def _rooms(rooms: Sequence[str], *, left: float, top: float) -> Iterator[str]:
    free = _PANEL - 2 * _PAD - sum(map(_width, rooms)) - 6 * (len(rooms) - 1)
    for room in rooms:
        width = _width(room) + free / len(rooms)
        yield _box(left, top, width, _ROW - 8, colour="#ffffff")
        yield f'<text x="{left + width / 2:g}" y="{top + 21:g}" text-anchor="middle">{room}</text>'
        left += width + 6


def _lines(layer: Sequence[str]) -> Layers:
    """The rooms of one layer, on as many lines as they need."""
    lines: Layers = [[]]
    for room in layer:
        if sum(_width(each) + 6 for each in [*lines[-1], room]) > _PANEL - 2 * _PAD + 6:
            lines.append([])
        lines[-1].append(room)
    return lines


def _width(room: str) -> float:
    return len(room) * _CHARACTER + 18


def _height(layers: Layers) -> float:
    return _HEAD + sum(len(_lines(layer)) * _ROW + _PAD / 2 for layer in layers)


def _box(left: float, top: float, width: float, height: float, *, colour: str) -> str:
    place = f'x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}"'
    return f'<rect {place} rx="5" fill="{colour}" stroke="#8a8a8a"/>'


def _arrow(left: float, top: float, *, length: float) -> Iterator[str]:
    yield f'<path d="M {left:g} {top:g} h {length - 9:g}" stroke="#555555" stroke-width="2"/>'
    yield f'<path d="M {left + length:g} {top:g} l -10 -5 v 10 z" fill="#555555"/>'


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8", newline="\n")
    print(PICTURE)
