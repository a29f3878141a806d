"""Login state: the cookies that the back office is sent, and what its pages put into a bounded storage.

Not what Playwright's own storage state has: that of every site which a page ever showed, however much of it there is.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from rpa.browser.playwright_errors import translated

if TYPE_CHECKING:
    from playwright.sync_api import Page, StorageState

_MOST: Final = 1_000_000
"""Characters of what a page's origin has stored. The smallest values go first: a login is in those."""
_MOST_BYTES: Final = 4_000_000
_WITHIN_MS: Final = 5_000
_ANSWERS_MS: Final = 10_000
"""A page that hangs, or asks something, keeps nobody from ending: its cookies are kept all the same."""
_LOOKS: Final = 2
_STORED = """async ({ most, withinMs }) => {
  const kept = { localStorage: [], indexedDB: [] };
  let room = most;
  const asked = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = request.onblocked = () => failed(request.error);
  });
  const plain = (value) => value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value)
    || (Array.isArray(value) || value?.constructor === Object) && Object.values(value).every(plain);
  const records = (store) => new Promise((done, failed) => {
    const found = [], request = store.openCursor();
    request.onerror = () => failed(request.error);
    request.onsuccess = () => {
      const at = request.result;
      if (!at) return done(found);
      const record = store.keyPath === null ? { key: at.key, value: at.value } : { value: at.value };
      if (!plain(at.key) || !plain(at.value) || (room -= JSON.stringify(record).length) < 0) return failed('not kept');
      found.push(record);
      at.continue();
    };
  });
  const path = (keyPath) => Array.isArray(keyPath) ? { keyPathArray: keyPath } : keyPath === null ? {} : { keyPath };
  const index = ({ name, keyPath, multiEntry, unique }) => ({ name, multiEntry, unique, ...path(keyPath) });
  const store = async (one) => ({
    name: one.name, autoIncrement: one.autoIncrement, records: await records(one), ...path(one.keyPath),
    indexes: [...one.indexNames].map((name) => index(one.index(name))) });
  const database = async (name) => {
    const open = await asked(indexedDB.open(name));
    try {
      const stores = [];
      for (const each of open.objectStoreNames) stores.push(await store(open.transaction(each).objectStore(each)));
      return { name, version: open.version, stores };
    } finally {
      open.close();
    }
  };
  const all = async () => {
    const items = Object.keys(localStorage).map((name) => ({ name, value: localStorage.getItem(name) }));
    for (const each of items.sort((one, other) => one.value.length - other.value.length)) {
      if (each.name.length + each.value.length > room) break;
      room -= each.name.length + each.value.length;
      kept.localStorage.push(each);
    }
    for (const { name } of await indexedDB.databases()) {
      const before = room;
      try {
        kept.indexedDB.push(await database(name));
      } catch {
        room = before;
      }
    }
  };
  await Promise.race([all().catch(() => {}), new Promise((done) => setTimeout(done, withinMs))]);
  return JSON.stringify(kept);
}"""


def login_state(page: Page, *, hosts: Collection[str] = ()) -> bytes:
    """The login of this page's context in these hosts (none: in the page's own), as JSON that `for_context` takes.

    A database in the page that does not fit, or has what JSON has not, is not kept; nor is what stands on another page.
    Raises TryAgain when the window is gone.
    """
    with translated("reading the login state"):
        address = urlsplit(page.url)
        wanted = set(hosts) or {address.hostname or ""}
        cookies = [each for each in page.context.cookies() if _is_sent_to(str(each.get("domain")), hosts=wanted)]
        stored = _stored(page) if address.hostname in wanted else "{}"
    origin = {"origin": f"{address.scheme}://{address.netloc}", **_read(stored)}
    return json.dumps({"cookies": cookies, "origins": [origin] if len(origin) > 1 else []}).encode()


def _stored(page: Page) -> str:
    """What the page says of its storage; nothing, where it does not come to say it."""
    for _ in range(_LOOKS):
        try:
            argument = {"most": _MOST, "withinMs": _WITHIN_MS}
            return str(page.wait_for_function(_STORED, arg=argument, timeout=_ANSWERS_MS).json_value())
        except PlaywrightTimeout:
            break
        except Error:  # the page went on to another one meanwhile
            continue
    return "{}"


def for_context(state: bytes | None) -> StorageState | None:
    """What a new context begins with. Of a state that is too large, from an earlier release, the cookies alone."""
    if state is None:
        return None
    kept: StorageState = json.loads(state)
    return kept if len(state) <= _MOST_BYTES else cookies_of(kept)


def cookies_of(state: StorageState) -> StorageState:
    """The state without what pages have stored."""
    return {"cookies": state.get("cookies", []), "origins": []}


def _is_sent_to(domain: str, *, hosts: Collection[str]) -> bool:
    return any(f".{host}".endswith(f".{domain.removeprefix('.')}") for host in hosts)


def _read(stored: str) -> dict[str, Any]:
    """What the page says of its storage; nothing of it when it is more than was asked for, or something else."""
    try:
        found = json.loads(stored) if len(stored) <= _MOST_BYTES else {}
        items = [{"name": str(each["name"]), "value": str(each["value"])} for each in found.get("localStorage", ())]
        databases = [dict(each) for each in found.get("indexedDB", ())]
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}
    return {"localStorage": items, "indexedDB": databases} if items or databases else {}
