#include "supplier_uses.h"
#include "ensure.h"
#include "figures.h"
#include <stdlib.h>
#include <string.h>

void toc_uses_done(struct toc_uses *uses)
{
    free(uses->items);
    *uses = (struct toc_uses){0};
}

static int compare_places(const void *a, const void *b)
{
    const struct toc_use *const left = a;
    const struct toc_use *const right = b;
    if (left->year != right->year) {
        return left->year > right->year ? -1 : 1;
    }
    return strcmp(left->member, right->member);
}

static int compare_spend(const void *a, const void *b)
{
    const struct toc_use *const left = a;
    const struct toc_use *const right = b;
    if (left->year != right->year || left->spend == right->spend) {
        return compare_places(a, b);
    }
    return left->spend > right->spend ? -1 : 1;
}

static struct toc_use use_of(const json_t *row)
{
    const unsigned year = (unsigned)toc_field_number(row, "year");
    return (struct toc_use){
        .year = year,
        .member = toc_field_text(row, "member"),
        .months = toc_months_of(toc_field_array(row, "months"), year),
        .spend = toc_field_number(row, "spend"),
        .contracts = toc_field_number(row, "contracts"),
        .earliest_end = toc_field_text(row, "earliest_end"),
    };
}

static void merge(struct toc_use *into, const struct toc_use *from)
{
    const char *const end = from->earliest_end;
    into->months |= from->months;
    into->spend += from->spend;
    into->contracts += from->contracts;
    if (end[0] != '\0' && (into->earliest_end[0] == '\0' || strcmp(end, into->earliest_end) < 0)) {
        into->earliest_end = end;
    }
}

enum toc_result toc_uses_of(const json_t *rows, struct toc_uses *ret_uses)
{
    const size_t rows_len = json_array_size(rows);
    struct toc_uses uses = {.items = calloc(rows_len + 1, sizeof *uses.items)};
    TOC_ENSURE(uses.items != NULL, TOC_NOMEM);
    for (size_t i = 0; i < rows_len; i++) {
        uses.items[i] = use_of(json_array_get(rows, i));
    }
    qsort(uses.items, rows_len, sizeof *uses.items, compare_places);
    for (size_t i = 0; i < rows_len; i++) {
        struct toc_use *const last = uses.len == 0 ? NULL : &uses.items[uses.len - 1];
        if (last != NULL && compare_places(last, &uses.items[i]) == 0) {
            merge(last, &uses.items[i]);
        } else {
            uses.items[uses.len++] = uses.items[i];
        }
    }
    qsort(uses.items, uses.len, sizeof *uses.items, compare_spend);
    *ret_uses = uses;
    return TOC_OK;
}

bool toc_uses_comparable(const struct toc_uses *uses, unsigned year)
{
    const struct toc_use *first = NULL;
    for (size_t i = 0; i < uses->len; i++) {
        const struct toc_use *const use = &uses->items[i];
        if (use->year != year) {
            continue;
        }
        first = first == NULL ? use : first;
        if (use->months != first->months) {
            return false;
        }
    }
    return true;
}

size_t toc_uses_members(const struct toc_uses *uses)
{
    size_t members = 0;
    for (size_t i = 0; i < uses->len; i++) {
        size_t before = 0;
        while (strcmp(uses->items[before].member, uses->items[i].member) != 0) {
            before++;
        }
        members += before == i;
    }
    return members;
}

int64_t toc_use_a_month(const struct toc_use *use)
{
    const unsigned months = toc_months_count(use->months);
    return months == 0 ? 0 : use->spend / (int64_t)months;
}
