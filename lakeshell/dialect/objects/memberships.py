"""In which groups the person at the shell is."""

from __future__ import annotations

import getpass

from lakeshell.dialect.objects.store import Store
from lakeshell.home import Home

# Whoever opens the lakehouse administers it.
_ALWAYS = ("account users", "admins", "users")


def groups_of_mine(home: Home) -> list[str]:
    """Their names in small letters, in order: those in which the user of this machine's name was
    put, and the groups in which these are."""
    try:
        me = getpass.getuser().lower()
    except (KeyError, OSError):  # no such user in a container's passwd
        me = "lakeshell"
    members = [fields for _, fields in Store(home).all("member")]
    found: set[str] = set()
    looked_for = {("user", me)}
    while looked_for:
        above = {
            fields["group"].lower()
            for fields in members
            if (fields["kind"], fields["name"].lower()) in looked_for
        }
        looked_for = {("group", name) for name in above - found}
        found |= above
    return sorted(found | set(_ALWAYS))
