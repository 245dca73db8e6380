#include "picture_model.h"
#include "ensure.h"
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* Some fold to the same. */
static const char *const names[] = {"Acme Ltd",  "ACME LIMITED", "Acme, Limited", "Bolt plc",
                                    "BOLT PLC",  "Crane LLP",    "Dyke & Co Ltd", "Dyke and Co Ltd",
                                    "Eaves CIC", "Acme LLP"};
static const char *const numbers[] = {NULL, "01234567", "07654321", "SC123456"};
static const char *const members[TOC_MODEL_MEMBERS] = {"york", "hull", "leeds", "selby", "ryedale"};
static const unsigned categories[] = {0, 145, 172, 241};
static const unsigned months[] = {0xfff, 0x00f, 0xff0};
enum { YEAR = 2014, YEARS = 3 };

const char *toc_model_member(unsigned member)
{
    return members[member];
}

static unsigned draw(struct toc_model *model, size_t below)
{
    model->random = model->random * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)((model->random >> 33) % below);
}

/* ---- the same in both ---- */

static struct toc_exposure exposure_of(const struct toc_model_record *record,
                                       struct toc_arena *arena)
{
    struct toc_exposure exposure;
    toc_exposure_init(&exposure);
    exposure.name = names[record->name];
    if (record->number > 0) {
        exposure.scheme = "GB-COH";
        exposure.id = numbers[record->number];
        exposure.id_basis = TOC_ID_STATED;
    }
    exposure.year = record->year;
    exposure.months = record->months;
    exposure.spend_thousands = record->spend_thousands;
    ck_assert(toc_category_of_code(record->category, &exposure.category));
    ck_assert_int_eq(toc_exposure_derive(arena, &exposure), TOC_OK);
    return exposure;
}

static void store_put(struct toc_store *store, const struct toc_model_record *record,
                      struct toc_arena *arena)
{
    const struct toc_exposure exposure = exposure_of(record, arena);
    ck_assert_int_eq(
        toc_store_picture_put(store, members[record->member], record->sequence, &exposure), TOC_OK);
}

static void model_drop(struct toc_model *model, unsigned member, uint64_t first, uint64_t last)
{
    size_t len = 0;
    for (size_t i = 0; i < model->len; i++) {
        const struct toc_model_record *const record = &model->records[i];
        if (record->member != member || record->sequence < first || record->sequence > last) {
            model->records[len++] = *record;
        }
    }
    model->len = len;
}

void toc_model_step(struct toc_model *model, struct toc_store *store, struct toc_arena *arena)
{
    const unsigned member = draw(model, TOC_MODEL_MEMBERS);
    const uint64_t sequence = 1 + draw(model, 40);
    const unsigned dice = draw(model, 20);
    if (dice < 5) {
        model_drop(model, member, sequence, sequence);
        ck_assert_int_eq(toc_store_picture_drop(store, members[member], sequence), TOC_OK);
        return;
    }
    if (dice == 5) {
        const uint64_t last = sequence + draw(model, 8);
        model_drop(model, member, sequence, last);
        ck_assert_int_eq(toc_store_picture_clear(store, members[member], sequence, last), TOC_OK);
        return;
    }
    const struct toc_model_record record = {
        .member = member,
        .sequence = sequence,
        .name = draw(model, COUNT(names)),
        .number = draw(model, 2) == 0 ? 0 : draw(model, COUNT(numbers)),
        .year = YEAR + draw(model, YEARS),
        .category = categories[draw(model, COUNT(categories))],
        .spend_thousands = (int64_t)draw(model, 4) * draw(model, 3000000) - draw(model, 1000),
        .months = months[draw(model, COUNT(months))],
    };
    model_drop(model, member, sequence, sequence);
    ck_assert_uint_lt(model->len, TOC_MODEL_RECORDS_MAX);
    model->records[model->len++] = record;
    store_put(store, &record, arena);
}

void toc_model_keep(struct toc_model *model)
{
    memcpy(model->kept, model->records, sizeof model->kept);
    model->kept_len = model->len;
}

void toc_model_back(struct toc_model *model)
{
    memcpy(model->records, model->kept, sizeof model->kept);
    model->len = model->kept_len;
}

void toc_model_replay(struct toc_model *model, struct toc_store *store, struct toc_arena *arena)
{
    for (size_t i = model->len; i > 1; i--) {
        const size_t other = draw(model, i);
        const struct toc_model_record record = model->records[i - 1];
        model->records[i - 1] = model->records[other];
        model->records[other] = record;
    }
    for (size_t i = 0; i < model->len; i++) {
        store_put(store, &model->records[i], arena);
    }
}

