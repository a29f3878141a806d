"""The words of the help pages, in the language of this machine: `--help` always works, without a configuration."""

from __future__ import annotations

import re

from rpa.language import Text, detect

LANGUAGE = detect()
_ONE_LINE = 18
"""So many Chinese characters fit beside the options on a terminal of 80 columns."""
_BREAKS = re.compile("(?<=[\uff0c\u3002\uff1b\uff1a])(?=[^\\s\uff0c\u3002\uff1b\uff1a])")


def said(words: Text) -> str:
    """The sentence for a help page. Long Chinese gets a blank after its commas and stops, where a line may break."""
    sentence = words.of(LANGUAGE)
    return sentence if len(sentence) <= _ONE_LINE else _BREAKS.sub(" ", sentence)


class CommandHelp:
    """What each command does."""

    rpa = said(
        Text(
            en="Run a merchant's back office through its web pages: each action at most once, and reported.",
            zh="通过网页自动操作商家后台：每项操作最多处理一次，每一步都有记录。",
        )
    )
    run = said(Text(en="Run a flow in the shops named, or in all shops.", zh="在指定的店铺（默认全部）运行一个流程。"))
    selectors = said(
        Text(
            en="The profile of a site's pages: begin one, compare it with the site, confirm it.",
            zh="后台页面的描述：新建、对照后台核对、确认。",
        )
    )
    ledger = said(Text(en="What was done: list it, answer doubts.", zh="做过的操作：查看、答复疑问。"))
    init = said(
        Text(en="Ask a few questions and write a commented rpa.toml.", zh="回答几个问题，生成带注释的 rpa.toml。")
    )
    login = said(
        Text(
            en="Log in to a shop: by hand in a browser window, or with a password from standard input.",
            zh="登录店铺：在浏览器窗口中手动登录，或从标准输入读取密码。",
        )
    )
    flows = said(Text(en="List the flows: what each does, and its options.", zh="列出所有流程的作用和选项。"))
    report = said(
        Text(
            en="Gather the rows of all runs into one CSV and XLSX, with totals per day.",
            zh="汇总所有运行的记录，生成 CSV 和 XLSX，并按天合计。",
        )
    )
    doctor = said(
        Text(
            en="Examine this machine, the configuration and the profiles, and say what to do.",
            zh="检查本机、配置文件和页面描述，并给出处理办法。",
        )
    )
    pause = said(
        Text(
            en="Write nothing to the site any more, in these shops or in all, until `rpa resume`.",
            zh="暂停操作后台：指定的店铺，默认全部，直到运行 rpa resume。",
        )
    )
    resume = said(
        Text(en="End a pause: of these shops, or the one of all shops.", zh="恢复指定店铺；不写店铺则解除“全部暂停”。")
    )
    new_profile = said(
        Text(
            en="Ask a few questions about a new site and begin its profile: a commented file to be filled in.",
            zh="回答几个关于新网站的问题，生成它的页面描述：带注释、待填写的文件。",
        )
    )
    check = said(
        Text(
            en="Open each page of the shop's site and say which elements are found. Clicks only tabs, and to log in.",
            zh="打开店铺后台的每个页面，逐项说明能否找到页面元素。除登录和切换标签页外不做任何点击。",
        )
    )
    approve = said(
        Text(
            en="Confirm that a profile of your own, and what cannot be undone, is described rightly for a shop's site.",
            zh="确认您自己的页面描述、以及不可撤销的操作，与店铺后台相符。",
        )
    )
    differences = said(
        Text(
            en="Show all that a profile of your own says otherwise than the one that came with the program.",
            zh="列出您自己的页面描述与程序自带的全部不同之处。",
        )
    )
    upgrade = said(
        Text(
            en="Write profiles of your own as they are written today: shown first, then asked. Comments are kept.",
            zh="把您自己的页面描述升级为当前格式：先列出改动，确认后写入；注释保留不变。",
        )
    )
    service = said(
        Text(
            en="Have the operating system keep `rpa schedule` running, after each restart of the machine too.",
            zh="让操作系统保持 rpa schedule 运行，重启电脑后也自动启动。",
        )
    )
    service_install = said(
        Text(en="Install the service, or bring it up to date, and start it.", zh="安装或更新服务，并启动。")
    )
    service_uninstall = said(
        Text(
            en="Stop the service, which finishes the action in hand, and remove it.",
            zh="停止服务（先处理完手头的操作）并删除。",
        )
    )
    service_status = said(
        Text(
            en="Say whether it is installed, runs, and when it last gave a sign of life; exits with 3 unless it works.",
            zh="查看是否已安装、是否在运行、最近一次心跳；未正常工作时退出码为 3。",
        )
    )
    show = said(Text(en="List what was done, newest first.", zh="列出做过的操作，最新的在前。"))
    resolve = said(
        Text(
            en="Answer for an action on which the program cannot decide. Look at the site first; give one answer. "
            "Without one you are shown what there is, and asked.",
            zh="程序无法判断某项操作的结果时，由您答复。请先在后台查看，再给出一个答复；不给答复则列出已知内容并询问。",
        )
    )
    accept = said(
        Text(
            en="Go on with the ledger that is there, or with an empty one, though it is missing, another one or older "
            "than what lies around it. Holds and actions come back from var/journal-ledger.jsonl.",
            zh="台账丢失、不是原来那份或比周围文件旧时，确认以现状继续；"
            "拦截和操作记录从 var/journal-ledger.jsonl 恢复。",
        )
    )


