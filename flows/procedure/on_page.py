"""The page level: what is done, and checked, on a page before a click that cannot be undone."""

from __future__ import annotations

from flows.orders.reasons import Reason
from flows.procedure.api import D, SiteForm
from flows.procedure.kind import AlreadyThere, Step
from rpa.errors import InDoubt, Refused


def fill_in(step: Step[D], decision: D) -> SiteForm[D]:
    """Open the form of the step for the decision's subject, fill it in, and read the fields back; nothing is sent.

    Every place that tells of the subject is read again: its row, what the page was answered, the form before and after
    it was filled in. Raises Refused when the subject may not be acted on now, InDoubt when a sign, row or field is not
    as it must be, AlreadyThere when the site shows the step's trace; the form is closed then.
    """
    site = step.site
    site.check_allowed()
    with site.pictured(decision.subject):
        step.check_row(decision, site.bring_row(decision))
        form = site.open(decision)
    try:
        with site.pictured(decision.subject):
            step.check_told(decision, form.told)
            shown = form.read()
            step.check_form(decision, shown, told=form.told)
            step.check_filled(decision, form.put(decision, shown), told=form.told)
            _refuse_blocked(form)
            form.take_picture()
    except (Refused, InDoubt, AlreadyThere):
        form.leave()
        raise
    return form


def _refuse_blocked(form: SiteForm[D]) -> None:
    blocked = form.blocked()
    if blocked is not None:
        raise Refused(blocked, reason=Reason.SITE_REFUSED)