/* ---- deriving ---- */

/* The numbers a folded name stands with, as bits. */
static unsigned numbers_of(const struct toc_model *model, const char *folded)
{
    unsigned found = 0;
    for (size_t i = 0; i < model->len; i++) {
        if (model->records[i].number > 0 && strcmp(model->records[i].folded, folded) == 0) {
            found |= 1U << model->records[i].number;
        }
    }
    return found;
}

/* Where the joining rule puts a record. */
static void join(const struct toc_model *model, struct toc_model_record *record,
                 struct toc_arena *arena)
{
    const unsigned found = numbers_of(model, record->folded);
    record->subject = exposure_of(record, arena).subject;
    record->ambiguous = false;
    for (unsigned i = 1; record->number == 0 && i < COUNT(numbers); i++) {
        if (found == 1U << i) {
            struct toc_model_record numbered = *record;
            numbered.number = i;
            record->subject = exposure_of(&numbered, arena).subject;
            return;
        }
    }
    record->ambiguous = record->number == 0 && found != 0;
}

static struct toc_model_row *row_of(struct toc_model *model, const char *subject, unsigned year,
                                    unsigned category)
{
    for (size_t i = 0; i < model->rows_len; i++) {
        struct toc_model_row *const row = &model->rows[i];
        if (strcmp(row->subject, subject) == 0 && row->year == year && row->category == category) {
            return row;
        }
    }
    ck_assert_uint_lt(model->rows_len, TOC_MODEL_ROWS_MAX);
    struct toc_model_row *const row = &model->rows[model->rows_len++];
    *row = (struct toc_model_row){.subject = subject, .year = year, .category = category};
    return row;
}

/* By name, who writes it for a supplier: bits. Then the most used, of equals the first. */
static const char *name_of(const struct toc_model *model, const char *subject)
{
    unsigned used[COUNT(names)] = {0};
    const char *best = "";
    int best_councils = 0;
    for (size_t i = 0; i < model->len; i++) {
        if (strcmp(model->records[i].subject, subject) == 0) {
            used[model->records[i].name] |= 1U << model->records[i].member;
        }
    }
    for (size_t i = 0; i < COUNT(names); i++) {
        const int councils = __builtin_popcount(used[i]);
        if (councils > best_councils ||
            (councils == best_councils && councils > 0 && strcmp(names[i], best) < 0)) {
            best = names[i];
            best_councils = councils;
        }
    }
    return best;
}

void toc_model_derive(struct toc_model *model, struct toc_arena *arena)
{
    model->rows_len = 0;
    for (size_t i = 0; i < model->len; i++) {
        model->records[i].folded = exposure_of(&model->records[i], arena).folded;
    }
    for (size_t i = 0; i < model->len; i++) {
        join(model, &model->records[i], arena);
    }
    for (size_t i = 0; i < model->len; i++) {
        const struct toc_model_record *const record = &model->records[i];
        const unsigned both[] = {TOC_PICTURE_ALL, record->category};
        for (size_t k = 0; k < COUNT(both); k++) {
            struct toc_model_row *const row = row_of(model, record->subject, record->year, both[k]);
            row->members |= 1U << record->member;
            row->spend_thousands += record->spend_thousands;
            row->records++;
            row->nameless += record->number == 0;
            row->ambiguous = record->ambiguous;
        }
    }
    for (size_t i = 0; i < model->rows_len; i++) {
        model->rows[i].name = name_of(model, model->rows[i].subject);
    }
}

/* ---- comparing ---- */

/* The member's, and the first of its supplier's. */
static bool counts(const struct toc_model *model, unsigned member, size_t at)
{
    const struct toc_model_record *const record = &model->records[at];
    bool first = true;
    for (size_t i = 0; i < at; i++) {
        first &= model->records[i].member != member ||
                 strcmp(model->records[i].subject, record->subject) != 0;
    }
    return record->member == member && first;
}

void toc_model_compare_exposed(struct toc_model *model, struct toc_store *store,
                               struct toc_arena *arena)
{
    toc_model_derive(model, arena);
    for (unsigned member = 0; member < TOC_MODEL_MEMBERS; member++) {
        uint64_t suppliers;
        uint64_t expected = 0;
        for (size_t i = 0; i < model->len; i++) {
            expected += counts(model, member, i);
        }
        ck_assert_int_eq(toc_store_suppliers_exposed(store, members[member], &suppliers), TOC_OK);
        ck_assert_uint_eq(suppliers, expected);
    }
}

