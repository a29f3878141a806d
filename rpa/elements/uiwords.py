"""UI words of the program's own, which no profile overrides: what is for good, and what closes a popup."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from rpa.language import Text

_LASTING = Text(en="it has the word “{word}”", zh="含有“{word}”")
_OTHER_WORDS = Text(
    en="its words are not among those that close a popup and do nothing else", zh="文字不在“只用于关闭弹窗”的词表中"
)
_NO_SIGN = Text(en="it has no words, and does not call itself a sign that closes", zh="没有文字，也没有关闭标记")


@dataclass(frozen=True, kw_only=True)
class UiWords:
    """The lists of `uiwords.toml`, folded."""

    lasting: frozenset[str]
    closing: frozenset[str]
    closing_signs: frozenset[str]
    countdown: frozenset[str]
    about: frozenset[str]
    multiplying: frozenset[str]
    through: frozenset[str]
    of: frozenset[str]

    @cached_property
    def multiplied(self) -> str:
        """The pattern of what multiplies a number, directly behind it."""
        return rf"\s*(?:{'|'.join(map(re.escape, sorted(self.multiplying)))})(?![a-z])"

    @cached_property
    def between_pages(self) -> re.Pattern[str]:
        """The pattern of what stands between the number of a page and the count of them."""
        return re.compile(
            "|".join(
                rf"\b{word}\b" if word.isalpha() and word.isascii() else re.escape(word) for word in sorted(self.of)
            )
        )

    @cached_property
    def ranges(self) -> re.Pattern[str]:
        """The pattern of a range of whole numbers."""
        return re.compile(rf"\d+\s*(?:{'|'.join(map(re.escape, sorted(self.through)))})\s*\d+")


@cache
def ui_words() -> UiWords:
    """The words that came with the program."""
    lists = tomllib.loads((files("rpa.elements") / "uiwords.toml").read_text(encoding="utf-8"))
    return UiWords(**{name: frozenset(map(folded, words)) for name, words in lists.items()})


def folded(text: str) -> str:
    """The text without what a reader does not see or mind: spaces, marks, invisible characters, width, case."""
    shown = (each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each)[0] not in "CZM")
    return "".join(shown).casefold()


def is_about(text: str) -> bool:
    """Whether a number in this text is only about right."""
    read = folded(text)
    return any(word in read for word in ui_words().about)


def lasting_word(texts: Iterable[str], *, expected: Sequence[str] = ()) -> str | None:
    """The word in one of these texts that stands on what cannot be undone; one of the expected texts is none."""
    allowed = {folded(text) for text in expected}
    seen = [text for text in map(folded, texts) if text not in allowed]
    return next((word for word in sorted(ui_words().lasting) if any(word in text for text in seen)), None)


def closing_problem(text: str, *, others: Iterable[str] = (), signs: Iterable[str] | None = None) -> Text | None:
    """Why this is not what closes a popup; None if it is.

    `text`: what is on it; `others`: what else is told of it and of the button around it; `signs`: what it calls itself;
    None: that is not known yet.
    """
    words = ui_words()
    told = [text, *others]
    lasting = lasting_word(told)
    if lasting is not None:
        return _LASTING.with_words(word=lasting)
    named = [word for word in map(folded, told) if word]
    if any(_without_countdown(word) not in words.closing for word in named):
        return _OTHER_WORDS
    calls_itself = signs is None or any(sign in folded(each) for each in signs for sign in words.closing_signs)
    return None if named or calls_itself else _NO_SIGN


def _without_countdown(word: str) -> str:
    """Without the seconds that stand behind the words of a popup which would close by itself."""
    return re.sub(rf"\(?\d{{1,3}}({'|'.join(ui_words().countdown)})?\)?$", "", word)
