/* token_world: the hub spg and the councils leeds and york, of whom spg and leeds hold keys. What
 * the tests of asking and holding share; every name is the test program's own. */
#ifndef TOC_TOKEN_WORLD_H
#define TOC_TOKEN_WORLD_H

#include "asking.h"
#include "fixture_ask.h"
#include "fixture_exchange.h"
#include "holding.h"
#include "record_exposure.h"
#include "runner.h"
#include "store_subject.h"
#include "store_token.h"

#include <stdio.h>
#include <string.h>

#define COUNCIL TOC_ROLE_BIT(TOC_ROLE_COUNCIL)

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_arena *arena;
static const char *const holders[] = {"spg", "leeds"};

static const struct toc_stream_rule rules[] = {
    {.stream = "exposure",
     .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
     .audience = TOC_AUDIENCE_GROUP,
     .list = ""},
    {.stream = "token.ask",
     .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL) | TOC_ROLE_BIT(TOC_ROLE_BODY) |
                   TOC_ROLE_BIT(TOC_ROLE_OBSERVER),
     .audience = TOC_AUDIENCE_HOLDERS,
     .list = "",
     .confidential = true},
    {.stream = "token.answer.*",
     .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL) | TOC_ROLE_BIT(TOC_ROLE_HUB),
     .audience = TOC_AUDIENCE_NAMED_MEMBER,
     .list = "",
     .confidential = true},
};

static inline void begin(void)
{
    group = toc_fixture_group_new(31);
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        toc_fixture_group_rule(group, &rules[i]);
    }
    ck_assert_int_eq(toc_arena_new((size_t)16 * 1024 * 1024, &arena), TOC_OK);
}

/* Nobody holds keys: tests begin the first token epoch. */
static inline void set_up(void)
{
    begin();
    exchange = toc_fixture_exchange_star(group);
}

/* And one member more, with a daemon. */
static inline void set_up_with(const char *member, enum toc_role role)
{
    begin();
    toc_fixture_group_add(group, member, TOC_ROLE_BIT(role));
    exchange = toc_fixture_exchange_star(group);
    (void)toc_fixture_exchange_add(exchange, member, NULL);
    toc_fixture_exchange_link(exchange, member, "spg", true);
    toc_fixture_exchange_settle(exchange);
}

static inline void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
}

/* ---- helpers ---- */

static inline struct toc_engine *engine_of(const char *member)
{
    return toc_fixture_exchange_daemon(exchange, member)->engine;
}

static inline struct toc_store *store_of(const char *member)
{
    return toc_fixture_exchange_daemon(exchange, member)->store;
}

static inline void adopt(void)
{
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    toc_fixture_exchange_settle(exchange);
}

static inline uint64_t answers_in(const char *at, const char *publisher, const char *asker)
{
    struct toc_log_id id = {.generation = 1};

    (void)snprintf(id.publisher, sizeof(id.publisher), "%s", publisher);
    (void)snprintf(id.stream, sizeof(id.stream), "token.answer.%s", asker);
    const struct toc_log *log = toc_engine_log(engine_of(at), &id);
    return log == NULL ? 0 : log->row.chain.next_sequence - 1;
}

static inline void tokens(const char *const *list)
{
    toc_fixture_group_tokens(group, list, 2);
    adopt();
}

#endif
