"""Languages: their words, dates, digits and direction. One catalogue file (``<tag>.po``) adds a language."""

from vefa.locales.catalogue import CatalogueError, mark
from vefa.locales.language import Language, get, languages, negotiate
from vefa.locales.text import fold, fold_email, fold_phone

__all__ = [
    "CatalogueError",
    "Language",
    "fold",
    "fold_email",
    "fold_phone",
    "get",
    "languages",
    "mark",
    "negotiate",
]
