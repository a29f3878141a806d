"""Addresses of shops: which are this machine itself."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """The host of a URL, lower case, without port; empty if there is none."""
    return (urlsplit(url).hostname or "").lower()


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
    if parts.username is not None or parts.password is not None:
        return "must not carry a login or a password"
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        return f"must end after the host: {parts.scheme}://{parts.netloc}"
    return ""
