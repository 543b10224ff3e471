"""Files of rows as plain dicts: parquet, JSON lines, a list in JSON. What a row has to hold is told in rows.py.

JSON has no columns: each row comes by its own keys, as it is written.
"""

from __future__ import annotations

import codecs
import json
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

BATCH = 256
"""Rows of a parquet file that are decoded together: Arrow decodes at most 2 GiB of nested bytes at once."""
SPACE = re.compile(r"[ \t\r\n]*")


class RowError(ValueError):
    """What is wrong with a row, or with a file of rows: names the file, and the row or line."""


@dataclass(frozen=True)
class ParquetRows:
    """A parquet file, in memory as Arrow holds it."""

    path: Path
    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def name(self, index: int) -> str:
        return f"{self.path}, row {index}"

    def read(self, index: int) -> dict[str, Any]:
        """Raises RowError for values that Python has no form for."""
        try:
            row: dict[str, Any] = self.table.slice(index, 1).to_pylist(maps_as_pydicts="strict")[0]
        except Exception as error:  # of values that it has no form for pyarrow raises one thing and another
            raise RowError(f"{self.name(index)}: cannot be read: {' '.join(str(error).split())}") from error
        return row


def open_parquet(path: Path, columns: Sequence[str]) -> ParquetRows:
    """The columns of these names that there are. Raises RowError where there is none, or the file cannot be read."""
    try:
        with pq.ParquetFile(path, memory_map=True) as file:
            own = file.schema_arrow.names
            names = [name for name in columns if name in own]
            # Nor does Arrow join dictionaries of several groups.
            groups = range(file.num_row_groups) if names else ()
            batches = [batch for group in groups for batch in file.iter_batches(BATCH, row_groups=[group], columns=names)]
    except FileNotFoundError as error:
        raise RowError(f"{path}: there is no such file") from error
    except Exception as error:  # of a broken file pyarrow raises what it happens to meet, in several lines
        raise RowError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error
    if not names:
        raise RowError(f"{path}: its columns are {', '.join(own) or 'none'}; rows have {', '.join(columns)}")
    return ParquetRows(path, pa.Table.from_batches(batches, None if batches else pa.schema([])))


@dataclass(frozen=True)
class JsonRows:
    """JSON lines, or a list in JSON. Only the places of its rows are held; a row is read when it is asked for."""

    path: Path
    places: array[int]
    """Of each row where its bytes begin and end, and the line that it begins in."""
    listed: bool

    def __len__(self) -> int:
        return len(self.places) // 3

    def name(self, index: int) -> str:
        line = self.places[3 * index + 2]
        return f"{self.path}, row {index} (line {line})" if self.listed else f"{self.path}, line {line}"

    def read(self, index: int) -> dict[str, Any]:
        """Raises RowError for what is not JSON, and for what is no object."""
        begin, end, _ = self.places[3 * index : 3 * index + 3]
        try:
            with self.path.open("rb") as file:
                file.seek(begin)
                row = parse(file.read(end - begin).decode())
        except json.JSONDecodeError as error:
            raise RowError(f"{self.name(index)}: not JSON: {error.msg} (column {error.colno})") from error
        except (ValueError, RecursionError, OSError) as error:
            raise RowError(f"{self.name(index)}: cannot be read: {error}") from error
        if not isinstance(row, dict):
            raise RowError(f"{self.name(index)}: a row is an object in braces; this is {json.dumps(row)[:40]}")
        return row


def open_json(path: Path) -> JsonRows:
    """A list where the file is one, or an object whose key "data" has one; JSON lines elsewhere. Raises RowError for other
    encodings than UTF-8 and for a list that is not JSON; what is wrong with a line is told when it is read."""
    try:
        with path.open("rb") as file:
            check_encoding(path, file)
            file.seek(0)
            first = next((line for line in file if line.strip()), b"").decode("utf-8-sig")
            # No file of JSON lines is held as a whole, unless its first line is broken.
            if begin_of_list(first) is not None or not is_json(first):
                file.seek(0)
                places = places_in_list(path, file.read())
                if places is not None:
                    return JsonRows(path, places, listed=True)
            file.seek(0)
            return JsonRows(path, places_of_lines(file), listed=False)
    except FileNotFoundError as error:
        raise RowError(f"{path}: there is no such file") from error
    except OSError as error:
        raise RowError(f"{path}: cannot be read: {error.strerror}") from error


