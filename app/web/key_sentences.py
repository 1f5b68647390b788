"""What ledger entries about keys and about keeping a file say to a reader; a part of the ledger's sentences."""

from __future__ import annotations

from collections.abc import Mapping

from app.catalogue.retention import GROUNDS
from app.domain import events
from app.domain.text import N_, Label

KEY_SENTENCES: Mapping[str, str] = {
    events.RotationBegun.action: N_("began to make a new root key (%(branch)s)"),
    events.RootAdded.action: N_("made root key %(number)s (%(branch)s); it wraps new data keys"),
    events.KeysRewrapped.action: N_(
        "wrapped %(count)s data keys of root key %(number)s (%(branch)s) anew; %(broken)s did not open"
    ),
    events.RootRetiring.action: N_("is about to destroy root key %(number)s (%(branch)s)"),
    events.RootRetired.action: N_("destroyed root key %(number)s (%(branch)s)"),
    events.RenewalBegun.action: N_("began to seal everything of %(kind)s again under %(keys)s new data keys"),
    events.AttachmentToReseal.action: N_("opened an attachment to seal it again; nobody saw it"),
    events.AttachmentResealed.action: N_(
        "sealed an attachment again (SHA-256 of the sealed file %(digest)s…)"
    ),
    events.ValuesResealed.action: N_("sealed %(count)s values of %(kind)s again under new data keys"),
    events.OldKeysDestroyed.action: N_("destroyed %(keys)s older data keys of %(kind)s"),
    events.KeepingViewed.action: N_("looked at how long the file is kept"),
    events.TermSet.action: N_("decided how long the file is kept: %(basis)s %(keep_until)s"),
    events.HoldPut.action: N_("put a legal hold on the file: %(basis)s"),
    events.HoldLifted.action: N_("lifted the legal hold on the file"),
    events.ErasureRequested.action: N_("asked a second person to have the file erased: %(basis)s"),
    events.ErasureRefused.action: N_("refused as second person to have the file erased"),
    events.ErasuresListed.action: N_("looked through requests to erase a file (%(count)s lines)"),
    events.ReportErased.action: N_("ERASED the report together with its file"),
    events.CaseErased.action: N_(
        "approved as second person and ERASED the file: %(keys)s keys destroyed, %(values)s sealed values and "
        "%(attachments)s attachments can never be opened again (SHA-256 over all of them %(digest)s…)"
    ),
}

BRANCH_WORDS: Mapping[str, Label] = {
    "identity": Label("nhánh nhân thân", "identities"),
    "content": Label("nhánh nội dung", "other content"),
    "both": Label("cả hai nhánh", "both branches"),
}
GROUND_WORDS: Mapping[str, Label] = {ground.id: ground.label for ground in GROUNDS.values()}
