"""A form of a site, done the common way: a dialog whose confirmation sends a request of its own, which is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from flows.orders.api import Said
from flows.procedure.api import Values
from rpa.browser.responses import TooManyCalls
from rpa.elements.request_tests import SUBJECT
from rpa.elements.values import follow, is_code

if TYPE_CHECKING:
    from pathlib import Path

    from rpa.browser.responses import Answer
    from rpa.browser.scope import Block, Scope
    from rpa.browser.view import View
    from rpa.elements.profile import AnswerSpec


class WebForm:
    """A dialog, open for one subject."""

    dialog: ClassVar[str]
    """The profile's name of the dialog."""
    answer: ClassVar[str]
    """The profile's name of the answer to what it sends."""
    confirm: ClassVar[str]
    """The element that sends it."""
    question: ClassVar[str] = "second_confirmation"
    """The dialog by which the site may ask once more."""
    go_on: ClassVar[str] = "ship.second_confirm"
    """The element that answers it with yes."""
    says: ClassVar[str] = "page.message"
    """The element of what the page says, for a while, of what was done; a profile need not have it."""
    drawn: ClassVar[tuple[str, ...]] = ()
    """Fields that are waited for when it opens."""

    def __init__(
        self, view: View, *, scope: Scope, subject: str, told: Values, sent: Callable[[str], None] = lambda _: None
    ) -> None:
        """`told`: what the page was answered when it was opened; `sent` is told of a subject that the site accepted."""
        self.view = view
        self.scope = scope
        self.subject = subject
        self._told = told
        self._sent = sent
        self._filled: Block | None = None
        self.sending: Mapping[str, str] = {}
        """What is sent, by name, for the profile's tests of the request and its echo; the subject need not be in it."""
        self.evidence: Path | None = None
        """The picture of it as it is sent; None: none was taken, or none is kept."""

    @property
    def told(self) -> Values:
        """What the page was answered when it was opened."""
        return self._told

    def read(self) -> Values:
        """Its fields, once they are drawn."""
        return self.scope.read(drawn=self.drawn).values

    def read_filled(self) -> Values:
        """Its fields after something was filled in, with nothing unknown lying over them."""
        self.view.clear(expected=[self.dialog])
        self._filled = self.scope.read()
        return self._filled.values

    def take_picture(self) -> None:
        """A picture of it as it was read last."""
        if self._filled is not None:
            parts = {self.subject: self._filled.part}
            pictures = self.view.evidence.pictures(self.view.page, moment="before", parts=parts)
            self.evidence = pictures.get(self.subject)

    def send(self) -> Said:
        """Click 'confirm', and 'go on' if the site asks once more; what the site answered to this very request.

        Where no answer can be read, what the page says counts: a "no" in words that were not there before.
        """
        before = Counter(self._messages())
        try:
            answer = self._answered()
        except TooManyCalls as error:
            return Said(accepted=False, words=str(error), repeatable=True, too_often=True)
        if answer is None:
            return self._said_in_words(before)
        if answer.ok is None:
            return self._said_in_words(before)
        if not answer.ok:
            spec = self.view.profile.answers[self.answer]
            return Said(accepted=False, words=answer.message, repeatable=is_code(answer.code, spec.repeatable))
        return self._said(answer)

    def _messages(self) -> tuple[str, ...]:
        """What the page says now."""
        return self.view.texts(self.says) if self.says in self.view.profile.elements else ()

    def _said_in_words(self, before: Counter[str]) -> Said:
        """What the page says that it had not said before the click; words belong to no request, so "yes" is none."""
        new = "; ".join((Counter(self._messages()) - before).elements())
        refused = any(word in new for word in self.view.profile.words.get("refused", ()))
        return Said(accepted=False if refused else None, words=new or "no answer came")

    def _said(self, answer: Answer) -> Said:
        """What the answer says of this subject; a success of the whole may hide a refusal of the row."""
        spec = self.view.profile.answers[self.answer]
        row = next((row for row in answer.raw_rows if spec.key is None or row.get(spec.key) == self.subject), None)
        if row is None and spec.key is not None:
            return Said(accepted=None, words="the answer names another subject")
        words = str((row or {}).get(spec.message or "") or "")
        if spec.code is not None or spec.key is not None:
            code = follow(row, spec.code) if spec.code else None
            if not is_code(code, spec.ok):
                return Said(accepted=False, words=words, repeatable=is_code(code, spec.repeatable))
        elif not (spec.ok_text or spec.echo or self.view.profile.session.error_code):
            return Said(accepted=None, words="nothing in the answer says that it was taken")
        others = [f"{name} {stored}" for name, stored in self._echoed(row, spec) if not self._is_ours(name, stored)]
        if others:
            return Said(accepted=None, words=f"the answer says that it stored {', '.join(others)}")
        return self._accepted(words)

    def _echoed(self, row: Values | None, spec: AnswerSpec) -> Iterator[tuple[str, Any]]:
        """What the answer says was stored, by the name of what was sent."""
        yield from ((name, follow(row, path)) for name, path in spec.echo.items())

    def _is_ours(self, name: str, stored: Any) -> bool:
        """Whether it is what we have sent; a site may write it in other letters."""
        sent = {SUBJECT: self.subject, **self.sending}.get(name, "")
        read = stored if isinstance(stored, list) else [stored]
        return {str(each).casefold() for each in read} == {sent.casefold()}

    def _accepted(self, words: str = "") -> Said:
        self._sent(self.subject)
        return Said(accepted=True, words=words)

    def _answered(self) -> Answer | None:
        answer = self._asking(lambda: self.scope.commit(self.confirm), unless=self.go_on)
        asked = self._question(comes=answer is not None) if answer is None or answer.asks else None
        return answer if asked is None else self._asking(lambda: asked.commit(self.go_on))

    def _asking(self, action: Callable[[], None], *, unless: str | None = None) -> Answer | None:
        about, sending = self.subject, self.sending
        return self.view.answered(self.answer, action, about=about, sending=sending, unless=unless)

    def _question(self, *, comes: bool) -> Scope | None:
        """The dialog of the question; `comes`: the site has said that there is one, so it is waited for."""
        asked = self.view.question(self.question, about=self.subject)
        for _ in self.view.moments() if comes else ():
            if asked is not None:
                break
            asked = self.view.question(self.question, about=self.subject)
        return asked

    def leave(self) -> None:
        """Close it without sending."""
        close = self.view.profile.dialogs[self.dialog].close
        if close is not None:
            self.scope.click(close)
            self.view.dialog_gone(self.dialog)