class OptionHelp:
    """What options and arguments mean."""

    config = said(
        Text(
            en="The configuration. Default: RPA_CONFIG, else ./rpa.toml.",
            zh="配置文件，默认为环境变量 RPA_CONFIG，否则为 ./rpa.toml。",
        )
    )
    shop = said(Text(en="A shop of rpa.toml.", zh="rpa.toml 中的店铺。"))
    shops = said(Text(en='Shops and "@group"s of rpa.toml. Default: all.', zh="店铺或“@组名”，默认全部。"))
    pause_reason = said(Text(en="Why; shown wherever the pause is.", zh="原因，随暂停一起显示。"))
    profile_name = said(
        Text(
            en="What the profile is called, and `platform` of its shops: small letters, digits, - and _.",
            zh="页面描述的名称，即店铺的 platform：小写字母、数字、- 和 _。",
        )
    )
    address = said(
        Text(en="The site's address, without a path. Default: asked.", zh="网站的网址，不含路径；不写则询问。")
    )
    title = said(Text(en="What people call the site. Default: asked.", zh="网站的名称；不写则询问。"))
    page_language = said(
        Text(
            en="The language of its pages and of your sheets: en or zh. Default: asked.",
            zh="页面和表格的语言：en 或 zh；不写则询问。",
        )
    )
    zone = said(
        Text(
            en="The zone of the times that it shows, like Asia/Shanghai. Default: asked.",
            zh="页面上时间的时区；不写则询问。",
        )
    )
    choose = said(
        Text(
            en="An answer to a further question, by its key; `--choose help` names them. May be given several times.",
            zh="按关键字回答其余问题；用 --choose help 查看有哪些。可多次给出。",
        )
    )
    only_shops = said(
        Text(en='Only this shop or "@group"; may be given several times.', zh="只看此店铺或“@组名”，可多次给出。")
    )
    by = said(Text(en="Your name. Default: your login on this computer.", zh="您的姓名，默认为本机登录名。"))
    password_stdin = said(
        Text(
            en="Read the password from one line of standard input, and keep it, encrypted.",
            zh="从标准输入读取一行密码，并加密保存。",
        )
    )
    headed = said(Text(en="Show the browser.", zh="显示浏览器。"))
    since = said(Text(en="First day, YYYY-MM-DD.", zh="开始日期，YYYY-MM-DD。"))
    until = said(Text(en="Last day, YYYY-MM-DD.", zh="结束日期，YYYY-MM-DD。"))
    elements = said(
        Text(
            en="Elements to confirm. Default: all that cannot be undone.", zh="要确认的元素，默认为所有不可撤销的操作。"
        )
    )
    profiles = said(
        Text(
            en="Shops, whose profiles are meant, or files; none: all of your own.",
            zh="店铺名（指它的页面描述）或文件；不写则为您自己的全部页面描述。",
        )
    )
    only_check = said(
        Text(
            en="Write nothing; the exit code is 2 when something would change.",
            zh="只检查不写入；有需要改动的内容时退出码为 2。",
        )
    )
    do_not_ask = said(Text(en="Do not ask.", zh="不再询问。"))
    state = said(Text(en="Only this state, for example unknown.", zh="只看这种状态，例如 unknown。"))
    limit = said(Text(en="Only so many.", zh="最多列出几条。"))
    json_list = said(Text(en="One JSON list on standard output.", zh="在标准输出打印 JSON 列表。"))
    subject = said(
        Text(en="What it was done to, as `rpa ledger show` has it.", zh="操作的对象，如 rpa ledger show 所列。")
    )
    done = said(Text(en="The site shows it as we sent it.", zh="后台显示的与提交的一致。"))
    not_done = said(Text(en="The site does not have it; it may be sent again.", zh="后台没有收到，可以重新提交。"))
    reopen = said(
        Text(
            en="With --not-done: it is so, though the site has shown otherwise.",
            zh="与 --not-done 同用：后台曾显示已完成，但确实已不是，不再询问。",
        )
    )
    changed_ok = said(Text(en="It changed, and may be acted on as it is now.", zh="内容有变动，可按现在的内容处理。"))
    reason = said(Text(en="What you saw; needed, and kept with your name.", zh="您看到的情况，必填，与姓名一同保存。"))
    accept_reason = said(
        Text(
            en="What happened to the ledger; needed, and kept with your name.",
            zh="台账出了什么事，必填，与姓名一同保存。",
        )
    )
    only_print = said(
        Text(en="Print what the system would be given; change nothing.", zh="只打印要交给系统的内容，不做任何更改。")
    )
    kind = said(Text(en="Which kind of action, where there are several.", zh="有多种操作时，指明是哪一种。"))
    part = said(Text(en="Which part of it, where it was done in several steps.", zh="分步骤完成的操作，指明是哪一步。"))


