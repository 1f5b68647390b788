"""Finding files by persons without reading them: tags that tell nothing, and the pointers beside them."""

from app.search.allowance import seconds_to_wait
from app.search.files import File, files_of
from app.search.index import OwnerKind
from app.search.persons import Owner, is_indexed, look_up, update

__all__ = [
    "File",
    "Owner",
    "OwnerKind",
    "files_of",
    "is_indexed",
    "look_up",
    "seconds_to_wait",
    "update",
]
