#include "csvfile.h"
#include "ensure.h"
#include "utf8.h"
#include <csv.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEAD_LEN = 4096,       /* what is looked at before the first row: kind of file, separator */
    CHUNK_LEN = 16 * 1024, /* between two looks at the length of the row */
    REPLACEMENT = 0xfffd,
    CP1252_LAST = 0x9f,
    ASCII_LAST = 0x7f,
    /* A row's text: a byte of Windows-1252 is at most three of UTF-8; a NUL after each cell. */
    TEXT_ROOM = 3 * TOC_CSV_ROW_LEN_MAX + TOC_CSV_CELLS_MAX,
};

#define HIGH_BITS 0x8080808080808080U

struct toc_csv {
    toc_csv_row_f on_row;
    void *owner;
    struct csv_parser parser;
    bool has_parser;
    struct toc_buf head; /* until `begun` */
    bool begun;
    char *text; /* TEXT_ROOM bytes, of which only what rows need is ever touched */
    size_t text_len;
    const char *cells[TOC_CSV_CELLS_MAX]; /* in the text, of this row */
    size_t cells_len;
    bool chunk_ascii; /* the bytes being parsed have no high bit, */
    bool entry_ascii; /* nor have those libcsv kept of the cell before them */
    size_t row_number;
    size_t row_len;     /* bytes of this row's cells so far */
    bool after_return;  /* the last thing seen was CR: an LF now belongs to it */
    bool at_line_start; /* the last byte of all was a line end */
    bool has_rows;      /* one that is not blank came out */
    bool row_blank;     /* nothing in its cells so far */
    bool unread[TOC_CSV_CELLS_MAX];
    bool cut;
    bool open_quote;
    enum toc_result failed; /* callbacks of libcsv cannot return one */
    struct toc_why *why;    /* of the call under way */
};

/* Windows-1252 between 0x80 and 0x9f; five of them are nothing. */
static const uint16_t cp1252[] = {
    0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};

static bool is_utf8(struct toc_bytes bytes)
{
    uint32_t character;
    enum toc_result result;
    while ((result = toc_utf8_next(&bytes, &character)) == TOC_OK) {
    }
    return result == TOC_NOTFOUND;
}

/* No byte with the high bit: most chunks, and most cells of the others. */
static bool is_ascii(struct toc_bytes bytes)
{
    uint64_t all = 0;
    size_t at = 0;
    for (uint64_t word; bytes.len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, bytes.data + at, sizeof word);
        all |= word;
    }
    for (; at < bytes.len; at++) {
        all |= bytes.data[at];
    }
    return (all & HIGH_BITS) == 0;
}

static void append_cp1252(struct toc_csv *csv, struct toc_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        uint32_t character = bytes.data[i];
        if (character > ASCII_LAST && character <= CP1252_LAST) {
            character = cp1252[character - ASCII_LAST - 1];
        }
        char encoded[4];
        const size_t len = toc_utf8_put(character, encoded);
        memcpy(csv->text + csv->text_len, encoded, len);
        csv->text_len += len;
    }
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

static struct toc_bytes trim(struct toc_bytes bytes)
{
    while (bytes.len > 0 && is_blank(bytes.data[0])) {
        bytes = toc_bytes_of(bytes.data + 1, bytes.len - 1);
    }
    while (bytes.len > 0 && is_blank(bytes.data[bytes.len - 1])) {
        bytes.len--;
    }
    return bytes;
}

static enum toc_result refuse_row(struct toc_csv *csv)
{
    if (csv->cells_len == TOC_CSV_CELLS_MAX) {
        return toc_fail(csv->why, TOC_MALFORMED, "row %zu: has more than %d cells",
                        csv->row_number + 1, TOC_CSV_CELLS_MAX);
    }
    return toc_fail(csv->why, TOC_TOOBIG,
                    "row %zu: is longer than 1 MiB; a quotation mark may have been left open",
                    csv->row_number + 1);
}

