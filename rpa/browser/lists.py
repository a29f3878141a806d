"""Lists and dialogs of a page: what they read, and the one row or dialog that is meant."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from playwright.sync_api import TimeoutError as PlaywrightTimeout

from rpa.browser.evidence import Part
from rpa.browser.playwright_errors import looked, translated
from rpa.browser.resolve import script
from rpa.elements.values import page_values
from rpa.errors import InDoubt, PageChanged

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from rpa.browser.origins import SiteBorder
    from rpa.elements.fields import FieldSpec
    from rpa.elements.profile import DialogSpec, ListSpec, Profile

_DRAWING_MS = 2_000
_READER = "(told) => ({read})(JSON.parse(told))"
_CONTINUED = """([row], continued) => {
  let below = 0;
  for (let next = row?.nextElementSibling; next?.matches(continued); next = next.nextElementSibling) below += 1;
  return below;
}"""
_READ = {"css", "column", "label", "under", "on_page", "attr", "pattern", "all"}
"""What the page functions need to know of a field."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows a list shows. They are made into values when they are asked for."""

    quiet: bool
    """False: the list did not come to rest in time; the rows are what was there."""
    raw: tuple[Mapping[str, Any], ...]
    fields: Mapping[str, FieldSpec]
    zone: ZoneInfo
    parts: tuple[Part, ...] = ()
    """Where each row stands in the document, if that was asked for."""

    @cached_property
    def values(self) -> tuple[Mapping[str, Any], ...]:
        """The rows' fields, by the profile's names."""
        return tuple(page_values(row, self.fields, zone=self.zone) for row in self.raw)


def read_rows(
    border: SiteBorder, spec: ListSpec, *, profile: Profile, keys: Sequence[str] | None, parts: bool, patience_ms: float
) -> Rows:
    """The rows a list shows, once it shows exactly these keys; after some patience, what is there.

    With `parts`, also where they stand.
    """
    argument = {
        "rows": spec.rows,
        "continued": spec.continued,
        "under": spec.under,
        "key": spec.key,
        "fields": described(spec.fields, profile=profile),
        "busy": spec.busy,
        "keys": list(keys) if keys is not None else None,
        "patience_ms": patience_ms,
        "masks": list(profile.evidence.mask) if parts else None,
    }
    page, reader = border.page, _READER.format(read=script("read_fields", "read_rows"))
    text = looked(page, lambda: page.evaluate(reader, json.dumps(argument)), doing=f"reading the list {spec.name}")
    read = json.loads(text)
    border.check_origin(read["origin"])
    zone = ZoneInfo(profile.timezone)
    parts_read = tuple(map(Part.of, read["parts"]))
    return Rows(quiet=read["quiet"], raw=tuple(read["rows"]), fields=spec.fields, zone=zone, parts=parts_read)


def comes_to_rest(page: Page, spec: ListSpec, *, profile: Profile, without: str) -> bool:
    """Wait until the list is drawn and has no row of this key; whether it came to that in time."""
    argument = {
        "rows": spec.rows,
        "key": described(spec.fields, profile=profile)[spec.key],
        "busy": spec.busy,
        "gone": without,
        "patience_ms": _DRAWING_MS,
    }
    doing = f"waiting for the list {spec.name}"
    return bool(looked(page, lambda: page.evaluate(script("read_fields", "rest"), argument), doing=doing))


def described(fields: Mapping[str, FieldSpec], *, profile: Profile) -> dict[str, dict[str, Any]]:
    """Fields as the page functions take them."""
    out: dict[str, dict[str, Any]] = {}
    for name, rule in fields.items():
        out[name] = rule.model_dump(include=_READ)
        out[name]["words"] = list(profile.words[rule.words]) if rule.words else None
        out[name]["quotes"] = [fields[quoted].model_dump(include=_READ) for quoted in rule.quotes]
    return out


def rows_of_key(page: Page, spec: ListSpec, *, key: str) -> Locator:
    """The visible rows whose key is this one: a longer number that contains it is another key."""
    whole = re.compile(rf"(?<![\w-]){re.escape(key)}(?![\w-])")
    cell = page.locator(spec.fields[spec.key].css or "*").filter(has_text=whole)
    return page.locator(spec.rows).filter(has=cell).visible


def the_row(page: Page, spec: ListSpec, *, key: str) -> Locator:
    """The one row of this key; one being drawn is given a moment. Raises InDoubt unless it is there once."""
    root, doing = rows_of_key(page, spec, key=key), f"looking for the row {key}"
    count = looked(page, root.count, doing=doing)
    if not count:
        with contextlib.suppress(PlaywrightTimeout):
            root.first.wait_for(timeout=_DRAWING_MS)
        count = looked(page, root.count, doing=doing)
    if count != 1:
        raise InDoubt(f"The list {spec.name} shows {key} {count} times; nothing was clicked.", reason="row_mismatch")
    return with_continued(page, root, spec)


def with_continued(page: Page, row: Locator, spec: ListSpec) -> Locator:
    """The row with those right below that continue it now."""
    if spec.continued is None:
        return row
    doing = f"looking what belongs to a row of {spec.name}"
    below = looked(page, lambda: row.evaluate_all(_CONTINUED, spec.continued), doing=doing)
    return row.locator(f"xpath=self::* | following-sibling::*[position() <= {below}]")


def the_dialog(page: Page, spec: DialogSpec, *, key: str, patience_ms: float) -> Locator:
    """The one dialog of this kind, waited for. Raises InDoubt when several are open."""
    root = page.locator(spec.container).visible
    with translated(f"waiting for the dialog {spec.name}"):
        root.first.wait_for(timeout=patience_ms)
    count = looked(page, root.count, doing=f"looking for the dialog {spec.name}")
    if count != 1:
        raise InDoubt(f"{count} dialogs {spec.name} are open; nothing was clicked.", reason="row_mismatch")
    if spec.key is None:
        raise PageChanged(f"The dialog {spec.name} names nothing, so it cannot be used for {key}.")
    return root


def open_dialog(page: Page, spec: DialogSpec) -> Locator | None:
    """The one dialog of this kind that is open now."""
    root = page.locator(spec.container).visible
    return root if looked(page, root.count, doing=f"looking for the dialog {spec.name}") == 1 else None


def dialog_gone(page: Page, spec: DialogSpec, *, patience_ms: float) -> None:
    """Wait until no dialog of this kind is open."""
    with translated(f"waiting for the dialog {spec.name} to close"):
        page.locator(spec.container).visible.first.wait_for(state="hidden", timeout=patience_ms)
