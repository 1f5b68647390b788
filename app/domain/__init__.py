"""Vocabulary and pure rules: no Flask, no SQL, no cryptography, no clock."""