static inline void copy_cell(struct toc_csv *csv, struct toc_bytes cell)
{
    if (is_blank(cell.data[0]) || is_blank(cell.data[cell.len - 1])) {
        cell = trim(cell);
    }
    if ((csv->chunk_ascii && csv->entry_ascii) || is_ascii(cell) || is_utf8(cell)) {
        if (cell.len > 0) {
            memcpy(csv->text + csv->text_len, cell.data, cell.len);
        }
        csv->text_len += cell.len;
    } else {
        append_cp1252(csv, cell);
    }
}

static enum toc_result read_cell(struct toc_csv *csv, struct toc_bytes cell)
{
    csv->row_len += cell.len;
    if (csv->row_len > TOC_CSV_ROW_LEN_MAX) {
        return refuse_row(csv);
    }
    csv->cells[csv->cells_len] = csv->text + csv->text_len;
    copy_cell(csv, cell);
    csv->row_blank = csv->row_blank && csv->text + csv->text_len == csv->cells[csv->cells_len];
    csv->text[csv->text_len++] = '\0';
    return TOC_OK;
}

/* Most cells of a wide file are empty, or not read. */
static inline enum toc_result add_cell(struct toc_csv *csv, const uint8_t *data, size_t len)
{
    const size_t place = csv->cells_len;
    if (place == TOC_CSV_CELLS_MAX) {
        return refuse_row(csv);
    }
    csv->cells[place] = "";
    if (len > 0) {
        if (!csv->unread[place]) {
            TOC_TRY(read_cell(csv, (struct toc_bytes){.data = data, .len = len}));
        } else {
            csv->row_len += len;
            csv->row_blank = false;
            if (csv->row_len > TOC_CSV_ROW_LEN_MAX) {
                return refuse_row(csv);
            }
        }
    }
    csv->cells_len = place + 1;
    csv->entry_ascii = csv->chunk_ascii;
    return TOC_OK;
}

static void on_cell(void *data, size_t len, void *owner)
{
    struct toc_csv *const csv = owner;
    csv->after_return = false;
    if (csv->failed == TOC_OK) {
        csv->failed = add_cell(csv, data, len);
    }
}

static bool is_blank_row(const struct toc_csv *csv)
{
    return csv->row_blank;
}

static enum toc_result hand_over(struct toc_csv *csv)
{
    csv->has_rows = true;
    const struct toc_csv_row row = {.number = csv->row_number,
                                    .cells = csv->cells,
                                    .cells_len = csv->cells_len,
                                    .cut = csv->cut,
                                    .open_quote = csv->open_quote};
    return csv->on_row(csv->owner, &row, csv->why);
}

/* libcsv tells every CR and LF outside quotes, so that blank rows can be counted: CR LF is one. */
static void on_line_end(int terminator, void *owner)
{
    struct toc_csv *const csv = owner;
    if (terminator == CSV_LF && csv->after_return) {
        csv->after_return = false;
        return;
    }
    csv->after_return = terminator == CSV_CR;
    csv->row_number++;
    if (csv->failed == TOC_OK && !is_blank_row(csv)) {
        csv->failed = hand_over(csv);
    }
    csv->text_len = 0;
    csv->cells_len = 0;
    csv->row_len = 0;
    csv->row_blank = true;
}

enum toc_result toc_csv_new(toc_csv_row_f on_row, void *owner, struct toc_csv **ret_csv)
{
    TOC_AUTO(toc_csv_free) struct toc_csv *csv = calloc(1, sizeof *csv);
    TOC_ENSURE(csv != NULL, TOC_NOMEM);
    csv->on_row = on_row;
    csv->owner = owner;
    toc_buf_init(&csv->head, HEAD_LEN);
    csv->entry_ascii = true;
    csv->row_blank = true;
    csv->text = malloc(TEXT_ROOM);
    TOC_ENSURE(csv->text != NULL, TOC_NOMEM);
    TOC_ENSURE(csv_init(&csv->parser, CSV_REPALL_NL) == 0, TOC_NOMEM);
    csv->has_parser = true;
    csv_set_blk_size(&csv->parser, CHUNK_LEN); /* its own 128 bytes are a copy each */
    *ret_csv = toc_take(&csv);
    return TOC_OK;
}

