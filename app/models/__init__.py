"""Tables. A row is a row: no rules here, no plaintext of anything sealed."""

from app.models.accounts import Account, ApiToken, SignInThrottle, Unit, WebSession
from app.models.cases import Approval, Assignment, Case, Clock, Report, Stay
from app.models.deployment import Deployment, IdempotencyRecord
from app.models.documents import Document, Handover, RegisterCounter
from app.models.ledger import LedgerEntry, LedgerLane
from app.models.sealed import DataKey, SealedValue

__all__ = [
    "Account",
    "ApiToken",
    "Approval",
    "Assignment",
    "Case",
    "Clock",
    "DataKey",
    "Deployment",
    "Document",
    "Handover",
    "IdempotencyRecord",
    "LedgerEntry",
    "LedgerLane",
    "RegisterCounter",
    "Report",
    "SealedValue",
    "SignInThrottle",
    "Stay",
    "Unit",
    "WebSession",
]
