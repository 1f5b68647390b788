"""Tables. A row is a row: no rules here, no plaintext of anything sealed."""

from app.models.accounts import Account, ApiToken, SignInThrottle, Unit, WebSession
from app.models.cases import Approval, Assignment, Case, Clock, Erasure, Report, Stay
from app.models.deployment import Deployment, IdempotencyRecord
from app.models.documents import Attachment, Document, Handover, RegisterCounter
from app.models.kept import Authentic, Kept
from app.models.ledger import LedgerCheckpoint, LedgerEntry, LedgerLane, LedgerLeaf, LedgerTile
from app.models.sealed import DataKey, SealedValue, SearchTag

__all__ = [
    "Account",
    "ApiToken",
    "Approval",
    "Assignment",
    "Attachment",
    "Authentic",
    "Case",
    "Clock",
    "DataKey",
    "Deployment",
    "Document",
    "Erasure",
    "Handover",
    "IdempotencyRecord",
    "Kept",
    "LedgerCheckpoint",
    "LedgerEntry",
    "LedgerLane",
    "LedgerLeaf",
    "LedgerTile",
    "RegisterCounter",
    "Report",
    "SealedValue",
    "SearchTag",
    "SignInThrottle",
    "Stay",
    "Unit",
    "WebSession",
]
