"""Backups: made while the service runs, encrypted to public keys, in two parts, and proven when they come back.

The data part holds everything but what must not outlive an erased case; that is the keys part. Used by the
command line only.
"""
