"""The audit log: append in the act's own transaction, verify at any time.

Entries go to one of a few chains ("lanes"), so that writers do not wait for
each other; each entry is authenticated with a key that is not in the database
and holds the previous entry's code; each lane's length and head are
authenticated too, so that a missing tail is found.
"""

from app.ledger.append import Ledger, current_ledger
from app.ledger.verify import Finding, verify

__all__ = ["Finding", "Ledger", "current_ledger", "verify"]
