"""What the ledger's entries about its own beginning, checkpoints, proofs and losses say to a reader."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain import events
from app.domain.text import N_

OF_CHECKPOINTS: Mapping[str, str] = {
    events.InstallationBegun.action: N_("made this installation: keys and an empty access log"),
    events.RowsAdopted.action: N_("took over %(count)s rows from a version before"),
    events.CheckpointRead.action: N_("looked at the checkpoint of the access log (%(size)s entries)"),
    events.CheckpointPrinted.action: N_("printed the checkpoint of the access log (%(size)s entries)"),
    events.InclusionProved.action: N_("took a proof that entry %(position)s is in the log of %(size)s"),
    events.ConsistencyProved.action: N_(
        "took a proof that the log of %(old)s is the beginning of the log of %(new)s"
    ),
    events.LedgerExported.action: N_("exported the access log (%(size)s entries)"),
    events.SealRefused.action: N_(
        "the sealer stopped: entry %(counter)s is not what was written (%(problem)s)"
    ),
    events.LedgerContinued.action: N_(
        "went on after a loss: log %(old_generation)s had %(old_size)s sealed entries, %(kept)s are left, "
        "at least %(missing)s more are missing"
    ),
    events.TideBegun.action: N_(
        "began the tide anew after it was lost (%(entries)s entries, last checkpoint outside %(size)s)"
    ),
}
