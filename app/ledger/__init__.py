"""The audit log: append in the act's own transaction, verify at any time.

Entries go to one of a few chains ("lanes"), so that writers do not wait for
each other; each entry is authenticated with a key that is not in the database
and holds the previous entry's code; each lane's length and head are
authenticated too, so that a missing tail is found. A transaction's last entry
names the rows and sealed values it wrote, so that what lies behind the entries
is checked with them.
"""

from app.ledger.append import Ledger, current_ledger
from app.ledger.deep import State, verify_deep, volume
from app.ledger.findings import Finding
from app.ledger.noted import forget
from app.ledger.rows import genuine, listen, tell
from app.ledger.verify import verify

__all__ = [
    "Finding",
    "Ledger",
    "State",
    "current_ledger",
    "forget",
    "genuine",
    "listen",
    "tell",
    "verify",
    "verify_deep",
    "volume",
]
