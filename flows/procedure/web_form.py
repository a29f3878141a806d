"""The form of one step, open for one order: a dialog, or part of a page; an answer tells how it ended, or words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Generic

from flows.orders.api import Said
from flows.orders.reasons import Reason
from flows.orders.web_page import OrderPage
from flows.procedure.api import D, Values
from flows.procedure.form_fields import HELD, ORDER, SAYS, TO_SHIP
from rpa.browser.responses import TooManyCalls
from rpa.elements.request_tests import SUBJECT
from rpa.elements.values import follow, is_code
from rpa.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from flows.procedure.form_fields import FormStep, Put
    from rpa.browser.responses import Answer
    from rpa.browser.scope import Block, Scope
    from rpa.browser.view import View
    from rpa.elements.profile import AnswerSpec

_DRAWN: Final = ("goods_ids",)
"""Fields that are waited for when a form opens, where it has them."""
_ERROR: Final = "error"
"""The field, where a form has it, of what it says while it cannot be sent."""


class StepForm(Generic[D]):
    """The form of one step, open for one order."""

    def __init__(
        self,
        view: View,
        *,
        spec: FormStep,
        subject: str,
        puts: Callable[[D], Sequence[Put]],
        page: OrderPage | None = None,
        told: Values = MappingProxyType({}),
        sent: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Wait for it. `puts`: see `FormSite`; `page`: the order's page, where the form stands in that or lies over it.

        `told`: what the page was answered when it was opened; `sent` is told of an order that the site accepted.
        """
        self.view = view
        self.scope = view.dialog(spec.form, subject)
        self.told = told
        self._spec = spec
        self._subject = subject
        self._puts = puts
        self._page = page
        self._sent = sent
        self._filled: Block | None = None
        self._fields = view.profile.dialogs[spec.form].fields
        self.sending: Mapping[str, str] = {}
        """What is sent, by the form's fields, for the profile's tests of the request and of its echo."""
        self.evidence: Path | None = None
        """The picture of it as it is sent; None: none was taken, or none is kept."""

    def read(self) -> Values:
        """Its fields, once they are drawn; with the order as the page around it shows it, to which it must belong."""
        drawn = [name for name in _DRAWN if name in self._fields]
        return {**self.scope.read(drawn=drawn).values, **self.around()}

    def read_saved(self) -> Values:
        """The same of a form that shows what is saved, once it shows what was told; it may open empty."""
        values = self.scope.read().values
        for _ in self.view.moments():
            if all(values[name] == self.told[name] for name in self._fields if name in self.told):
                break
            values = self.scope.read().values
        return values

    def around(self) -> Values:
        """What the page around it shows of the order, and of what it would ship."""
        if self._page is None:
            return {}
        to_ship = self._page.to_ship()
        return {ORDER: self._page.read(self._subject), **({} if to_ship is None else {TO_SHIP: to_ship})}

    # Filling in

    def put(self, decision: D, shown: Values) -> Values:
        """Fill in what the step says, unless it is there already; the same again, and what the fields hold then.

        What was there may have gone as soon as anything else was touched. What is typed into a field that does not
        offer it yet is given time to come.
        """
        puts, touched = self._puts(decision), False
        self.sending = {put.field: put.wanted for put in puts if put.field is not None}
        for put in puts:
            may_have_gone = touched and put.field is not None and put.is_safe_again
            if put.tick or may_have_gone or not put.is_held(self._held(put, shown)):
                self._fill(put)
                touched = True
        filled = self._read_filled(puts)
        for _ in self.view.moments():
            if all(any(filled[HELD][put]) for put in puts if put.type):
                break
            for put in puts:
                if put.fill or put.type:
                    self._fill(put)
            filled = self._read_filled(puts)
        return filled

    def _read_filled(self, puts: Sequence[Put]) -> Values:
        """All that it shows now, with nothing unknown lying over it."""
        self.view.clear(expected=[self._spec.form])
        self._filled = self.scope.read()
        shown = self._filled.values
        return {**shown, **self.around(), HELD: {put: self._held(put, shown) for put in puts}}

    def _held(self, put: Put, shown: Values) -> tuple[str, ...]:
        if put.field is not None:
            return (str(shown[put.field] or ""),)
        return self.scope.holds(put.element, value=put.value if put.pick else None)

    def _fill(self, put: Put) -> None:
        self._refuse_unusable(put)
        if put.fill:
            self.scope.fill(put.fill, put.value)
        elif put.type:
            self.scope.type_and_enter(put.type, put.value)
        elif put.select:
            self._refuse_not_offered(put, offered=self.scope.select(put.select, put.value))
        elif put.choose:
            self._refuse_not_offered(put, offered=self.view.choose_in(self.scope, put.choose, put.value))
        elif put.pick:
            self.scope.pick(put.pick, put.value)
        elif put.tick:
            self.scope.tick(put.tick)
        else:
            self._refuse_not_offered(put, offered=not put.click_one or put.value in put.click_one)
            self.scope.click(put.element)

    def _refuse_unusable(self, put: Put) -> None:
        """Raise Refused when it cannot be used; what a field of the form reads back shows that by itself."""
        if put.tick or put.field is not None:
            return
        if self.scope.disabled(put.element, value=put.value if put.pick else None):
            raise Refused(f"{put.element} of the site's form cannot be used", reason=Reason.SITE_REFUSED)

    def _refuse_not_offered(self, put: Put, *, offered: bool) -> None:
        if not offered:
            raise Refused(f"{put.element} of the site's form offers no “{put.value}”", reason=Reason.SITE_REFUSED)

    def blocked(self) -> str | None:
        """That its button cannot be used, in the form's own words where it has some."""
        if not self.scope.disabled(self._spec.confirm):
            return None
        said = self.scope.read().values[_ERROR] if _ERROR in self._fields else None
        return str(said or "the form does not let it be sent")

    def take_picture(self) -> None:
        """A picture of the dialog as it was read last; of a form that is part of the order's page, of the order."""
        if self._page is not None and self._spec.open is None:
            self.evidence = self._page.picture(self._subject, moment="before")
        elif self._filled is not None:
            parts = {self._subject: self._filled.part}
            pictures = self.view.evidence.pictures(self.view.page, moment="before", parts=parts)
            self.evidence = pictures.get(self._subject)

    # Sending

    def send(self) -> Said:
        """Click its button, and 'go on' if the site asks once more; what the site said to that.

        The profile's answer to this very request counts, and where none can be read a "no" in words that were not there
        before; without such an answer new words, of which only the profile's own sentence is a "yes".
        """
        before = Counter(self._messages())
        if self._spec.answer is None:
            return self._sent_by_words(before)
        return self._sent_by_answer(self._spec.answer, before)

    def _sent_by_answer(self, name: str, before: Counter[str]) -> Said:
        try:
            answer = self._answered(name)
        except TooManyCalls as error:
            return Said(accepted=False, words=str(error), repeatable=True, too_often=True)
        if answer is None or answer.ok is None:
            return self._said_in_words(before)
        if not answer.ok:
            spec = self.view.profile.answers[name]
            return Said(accepted=False, words=answer.message, repeatable=is_code(answer.code, spec.repeatable))
        return self._said(name, answer)

    def _answered(self, name: str) -> Answer | None:
        answer = self._asking(name, lambda: self.scope.commit(self._spec.confirm), unless=self._spec.go_on)
        asked = self._question(comes=answer is not None) if answer is None or answer.asks else None
        if asked is None:
            return answer
        return self._asking(name, lambda: asked.commit(self._spec.go_on or self._spec.confirm))

    def _asking(self, name: str, action: Callable[[], None], *, unless: str | None = None) -> Answer | None:
        return self.view.answered(name, action, about=self._subject, sending=self.sending, unless=unless)

    def _said(self, name: str, answer: Answer) -> Said:
        """What the answer says of this order; a success of the whole may hide a refusal of the row."""
        spec = self.view.profile.answers[name]
        row = next((row for row in answer.raw_rows if spec.key is None or row.get(spec.key) == self._subject), None)
        if row is None and spec.key is not None:
            return Said(accepted=None, words="the answer names another subject")
        words = str((row or {}).get(spec.message or "") or "")
        if spec.code is not None:
            code = follow(row, spec.code)
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
        sent = {SUBJECT: self._subject, **self.sending}.get(name, "")
        read = stored if isinstance(stored, list) else [stored]
        return {str(each).casefold() for each in read} == {sent.casefold()}

    def _accepted(self, words: str = "") -> Said:
        self._sent(self._subject)
        return Said(accepted=True, words=words)

    def _sent_by_words(self, before: Counter[str]) -> Said:
        arrived = self._follow(lambda: self.scope.commit(self._spec.confirm), before=before, may_ask=True)
        asked = self._question()
        if asked is not None:
            arrived = self._follow(lambda: asked.commit(self._spec.go_on or self._spec.confirm), before=before)
        if not arrived:
            return Said(accepted=None, words="no answer came")
        if self._spec.open is not None and SAYS in self.view.profile.elements:
            any(self._new_words(before) for _ in self.view.moments())
        return self._said_in_words(before)

    def _follow(self, action: Callable[[], None], *, before: Counter[str], may_ask: bool = False) -> bool:
        """Click; whether another document came, a question, or of a dialog, words of it, or that it closed itself.

        A question that is answered stays for a moment, and ends nothing: only where one `may_ask` is it waited for.
        """

        def told_here() -> bool:
            asked = may_ask and self._question() is not None
            return asked or (self._spec.open is not None and self._ended_here(before))

        arrived = self.view.follow(action, unless=told_here)
        self.view.shop_page.refuse_login_page()
        return arrived

    def _ended_here(self, before: Counter[str]) -> bool:
        return bool(self._new_words(before)) or self.view.question(self._spec.form, about=self._subject) is None

    def _question(self, *, comes: bool = False) -> Scope | None:
        """The dialog of the question; `comes`: the site has said that there is one, so it is waited for."""
        if self._spec.question is None:
            return None
        asked = self.view.question(self._spec.question, about=self._subject)
        for _ in self.view.moments() if comes else ():
            if asked is not None:
                break
            asked = self.view.question(self._spec.question, about=self._subject)
        return asked

    # Words of the page

    def _messages(self) -> tuple[str, ...]:
        """What the page says now."""
        return self.view.texts(SAYS) if SAYS in self.view.profile.elements else ()

    def _new_words(self, before: Counter[str]) -> str:
        """What was not said before; the same words once more were said once more."""
        return "; ".join((Counter(self._messages()) - before).elements())

    def _said_in_words(self, before: Counter[str]) -> Said:
        """What new words mean; beside an answer that cannot be read they belong to no request, so "yes" is none."""
        new, by_words = self._new_words(before), self._spec.answer is None
        if any(word in new for word in self._spec.done):
            return self._accepted(new)
        too_often, later = (by_words and self._says(new, of) for of in ("rate_limited", "repeatable"))
        no = too_often or later or self._says(new, "refused")
        return Said(
            accepted=False if no else None,
            words=new or ("no answer" if by_words else "no answer came"),
            repeatable=too_often or later,
            too_often=too_often,
        )

    def _says(self, text: str, words: str) -> bool:
        return any(word in text for word in self.view.profile.words.get(words, ()))

    def leave(self) -> None:
        """Close it without sending; where it is part of its page, the next page is loaded afresh."""
        close = self.view.profile.dialogs[self._spec.form].close
        if self._spec.open is not None and close is not None:
            self.scope.click(close)
            self.view.dialog_gone(self._spec.form)
