"""Reason codes of rows about settings of a shop, where their words are others than those of orders."""

from __future__ import annotations

from flows.orders.reasons import Coded
from rpa.outcome import Outcome


class SettingReason(Coded):
    """Why the row of a setting ended as it did."""

    # fmt: off
    AS_EXPECTED = "as_expected", Outcome.DONE, "The site shows what is expected.", "后台设置与预期一致。"
    SET = "set", Outcome.DONE, "Set and read back from the site.", "已设置，并已从后台读回核对。"
    RECOVERED = "recovered", Outcome.DONE, "Sent by an earlier run that was cut off; the site shows it.", "此前中断的运行已提交，后台已显示该设置。"
    BALANCE_NOT_TOLD = "balance_not_told", Outcome.DONE, "Bound; the site shows “-” for the balance: not told, so it is not checked.", "已绑定；后台余额显示“-”：未告知，不作检查。"
    ALREADY_THERE = "already_there", Outcome.ALREADY_DONE, "The site shows what is expected already.", "后台已是预期的设置，无需处理。"
    DRY_RUN = "dry_run", Outcome.PLANNED, "Would be set; this was a dry run. Use --live to set it.", "预演：将会修改设置。正式修改请加 --live。"
    DIFFERS = "differs", Outcome.NEEDS_PERSON, "The site shows another setting than expected; set it on the site, run again with --apply, or correct `expected` in rpa.toml.", "后台设置与预期不同；请在后台修改，或加 --apply 再运行，或改正 rpa.toml 中的 expected。"
    NO_SUCH_VALUE = "no_such_value", Outcome.NEEDS_PERSON, "The site has no such value, or more than one fits; correct `expected` in rpa.toml, or add it on the site.", "后台没有此项，或有多项符合；请改正 rpa.toml 中的 expected，或在后台添加。"
    NO_SUCH_OUTLET = "no_such_outlet", Outcome.NEEDS_PERSON, "The site lists no such courier and outlet, or more than one fits; correct `waybills` in rpa.toml, or open the account on the site.", "后台没有此快递网点，或有多个符合；请改正 rpa.toml 中的 waybills，或在后台开通。"
    NOT_BOUND = "not_bound", Outcome.NEEDS_PERSON, "This account for waybills is not bound; bind it on the site.", "此电子面单账号未绑定；请在后台绑定。"
    BALANCE_LOW = "balance_low", Outcome.WAITING, "Few waybills are left; buy more from this outlet.", "面单余额不足；请向该网点充值。"
    CHANGED_MEANWHILE = "changed_meanwhile", Outcome.WAITING, "Somebody changed the page while it was being set; nothing was saved, the next run looks again.", "设置期间页面被他人修改，未保存；下次运行会重新核对。"
    CHANGED_BY_ANOTHER = "changed_by_another", Outcome.NEEDS_PERSON, "This was set before, and somebody has changed it since; it is not set over that. To have it again, run `rpa ledger resolve SHOP SETTING --kind setting --not-done`.", "此设置此前已改好，之后被他人改动，不会再次覆盖；确需重设，请运行 rpa ledger resolve 店铺 设置 --kind setting --not-done。"
    ALSO_CHANGED = "also_changed", Outcome.NEEDS_PERSON, "It was set, and something else on the page is not as it was before; correct that on the site, then run `rpa ledger resolve`.", "已设置，但页面上其他内容与之前不同；请在后台改正后运行 rpa ledger resolve。"
    SITE_REFUSED = "site_refused", Outcome.REFUSED, "The site refused the setting; its words stand in the message.", "后台拒绝保存设置，原因见说明。"
    NOT_DONE = "not_done", Outcome.REFUSED, "The site did not take the setting (looked twice); the next run tries again.", "两次核对后台均未保存；下次运行会重试。"
    CONFLICT = "conflict", Outcome.NEEDS_PERSON, "We set one value, the site shows another; look at the page, then run `rpa ledger resolve`.", "提交的设置与后台显示不一致；请核对后运行 rpa ledger resolve。"
    UNKNOWN = "unknown", Outcome.NEEDS_PERSON, "It is not certain whether it was set; look at the page, then run `rpa ledger resolve`.", "无法确定是否已设置；请在后台核对后运行 rpa ledger resolve。"
    SOURCES_DISAGREE = "sources_disagree", Outcome.NEEDS_PERSON, "The page and its data disagree about this setting, or something of it cannot be read; look at it by hand.", "页面与数据不一致，或有内容无法识别；请人工核对此设置。"
    # fmt: on
