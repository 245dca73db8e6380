#include "print_text.h"
#include "args.h"
#include "ensure.h"
#include "utf8.h"
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { GAP = 2, SHRUNK_MIN = 6, PAPER_MIN = 20, PAPER_MAX = 1000 };

#define ELLIPSIS "\xe2\x80\xa6"

struct toc_table {
    const struct toc_column *columns;
    size_t columns_len;
    char **cells; /* rows_len * columns_len */
    size_t rows_len;
    size_t rows_room;
};

struct toc_paper toc_paper_of(FILE *file)
{
    struct toc_paper paper = {.colour = false, .columns = TOC_PAPER_COLUMNS};
    const int fd = fileno(file);
    const char *const columns = getenv("COLUMNS");
    uint64_t number;
    if (columns != NULL && toc_args_number(columns, PAPER_MAX, &number) == TOC_OK &&
        number >= PAPER_MIN) {
        paper.columns = (unsigned)number;
    }
    if (fd < 0 || isatty(fd) == 0) {
        return paper;
    }
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= PAPER_MIN) {
        paper.columns = size.ws_col;
    }
    const char *const no_colour = getenv("NO_COLOR");
    const char *const terminal = getenv("TERM");
    paper.colour = (no_colour == NULL || no_colour[0] == '\0') && terminal != NULL &&
                   strcmp(terminal, "dumb") != 0;
    return paper;
}

enum toc_style toc_style_of(const char *state)
{
    static const struct {
        const char *state;
        enum toc_style style;
    } styles[] = {
        {"connected", TOC_STYLE_GOOD},  {"open", TOC_STYLE_GOOD},
        {"valid", TOC_STYLE_GOOD},      {"ok", TOC_STYLE_GOOD},
        {"lagging", TOC_STYLE_WARN},    {"expires_soon", TOC_STYLE_WARN},
        {"in_grace", TOC_STYLE_WARN},   {"unproven", TOC_STYLE_WARN},
        {"waiting", TOC_STYLE_WARN},    {"waiting_key", TOC_STYLE_WARN},
        {"warn", TOC_STYLE_WARN},       {"never", TOC_STYLE_WARN},
        {"held", TOC_STYLE_WARN},       {"proposed", TOC_STYLE_WARN},
        {"unreachable", TOC_STYLE_BAD}, {"wrong_server_key", TOC_STYLE_BAD},
        {"refused", TOC_STYLE_BAD},     {"roster_expired", TOC_STYLE_BAD},
        {"expired", TOC_STYLE_BAD},     {"stopped", TOC_STYLE_BAD},
        {"bad", TOC_STYLE_BAD},
    };
    for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++) {
        if (strcmp(styles[i].state, state) == 0) {
            return styles[i].style;
        }
    }
    return TOC_STYLE_PLAIN;
}

static const char *escape_of(enum toc_style style)
{
    switch (style) {
    case TOC_STYLE_PLAIN:
        return "";
    case TOC_STYLE_HEADING:
        return "\033[1m";
    case TOC_STYLE_GOOD:
        return "\033[32m";
    case TOC_STYLE_WARN:
        return "\033[33m";
    case TOC_STYLE_BAD:
        return "\033[31m";
    }
    return "";
}

/* Controls, line separators and direction marks. */
static bool is_unsafe(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character <= 0x9f) || character == 0x061c ||
           character == 0x200e || character == 0x200f ||
           (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069);
}

/* Marks that sit on the letter before them. */
static bool is_combining(uint32_t character)
{
    return character >= 0x0300 && character <= 0x036f;
}

bool toc_text_next(struct toc_bytes *rest, char ret_bytes[4], size_t *ret_len, size_t *ret_width)
{
    uint32_t character = '?';
    const enum toc_result result = toc_utf8_next(rest, &character);
    if (result == TOC_NOTFOUND) {
        return false;
    }
    if (result != TOC_OK) {
        *rest = toc_bytes_of(rest->data + 1, rest->len - 1);
        character = '?';
    }
    if (is_unsafe(character)) {
        character = '?';
    }
    *ret_len = toc_utf8_put(character, ret_bytes);
    *ret_width = is_combining(character) ? 0 : 1;
    return true;
}

