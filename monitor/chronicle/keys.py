"""Names of changes: the same change has the same one whenever it is asked for. Pure."""

import hashlib


def key(*parts: object) -> str:
    """A short stable name made of ``parts``."""
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=12).hexdigest()
