"""The Merkle tree against the published vectors of Certificate Transparency, and against the definition itself."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.tree import (
    EMPTY,
    Frontier,
    ProofError,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = [  # (position from 0, size, proof)
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CONSISTENCY = [  # (old, new, proof)
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


def defined_root(leaves):
    """MTH(D[n]) of RFC 6962, 2.1, word by word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(defined_root(leaves[:k]), defined_root(leaves[k:]))


def defined_path(m, leaves):
    """PATH(m, D[n]) of 2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*defined_path(m, leaves[:k]), defined_root(leaves[k:])]
    return [*defined_path(m - k, leaves[k:]), defined_root(leaves[:k])]


def defined_subproof(m, leaves, whole):
    """SUBPROOF(m, D[n], b) of 2.1.2."""
    if m == len(leaves):
        return [] if whole else [defined_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*defined_subproof(m, leaves[:k], whole), defined_root(leaves[k:])]
    return [*defined_subproof(m - k, leaves[k:], False), defined_root(leaves[:k])]


def subtrees(leaves):
    """Access to complete subtrees, computed by the definition."""
    return lambda height, index: defined_root(leaves[index << height : (index + 1) << height])


def unhex(proof):
    return [bytes.fromhex(part) for part in proof]


def test_the_published_roots():
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    frontier = Frontier()
    assert frontier.root() == EMPTY
    for size, expected in enumerate(ROOTS, start=1):
        frontier.append(leaf_hash(LEAVES[size - 1]))
        assert frontier.root().hex() == expected
        assert root(size, subtrees(LEAVES)).hex() == expected


@pytest.mark.parametrize(("position", "size", "proof"), INCLUSION)
def test_the_published_inclusion_proofs(position, size, proof):
    assert inclusion_proof(position, size, subtrees(LEAVES)) == unhex(proof)
    verify_inclusion(
        leaf_hash(LEAVES[position]), position, size, unhex(proof), bytes.fromhex(ROOTS[size - 1])
    )


@pytest.mark.parametrize(("old", "new", "proof"), CONSISTENCY)
def test_the_published_consistency_proofs(old, new, proof):
    assert consistency_proof(old, new, subtrees(LEAVES)) == unhex(proof)
    verify_consistency(old, new, unhex(proof), bytes.fromhex(ROOTS[old - 1]), bytes.fromhex(ROOTS[new - 1]))


sizes = st.integers(1, 70)


@given(st.data(), sizes)
def test_inclusion_is_what_the_definition_says(data, size):
    leaves = [bytes([n]) for n in range(size)]
    position = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(position, size, subtrees(leaves))
    assert proof == defined_path(position, leaves)
    verify_inclusion(leaf_hash(leaves[position]), position, size, proof, defined_root(leaves))


@given(st.data(), sizes)
def test_consistency_is_what_the_definition_says(data, new):
    leaves = [bytes([n]) for n in range(new)]
    old = data.draw(st.integers(0, new))
    proof = consistency_proof(old, new, subtrees(leaves))
    assert proof == (defined_subproof(old, leaves, True) if old else [])
    verify_consistency(old, new, proof, defined_root(leaves[:old]), defined_root(leaves))


@given(st.data(), sizes)
def test_a_tree_continued_from_its_right_edge_is_the_whole_tree(data, size):
    leaves = [bytes([n]) for n in range(size)]
    known = data.draw(st.integers(0, size))
    frontier = Frontier.of(known, subtrees(leaves))
    for leaf in leaves[known:]:
        frontier.append(leaf_hash(leaf))
    assert (frontier.size, frontier.root()) == (size, defined_root(leaves))


@given(st.data(), st.integers(2, 70))
def test_any_other_proof_is_refused(data, size):
    leaves = [bytes([n]) for n in range(size)]
    position = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(position, size, subtrees(leaves))
    place = data.draw(st.integers(0, len(proof) - 1))
    damaged = [*proof[:place], bytes(32), *proof[place + 1 :]]
    leaf, good = leaf_hash(leaves[position]), defined_root(leaves)
    for wrong in (damaged, proof[:-1], [*proof, bytes(32)], [*proof[:place], b"short", *proof[place + 1 :]]):
        with pytest.raises(ProofError):
            verify_inclusion(leaf, position, size, wrong, good)
    for other in (position - 1, position + 1, size):
        with pytest.raises(ProofError):
            verify_inclusion(leaf, other, size, proof, good)
    with pytest.raises(ProofError):
        verify_inclusion(leaf_hash(b"another"), position, size, proof, good)


@given(st.data(), st.integers(2, 70))
def test_two_histories_are_never_consistent(data, new):
    leaves = [bytes([n]) for n in range(new)]
    old = data.draw(st.integers(1, new - 1))
    changed = data.draw(st.integers(0, old - 1))
    rewritten = [*leaves[:changed], b"rewritten", *leaves[changed + 1 :]]
    proof = consistency_proof(old, new, subtrees(rewritten))
    with pytest.raises(ProofError):
        verify_consistency(old, new, proof, defined_root(leaves[:old]), defined_root(rewritten))
    with pytest.raises(ProofError):
        verify_consistency(old, new, proof[:-1], defined_root(rewritten[:old]), defined_root(rewritten))


def test_what_cannot_be_proved_is_said():
    access = subtrees(LEAVES)
    for position, size in ((8, 8), (-1, 8), (0, 0)):
        with pytest.raises(ProofError):
            inclusion_proof(position, size, access)
        with pytest.raises(ProofError):
            verify_inclusion(bytes(32), position, size, [], bytes(32))
    with pytest.raises(ProofError):
        consistency_proof(8, 7, access)
    with pytest.raises(ProofError):
        verify_consistency(8, 7, [], bytes(32), bytes(32))
    with pytest.raises(ProofError):
        verify_consistency(3, 3, [], bytes(32), bytes([1]) * 32)
    with pytest.raises(ProofError):
        verify_consistency(0, 3, [], bytes(32), bytes(32))
    with pytest.raises(ProofError):
        verify_consistency(3, 7, [], bytes(32), bytes(32))
