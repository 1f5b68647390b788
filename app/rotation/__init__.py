"""Keys that change or end: data keys under a new root key, one file under new data keys, one file erased.

Nothing here asks a permission, begins a transaction or writes an entry: services do.
"""
