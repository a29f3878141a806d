"""A form of a site that hands many subjects to a task of its own with one click, and may ask once more before."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flows.procedure.in_bulk import TaskSaid
from rpa.browser.responses import TooManyCalls
from rpa.elements.values import UNREADABLE, is_code
from rpa.errors import PageChanged, RpaError

if TYPE_CHECKING:
    from rpa.browser.responses import Answer
    from rpa.browser.scope import Scope
    from rpa.browser.view import View


class _OtherQuestion(RpaError):
    """The page asks something else than whether to go on; it was not answered."""


class TaskForm:
    """The form, filled in."""

    confirm: ClassVar[str]
    """The element that sends it."""
    answer: ClassVar[str]
    """The answer to what it sends, with a `task_id`."""
    question: ClassVar[str]
    """The dialog in which the page may ask once more, with these two."""
    second_question: ClassVar[str]
    second_confirm: ClassVar[str]

    def __init__(self, view: View, *, scope: Scope) -> None:
        self.view = view
        self.scope = scope

    def send(self) -> TaskSaid:
        """Click its button, and 'go on' if the site asks once more; what it answered."""
        try:
            answer = self._answer()
        except TooManyCalls as error:
            return TaskSaid(accepted=False, words=str(error), repeatable=True, too_often=True)
        except _OtherQuestion as error:
            return TaskSaid(accepted=False, words=str(error))
        if answer is None:
            return TaskSaid(accepted=None, words="no answer came")
        if not answer.ok:
            spec = self.view.profile.answers[self.answer]
            return TaskSaid(accepted=False, words=answer.message, repeatable=is_code(answer.code, spec.repeatable))
        task_id = answer.rows[0]["task_id"]
        if task_id is UNREADABLE:
            return TaskSaid(accepted=True, words="the site did not say which task it is")
        return TaskSaid(accepted=True, task_id=task_id)

    def _answer(self) -> Answer | None:
        view, again = self.view, self.second_confirm
        answer = view.answered(self.answer, lambda: self.scope.commit(self.confirm), unless=again)
        asked = view.question(self.question, about=self.scope.key) if answer is None else None
        if asked is None:
            return answer
        self._refuse_other_question(asked)
        return view.answered(self.answer, lambda: asked.commit(self.second_confirm))

    def _refuse_other_question(self, asked: Scope) -> None:
        """Such as whether to overwrite the numbers of orders that have one."""
        try:
            asked.found(self.second_question)
        except PageChanged as error:
            raise _OtherQuestion(str(error)) from error
