"""Writers of the same name at the same moment: each is found afterwards, none is lost or stands twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from app.domain.terms import Term, TermKind
from app.extensions import db
from app.ledger import tags
from app.search.index import OwnerKind, run
from app.services.reports import log_report
from tests.services import acting

WRITERS = 20
CONTENT = {"what_happened": "Hư cấu.", "caller_name": "Nguyễn Thị Mẫu", "caller_phone": "+84912345678"}
TERMS = (Term(TermKind.NAME, "nguyen thi mau"), Term(TermKind.PHONE, "+84912345678"))


def test_twenty_reports_of_one_caller_at_once(app, ctx, actor_for):
    actor = actor_for("hoa")
    start = threading.Barrier(WRITERS)

    def write(number):
        with app.app_context():
            start.wait(20)
            try:
                name = "Trần Văn Thử" if number % 4 == 0 else "Nguyễn Thị Mẫu"  # the orders of terms differ
                return log_report(actor, {**acting.ENTRIES, "content": {**CONTENT, "caller_name": name}}).id
            finally:
                db.session.remove()

    with ThreadPoolExecutor(WRITERS) as pool:
        written = list(pool.map(write, range(WRITERS)))
    for term, expected in zip(TERMS, (15, 20), strict=True):
        found = [posting.owner_id for _, _, posting in run(term)]
        assert len(found) == len(set(found)) == expected
        assert set(found) <= set(written)
    assert {posting.kind for _, _, posting in run(TERMS[0])} == {OwnerKind.REPORT}
    session = db.session()
    assert sum(tags.told_by_all(session), tags.Sum()) == sum(tags.stored(session), tags.Sum())
    assert tags.volume(session) == 2 * WRITERS
