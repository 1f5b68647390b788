"""The Merkle tree of RFC 6962, section 2.1: hashes, roots and proofs. Pure: stored hashes come in by a function.

A complete subtree is named by (height, index): it covers the leaves from index * 2^height on, 2^height of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

Subtree = Callable[[int, int], bytes]
"""The hash of the complete subtree of that height and index, 32 bytes."""

EMPTY = sha256(b"").digest()
HASH = 32


class ProofError(ValueError):
    """A proof that does not prove what it should, or that cannot exist."""


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 || leaf)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: the hashes of its complete subtrees, largest first."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if len(hashes) != size.bit_count():
            raise ValueError("a tree of that size has another number of complete subtrees")
        self.size = size
        self._hashes = list(hashes)

    @classmethod
    def of(cls, size: int, subtree: Subtree) -> Frontier:
        """The right edge of the tree of the first `size` leaves."""
        return cls(size, [subtree(height, index) for height, index in _complete(0, size)])

    def append(self, leaf: bytes) -> None:
        """Add one leaf by its leaf hash."""
        self._hashes.append(leaf)
        self.size += 1
        for _ in range((self.size & -self.size).bit_length() - 1):
            right = self._hashes.pop()
            self._hashes[-1] = node_hash(self._hashes[-1], right)

    def root(self) -> bytes:
        """The root of the tree so far, 32 bytes."""
        return _folded(self._hashes) if self._hashes else EMPTY


def root(size: int, subtree: Subtree) -> bytes:
    """The root of the tree of the first `size` leaves, 32 bytes."""
    return Frontier.of(size, subtree).root()


def inclusion_proof(position: int, size: int, subtree: Subtree) -> list[bytes]:
    """The audit path of the leaf at `position` in the tree of the first `size` leaves (RFC 6962, 2.1.1).

    Raises ProofError when the leaf is not in that tree.
    """
    if not 0 <= position < size:
        raise ProofError("the leaf is not in the tree of that size")
    return _path(position, position + 1, size, subtree, known=True)


def consistency_proof(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """That the tree of `old` leaves is the beginning of the tree of `new` (RFC 6962, 2.1.2).

    Empty when nothing needs to be shown: from an empty tree, or to the same size.
    Raises ProofError when `old` is larger.
    """
    if not 0 <= old <= new:
        raise ProofError("the older tree is larger than the newer one")
    return [] if old in (0, new) else _path(None, old, new, subtree, known=True)


def _path(position: int | None, old: int, new: int, subtree: Subtree, *, known: bool) -> list[bytes]:
    """Both kinds of path: one splits towards a leaf, the other towards the edge of the old tree."""
    start, path = 0, []
    while (new - start > 1) if position is not None else (old != new):
        middle = start + _split(new - start)
        if (position if position is not None else old - 1) < middle:
            path.append(_range_hash(middle, new, subtree))
            new = middle
        else:
            path.append(_range_hash(start, middle, subtree))
            start, known = middle, False
    if position is None and not known:
        path.append(_range_hash(start, new, subtree))
    return path[::-1]


def verify_inclusion(leaf: bytes, position: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise ProofError unless `leaf` (a leaf hash) stands at `position` in the tree of that size and root."""
    if not 0 <= position < size:
        raise ProofError("the leaf is not in the tree of that size")
    inner = (position ^ (size - 1)).bit_length()
    border = (position >> inner).bit_count()
    if len(proof) != inner + border or any(len(part) != HASH for part in proof):
        raise ProofError("the proof has the wrong length")
    if _chain_right(_chain_inner(leaf, proof[:inner], position), proof[inner:]) != root:
        raise ProofError("the proof leads to another root")


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raise ProofError unless the tree of `old` leaves and `old_root` is the beginning of the newer one."""
    if not 0 <= old <= new:
        raise ProofError("the older tree is larger than the newer one")
    if old in (0, new):
        if proof or (old == new and old_root != new_root) or (old == 0 and old_root != EMPTY):
            raise ProofError("the proof has the wrong length or the roots differ")
        return
    inner = ((old - 1) ^ (new - 1)).bit_length()
    border = ((old - 1) >> inner).bit_count()
    shift = (old & -old).bit_length() - 1
    inner -= shift
    seed, rest = (old_root, proof) if old == 1 << shift else (proof[:1] and proof[0], proof[1:])
    if not seed or len(rest) != inner + border or any(len(part) != HASH for part in proof):
        raise ProofError("the proof has the wrong length")
    mask = (old - 1) >> shift
    if _chain_right(_chain_inner_right(seed, rest[:inner], mask), rest[inner:]) != old_root:
        raise ProofError("the proof leads to another older root")
    if _chain_right(_chain_inner(seed, rest[:inner], mask), rest[inner:]) != new_root:
        raise ProofError("the proof leads to another newer root")


def _chain_inner(seed: bytes, proof: Sequence[bytes], position: int) -> bytes:
    for height, part in enumerate(proof):
        seed = node_hash(part, seed) if position >> height & 1 else node_hash(seed, part)
    return seed


def _chain_inner_right(seed: bytes, proof: Sequence[bytes], position: int) -> bytes:
    for height, part in enumerate(proof):
        if position >> height & 1:
            seed = node_hash(part, seed)
    return seed


def _chain_right(seed: bytes, proof: Sequence[bytes]) -> bytes:
    for part in proof:
        seed = node_hash(part, seed)
    return seed


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def _range_hash(start: int, end: int, subtree: Subtree) -> bytes:
    return _folded([subtree(height, index) for height, index in _complete(start, end)])


def _folded(hashes: Sequence[bytes]) -> bytes:
    result = hashes[-1]
    for left in reversed(hashes[:-1]):
        result = node_hash(left, result)
    return result


def _complete(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees that make up the leaves from `start` to `end`, largest first; `start` is aligned."""
    while start < end:
        height = (end - start).bit_length() - 1
        yield height, start >> height
        start += 1 << height
