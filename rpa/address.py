"""Addresses of sites: their origins, and which are this machine itself."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a shop is, as what is kept for it is bound to it."""

    origin: str
    takes_earlier: bool = False
    """Whether what an earlier release kept, without an origin, is taken to be of this site."""

    def takes(self, origin: str) -> bool:
        """Whether what was given at this origin (empty: not known) may be used here."""
        return origin == self.origin or (not origin and self.takes_earlier)


def host_of(url: str) -> str:
    """The host of a URL, lower case, without port; empty if there is none."""
    return (urlsplit(url).hostname or "").lower()


@lru_cache(maxsize=256)
def origin_of(url: str) -> str:
    """Scheme, host and port of a URL, as a browser names them (`https://host`, `http://host:8808`); empty for others.

    A `blob:` has the origin of the document that made it.
    """
    try:
        parts = urlsplit(url.removeprefix("blob:"))
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not host:
        return ""
    name = f"[{host}]" if ":" in host else _in_ascii(host)
    return f"{parts.scheme}://{name}" + ("" if port in {None, _PORTS[parts.scheme]} else f":{port}")


def _in_ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def is_loopback(host: str) -> bool:
    """Whether this host is this machine itself: `localhost` or a loopback IP address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def leads_away(url: str, *, to: str) -> bool:
    """Whether a redirect from one address to another leaves its host, or the encryption."""
    try:
        here, there = urlsplit(url), urlsplit(to)
        return host_of(url) != host_of(to) or (here.scheme.lower(), there.scheme.lower()) == ("https", "http")
    except ValueError:
        return True


def base_url_problem(url: str) -> str:
    """What is wrong with this as the address of a site, in words; empty if nothing is."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        return f"is not an address: {error}"
    if parts.scheme not in {"http", "https"} or not host:
        return "must start with http:// or https:// and name a host"
    if parts.scheme == "http" and not is_loopback(host):
        return "must start with https:// (http:// is for this machine itself)"
    if parts.username is not None or parts.password is not None:
        return "must not carry a login or a password"
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        return f"must end after the host: {parts.scheme}://{parts.netloc}"
    return ""