size_t toc_text_width(const char *text)
{
    struct toc_bytes rest = toc_bytes_text(text);
    char bytes[4];
    size_t len;
    size_t width;
    size_t total = 0;
    while (toc_text_next(&rest, bytes, &len, &width)) {
        total += width;
    }
    return total;
}

void toc_text_fit(const char *text, size_t columns, char *ret_text, size_t room)
{
    TOC_ASSERT(room > sizeof ELLIPSIS);
    const bool cut = toc_text_width(text) > columns;
    const size_t columns_max = cut && columns > 0 ? columns - 1 : columns;
    struct toc_bytes rest = toc_bytes_text(text);
    char bytes[4];
    size_t len;
    size_t width;
    size_t total = 0;
    size_t used = 0;
    while (toc_text_next(&rest, bytes, &len, &width) && total + width <= columns_max &&
           used + len + sizeof ELLIPSIS <= room) {
        memcpy(ret_text + used, bytes, len);
        used += len;
        total += width;
    }
    if (cut && columns > 0) {
        memcpy(ret_text + used, ELLIPSIS, sizeof ELLIPSIS - 1);
        used += sizeof ELLIPSIS - 1;
    }
    ret_text[used] = '\0';
}

void toc_text_print(FILE *file, const struct toc_paper *paper, enum toc_style style,
                    const char *text)
{
    const bool dressed = paper->colour && style != TOC_STYLE_PLAIN;
    struct toc_bytes rest = toc_bytes_text(text);
    char bytes[4];
    size_t len;
    size_t width;
    if (dressed) {
        fputs(escape_of(style), file);
    }
    while (toc_text_next(&rest, bytes, &len, &width)) {
        fwrite(bytes, 1, len, file);
    }
    if (dressed) {
        fputs("\033[0m", file);
    }
}

static void pad(FILE *file, size_t columns)
{
    for (size_t i = 0; i < columns; i++) {
        fputc(' ', file);
    }
}

/* The length of the word at the front of `text`, and how many columns it takes. */
static size_t next_word(const char *text, size_t *ret_width)
{
    struct toc_bytes rest = toc_bytes_of(text, strcspn(text, " "));
    const size_t whole = rest.len;
    char bytes[4];
    size_t len;
    size_t width;
    size_t total = 0;
    while (toc_text_next(&rest, bytes, &len, &width)) {
        total += width;
    }
    *ret_width = total;
    return whole;
}

void toc_text_wrap(FILE *file, const struct toc_paper *paper, size_t indent, const char *text)
{
    size_t column = 0;
    for (const char *at = text + strspn(text, " "); *at != '\0';) {
        size_t width;
        const size_t len = next_word(at, &width);
        if (column > 0 && column + 1 + width > paper->columns) {
            fputc('\n', file);
            column = 0;
        }
        pad(file, column > 0 ? 1 : indent);
        column += (column > 0 ? 1 : indent) + width;
        struct toc_bytes rest = toc_bytes_of(at, len);
        char bytes[4];
        size_t bytes_len;
        while (toc_text_next(&rest, bytes, &bytes_len, &width)) {
            fwrite(bytes, 1, bytes_len, file);
        }
        at += len;
        at += strspn(at, " ");
    }
    if (column > 0) {
        fputc('\n', file);
    }
}

enum toc_result toc_table_new(const struct toc_column *columns, size_t columns_len,
                              struct toc_table **ret_table)
{
    TOC_ASSERT(columns_len > 0 && columns_len <= TOC_COLUMNS_MAX);
    struct toc_table *const table = calloc(1, sizeof *table);
    TOC_ENSURE(table != NULL, TOC_NOMEM);
    table->columns = columns;
    table->columns_len = columns_len;
    *ret_table = table;
    return TOC_OK;
}

void toc_table_free(struct toc_table **table)
{
    if (*table == NULL) {
        return;
    }
    for (size_t i = 0; i < (*table)->rows_len * (*table)->columns_len; i++) {
        free((*table)->cells[i]);
    }
    free((*table)->cells);
    free(*table);
    *table = NULL;
}

