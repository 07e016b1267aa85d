"""What can go wrong in `knowledge/`, by what the caller can do about it.

KnowledgeError
├── InputError         a file or text that a person gave: say the line, nothing was changed
│   ├── SeedError      an article, its companion or a lexicon is broken
│   └── FactFileError  a facts file that cannot be taken
├── NotFoundError      no such fact or document
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


class NotFoundError(KnowledgeError):
    """No fact or document has that id."""


class StorageError(KnowledgeError):
    """The database cannot be opened, read or written."""


class BusyError(StorageError):
    """Somebody else holds the database."""


class CorruptError(StorageError):
    """A checksum or the file's structure does not hold: restore a backup."""
