"""From the persons a section tells of to postings, and from a person to the files that tell of one like it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.catalogue.people import SOURCES, people_in
from app.domain.matching import Tier, questions
from app.domain.terms import Person, Term, terms_of
from app.search.index import OwnerKind, Posting, put, runs, take_back

MOST = 256
"""How many files of one term are followed. What more people share says nothing by itself."""
SOURCE_OF = {source.code: name for name, source in SOURCES.items()}


@dataclass(frozen=True, slots=True, order=True)
class Owner:
    """A case or a report that is found."""

    kind: OwnerKind
    id: UUID

    @classmethod
    def case(cls, case_id: UUID) -> Owner:
        """A case."""
        return cls(OwnerKind.CASE, case_id)

    @classmethod
    def report(cls, report_id: UUID) -> Owner:
        """A report."""
        return cls(OwnerKind.REPORT, report_id)


@dataclass(frozen=True, slots=True)
class Trace:
    """What a file has in common with a person, and the section it stands in, or "report"."""

    source: str
    tier: Tier


def is_indexed(source: str) -> bool:
    """True for a section (or "report") whose persons are found."""
    return source in SOURCES


def update(owner: Owner, source: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Bring the index in step with a report or section whose stored values changed; {} for none.

    Call it in the transaction that writes the values; its last ledger entry tells what the tags add up to.
    """
    if not is_indexed(source):
        return
    old, new = terms_in(source, before), terms_in(source, after)
    take_back((term, posting_of(owner, source)) for term in old - new)
    put((term, posting_of(owner, source)) for term in new - old)


def terms_in(source: str, values: Mapping[str, Any]) -> frozenset[Term]:
    """Every term of the persons in these values."""
    return frozenset(term for person in people_in(source, values) for term in terms_of(person))


def posting_of(owner: Owner, source: str) -> Posting:
    """What is stored for each term of that source."""
    return Posting(owner.kind, owner.id, SOURCES[source].code)


def look_up(person: Person, *, without: AbstractSet[Tier] = frozenset()) -> dict[Owner, set[Trace]]:
    """Every file that shares a term with this person, in what and where; near matches too.

    Of a term that more than MOST files share only the first are followed. IntegrityBroken when a pointer was changed.
    """
    asked = [question for question in questions(person) if question.tier not in without]
    places = runs({question.term for question in asked}, MOST)
    found: dict[Owner, set[Trace]] = defaultdict(set)
    for question in asked:
        for _, _, posting in places[question.term]:
            if posting.kind is not OwnerKind.NOTHING:
                trace = Trace(SOURCE_OF[posting.source], question.tier)
                found[Owner(posting.kind, posting.owner_id)].add(trace)
    return found
