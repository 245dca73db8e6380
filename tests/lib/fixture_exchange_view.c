/* fixture_exchange.h, the second half: publishing, and what came of it. */
#include "fixture_exchange.h"

#include "ensure.h"
#include "fixture_ask.h"
#include "fixture_view.h"
#include "wire_record.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define ROWS_MAX 256
#define ARENA_MAX ((size_t)64 * 1024 * 1024)

struct toc_fixture_exchange *toc_fixture_exchange_star(struct toc_fixture_group *group)
{
    static const char *const councils[] = {"leeds", "york"};
    struct toc_fixture_exchange *exchange = toc_fixture_exchange_new(group);

    toc_fixture_group_add(group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    for (size_t i = 0; i < 2; i++) {
        toc_fixture_group_add(group, councils[i], TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    }
    (void)toc_fixture_group_sign(group);
    (void)toc_fixture_exchange_add(exchange, "spg", NULL);
    for (size_t i = 0; i < 2; i++) {
        (void)toc_fixture_exchange_add(exchange, councils[i], NULL);
        toc_fixture_exchange_link(exchange, councils[i], "spg", false);
    }
    toc_fixture_exchange_settle(exchange);
    return exchange;
}

/* ---- publishing ---- */

json_t *toc_fixture_exchange_submit(struct toc_fixture_exchange *exchange, const char *member,
                                    const char *id, struct toc_bytes record)
{
    char request[200];

    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"submit\",\"stream\":\"framework\",\"id\":\"%s\"}", id);
    return toc_fixture_exchange_ask(exchange, member, request, &record, 1);
}

static uint64_t submitted(struct toc_fixture_exchange *exchange, const char *member, const char *id,
                          struct toc_bytes record)
{
    json_t *reply = toc_fixture_exchange_submit(exchange, member, id, record);
    uint64_t sequence = 0;

    ck_assert_msg(json_is_true(json_object_get(reply, "ok")), "%s: %s", id,
                  toc_fixture_text(reply, "message"));
    if (strcmp(toc_fixture_text(reply, "state"), "stored") == 0) {
        sequence = (uint64_t)toc_fixture_number(reply, "first_sequence");
    }
    json_decref(reply);
    toc_fixture_exchange_settle(exchange);
    return sequence;
}

uint64_t toc_fixture_exchange_publish(struct toc_fixture_exchange *exchange, const char *member,
                                      const char *id, const char *reference)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;

    ck_assert_int_eq(toc_arena_new(ARENA_MAX, &arena), TOC_OK);
    return submitted(exchange, member, id,
                     toc_fixture_framework(arena, reference, "Highways", 20000));
}

uint64_t toc_fixture_exchange_withdraw(struct toc_fixture_exchange *exchange, const char *member,
                                       const char *id, uint64_t sequence)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    const struct toc_record record = {.type = TOC_RECORD_WITHDRAWAL,
                                      .withdraws = {.sequence = sequence}};
    struct toc_bytes bytes;

    ck_assert_int_eq(toc_arena_new(ARENA_MAX, &arena), TOC_OK);
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
    return submitted(exchange, member, id, bytes);
}

/* ---- what came of it ---- */

size_t toc_fixture_exchange_rows(struct toc_fixture_exchange *exchange, const char *member,
                                 const char *publisher, const char *reference)
{
    struct toc_store *store = toc_fixture_exchange_daemon(exchange, member)->store;
    struct toc_current_row rows[ROWS_MAX];
    char key[TOC_FIXTURE_KEY_MAX];
    size_t len = 0, found = 0;

    ck_assert_int_eq(toc_store_current(store, "framework", "", 0, rows, ROWS_MAX, &len), TOC_OK);
    ck_assert_uint_lt(len, ROWS_MAX);
    for (size_t i = 0; i < len; i++) {
        found +=
            strcmp(rows[i].publisher, publisher) == 0 &&
            (reference == NULL || (toc_fixture_name_of(store, publisher, rows[i].sequence, key) &&
                                   strcmp(key, reference) == 0));
    }
    return found;
}

void toc_fixture_exchange_agree(struct toc_fixture_exchange *exchange, const char *publisher,
                                size_t rows)
{
    const struct toc_fixture_daemon *at;
    struct toc_hash first = {{0}};

    for (size_t i = 0; (at = toc_fixture_exchange_nth(exchange, i)) != NULL; i++) {
        const size_t seen = toc_fixture_exchange_rows(exchange, at->conf.member, publisher, NULL);
        const struct toc_hash digest = toc_fixture_digest(at->store);
        ck_assert_msg(seen == rows, "%s sees %zu of %s, not %zu", at->conf.member, seen, publisher,
                      rows);
        first = i == 0 ? digest : first;
        ck_assert_msg(toc_hash_equal(&first, &digest), "%s sees something else than the first",
                      at->conf.member);
    }
}

struct searched {
    struct toc_log_id id;
    struct toc_log_row row;
};

static enum toc_result note_row(void *context, const struct toc_log_row *row)
{
    struct searched *searched = context;

    if (toc_log_id_compare(&row->log, &searched->id) == 0) {
        searched->row = *row;
    }
    return TOC_OK;
}

struct toc_log_row toc_fixture_exchange_log(struct toc_fixture_exchange *exchange,
                                            const char *member, const char *publisher,
                                            uint32_t generation)
{
    struct searched searched = {.id = {.stream = "framework", .generation = generation}};

    (void)snprintf(searched.id.publisher, sizeof(searched.id.publisher), "%s", publisher);
    ck_assert_int_eq(
        toc_store_logs(toc_fixture_exchange_daemon(exchange, member)->store, note_row, &searched),
        TOC_OK);
    ck_assert_msg(searched.row.id != 0, "%s holds no log %u of %s", member, generation, publisher);
    return searched.row;
}
