"""What can go wrong in `knowledge/`, by what the caller can do about it.

KnowledgeError
├── InputError         a file or text that a person gave: say the line, nothing was changed
│   ├── SeedError      an article, its companion or a lexicon is broken
│   ├── FactFileError  a facts file that cannot be taken
│   └── DuplicateError the same fact is there already
├── ConflictError      somebody else changed the same thing since: look again
├── NotFoundError      no such fact or document
├── StoppedError       who asked for it wants it no longer: nothing was kept
└── StorageError       the database cannot be opened, read or written
    ├── BusyError      somebody else holds it
    └── CorruptError   a checksum or the file's structure does not hold: restore a backup

Every message is one clear sentence for a person. "The article does not say" is an answer, not an error.
"""

from __future__ import annotations


class KnowledgeError(Exception):
    """Base of all; never raised itself."""


class InputError(KnowledgeError):
    """Something a person wrote cannot be taken; the message says which line and why."""


class SeedError(InputError):
    """An article, its companion or a lexicon file is broken."""


class FactFileError(InputError):
    """A file of facts cannot be imported."""


class RefusedError(FactFileError):
    """Some of its lines cannot be taken, and so none is."""


class DuplicateError(InputError):
    """The same fact is there already; `fact` is its id."""

    def __init__(self, message: str, fact: int) -> None:
        """Keep the id of the *fact* that is there."""
        super().__init__(message)
        self.fact = fact


class ConflictError(KnowledgeError):
    """What was to be changed is no longer as it was; the message names the fact or the article."""


class NotFoundError(KnowledgeError):
    """No fact or document has that id."""


class StoppedError(KnowledgeError):
    """Who asked for something long wants it no longer; nothing of it was kept."""


class StorageError(KnowledgeError):
    """The database cannot be opened, read or written."""


class BusyError(StorageError):
    """Somebody else holds the database."""


class CorruptError(StorageError):
    """A checksum or the file's structure does not hold: restore a backup."""
