"""Reader of a list that stands on several pages: row after row, with the proof that none is missing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from rpa.browser.completeness import MOST_PASSES, PageRead, Pass, page_in, total_in
from rpa.elements.uses import Uses
from rpa.elements.values import follow
from rpa.errors import ListIncomplete
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from rpa.browser.lists import Rows
    from rpa.browser.responses import Answer
    from rpa.browser.view import View
    from rpa.elements.profile import Profile

PAGE_SIZE: Final = "100"
"""So many rows a page are asked for, where the page lets one choose; what comes is counted."""
_BAR_S: Final = 2.0
"""So long the bar with the pages may take to be drawn."""
_EMPTY_S: Final = 1.0
"""So long a list must show that it has no rows: many say so until their rows come."""

_CHANGED = Text(
    en="The list {list} was not read whole ({doubt}); reading it again.",
    zh="列表 {list} 未读完整（{doubt}），正在重新读取。",
)
_INCOMPLETE = Text(
    en="The list {list} was read {times} times and never proved to be whole: {doubt}. Nothing is done on such a list.",
    zh="列表 {list} 读取了 {times} 次，仍无法确认完整：{doubt}。列表不完整时不执行任何操作。",
)
_BY_PAGES = Text(
    en="The list {list} does not tell how many rows it has: that it was read whole rests on its count of pages alone.",
    zh="列表 {list} 没有显示总条数，仅凭总页数确认已读完。",
)
_BOTH_WAYS = Text(
    en="The list {list} tells neither how many rows nor how many pages it has: it was read in both directions, and "
    "showed the same rows.",
    zh="列表 {list} 没有显示总条数和总页数；已正序、倒序各读一遍，内容一致。",
)
_OTHER_FILTER = Text(
    en="The list {list} is not the one that was asked for: {path} is {shown}, not {wanted}. Reset its filter on the "
    "site.",
    zh="列表 {list} 的筛选条件不对：{path} 为 {shown}，应为 {wanted}。请在后台重置筛选。",
)
_FILTERED = Text(
    en="The list {list} is filtered (“{words}”), so it does not show everything. Clear its filter on the site.",
    zh="列表 {list} 带有筛选条件（{words}），显示不全。请在后台清除筛选。",
)
_CAME = Text(en="rows came while it was read", zh="读取期间有新增")
_NO_NEXT = Text(
    en="{doubt}, and {name} was not found on a page that is not the last", zh="{doubt}，且未到最后一页就找不到 {name}"
)
_LATE_FILTER = Text(en="it is filtered (“{words}”)", zh="带有筛选条件（{words}）")
_NO_KEY = Text(
    en="The list {list} has a row whose {key} cannot be read. Run `rpa selectors check`, or look at it on the site.",
    zh="列表 {list} 有一行的 {key} 无法读取。请运行 rpa selectors check，或在后台查看。",
)
_NOTHING = Text(en="nothing", zh="空")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page of a list."""

    shown: Rows
    told: Answer | None
    """The answer to the page's own request for these rows; None: the site makes none."""
    read: PageRead

    @property
    def total(self) -> int:
        """How many rows the list has, as far as it tells."""
        return self.read.total if self.read.total is not None else len(self.read.keys)


