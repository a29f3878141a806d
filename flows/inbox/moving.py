"""Moving a file out of an inbox, whatever others do in that folder meanwhile."""

from __future__ import annotations

import errno
from contextlib import suppress
from typing import TYPE_CHECKING

from flows.inbox.folder import DONE
from rpa.untrusted_folder import FolderRefused

if TYPE_CHECKING:
    from pathlib import Path

    from flows.inbox.folder import InboxFolder
    from flows.inbox.whole_files import Found
    from rpa.untrusted_folder import UntrustedFolder


def moved(found: Found, *, to: Path, folder: InboxFolder) -> bool:
    """Move the file that was read to this place in the folder's store.

    False: it cannot be moved, or is another one by now.
    """
    name = found.path.name
    try:
        with folder.opened() as inbox, folder.stored() as store:
            if inbox.state(name) != found.seen:
                return False
            try:
                inbox.move(name, to=store, name_there=to.name)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                _copied(found, to=to, inbox=inbox, store=store)
                return True
            if store.state(to.name) == found.seen:
                return True
            _bring_back(to.name, name, inbox=inbox, store=store)
    except OSError:
        return False
    return False


def _copied(found: Found, *, to: Path, inbox: UntrustedFolder, store: UntrustedFolder) -> None:
    """The inbox is on another disk: keep what was read, and move the file to where people find it.

    Who still writes to it goes on there, where it is looked at again. It is removed where there is no such place.
    """
    store.write(to.name, found.data, instead=False, written_ns=found.seen[1] if found.seen else None)
    with suppress(FolderRefused, FileExistsError), inbox.folder(DONE) as done:
        if not done.has(to.name):
            inbox.move(found.path.name, to=done, name_there=to.name)
            return
    inbox.remove(found.path.name)


def _bring_back(name: str, before: str, *, inbox: UntrustedFolder, store: UntrustedFolder) -> None:
    """It was saved anew in the moment in which it was moved: what it says now was never read."""
    store.move(name, to=inbox, name_there=name if inbox.has(before) else before)