void toc_csv_free(struct toc_csv **csv)
{
    if (csv == NULL || *csv == NULL) {
        return;
    }
    if ((*csv)->has_parser) {
        csv_free(&(*csv)->parser);
    }
    toc_buf_done(&(*csv)->head);
    free((*csv)->text);
    free(*csv);
    *csv = NULL;
}

void toc_csv_read_only(struct toc_csv *csv, const size_t *columns, size_t columns_len)
{
    memset(csv->unread, true, sizeof csv->unread);
    for (size_t i = 0; i < columns_len; i++) {
        if (columns[i] < TOC_CSV_CELLS_MAX) {
            csv->unread[columns[i]] = false;
        }
    }
}

static bool starts_with(struct toc_bytes bytes, const char *start, size_t len)
{
    return bytes.len >= len && memcmp(bytes.data, start, len) == 0;
}

/* What people hand in by mistake, by its first bytes. */
static enum toc_result check_kind(struct toc_bytes head, struct toc_why *why)
{
    static const struct {
        const char *start;
        size_t len;
        const char *what;
    } kinds[] = {
        {"PK\x03\x04", 4,
         "a spreadsheet (.xlsx) or another zip file; save it as CSV UTF-8, or install xlsx2csv"},
        {"\xd0\xcf\x11\xe0", 4, "an old spreadsheet (.xls); save it as CSV UTF-8"},
        {"\xff\xfe", 2, "UTF-16 text; save it as CSV UTF-8"},
        {"\xfe\xff", 2, "UTF-16 text; save it as CSV UTF-8"},
        {"\x89PNG", 4, "a picture (PNG), not CSV"},
        {"\xff\xd8\xff", 3, "a picture (JPEG), not CSV"},
        {"%PDF", 4, "a PDF; ask for the CSV file"},
        {"<!DOCTYPE", 9, "a web page; download the file itself"},
        {"<!doctype", 9, "a web page; download the file itself"},
        {"<html", 5, "a web page; download the file itself"},
        {"{", 1, "JSON, not CSV"},
        {"\x1f\x8b", 2, "compressed (gzip); unpack it first"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (starts_with(head, kinds[i].start, kinds[i].len)) {
            return toc_fail(why, TOC_MALFORMED, "the file is %s", kinds[i].what);
        }
    }
    return TOC_OK;
}

/* A NUL is in no text, but is every second byte of UTF-16 without its mark. */
static enum toc_result check_text(struct toc_bytes bytes, struct toc_why *why)
{
    const uint8_t *const nul = bytes.len == 0 ? NULL : memchr(bytes.data, '\0', bytes.len);
    if (nul == NULL) {
        return TOC_OK;
    }
    return toc_fail(why, TOC_MALFORMED, "the file is binary or UTF-16 text; save it as CSV UTF-8");
}

/* The mark of UTF-8, and what becomes of it when it is taken for Windows-1252 and encoded again. */
static struct toc_bytes skip_mark(struct toc_bytes head)
{
    static const char mark[] = "\xef\xbb\xbf";
    static const char twice[] = "\xc3\xaf\xc2\xbb\xc2\xbf";
    const size_t len = starts_with(head, mark, sizeof mark - 1)     ? sizeof mark - 1
                       : starts_with(head, twice, sizeof twice - 1) ? sizeof twice - 1
                                                                    : 0;
    return len == 0 ? head : toc_bytes_of(head.data + len, head.len - len);
}

/* Whichever of the three is most frequent in the first line outside quotes. */
static unsigned char separator_of(struct toc_bytes head)
{
    size_t commas = 0;
    size_t semicolons = 0;
    size_t tabs = 0;
    bool quoted = false;
    for (size_t i = 0; i < head.len; i++) {
        const uint8_t c = head.data[i];
        if (!quoted && (c == '\n' || c == '\r') && commas + semicolons + tabs > 0) {
            break;
        }
        quoted = quoted != (c == '"');
        commas += !quoted && c == ',';
        semicolons += !quoted && c == ';';
        tabs += !quoted && c == '\t';
    }
    if (commas >= semicolons && commas >= tabs) {
        return CSV_COMMA;
    }
    return semicolons >= tabs ? ';' : CSV_TAB;
}

static enum toc_result check_row_len(struct toc_csv *csv, struct toc_why *why)
{
    if (csv->row_len + csv->parser.entry_pos <= TOC_CSV_ROW_LEN_MAX) {
        return TOC_OK;
    }
    return toc_fail(why, TOC_TOOBIG,
                    "row %zu: is longer than 1 MiB; a quotation mark may have been left open",
                    csv->row_number + 1);
}

static enum toc_result parse(struct toc_csv *csv, struct toc_bytes bytes, struct toc_why *why)
{
    csv->why = why;
    while (bytes.len > 0) {
        const size_t len = bytes.len < CHUNK_LEN ? bytes.len : CHUNK_LEN;
        TOC_TRY(check_text(toc_bytes_of(bytes.data, len), why));
        csv->chunk_ascii = is_ascii(toc_bytes_of(bytes.data, len));
        if (csv_parse(&csv->parser, bytes.data, len, on_cell, on_line_end, csv) != len) {
            TOC_ENSURE(csv->failed == TOC_OK, csv->failed);
            return toc_fail(why, TOC_NOMEM, "row %zu: no memory", csv->row_number + 1);
        }
        TOC_TRY(csv->failed);
        TOC_TRY(check_row_len(csv, why));
        csv->entry_ascii = csv->chunk_ascii && csv->entry_ascii;
        csv->at_line_start = bytes.data[len - 1] == '\n' || bytes.data[len - 1] == '\r';
        bytes = toc_bytes_of(bytes.data + len, bytes.len - len);
    }
    return TOC_OK;
}

static enum toc_result begin(struct toc_csv *csv, struct toc_why *why)
{
    csv->begun = true;
    const struct toc_bytes head = toc_buf_bytes(&csv->head);
    TOC_TRY(check_kind(head, why));
    const struct toc_bytes rest = skip_mark(head);
    csv_set_delim(&csv->parser, separator_of(rest));
    return parse(csv, rest, why);
}

enum toc_result toc_csv_feed(struct toc_csv *csv, struct toc_bytes bytes, struct toc_why *why)
{
    if (!csv->begun) {
        const size_t room = HEAD_LEN - csv->head.len;
        const size_t len = bytes.len < room ? bytes.len : room;
        TOC_TRY(toc_buf_append(&csv->head, toc_bytes_of(bytes.data, len)));
        if (csv->head.len < HEAD_LEN) {
            return TOC_OK;
        }
        TOC_TRY(begin(csv, why));
        bytes = toc_bytes_of(bytes.data + len, bytes.len - len);
    }
    return parse(csv, bytes, why);
}

enum toc_result toc_csv_end(struct toc_csv *csv, struct toc_why *why)
{
    if (!csv->begun) {
        TOC_TRY(begin(csv, why));
    }
    csv->why = why;
    csv->cut = !csv->at_line_start;
    /* With the strict option an open quote is an error, and the row does not come out; without it,
     * it does. Both are wanted: the row, and what is wrong with it. */
    const unsigned char options = csv->parser.options;
    csv->parser.options |= CSV_STRICT_FINI | CSV_STRICT;
    csv->open_quote = csv_fini(&csv->parser, on_cell, on_line_end, csv) != 0 &&
                      csv_error(&csv->parser) == CSV_EPARSE;
    if (csv->open_quote) {
        csv->cut = true;
        csv->parser.options = options;
        csv->parser.status = 0;
        (void)csv_fini(&csv->parser, on_cell, on_line_end, csv);
    }
    TOC_TRY(csv->failed);
    if (!csv->has_rows) {
        return toc_fail(why, TOC_MALFORMED, "the file is empty");
    }
    return TOC_OK;
}

void toc_csv_heading_fold(const char *heading, char ret_folded[TOC_CSV_HEADING_MAX + 1])
{
    size_t len = 0;
    for (; *heading != '\0' && len < TOC_CSV_HEADING_MAX; heading++) {
        const char c = *heading;
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            ret_folded[len++] = c;
        } else if (c >= 'A' && c <= 'Z') {
            ret_folded[len++] = (char)(c - 'A' + 'a');
        }
    }
    ret_folded[len] = '\0';
}