static bool wanted(const struct toc_model_row *row, const struct toc_picture_ask *ask)
{
    char folded[TOC_FOLD_LEN_MAX + 1];
    bool member = ask->member == NULL;
    for (unsigned i = 0; i < TOC_MODEL_MEMBERS; i++) {
        member = member || ((row->members >> i & 1) != 0 && strcmp(members[i], ask->member) == 0);
    }
    ck_assert_int_eq(toc_name_fold(row->name, folded), TOC_OK);
    return row->year == ask->year && row->category == ask->category && member &&
           (unsigned)__builtin_popcount(row->members) >= ask->councils_min &&
           strstr(folded, ask->search) != NULL;
}

static void compare_row(const struct toc_model *model, const struct toc_picture_ask *ask,
                        const struct toc_picture_row *row)
{
    for (size_t i = 0; i < model->rows_len; i++) {
        const struct toc_model_row *const own = &model->rows[i];
        if (strcmp(own->subject, row->subject) != 0 || !wanted(own, ask)) {
            continue;
        }
        const enum toc_picture_match match = own->nameless == 0              ? TOC_PICTURE_BY_NUMBER
                                             : own->nameless == own->records ? TOC_PICTURE_BY_NAME
                                                                             : TOC_PICTURE_BY_BOTH;
        ck_assert_str_eq(row->name, own->name);
        ck_assert_uint_eq(row->councils, (unsigned)__builtin_popcount(own->members));
        ck_assert_int_eq(row->spend_thousands, own->spend_thousands);
        ck_assert_int_eq(row->match, match);
        ck_assert_int_eq(row->ambiguous, own->ambiguous);
        return;
    }
    ck_abort_msg("%s is not in the model", row->subject);
}

static void check_order(const struct toc_picture_ask *ask, const struct toc_picture_row *one,
                        const struct toc_picture_row *next)
{
    switch (ask->sort) {
    case TOC_PICTURE_COUNCILS:
        ck_assert(
            one->councils > next->councils ||
            (one->councils == next->councils && one->spend_thousands >= next->spend_thousands));
        return;
    case TOC_PICTURE_SPEND:
        ck_assert_int_ge(one->spend_thousands, next->spend_thousands);
        return;
    case TOC_PICTURE_NAME: {
        char folded[2][TOC_FOLD_LEN_MAX + 1];
        ck_assert_int_eq(toc_name_fold(one->name, folded[0]), TOC_OK);
        ck_assert_int_eq(toc_name_fold(next->name, folded[1]), TOC_OK);
        const int order = strcmp(folded[0], folded[1]);
        ck_assert(order < 0 || (order == 0 && strcmp(one->subject, next->subject) < 0));
        return;
    }
    }
}

/* Every page of one question: each row once, in order, and as the model has it. */
static void compare_pages(const struct toc_model *model, struct toc_store *store,
                          struct toc_picture_ask ask, struct toc_arena *arena)
{
    struct toc_picture_row rows[3];
    struct toc_picture_row last = {.subject = NULL};
    struct toc_picture_page page = {.rows = rows, .more = true};
    size_t expected = 0;
    size_t count = 0;
    for (size_t i = 0; i < model->rows_len; i++) {
        expected += wanted(&model->rows[i], &ask);
    }
    while (page.more) {
        char after[sizeof page.place];
        memcpy(after, page.place, sizeof after);
        ask.after = after;
        ask.limit = COUNT(rows);
        ask.seen_max = 5;
        ck_assert_int_eq(toc_store_picture_page(store, &ask, arena, &page), TOC_OK);
        ck_assert_uint_lt(page.seen, ask.seen_max + 4);
        for (size_t i = 0; i < page.len; i++) {
            if (last.subject != NULL) {
                check_order(&ask, &last, &rows[i]);
                ck_assert_str_ne(last.subject, rows[i].subject);
            }
            compare_row(model, &ask, &rows[i]);
            last = rows[i];
        }
        count += page.len;
        ck_assert_uint_le(count, expected);
    }
    ck_assert_uint_eq(count, expected);
}

static void compare_totals(const struct toc_model *model, struct toc_store *store, unsigned year,
                           unsigned category)
{
    for (uint32_t councils = 1; councils <= 3; councils++) {
        uint64_t total;
        uint64_t expected = 0;
        for (size_t i = 0; i < model->rows_len; i++) {
            const struct toc_model_row *const row = &model->rows[i];
            expected += row->year == year && row->category == category &&
                        (unsigned)__builtin_popcount(row->members) >= councils;
        }
        ck_assert_int_eq(toc_store_picture_total(store, year, category, councils, &total), TOC_OK);
        ck_assert_uint_eq(total, expected);
    }
    uint64_t ambiguous;
    uint64_t expected = 0;
    for (size_t i = 0; i < model->rows_len; i++) {
        expected += model->rows[i].ambiguous && model->rows[i].year == year &&
                    model->rows[i].category == TOC_PICTURE_ALL;
    }
    ck_assert_int_eq(toc_store_picture_ambiguous(store, year, &ambiguous), TOC_OK);
    ck_assert_uint_eq(ambiguous, expected);
}