enum toc_result toc_table_add(struct toc_table *table, const char *const *cells)
{
    if (table->rows_len == table->rows_room) {
        const size_t room = table->rows_room == 0 ? 16 : 2 * table->rows_room;
        char **const larger = reallocarray(table->cells, room * table->columns_len, sizeof *larger);
        TOC_ENSURE(larger != NULL, TOC_NOMEM);
        table->cells = larger;
        table->rows_room = room;
    }
    char **const row = table->cells + table->rows_len * table->columns_len;
    for (size_t i = 0; i < table->columns_len; i++) {
        row[i] = strdup(cells[i] == NULL ? "" : cells[i]);
        if (row[i] == NULL) {
            while (i > 0) {
                free(row[--i]);
            }
            return TOC_NOMEM;
        }
    }
    table->rows_len++;
    return TOC_OK;
}

size_t toc_table_rows(const struct toc_table *table)
{
    return table->rows_len;
}

/* The widest column that may still give way, or columns_len. */
static size_t widest(const struct toc_table *table, const size_t *widths, bool any)
{
    size_t found = table->columns_len;
    for (size_t i = 0; i < table->columns_len; i++) {
        if ((any || table->columns[i].shrinks) && widths[i] > SHRUNK_MIN &&
            (found == table->columns_len || widths[i] > widths[found])) {
            found = i;
        }
    }
    return found;
}

static void measure(const struct toc_table *table, size_t paper_columns, size_t *ret_widths)
{
    size_t total = GAP * (table->columns_len - 1);
    for (size_t i = 0; i < table->columns_len; i++) {
        ret_widths[i] = toc_text_width(table->columns[i].heading);
        for (size_t row = 0; row < table->rows_len; row++) {
            const size_t width = toc_text_width(table->cells[row * table->columns_len + i]);
            ret_widths[i] = width > ret_widths[i] ? width : ret_widths[i];
        }
        total += ret_widths[i];
    }
    bool any = false;
    while (total > paper_columns) {
        const size_t column = widest(table, ret_widths, any);
        if (column == table->columns_len && any) {
            return;
        }
        if (column == table->columns_len) {
            any = true;
            continue;
        }
        ret_widths[column]--;
        total--;
    }
}

/* `last`: nothing stands to its right, so no blanks either. */
static void print_cell(const struct toc_column *column, const char *text, size_t width, bool last,
                       enum toc_style style, FILE *file, const struct toc_paper *paper)
{
    char *const fitted = malloc(4 * width + 8);
    if (fitted == NULL) {
        return;
    }
    toc_text_fit(text, width, fitted, 4 * width + 8);
    const size_t left = width - toc_text_width(fitted);
    if (column->right) {
        pad(file, left);
    }
    toc_text_print(file, paper, style, fitted);
    if (!last) {
        pad(file, column->right ? GAP : left + GAP);
    }
    free(fitted);
}

static void print_row(const struct toc_table *table, char *const *cells, const size_t *widths,
                      FILE *file, const struct toc_paper *paper)
{
    size_t len = table->columns_len;
    while (len > 0 && cells[len - 1][0] == '\0') {
        len--;
    }
    for (size_t i = 0; i < len; i++) {
        const enum toc_style style =
            table->columns[i].coloured ? toc_style_of(cells[i]) : TOC_STYLE_PLAIN;
        print_cell(&table->columns[i], cells[i], widths[i], i + 1 == len, style, file, paper);
    }
    fputc('\n', file);
}

void toc_table_print(const struct toc_table *table, FILE *file, const struct toc_paper *paper)
{
    size_t widths[TOC_COLUMNS_MAX];
    measure(table, paper->columns, widths);
    for (size_t i = 0; i < table->columns_len; i++) {
        print_cell(&table->columns[i], table->columns[i].heading, widths[i],
                   i + 1 == table->columns_len, TOC_STYLE_HEADING, file, paper);
    }
    fputc('\n', file);
    for (size_t row = 0; row < table->rows_len; row++) {
        print_row(table, table->cells + row * table->columns_len, widths, file, paper);
    }
}
