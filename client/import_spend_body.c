#include "import_spend_body.h"

#include "ensure.h"
#include <string.h>

enum { WORDS_MAX = 400 };

enum toc_result toc_spend_body_begin(struct toc_spend_reading *reading, struct toc_why *why)
{
    if (reading->body == NULL) {
        return TOC_OK;
    }
    if (reading->headings.columns[TOC_SPEND_BODY].len == 0) {
        return toc_fail(why, TOC_INVALID,
                        "--body: no column says whose rows they are: name it with --map FILE "
                        "(body = HEADING)");
    }
    return toc_name_fold_buyer(reading->body, reading->body_fold) == TOC_OK
               ? TOC_OK
               : toc_fail(why, TOC_INVALID, "--body: '%.60s' is no name", reading->body);
}

/* Its place in the list; TOC_SPEND_BODIES_MAX when there is no room for it. */
static size_t place_of(struct toc_spend_bodies *bodies, const char *name, const char *fold)
{
    size_t at = 0;
    while (at < bodies->len && strcmp(bodies->list[at].fold, fold) != 0) {
        at++;
    }
    if (at == bodies->len && at < TOC_SPEND_BODIES_MAX) {
        struct toc_spend_body *const body = &bodies->list[bodies->len++];
        memcpy(body->fold, fold, strlen(fold) + 1);
        (void)snprintf(body->name, sizeof body->name, "%s", name);
    }
    return at;
}

bool toc_spend_body_wants(struct toc_spend_reading *reading, const struct toc_csv_row *row)
{
    struct toc_spend_bodies *const bodies = &reading->bodies;
    const char *const name = toc_spend_cell(&reading->headings, row, TOC_SPEND_BODY);
    char fold[TOC_FOLD_LEN_MAX + 1];
    if (name[0] == '\0' || toc_name_fold_buyer(name, fold) != TOC_OK) {
        return reading->body == NULL;
    }
    const size_t at = place_of(bodies, name, fold);
    if (at > 0 && bodies->row_first == 0) {
        bodies->row_first = row->number;
    }
    if (at < TOC_SPEND_BODIES_MAX) {
        bodies->list[at].rows++;
    } else {
        bodies->rows_other++;
    }
    return reading->body == NULL || strcmp(fold, reading->body_fold) == 0;
}

/* "'A COUNCIL' (4353 rows), 'B AUTHORITY' (139 rows)" */
static void list_bodies(const struct toc_spend_bodies *bodies, char ret_text[WORDS_MAX])
{
    size_t used = 0;
    ret_text[0] = '\0';
    for (size_t i = 0; i < bodies->len && used < WORDS_MAX; i++) {
        const struct toc_spend_body *const body = &bodies->list[i];
        used += (size_t)snprintf(ret_text + used, WORDS_MAX - used, "%s'%.40s' (%zu row%s)",
                                 i == 0 ? "" : ", ", body->name, body->rows,
                                 body->rows == 1 ? "" : "s");
    }
    if (bodies->rows_other > 0 && used < WORDS_MAX) {
        (void)snprintf(ret_text + used, WORDS_MAX - used, " and others (%zu)", bodies->rows_other);
    }
}

enum toc_result toc_spend_body_end(struct toc_spend_reading *reading, struct toc_why *why)
{
    const struct toc_spend_bodies *const bodies = &reading->bodies;
    char list[WORDS_MAX];
    struct toc_why text;
    bool met = reading->body == NULL;
    list_bodies(bodies, list);
    for (size_t i = 0; i < bodies->len && !met; i++) {
        met = strcmp(bodies->list[i].fold, reading->body_fold) == 0;
    }
    if (!met) {
        return toc_fail(why, TOC_INVALID, "--body: no row is of '%.60s': the file has %s",
                        reading->body, list[0] == '\0' ? "none that is named" : list);
    }
    if (bodies->len < 2 || reading->body != NULL) {
        return TOC_OK;
    }
    (void)toc_fail(&text, TOC_OK, "has rows of %s: to keep one body's, --body NAME", list);
    return toc_import_remark(reading->import, bodies->row_first,
                             toc_spend_heading_of(&reading->headings, TOC_SPEND_BODY), text.text);
}
