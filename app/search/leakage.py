"""What a thief of the table learns from counting: measured on the stored table, and by attacking invented people.

The attacker knows how common every value is in the country, from other people than those in the table. He sorts what
he stole by how often each tag occurs, and gives the commonest tag the commonest value, and so on down.
"""

from __future__ import annotations

import math
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.domain.terms import VERSION, Person, TermKind, fold, terms_of
from app.extensions import db
from app.models import SearchTag
from app.vault.tags import SEALED_POINTER, term_key

BARE_SURNAME = "family name alone (never indexed)"


Values = dict[TermKind | None, list[str]]


@dataclass(frozen=True, slots=True)
class Stored:
    """One kind in the stored table: tags, different ones, rows that share the commonest, pointers of a wrong length."""

    kind: str
    tags: int
    different: int
    largest: int
    odd: int

    @property
    def entropy(self) -> float:
        """Bits by which a row's tag is unforeseen: log2 of the rows when all differ."""
        return math.log2(self.different) if self.different else 0.0


@dataclass(frozen=True, slots=True)
class Attacked:
    """One kind over the same invented people: what a plain index would have told, and what the tags tell.

    Shares of all rows whose value the attacker names rightly, 0 to 1; `blind`: by always saying the commonest value.
    """

    kind: str
    rows: int
    plain_largest: int
    plain_entropy: float
    plain_known: float
    tagged_known: float
    blind: float


def stored() -> Iterator[Stored]:
    """Every kind of the stored table, counted in the database."""
    per_tag = select(SearchTag.kind, SearchTag.tag, func.count().label("n")).group_by(
        SearchTag.kind, SearchTag.tag
    )
    grouped = per_tag.subquery()
    largest = dict(
        db.session.execute(select(grouped.c.kind, func.max(grouped.c.n)).group_by(grouped.c.kind))
        .tuples()
        .all()
    )
    odd = dict(
        db.session.execute(
            select(SearchTag.kind, func.count())
            .where(func.length(SearchTag.pointer) != SEALED_POINTER)
            .group_by(SearchTag.kind)
        )
        .tuples()
        .all()
    )
    counts = select(SearchTag.kind, func.count(), func.count(SearchTag.tag.distinct()))
    for kind, tags, different in db.session.execute(counts.group_by(SearchTag.kind).order_by(SearchTag.kind)):
        yield Stored(_name(kind), tags, different, largest[kind], odd.get(kind, 0))


def values_of(persons: Iterable[Person]) -> Values:
    """Every term's value of these persons by kind; under None their bare family names."""
    found: Values = defaultdict(list)
    for person in persons:
        for term in terms_of(person):
            found[term.kind].append(term.value)
        found[None].append(fold(person.names[0]).split()[0])
    return found


def attacked(values: Values, known: Values) -> Iterator[Attacked]:
    """Run the attack on some people by somebody who knows others, kind by kind, and on bare family names to compare."""
    for kind in TermKind:
        yield _attack(kind.name.lower(), kind, values[kind], known[kind])
    yield _attack(BARE_SURNAME, TermKind.NAME, values[None], known[None])


def _attack(name: str, kind: TermKind, values: Sequence[str], known: Sequence[str]) -> Attacked:
    buckets = Counter(values)
    ranks = [value for value, _ in Counter(known).most_common()]
    total = len(values)
    return Attacked(
        name,
        total,
        plain_largest=max(buckets.values()),
        plain_entropy=-sum(n / total * math.log2(n / total) for n in buckets.values()),
        plain_known=_rightly_named({value: (n, value) for value, n in buckets.items()}, ranks) / total,
        tagged_known=_rightly_named(_tagged(kind, values), ranks) / total,
        blind=buckets[ranks[0]] / total,
    )


def _tagged(kind: TermKind, values: Sequence[str]) -> Mapping[bytes, tuple[int, str]]:
    """The tags these people would have, by the program's own code under a key of chance: how often, and the truth."""
    index_key, placed = secrets.token_bytes(32), Counter[str]()
    table: dict[bytes, tuple[int, str]] = {}
    for value in values:
        tag = term_key(kind, VERSION, value, index_key).tag(placed[value])
        placed[value] += 1
        table[tag] = (table.get(tag, (0, ""))[0] + 1, value)
    return table


def _rightly_named(
    table: Mapping[str, tuple[int, str]] | Mapping[bytes, tuple[int, str]], ranks: Sequence[str]
) -> int:
    in_order = sorted(table.items(), key=lambda item: -item[1][0])
    return sum(n for (_, (n, truth)), guess in zip(in_order, ranks, strict=False) if truth == guess)


def _name(kind: int) -> str:
    return TermKind(kind).name.lower() if kind in set(TermKind) else f"unknown kind {kind}"
