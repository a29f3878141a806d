"""Settings of a shop, read and set on the pages that the profile's table `[settings]` names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from flows.orders.reasons import Reason
from flows.procedure.web_form import StepForm
from flows.settings.kind import READ
from flows.settings.model import Setting, SettingDecision, Waybills, closed_up
from flows.settings.web_check import CHOSEN, ID, PLACE, in_doubt, of_form, of_list, waybills_of
from flows.settings.words import SettingStep, SettingWords
from rpa.elements.uses import Uses
from rpa.errors import InDoubt

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

    from flows.procedure.api import Values
    from rpa.browser.view import View
    from rpa.config import Shop
    from rpa.elements.profile import Profile

T = TypeVar("T")
_ACCOUNT = ("courier", "outlet", "code", "bound", "balance")


class SettingForm(StepForm[SettingDecision]):
    """The form that saves a setting; `told` is what is saved, or what it is to name."""

    def read(self) -> Values:
        """Its fields, once they show what was told."""
        return self.read_saved()


class WebSettings:
    """Reads a shop's settings, page and answer compared, and sets those that can be set."""

    def __init__(self, view: View, shop: Shop) -> None:
        del shop
        self._view = view
        self._words = view.profile.section(SettingWords)
        self._told: Sequence[Values] = ()
        """What the page that was opened last was answered."""

    @staticmethod
    def described_in(profile: Profile) -> bool:
        """Whether this profile says where the settings stand."""
        return profile.has(SettingWords)

    @staticmethod
    def uses(profile: Profile) -> Uses:
        """What it cannot do without, by this profile's steps."""
        if not profile.has(SettingWords):
            return Uses(tables=("settings",))
        words = profile.section(SettingWords)
        accounts = {words.waybills: _ACCOUNT}
        uses = Uses(pages=(words.waybills,), lists=accounts, answers=accounts, counted=(words.waybills,))
        for step in words.steps:
            uses |= _uses_of(step, profile)
        return uses

    def now(self) -> datetime:
        """The site's clock."""
        return self._view.site_now()

    # Reading

    def setting(self, name: str, /) -> Setting:
        """The setting of this name, on its page loaded afresh; in doubt when page and answer do not come to agree."""
        step = self._words.step(name)
        answer = self._view.open_for(step.page, answer=step.page)
        self._told = answer.rows
        if step.in_list:
            return self._agreeing(
                lambda: of_list(name, self._view.rows(step.page).values, answer.rows, total=answer.total),
                doubt=lambda setting: setting.doubt,
            )
        form = self._view.dialog(step.form, name)
        return self._agreeing(
            lambda: of_form(name, form.read().values, answer.rows[0]), doubt=lambda setting: setting.doubt
        )

    def waybills(self) -> Sequence[Waybills]:
        """All accounts for waybills, on their page loaded afresh; in doubt like a setting."""
        page, not_told = self._words.waybills, self._words.not_told
        answer = self._view.open_for(page, answer=page)
        return self._agreeing(
            lambda: waybills_of(self._view.rows(page).values, answer.rows, total=answer.total, not_told=not_told),
            doubt=in_doubt,
        )

    def _agreeing(self, read: Callable[[], T], *, doubt: Callable[[T], str | None]) -> T:
        """What is read, once it is not in doubt: the page is given time to draw what it was answered."""
        found = read()
        for _ in self._view.moments():
            if doubt(found) is None:
                break
            found = read()
        return found

    # Setting

    def check_allowed(self) -> None:
        """Raise NotApproved when any of them could not be saved, so that nothing is begun."""
        for step in self._words.steps:
            self._view.check_allowed(step.confirm)

    def bring_row(self, decision: SettingDecision) -> Values:
        """The setting, on its page loaded afresh."""
        return {READ: self.setting(decision.subject)}

    def open(self, decision: SettingDecision) -> SettingForm:
        """Open the form of the entry that is to be chosen; a form that is part of its page is open."""
        step = self._words.step(decision.subject)
        [told] = [row for row in self._told if not step.in_list or row[ID] == decision.value]
        if step.open is not None:
            self._view.row(step.page, self._place(step, told)).click(step.open)
        return SettingForm(
            self._view,
            spec=step,
            subject=decision.subject,
            puts=lambda each: step.puts(each.read.text(each.value)),
            told=told,
        )

    def _place(self, step: SettingStep, told: Values) -> str:
        """How the page writes the place of this entry. Raises InDoubt unless it shows it once."""
        shown = [str(row[PLACE]) for row in self._view.rows(step.page).values]
        found = [place for place in shown if closed_up(place) == closed_up(str(told[PLACE]))]
        if len(found) != 1:
            raise InDoubt(f"{told[PLACE]} is listed {len(found)} times", reason=Reason.ROW_MISMATCH)
        return found[0]

    def pictured(self, subject: str) -> AbstractContextManager[None]:
        """What refuses in this block, or is in doubt, has a picture of the page."""
        return self._view.evidence.on_refusal(self._view.page, subject=subject)


def _uses_of(step: SettingStep, profile: Profile) -> Uses:
    """What a step names; what its form shows is told, so that nothing in it is sent unread."""
    uses = step.uses(step.put) | Uses(pages=(step.page,))
    form = profile.dialogs.get(step.form)
    fields = tuple(form.fields) if form is not None else ()
    if step.in_list:
        entry = (PLACE, CHOSEN)
        return uses | Uses(lists={step.page: entry}, answers={step.page: (*entry, ID, *fields)}, counted=(step.page,))
    answer = profile.answers.get(step.page)
    told = tuple(answer.fields) if answer is not None else ()
    return uses | Uses(dialogs={step.form: (step.part, *told)}, answers={step.page: (step.part, *fields)})
