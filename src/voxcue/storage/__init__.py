"""Where results and voices are kept: a folder, or a bucket of S3, Google Cloud or Azure.

`Storage` knows keys and bytes; `publish`, `find`, `results` and `clean` know what a result is.
"""

from voxcue.storage.cleaning import Cleaned, clean
from voxcue.storage.results import Result, ResultFile, StoredFile, find, new_id, publish, results
from voxcue.storage.store import Storage, StoredObject

__all__ = [
    "Cleaned",
    "Result",
    "ResultFile",
    "Storage",
    "StoredFile",
    "StoredObject",
    "clean",
    "find",
    "new_id",
    "publish",
    "results",
]
