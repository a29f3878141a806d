"""The user's language: Chinese or English, for terminal, reports and notifications."""

from __future__ import annotations

import locale
import os
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language that the program speaks."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages."""

    en: str
    zh: str

    def of(self, language: Language, /, **words: object) -> str:
        """The sentence in this language, with these words in its gaps; what is a Text itself, in this language, too."""
        text = self.zh if language is Language.ZH else self.en
        told = {name: word.of(language) if isinstance(word, Text) else word for name, word in words.items()}
        return text.format(**told) if words else text

    def with_words(self, **words: object) -> Text:
        """The sentence in both languages, with these words in its gaps."""
        return Text(en=self.of(Language.EN, **words), zh=self.of(Language.ZH, **words))

    def capitalized(self) -> Text:
        """The words as a sentence or a title begins."""
        return Text(en=self.en[:1].upper() + self.en[1:], zh=self.zh)

    def followed_by(self, detail: str) -> Text:
        """The sentence, which has no full stop, and what is known in English alone; lines begin on their own."""
        begin = "\n" if "\n" in detail else ""
        return Text(en=f"{self.en}:{begin or ' '}{detail}", zh=f"{self.zh}：{begin}{detail}") if detail else self


def detect(configured: str | None = None) -> Language:
    """The configured language, else RPA_LANG, else the locale's, else English."""
    named = configured or os.environ.get("RPA_LANG") or locale.getlocale()[0] or ""
    return Language.ZH if named.lower().startswith(("zh", "chinese")) else Language.EN
