#include "region_words.h"
#include "ensure.h"
#include "figures.h"
#include "supplier_words.h"
#include <ctype.h>
#include <string.h>

enum { SENTENCE_LEN_MAX = 16384 };

/* "45" is CPV's 45: what was bought is what councils mostly know. */
static bool parse_category(const char *text, struct toc_category *ret_category)
{
    char whole[TOC_CATEGORY_TEXT_LEN + 1];
    if (strlen(text) == 2 && isdigit((unsigned char)text[0]) && isdigit((unsigned char)text[1])) {
        (void)snprintf(whole, sizeof whole, "cpv-%s", text);
        return toc_category_parse(whole, ret_category) == TOC_OK;
    }
    return toc_category_parse(text, ret_category) == TOC_OK;
}

enum toc_result toc_region_fields(const struct toc_region_words *words, json_t *fields,
                                  char ret_category[TOC_CATEGORY_TEXT_LEN + 1], struct toc_why *why)
{
    char category[TOC_CATEGORY_TEXT_LEN + 1] = "";
    unsigned year = 0;
    int failed = fields == NULL;
    if (words->year != NULL) {
        if (toc_year_parse(words->year, &year) != TOC_OK) {
            return toc_fail(why, TOC_INVALID,
                            "--year: '%.20s' is no financial year such as 2015/16", words->year);
        }
        failed |= json_object_set_new(fields, "year", json_integer((json_int_t)year));
    }
    if (words->category != NULL) {
        struct toc_category parsed;
        if (!parse_category(words->category, &parsed)) {
            return toc_fail(why, TOC_INVALID,
                            "--category: '%.20s' is no division such as cpv-45, sic-41 or unknown",
                            words->category);
        }
        toc_category_text(parsed, category);
        failed |= json_object_set_new(fields, "category", json_string(category));
    }
    if (failed != 0) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    memcpy(ret_category, category, sizeof category);
    return TOC_OK;
}

/* A sentence that grows; what does not fit any more ends in an ellipsis. */
struct sentence {
    char text[SENTENCE_LEN_MAX];
    size_t used;
    bool full;
};

static void say(struct sentence *sentence, const char *between, const char *text)
{
    static const char cut[] = "...";
    const size_t needed = strlen(between) + strlen(text);
    if (!sentence->full && sentence->used + needed + sizeof cut > sizeof sentence->text) {
        memcpy(sentence->text + sentence->used, cut, sizeof cut);
        sentence->full = true;
    }
    if (sentence->full) {
        return;
    }
    sentence->used +=
        (size_t)snprintf(sentence->text + sentence->used, sizeof sentence->text - sentence->used,
                         "%s%s", between, text);
}

static unsigned months_at(const json_t *coverage, size_t i, unsigned year)
{
    return toc_months_of(toc_field_array(json_array_get(coverage, i), "months"), year);
}

/* Members that cover the same months stand together, in the order in which they come. */
static void say_coverage(struct sentence *sentence, const json_t *coverage, unsigned year)
{
    const size_t len = json_array_size(coverage);
    bool begun = false;
    for (size_t i = 0; i < len; i++) {
        const unsigned months = months_at(coverage, i, year);
        char text[TOC_MONTHS_TEXT_LEN + 1];
        size_t first = 0;
        while (months_at(coverage, first, year) != months) {
            first++;
        }
        if (first < i) {
            continue;
        }
        toc_months_text(months, text);
        say(sentence, begun ? "; " : " Payments are known for ", "");
        say(sentence, begun ? "for " : "", months == TOC_MONTHS_WHOLE ? "the " : "");
        say(sentence, text, " of ");
        begun = true;
        for (size_t j = i; j < len; j++) {
            if (months_at(coverage, j, year) == months) {
                say(sentence, j == i ? "" : ", ",
                    toc_field_text(json_array_get(coverage, j), "member"));
            }
        }
    }
    say(sentence, begun ? "." : "", "");
}

static void say_years(struct sentence *sentence, const json_t *years, unsigned year)
{
    bool begun = false;
    for (size_t i = 0; i < json_array_size(years); i++) {
        const unsigned other = (unsigned)json_integer_value(json_array_get(years, i));
        char text[TOC_YEAR_TEXT_LEN + 1];
        if (other != year && other != 0) {
            toc_year_text(other, text);
            say(sentence, begun ? ", " : " Other years: --year ", text);
            begun = true;
        }
    }
    say(sentence, begun ? "." : "", "");
}

void toc_region_print_coverage(struct toc_cli *cli, const json_t *reply)
{
    struct sentence sentence = {.used = 0};
    const unsigned year = (unsigned)toc_field_number(reply, "year");
    char text[TOC_YEAR_TEXT_LEN + 1];
    if (year == 0) {
        return;
    }
    toc_year_text(year, text);
    say(&sentence, "Financial year ", text);
    say(&sentence, ".", "");
    say_coverage(&sentence, toc_field_array(reply, "coverage"), year);
    say_years(&sentence, toc_field_array(reply, "years"), year);
    toc_text_wrap(cli->out, &cli->paper, 0, sentence.text);
}

const char *toc_region_number(const json_t *supplier)
{
    static const char company[] = "GB-COH-";
    const char *const number = toc_field_text(supplier, "number");
    if (number[0] == '\0') {
        return toc_field_true(supplier, "ambiguous") ? "by name?" : "by name";
    }
    return strncmp(number, company, sizeof company - 1) == 0 ? number + sizeof company - 1 : number;
}

void toc_region_titles(const json_t *categories, char *ret_text, size_t room)
{
    static const char cut[] = "...";
    size_t used = 0;
    TOC_ASSERT(room > sizeof cut);
    ret_text[0] = '\0';
    for (size_t i = 0; i < json_array_size(categories); i++) {
        const char *const text = json_string_value(json_array_get(categories, i));
        const char *const title = text == NULL ? "" : toc_supplier_category(text);
        if (used + strlen(title) + 2 + sizeof cut > room) {
            memcpy(ret_text + used, cut, sizeof cut);
            return;
        }
        used += (size_t)snprintf(ret_text + used, room - used, "%s%s", used > 0 ? "; " : "", title);
    }
}
