"""What can go wrong with a backup; the text is for the operator and says the remedy."""

from __future__ import annotations


class BackupError(Exception):
    """A backup cannot be made, opened or brought back."""
