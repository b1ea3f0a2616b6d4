"""How large a file may be, and the error of one that is refused."""

from __future__ import annotations

from vefa.errors import VefaError
from vefa.locales import mark

MEBIBYTE = 1024 * 1024
LARGEST_FILE = 20 * MEBIBYTE
MOST_ROWS = 200_000
MOST_COLUMNS = 200
LONGEST_CELL = 2_000
LONGEST_HEADER = 200
MOST_ROWS_OF_ORDER = 500
MOST_PARCELS = 50

TOO_LARGE = mark("The file is larger than %(n)s MB. Split it, for example by month.")
TOO_MANY_ROWS = mark("The file has more than %(n)s rows. Split it, for example by month.")
TOO_MANY_COLUMNS = mark("The file has more than %(n)s columns. Leave out those that nobody needs.")
EMPTY = mark("The file is empty.")
NO_HEADER = mark("The file has no row with the names of its columns.")
NO_ROWS = mark("The file has no row below the names of its columns.")
OLD_WORKBOOK = mark("This is a workbook of an older kind (.xls). Open it and save it as .xlsx or CSV.")
WEB_PAGE = mark(
    "This is a web page and no table, whatever its name says. Open it and save it as .xlsx or CSV."
)
NOT_A_WORKBOOK = mark("This is no workbook (.xlsx) that can be read. Open it and save it again, or as CSV.")
FORGOTTEN = mark(
    "The file was forgotten, since the data of one of your customers were erased. Bring it again."
)
NO_ANSWER = mark("The shop did not answer as it should, and looking back has ended: %(answer)s")
NOT_TEXT = mark("This is neither a CSV file nor a workbook (.xlsx).")


class FileRefusedError(VefaError):
    """A file that cannot be read at all; ``msgid`` and ``values`` say why in every language."""

    def __init__(self, msgid: str, **values: object) -> None:
        super().__init__(msgid % values)
        self.msgid, self.values = msgid, values
