#include "print_csv.h"
#include "print_text.h"
#include <string.h>

/* An optional minus, digits, and perhaps digits after a point: what a spreadsheet may calculate
 * with, since nothing comes of it but itself. */
static bool is_number(const char *text)
{
    const char *at = text[0] == '-' ? text + 1 : text;
    const size_t whole = strspn(at, "0123456789");
    at += whole;
    if (whole > 0 && at[0] == '.') {
        const size_t decimals = strspn(at + 1, "0123456789");
        return decimals > 0 && at[1 + decimals] == '\0';
    }
    return whole > 0 && at[0] == '\0';
}

/* Some programs trim a cell before they look at what it begins with. */
static bool is_formula(const char *text)
{
    const char first = text[strspn(text, " \t\r\n")];
    return first != '\0' && strchr("=+-@", first) != NULL && !is_number(text);
}

/* What RFC 4180 quotes, and the semicolon, which divides cells where commas divide decimals. */
static bool needs_quotes(const char *text)
{
    const size_t len = strlen(text);
    return text[strcspn(text, ",;\"\r\n\t")] != '\0' ||
           (len > 0 && (text[0] == ' ' || text[len - 1] == ' '));
}

void toc_csv_cell(FILE *file, const char *text)
{
    const char *const shown = text == NULL ? "" : text;
    const bool quoted = needs_quotes(shown);
    struct toc_bytes rest = toc_bytes_text(shown);
    char bytes[4];
    size_t len;
    size_t width;
    if (quoted) {
        fputc('"', file);
    }
    if (is_formula(shown)) {
        fputc('\'', file);
    }
    while (toc_text_next(&rest, bytes, &len, &width)) {
        fwrite(bytes, 1, len, file);
        if (bytes[0] == '"') {
            fputc('"', file);
        }
    }
    if (quoted) {
        fputc('"', file);
    }
}

void toc_csv_line(FILE *file, const char *const *cells, size_t cells_len)
{
    for (size_t i = 0; i < cells_len; i++) {
        if (i > 0) {
            fputc(',', file);
        }
        toc_csv_cell(file, cells[i]);
    }
    fputs("\r\n", file);
}
