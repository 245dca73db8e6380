/* alert_world: a hub and councils that dial it, one clock. What the tests of the alert engine
 * share; every name is this test program's own. */
#ifndef TOC_ALERT_WORLD_H
#define TOC_ALERT_WORLD_H

#include "alerting_part.h"
#include "fixture_exchange.h"
#include "runner.h"

#include <string.h>

#define HOUR_MS (INT64_C(3600) * 1000)
#define DAY_MS (24 * HOUR_MS)
#define QUARTER_NOW (2026 * 4) /* noon of Saturday 31 January 2026 */

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_arena *arena;
static struct toc_rules rules;
static unsigned submissions;

static const char *const councils[] = {"leeds", "york", "hull", "kent", "bath", "ely"};

static inline struct toc_engine *engine_of(const char *member)
{
    return toc_fixture_exchange_daemon(exchange, member)->engine;
}

static inline void settle(void)
{
    toc_fixture_exchange_settle(exchange);
}

static inline void set_up(void)
{
    static const struct toc_stream_rule alerts = {.stream = "alert",
                                                  .publishers = TOC_ROLE_BIT(TOC_ROLE_HUB),
                                                  .audience = TOC_AUDIENCE_GROUP,
                                                  .list = ""};
    submissions = 0;
    rules = (struct toc_rules){.name_at = 3, .window_minutes = 60, .dispute_days = 2};
    group = toc_fixture_group_new(31);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
    toc_fixture_group_add(group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB) | TOC_ROLE_BIT(TOC_ROLE_HOLDER));
    for (size_t i = 0; i < sizeof councils / sizeof councils[0]; i++) {
        toc_fixture_group_add(group, councils[i], TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    }
    toc_fixture_group_rule(group, &alerts);
    toc_fixture_group_holder(group, "spg");
    toc_fixture_group_draft(group)->rules = rules;
    (void)toc_fixture_group_sign(group);
    exchange = toc_fixture_exchange_new(group);
    (void)toc_fixture_exchange_add(exchange, "spg", NULL);
    for (size_t i = 0; i < sizeof councils / sizeof councils[0]; i++) {
        (void)toc_fixture_exchange_add(exchange, councils[i], NULL);
        toc_fixture_exchange_link(exchange, councils[i], "spg", false);
    }
    settle();
}

static inline void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
}

/* Time goes by in one leap. Quiet peers are fine. */
static inline void leap(int64_t ms)
{
    toc_fixture_group_advance(group, ms);
    settle();
    settle();
}

/* Signed in the member's next tick; its sequence. */
static inline uint64_t publish(const char *who, const struct toc_record *record)
{
    struct toc_engine *const engine = engine_of(who);
    struct toc_bytes bytes;
    struct toc_why why = {""};
    uint64_t sequence = 0;
    char id[32];

    (void)snprintf(id, sizeof id, "t-%u", ++submissions);
    ck_assert_int_eq(toc_wire_record_encode(arena, record, &bytes), TOC_OK);
    ck_assert_msg(toc_publish_submit(engine, "distress", id, &bytes, 1, NULL, &sequence, &why) ==
                      TOC_OK,
                  "%s", why.text);
    return sequence;
}

#endif