def check_encoding(path: Path, file: BinaryIO) -> None:
    """Raises RowError naming the first line that is not UTF-8."""
    line, decoder = 1, codecs.getincrementaldecoder("utf-8")()
    chunk = file.read(1 << 20)
    wide = b"\0" in chunk[:4] and chunk[:4].lstrip(b"\0")[:1] in (b"{", b"[")  # without a byte order mark
    if wide or chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
        raise RowError(f"{path}, line 1: the text is UTF-16 or UTF-32; save the file as UTF-8")
    while True:
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            # In front may stand what the chunk before had of a character, which never ends a line.
            line += error.object.count(b"\n", 0, error.start)
            byte = error.object[error.start]
            raise RowError(f"{path}, line {line}: byte 0x{byte:02x} is not UTF-8; save the file as UTF-8") from error
        if not chunk:
            return
        line += chunk.count(b"\n")
        chunk = file.read(1 << 20)


def places_of_lines(file: BinaryIO) -> array[int]:
    """Lines end with \\n alone: what else ends lines in Unicode may stand in JSON's texts. Blank lines are passed over, and
    byte order marks, also those inside of joined files."""
    places, begin = array("q"), 0
    for number, line in enumerate(file, start=1):
        mark = len(codecs.BOM_UTF8) if line.startswith(codecs.BOM_UTF8) else 0
        if line[mark:].strip():
            places.extend((begin + mark, begin + len(line), number))
        begin += len(line)
    return places


def places_in_list(path: Path, content: bytes) -> array[int] | None:
    """None where there is no list. Raises RowError where there is one and the file is not JSON."""
    if content.startswith(codecs.BOM_UTF8):
        content = b"   " + content[3:]
    text = content.decode()
    begin = begin_of_list(text)
    if begin is None:
        return None
    places, place, byte, line, counted = array("q"), after_space(text, begin + 1), 0, 1, 0
    try:
        while text[place : place + 1] != "]":
            if places:
                if text[place : place + 1] != ",":
                    raise json.JSONDecodeError("Expecting ',' or ']'", text, place)
                place = after_space(text, place + 1)
            _, end = DECODER.raw_decode(text, place)
            byte += len(text[counted:place].encode())
            line += text.count("\n", counted, place)
            places.extend((byte, byte + len(text[place:end].encode()), line))
            counted, place = place, after_space(text, end)
        # What stands around the list, in the lines where it stands.
        DECODER.decode(text[:begin] + "[" + "\n" * text.count("\n", begin, place) + text[place:])
    except json.JSONDecodeError as error:
        raise RowError(f"{path}, line {error.lineno}: not JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise RowError(f"{path}, row {len(places) // 3}: cannot be read: {error}") from error
    return places


def begin_of_list(text: str) -> int | None:
    """Where the list begins that the text is, or that its key "data" has."""
    place = after_space(text, 0)
    if text[place : place + 1] == "[":
        return place
    try:
        while text[place : place + 1] in ("{", ","):
            key, end = DECODER.raw_decode(text, after_space(text, place + 1))
            value = after_space(text, after_space(text, end) + 1)  # behind the colon
            if key == "data" and text[value : value + 1] == "[":
                return value
            place = after_space(text, DECODER.raw_decode(text, value)[1])
    except (ValueError, RecursionError):  # not JSON: whoever reads it tells
        pass
    return None


def after_space(text: str, place: int) -> int:
    found = SPACE.match(text, place)
    return found.end() if found else place


def is_json(text: str) -> bool:
    try:
        DECODER.decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def parse(text: str) -> Any:
    """Raises ValueError, also where json takes what cannot be meant: half of a character, which has no UTF-8."""
    value = DECODER.decode(text)
    if "\\ud" in text.lower():
        json.dumps(value, ensure_ascii=False).encode()
    return value


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON. Raises ValueError for a key that it has twice: one of the values would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} is there twice")
    return found


DECODER = json.JSONDecoder(object_pairs_hook=once)
