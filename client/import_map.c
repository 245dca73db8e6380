#include "import_map.h"
#include "ensure.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_LEN_MAX = 300, NAMES_LEN = 160 };

struct line {
    size_t number;
    char text[LINE_LEN_MAX + 1];
};

struct map {
    toc_map_name_f name_of;
    unsigned len;
    struct toc_map_choice *choices;
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

/* As many of the names as one line has room for. */
static enum toc_result no_field(const struct map *map, const struct line *line, const char *name,
                                struct toc_why *why)
{
    char names[NAMES_LEN] = "";
    size_t len = 0;
    for (unsigned field = 0; field < map->len; field++) {
        const char *const one = map->name_of(field);
        const bool fits = len + strlen(one) + sizeof ", and others" < sizeof names;
        len += (size_t)snprintf(names + len, sizeof names - len, "%s%s", field == 0 ? "" : ", ",
                                fits ? one : "and others");
        if (!fits) {
            break;
        }
    }
    return toc_fail(why, TOC_INVALID, "line %zu: '%.40s' is no field; the fields are %s",
                    line->number, name, names);
}

static bool find_field(const struct map *map, const char *name, unsigned *ret_field)
{
    char wanted[TOC_CSV_HEADING_MAX + 1];
    char folded[TOC_CSV_HEADING_MAX + 1];
    toc_csv_heading_fold(name, wanted);
    for (unsigned field = 0; field < map->len; field++) {
        toc_csv_heading_fold(map->name_of(field), folded);
        if (strcmp(folded, wanted) == 0) {
            *ret_field = field;
            return true;
        }
    }
    return false;
}

/* "Their Heading #2" */
static void read_choice(char *heading, struct toc_map_choice *ret_choice)
{
    struct toc_map_choice choice = {.nth = 0};
    const size_t len = strlen(heading);
    if (len > 2 && heading[len - 2] == '#' && heading[len - 1] >= '1' && heading[len - 1] <= '9') {
        choice.nth = (size_t)(heading[len - 1] - '0');
        heading[len - 2] = '\0';
    }
    toc_csv_heading_fold(heading, choice.heading);
    *ret_choice = choice;
}

static enum toc_result read_line(struct line *line, const struct map *map, struct toc_why *why)
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
    unsigned field;
    if (!find_field(map, name, &field)) {
        return no_field(map, line, name, why);
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

static enum toc_result read_lines(struct toc_bytes text, const struct map *map, struct toc_why *why)
{
    struct line line = {.number = 0};
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
        TOC_TRY(read_line(&line, map, why));
        const size_t taken = end == NULL ? len : len + 1;
        text = toc_bytes_of(text.data + taken, text.len - taken);
    }
    for (unsigned field = 0; field < map->len; field++) {
        if (map->choices[field].heading[0] != '\0') {
            return TOC_OK;
        }
    }
    return toc_fail(why, TOC_INVALID, "names no field: a line is: our_field = Their Heading");
}

enum toc_result toc_map_parse(struct toc_bytes text, toc_map_name_f name_of, unsigned fields_len,
                              struct toc_map_choice *ret_choices, struct toc_why *why)
{
    static const char mark[] = "\xef\xbb\xbf"; /* what Windows puts before UTF-8 */
    struct map map = {.name_of = name_of, .len = fields_len};
    if (text.len > TOC_MAP_LEN_MAX) {
        return toc_fail(why, TOC_TOOBIG, "is larger than %d bytes", TOC_MAP_LEN_MAX);
    }
    if (text.len >= sizeof mark - 1 && memcmp(text.data, mark, sizeof mark - 1) == 0) {
        text = toc_bytes_of(text.data + sizeof mark - 1, text.len - (sizeof mark - 1));
    }
    map.choices = calloc(fields_len, sizeof *map.choices);
    if (map.choices == NULL) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    const enum toc_result result = read_lines(text, &map, why);
    if (result == TOC_OK) {
        memcpy(ret_choices, map.choices, fields_len * sizeof *map.choices);
    }
    free(map.choices);
    return result;
}
