"""Where we refuse to go: private, local and reserved addresses, checked after resolution and at every connection.

A name is resolved once, every address it has is checked, and the connection goes to exactly the address that was
checked. So neither a redirect, nor a name that points inwards, nor one that changes between check and use (DNS
rebinding) reaches a machine of our own network. Decimal and hexadecimal spellings of an address fall out of
resolution and are checked as what they mean.
"""

import ipaddress
import socket
from collections.abc import Iterable
from functools import lru_cache

from monitor.errors import ConfigError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# What ``is_global`` of the standard library does not rule out, or not in every version.
_ALSO_REFUSED: tuple[Network, ...] = tuple(
    map(
        ipaddress.ip_network,
        (
            *("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24"),
            *("fec0::/10", "2001::/32", "100::/64", "3fff::/20", "5f00::/16"),
        ),
    )
)
# IPv6 networks that carry an IPv4 address in their last 32 bits (NAT64), and 6to4, which carries it in bits 16 to 48.
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
# What stands before the IPv4 address in the last half of an address of ISATAP (RFC 5214), whatever its network is.
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})


class AddressError(Exception):
    """A name that has no address (``dns``) or an address we do not go to (``refused_address``)."""

    def __init__(self, kind: str, reason: str, *, advice: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.advice = advice


def no_address(reason: str) -> AddressError:
    """The error for a name that cannot be resolved."""
    advice = "Check the spelling, and whether this machine reaches its name server."
    return AddressError("dns", reason, advice=advice)


def refused(reason: str, *, advice: str = "Use a full http or https address.") -> AddressError:
    """The error for an address that is not asked."""
    return AddressError("refused_address", reason, advice=advice)


class AddressGuard:
    """Decides which addresses may be asked. ``allow`` opens host names, addresses and networks."""

    def __init__(self, allow: Iterable[str] = ()) -> None:
        self._hosts: set[str] = set()
        self._networks: list[Network] = []
        for item in allow:
            self._open(item.strip().lower())

    def _open(self, item: str) -> None:
        try:
            self._networks.append(ipaddress.ip_network(item.strip("[]"), strict=False))
        except ValueError as error:
            if "/" in item or not item:
                raise ConfigError(
                    f"allow_private_hosts: {item!r} is neither a host name nor a network: {error}. "
                    "Write for example 'feeds.internal' or '10.1.0.0/16'."
                ) from error
            self._hosts.add(item.rstrip("."))

    def check(self, host: str, address: str) -> None:
        """Raise AddressError unless ``address``, an address of ``host``, may be asked."""
        if host.lower().rstrip(".") in self._hosts:
            return
        parsed = _parsed(address)
        if any(parsed in network for network in self._networks):
            return
        if reason := _refusal(parsed):
            named = address if address == host.strip("[]") else f"{host} has the address {address}, which"
            raise refused(f"{named} is {reason}", advice="If it is meant, name it in the setting allow_private_hosts.")

    def check_literal(self, host: str) -> None:
        """``check`` for a host that is written as an address; a name passes. For use behind a proxy."""
        bare = host.strip("[]")
        try:
            # The C library's reading of IPv4: "2130706433", "0x7f.1" and "127.1" are addresses too.
            address = bare if ":" in bare else socket.inet_ntoa(socket.inet_aton(bare))
        except (OSError, ValueError):
            return
        self.check(host, address)


@lru_cache(maxsize=4096)
def _parsed(address: str) -> Address:
    return ipaddress.ip_address(address.partition("%")[0])


@lru_cache(maxsize=4096)
def _refusal(address: Address) -> str:
    """Why an address is not of the public internet; empty when it is."""
    inner = _embedded(address)
    if inner is not None:
        return _refusal(inner)
    if address.is_unspecified or address.is_loopback:
        return "an address of this machine"
    if address.is_link_local:
        return "a link-local address"
    if address.is_multicast:
        return "a multicast address"
    if address.is_reserved or not address.is_global or any(address in network for network in _ALSO_REFUSED):
        return "a private or reserved address"
    return _refusal(tunnelled) if (tunnelled := _tunnelled(address)) else ""


def _embedded(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to, if it does: mapped, NAT64, 6to4 or compatible."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if any(address in network for network in _NAT64):
        # The translator of a site's own may read other bits (RFC 6052 2.2): with anything in them it is not believed.
        elsewhere = int(address) >> 32 & 0xFFFFFFFF
        return ipaddress.IPv4Address(0 if elsewhere else int(address) & 0xFFFFFFFF)
    if 1 < int(address) <= 0xFFFFFFFF:
        return ipaddress.IPv4Address(int(address))
    return address.ipv4_mapped or address.sixtofour


def _tunnelled(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address at which a machine with an address of ISATAP is."""
    if isinstance(address, ipaddress.IPv6Address) and int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
