"""What ledger entries about backups say to a reader; a part of the ledger's sentences."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain import events
from app.domain.text import N_

BACKUP_SENTENCES: Mapping[str, str] = {
    events.BackupCreated.action: N_(
        "made a backup of %(entries)s ledger entries; %(damaged)s attachments were damaged "
        "(SHA-256 of the data part %(data_digest)s…)"
    ),
    events.BackupVerified.action: N_("checked a backup: %(findings)s broken places (SHA-256 %(digest)s…)"),
    events.BackupRestored.action: N_(
        "restored this database from a backup: %(missing)s sealed entries are missing, %(newer_keys)s keys "
        "were newer"
    ),
    events.RestoredKeysTold.action: N_("took over %(count)s keys from a newer backup"),
    events.BackupsPruned.action: N_(
        "deleted old backups: %(data_parts)s data parts, %(keys_parts)s keys parts"
    ),
    events.BackupDrilled.action: N_("practised a restore: %(findings)s broken places (SHA-256 %(digest)s…)"),
    events.DrillValueOpened.action: N_(
        "opened one sealed value of %(kind)s out of a backup, to show that it can be read; nobody saw it"
    ),
}
