"""Into which branch of the keys a sealed value belongs."""

from __future__ import annotations

from enum import StrEnum


class Branch(StrEnum):
    """The key hierarchy's two branches: whoever opens no identity never touches a key that could."""

    IDENTITY = "identity"  # who and where a person is: identities, reports, papers, attachments
    CONTENT = "content"  # everything else