static void compare_members(const struct toc_model *model, struct toc_store *store, unsigned year,
                            struct toc_arena *arena)
{
    unsigned covered[TOC_MODEL_MEMBERS] = {0};
    struct toc_picture_member *list;
    size_t len;
    size_t expected = 0;
    for (size_t i = 0; i < model->len; i++) {
        covered[model->records[i].member] |=
            model->records[i].year == year ? model->records[i].months : 0;
    }
    ck_assert_int_eq(toc_store_picture_members(store, year, arena, &list, &len), TOC_OK);
    for (unsigned i = 0; i < TOC_MODEL_MEMBERS; i++) {
        expected += covered[i] != 0;
        for (size_t k = 0; k < len; k++) {
            if (strcmp(list[k].publisher, members[i]) == 0) {
                ck_assert_uint_eq(list[k].months, covered[i]);
            }
        }
    }
    ck_assert_uint_eq(len, expected);
}

static double positive(int64_t spend)
{
    return spend > 0 ? (double)spend : 0;
}

static void compare_category(const struct toc_model *model, unsigned year,
                             const struct toc_picture_category *category)
{
    double total = 0;
    double squares = 0;
    double largest = 0;
    uint64_t suppliers = 0;
    for (size_t i = 0; i < model->rows_len; i++) {
        const struct toc_model_row *const row = &model->rows[i];
        if (row->year == year && row->category == category->category) {
            const double spend = positive(row->spend_thousands);
            total += spend;
            squares += spend * spend;
            largest = spend > largest ? spend : largest;
            suppliers++;
        }
    }
    const double expected = total > 0 ? squares / (total * total) : 0;
    ck_assert_uint_eq(category->suppliers, suppliers);
    ck_assert_double_eq_tol((double)category->spend_thousands, total, 0.5);
    ck_assert_double_eq_tol(category->herfindahl, expected, 1e-9);
    ck_assert_int_eq(category->top_len > 0, largest > 0);
    if (category->top_len > 0) {
        ck_assert_double_eq_tol((double)category->top[0].spend_thousands, largest, 0.5);
    }
}

static void compare_categories(const struct toc_model *model, struct toc_store *store,
                               unsigned year, struct toc_arena *arena)
{
    struct toc_picture_category list[2];
    size_t len = COUNT(list);
    size_t count = 0;
    int after = -1;
    while (len == COUNT(list)) {
        ck_assert_int_eq(
            toc_store_picture_categories(store, year, after, arena, list, COUNT(list), &len),
            TOC_OK);
        for (size_t i = 0; i < len; i++) {
            compare_category(model, year, &list[i]);
            ck_assert_int_gt((int)list[i].category, after);
            after = (int)list[i].category;
            count++;
        }
    }
    size_t expected = 0;
    for (size_t i = 0; i < COUNT(categories); i++) {
        bool there = false;
        for (size_t k = 0; k < model->rows_len; k++) {
            there =
                there || (model->rows[k].year == year && model->rows[k].category == categories[i]);
        }
        expected += there;
    }
    ck_assert_uint_eq(count, expected);
}

void toc_model_compare(const struct toc_model *model, struct toc_store *store,
                       struct toc_arena *arena)
{
    for (unsigned year = YEAR; year < YEAR + YEARS; year++) {
        for (int sort = TOC_PICTURE_COUNCILS; sort <= TOC_PICTURE_NAME; sort++) {
            struct toc_picture_ask ask = {.year = year,
                                          .category = TOC_PICTURE_ALL,
                                          .search = "",
                                          .sort = (enum toc_picture_sort)sort};
            compare_pages(model, store, ask, arena);
            ask.category = 145;
            compare_pages(model, store, ask, arena);
            ask.category = TOC_PICTURE_ALL;
            ask.councils_min = 2;
            compare_pages(model, store, ask, arena);
            ask.member = "leeds";
            compare_pages(model, store, ask, arena);
            ask.search = "acme l";
            compare_pages(model, store, ask, arena);
        }
        compare_totals(model, store, year, TOC_PICTURE_ALL);
        compare_totals(model, store, year, 145);
        compare_members(model, store, year, arena);
        compare_categories(model, store, year, arena);
    }
}