class ListReader:
    """Reads a list by the names of its elements.

    Those of a list `things` are `things.next` and, where the profile has them: `things.total` ("97 things"),
    `things.page` ("page 2 of 5"), `things.page_size`, `things.reverse` (turns it round), and `things.filtered`,
    shown while it is filtered, with `things.clear_filter`. What must have been asked for stands at the page (`asked`).
    """

    def __init__(self, view: View, name: str, *, answer: str) -> None:
        """`answer`: the answer that tells the rows; the list is read from the page alone where the profile has none."""
        self._view = view
        self.name = name
        self._answer = answer if answer in view.profile.answers else None
        self._key = view.profile.lists[name].key
        self._filter_comes_late = False
        self._lost_next = False

    @staticmethod
    def uses(name: str, *, answer: str, profile: Profile) -> Uses:
        """What it cannot do without: the next page, and from the page alone what proves that the list is whole."""
        size = (f"{name}.page_size", f"{name}.page_size_option") if f"{name}.page_size" in profile.elements else ()
        elements = (f"{name}.next", *size)
        if answer in profile.answers:
            return Uses(elements=elements, counted=(answer,))
        return Uses(elements=elements, one_of=((f"{name}.total", f"{name}.page"),))

    @property
    def is_told(self) -> bool:
        """Whether there is a second source beside what the page shows."""
        return self._answer is not None

    # Reading

    def whole(self, page: str) -> Iterator[ListPage]:
        """Every page of the list, until it is proven that no row is missing; a row may come more than once.

        Raises ListIncomplete when nothing proves it, however often it is read.
        """
        doubt, count = _NOTHING, Pass()
        for _ in range(MOST_PASSES):
            count = count if count.only_grew else Pass()
            yield from self._following(page, self._lengthened(page, self.first(page)), count)
            found, weakly = count.doubt(), _BY_PAGES
            if found is not None and count.by_pages and self._has("reverse"):
                backwards, weakly = Pass(), _BOTH_WAYS
                yield from self._following(page, self._page_after(page, lambda: self._click("reverse")), backwards)
                found = self._come_meanwhile(page, backwards) if _same_set(count, backwards) else found
            found = found or self._late_filter()
            if found is None:
                if count.by_pages:
                    speak("WARNING", weakly, list=self.name)
                return
            doubt = (
                _NO_NEXT.with_words(doubt=found, name=f"{self.name}.next")
                if self._lost_next and count.knows_end
                else found
            )
            speak("INFO", _CHANGED, list=self.name, doubt=doubt)
        raise ListIncomplete(_INCOMPLETE.with_words(list=self.name, times=MOST_PASSES, doubt=doubt))

    def _come_meanwhile(self, page: str, read: Pass) -> Text | None:
        """That a row stands at one end of the list that was read in neither direction: it came there meanwhile."""
        if not read.is_of_several:
            return None
        ends = [self.first(page), self._page_after(page, lambda: self._click("reverse"))]
        return _CAME if any(key not in read.keys for end in ends for key in end.read.keys) else None

    def pages(
        self, page: str, *, first: Callable[[], ListPage] | None = None, ahead: bool = True
    ) -> Iterator[ListPage]:
        """The pages of the list once, as long as the caller wants more; nothing proves that no row is missing.

        `first`: how to come to its first page, where that is not opened plainly. `ahead`: the next page is asked for
        while the caller works on this one; False where something is done on the page itself, which must stay.
        """
        shown = self._lengthened(page, first() if first else self.first(page))
        yield from self._following(page, shown, Pass(), ahead=ahead)

    def first(self, page: str) -> ListPage:
        """Go to this page, which shows the list; its first page."""
        if self._answer is not None:
            return self._checked(page, self._view.open_for(page, answer=self._answer))
        self._view.open(page)
        self._unfilter(page)
        return self._checked(page, None)

    def after(self, action: Callable[[], None], *, about: str | None = None) -> ListPage:
        """What the list shows after this action, which has it drawn anew; with `about`, only of this one key."""
        if self._answer is not None:
            return self._read(self._view.asking(self._answer, action, about=about))
        self._follow(action)
        return self._read(None)

    def lengthen(self) -> ListPage:
        """Have as many rows on one page as the site allows; what it shows then."""
        return self.after(self._choose_long_page)

    def _choose_long_page(self) -> None:
        self._view.choose(f"{self.name}.page_size", PAGE_SIZE)

    # Going on

    def _lengthened(self, page: str, shown: ListPage) -> ListPage:
        if self._has("page_size") and int(PAGE_SIZE) > len(shown.read.keys) < shown.total:
            return self._page_after(page, self._choose_long_page)
        return shown

    def _following(self, page: str, shown: ListPage, count: Pass, *, ahead: bool = True) -> Iterator[ListPage]:
        """This page and those after it; `ahead`: while one is on its way, the caller works on the one before."""
        brought = count.add(shown.read)
        self._lost_next = False
        while brought and count.goes_on and self._finds_next():
            with self._next(page, ahead=ahead) as following:
                yield shown
                shown = following()
            brought = count.add(shown.read)
        yield shown

    def _finds_next(self) -> bool:
        self._lost_next = not (
            self._has("next")
            and any(self._view.present(f"{self.name}.next") for _ in self._view.moments(most_s=_BAR_S))
        )
        return not self._lost_next

    @contextmanager
    def _next(self, page: str, *, ahead: bool) -> Iterator[Callable[[], ListPage]]:
        if self._answer is None or not ahead:
            yield lambda: self._page_after(page, lambda: self._click("next"))
            return
        with self._view.asked(self._answer, lambda: self._click("next")) as given:
            yield lambda: self._checked(page, given())

    def _page_after(self, page: str, action: Callable[[], None]) -> ListPage:
        if self._answer is not None:
            return self._checked(page, self._view.asking(self._answer, action))
        self._follow(action)
        self._view.arrive(page)
        return self._checked(page, None)

    def _click(self, name: str) -> None:
        self._view.click(f"{self.name}.{name}")

    def _has(self, name: str) -> bool:
        return f"{self.name}.{name}" in self._view.profile.elements

    # What a page shows

    def _follow(self, action: Callable[[], None]) -> None:
        """Do the action; wait until it led to another document, or the list shows other rows; not for ever."""
        before = self._keys(self._view.rows(self.name))

        def shows_others() -> bool:
            return self._view.document() is not None and self._keys(self._view.rows(self.name)) != before

        self._view.follow(action, unless=shows_others)

    def _checked(self, page: str, told: Answer | None) -> ListPage:
        """What the list shows, which must be the list that was asked for."""
        asked: Any = told.asked if told is not None else dict(parse_qsl(urlsplit(self._view.page.url).query))
        for path, wanted in self._view.profile.pages[page].asked.items():
            shown = _plain(follow(asked, path))
            if shown != wanted:
                words = {"path": path, "shown": shown or _NOTHING, "wanted": wanted or _NOTHING}
                raise ListIncomplete(_OTHER_FILTER.with_words(list=self.name, **words))
        return self._read(told)

    def _unfilter(self, page: str) -> None:
        """Clear the filter that the account's last visit has left, if the page shows one."""
        if not self._has("filtered"):
            return
        self._at_rest()
        if self._filter_comes_late:
            any(self._filter() for _ in self._view.moments(most_s=_BAR_S))
        if self._has("clear_filter") and self._view.present(f"{self.name}.clear_filter"):
            self._follow(lambda: self._click("clear_filter"))
            self._view.arrive(page)
            self._at_rest()
        words = self._filter()
        if words:
            raise ListIncomplete(_FILTERED.with_words(list=self.name, words=words))

    def _filter(self) -> str:
        """What the page says of its filter, of all if there are several; empty: it is not filtered."""
        texts = self._view.texts(f"{self.name}.filtered") if self._has("filtered") else ()
        return ", ".join(text or "…" for text in texts)

    def _late_filter(self) -> Text | None:
        """That the page has said of a filter only after its rows were there."""
        words = self._filter() if self._answer is None else ""
        self._filter_comes_late = bool(words)
        return _LATE_FILTER.with_words(words=words) if words else None

    def _read(self, told: Answer | None) -> ListPage:
        if told is not None:
            keys = told.keys(self._key)
            total = str(told.total)  # some sites give it as a text
            read = PageRead(keys=keys, total=int(total) if total.isdecimal() else None)
            return ListPage(shown=self._view.rows(self.name, keys=keys), told=told, read=read)
        shown, rests = self._at_rest()
        keys = self._keys(shown)
        if not all(keys):
            raise ListIncomplete(_NO_KEY.with_words(list=self.name, key=self._key))
        number, last = page_in(self._text("page"))
        proven = PageRead(keys=keys, total=self._total(shown), number=number, last=last)
        return ListPage(shown=shown, told=None, read=proven if rests else PageRead(keys=keys))

    def _at_rest(self) -> tuple[Rows, bool]:
        """The rows that the page shows, once two looks see the same, or no rows for longer; whether it came to that."""
        shown, before, empty_since = self._rows(), None, self._view.clock.monotonic()
        for _ in self._view.moments():
            keys, now = self._keys(shown), self._view.clock.monotonic()
            if keys or self._total(shown) != 0:
                empty_since = now
            drawn = all(keys) if keys else now - empty_since >= _EMPTY_S
            if keys == before and drawn and shown.quiet and self._view.document() is not None:
                return shown, True
            before, shown = keys, self._rows()
        return shown, False

    def _rows(self) -> Rows:
        """The rows that the page shows; one that says that there are none is none."""
        shown = self._view.rows(self.name)
        says_none = shown.raw and not any(self._keys(shown)) and self._view.shows_empty(self.name)
        return replace(shown, raw=()) if says_none else shown

    def _total(self, shown: Rows) -> int | None:
        if not any(self._keys(shown)) and self._view.shows_empty(self.name):
            return 0
        return total_in(self._text("total")) if self._has("total") else None

    def _text(self, name: str) -> str:
        """What this element of the list reads, above and below it; empty where the profile, or the page, has none."""
        texts = set(self._view.texts(f"{self.name}.{name}")) if self._has(name) else set()
        return texts.pop() if len(texts) == 1 else ""

    def _keys(self, rows: Rows) -> list[str]:
        """Of these rows; empty where one cannot be read."""
        return [str(row[self._key] or "") for row in rows.raw]


def _plain(value: Any) -> str:
    """As a profile writes it; nothing at all, and an empty list, are the empty text."""
    if value in (None, "", [], {}):
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _same_set(one: Pass, other: Pass) -> bool:
    """Whether two readings in opposite directions saw the same rows."""
    return one.keys.keys() == other.keys.keys() and (len(one.keys) < 2 or list(one.keys) != list(other.keys))  # noqa: PLR2004