class RunOptions:
    """What the options mean that all flows share."""

    dry_run = said(Text(en="Plan only; nothing is written to the site.", zh="只预演，不在后台做任何更改。"))
    live = said(Text(en="Write to the site, whatever the shop's `live` says.", zh="正式运行，不论店铺配置中的 live。"))
    yes = said(Text(en="Answer yes to questions of the program itself.", zh="程序自己的提问一律回答“是”。"))
    json_document = said(Text(en="One JSON document on standard output.", zh="在标准输出打印一个 JSON 文档。"))
    headed = said(
        Text(en="Show the browser; actions are announced and highlighted.", zh="显示浏览器，并标出每一步操作。")
    )
    slow_mo = said(Text(en="Milliseconds to wait after each action.", zh="每一步操作后等待的毫秒数。"))
    step = said(Text(en="Ask before each write (with --headed).", zh="每次提交前询问（与 --headed 同用）。"))
    pause_on_failure = said(
        Text(
            en="Open the inspector when the shop is stopped (with --headed).",
            zh="店铺停止时打开检查器（与 --headed 同用）。",
        )
    )
    video = said(Text(en="Film the run (needs ffmpeg).", zh="录制视频（需要 ffmpeg）。"))
    trace = said(Text(en="Keep a Playwright trace of the run.", zh="保存 Playwright 跟踪文件。"))
