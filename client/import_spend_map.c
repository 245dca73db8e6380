#include "import_spend_map.h"
#include "ensure.h"
#include <string.h>

enum { LINE_LEN_MAX = 300, NAMES_LEN = 120 };

struct line {
    size_t number;
    char text[LINE_LEN_MAX + 1];
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The text without spaces at its ends, in place. */
static char *trimmed(char *text)
{
    while (is_space(*text)) {
        text++;
    }
    size_t len = strlen(text);
    while (len > 0 && is_space(text[len - 1])) {
        text[--len] = '\0';
    }
    return text;
}

static enum toc_result no_field(const struct line *line, const char *name, struct toc_why *why)
{
    char names[NAMES_LEN] = "";
    size_t len = 0;
    for (unsigned field = 0; field < TOC_SPEND_FIELDS; field++) {
        const char *const one = toc_spend_field_name((enum toc_spend_field)field);
        const size_t one_len = strlen(one);
        TOC_ASSERT(len + one_len + 3 < sizeof names);
        if (len > 0) {
            memcpy(names + len, ", ", 2);
            len += 2;
        }
        memcpy(names + len, one, one_len + 1);
        len += one_len;
    }
    return toc_fail(why, TOC_INVALID, "line %zu: '%.40s' is no field; the fields are %s",
                    line->number, name, names);
}

/* "Their Heading #2" */
static void read_choice(char *heading, struct toc_spend_choice *ret_choice)
{
    struct toc_spend_choice choice = {.nth = 0};
    const size_t len = strlen(heading);
    if (len > 2 && heading[len - 2] == '#' && heading[len - 1] >= '1' && heading[len - 1] <= '9') {
        choice.nth = (size_t)(heading[len - 1] - '0');
        heading[len - 2] = '\0';
    }
    toc_csv_heading_fold(heading, choice.heading);
    *ret_choice = choice;
}

static enum toc_result read_line(struct line *line, struct toc_spend_map *map, struct toc_why *why)
{
    char *const text = trimmed(line->text);
    if (text[0] == '\0' || text[0] == '#') {
        return TOC_OK;
    }
    char *const equals = strchr(text, '=');
    if (equals == NULL) {
        return toc_fail(why, TOC_INVALID, "line %zu: is not of the form: our_field = Their Heading",
                        line->number);
    }
    *equals = '\0';
    const char *const name = trimmed(text);
    enum toc_spend_field field;
    if (!toc_spend_field_called(name, &field)) {
        return no_field(line, name, why);
    }
    if (map->choices[field].heading[0] != '\0') {
        return toc_fail(why, TOC_INVALID, "line %zu: %s is there twice", line->number, name);
    }
    read_choice(trimmed(equals + 1), &map->choices[field]);
    if (map->choices[field].heading[0] == '\0') {
        return toc_fail(why, TOC_INVALID, "line %zu: %s: the heading has no letters or digits",
                        line->number, name);
    }
    return TOC_OK;
}

enum toc_result toc_spend_map_parse(struct toc_bytes text, struct toc_spend_map *ret_map,
                                    struct toc_why *why)
{
    struct toc_spend_map map = {0};
    struct line line = {.number = 0};
    bool named = false;
    static const char mark[] = "\xef\xbb\xbf"; /* what Windows puts before UTF-8 */
    if (text.len > TOC_SPEND_MAP_LEN_MAX) {
        return toc_fail(why, TOC_TOOBIG, "is larger than %d bytes", TOC_SPEND_MAP_LEN_MAX);
    }
    if (text.len >= sizeof mark - 1 && memcmp(text.data, mark, sizeof mark - 1) == 0) {
        text = toc_bytes_of(text.data + sizeof mark - 1, text.len - (sizeof mark - 1));
    }
    while (text.len > 0) {
        const uint8_t *const end = memchr(text.data, '\n', text.len);
        const size_t len = end == NULL ? text.len : (size_t)(end - text.data);
        line.number++;
        if (len > LINE_LEN_MAX || memchr(text.data, '\0', len) != NULL) {
            return toc_fail(why, TOC_INVALID, "line %zu: is longer than %d bytes or no text",
                            line.number, LINE_LEN_MAX);
        }
        memcpy(line.text, text.data, len);
        line.text[len] = '\0';
        TOC_TRY(read_line(&line, &map, why));
        const size_t taken = end == NULL ? len : len + 1;
        text = toc_bytes_of(text.data + taken, text.len - taken);
    }
    for (unsigned field = 0; field < TOC_SPEND_FIELDS; field++) {
        named = named || map.choices[field].heading[0] != '\0';
    }
    if (!named) {
        return toc_fail(why, TOC_INVALID, "names no field: a line is: our_field = Their Heading");
    }
    *ret_map = map;
    return TOC_OK;
}
