/** What a predictions file may be at most. A file beyond a limit is refused with a message that names the limit. */

const MiB = 1024 * 1024;

/** As it is handed in, compressed or not. */
export const MAX_FILE_BYTES = 512 * MiB;
/** Of a gzip or zip file, after inflating, all members together. */
export const MAX_INFLATED_BYTES = 1024 * MiB;
/** Inflated to compressed; text rarely passes 20, DEFLATE can reach 1032. */
export const MAX_INFLATION_RATIO = 200;
/** The ratio counts from here on: a small file may be as repetitive as it likes. */
export const INFLATION_RATIO_FROM_BYTES = 16 * MiB;
/** Enough for all of that in bgzip's blocks of 64 KiB; each costs some 60 microseconds, however small it is. */
export const MAX_GZIP_MEMBERS = 20_000;
/** Of these so many may hold nearly nothing, fewer bytes than this on average: the beginning of a file is looked for in them. */
export const MAX_TINY_GZIP_MEMBERS = 1_000;
export const TINY_GZIP_MEMBER_BYTES = 64;
/** Zeros behind a gzip member: tapes have blocks of up to so much. */
export const MAX_GZIP_PADDING = 16 * MiB;
/** Everything that a zip or xlsx lists. */
export const MAX_ZIP_ENTRIES = 256;
/** Files in a zip among which the predictions are looked for. */
export const MAX_ZIP_FILES = 16;
/** The sheet of an xlsx, and its shared strings, each after inflating; the strings are held in memory. */
export const MAX_XLSX_PART_BYTES = 128 * MiB;
export const MAX_ROWS = 1_000_000;
/** A row as it stands in the file: a line, an array element, a table row. */
export const MAX_ROW_BYTES = 8 * MiB;
/** One model output, in UTF-16 units. */
export const MAX_OUTPUT_LENGTH = 4 * MiB;
/** JSON brackets within one row. */
export const MAX_DEPTH = 64;
/** Values within one row, counted by its commas: an object of half a million keys takes a second to read. */
export const MAX_ROW_VALUES = 100_000;
/** White space before the first row, in bytes. */
export const MAX_LEADING_SPACE = 64 * 1024;
/** Entries of a JSON object before a list of predictions in it; an object of more is itself the list. */
export const MAX_HEADER_ENTRIES = 1_000;
/** Columns of a tsv or xlsx table. */
export const MAX_COLUMNS = 1_000;
