/* telling_world: leeds and york have suppliers, leeds flags them, york is told. What the tests of
 * telling share; every name is the test program's own. */
#ifndef TOC_TELLING_WORLD_H
#define TOC_TELLING_WORLD_H

#include "flagging.h"
#include "record_alert.h"
#include "store_telling.h"
#include "token_world.h"

#define HOUR_MS TOC_NOTIFY_HOUR_MS

static const struct toc_stream_rule alert_rule = {.stream = "alert",
                                                  .publishers = TOC_ROLE_BIT(TOC_ROLE_HUB),
                                                  .audience = TOC_AUDIENCE_GROUP,
                                                  .list = ""};
static const struct toc_stream_rule to_group = {.stream = "distress",
                                                .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                                .audience = TOC_AUDIENCE_GROUP,
                                                .list = ""};

/* ---- helpers ---- */

static inline struct toc_fixture_daemon *daemon_of(const char *member)
{
    return toc_fixture_exchange_daemon(exchange, member);
}

static inline void settle(void)
{
    toc_fixture_exchange_settle(exchange);
}

static inline void start(bool group_setting)
{
    begin();
    toc_fixture_group_rule(group, &alert_rule);
    if (group_setting) {
        toc_fixture_group_rule(group, &to_group);
    }
    toc_fixture_group_draft(group)->rules = (struct toc_rules){.name_at = 3,
                                                               .window_minutes = 60,
                                                               .dispute_days = 10,
                                                               .quota_percent = 220,
                                                               .quota_plus = 1000};
    exchange = toc_fixture_exchange_star(group);
    (void)snprintf(daemon_of("york")->conf.notify, PATH_MAX, "/usr/lib/tocsin/notify");
    tokens(holders);
}

static inline void start_star(void)
{
    start(false);
}

static inline void keep(const char *member, unsigned number, int64_t pounds)
{
    char key[32];
    char name[32];
    char fold[32];
    struct toc_supplier supplier = {.name = name, .fold = fold, .state = TOC_SUPPLIER_KEPT};

    (void)snprintf(key, sizeof key, "GB-COH-%08u", number);
    (void)snprintf(name, sizeof name, "Supplier %u Ltd", number);
    (void)snprintf(fold, sizeof fold, "supplier %u ltd", number);
    supplier.key = key;
    ck_assert_int_eq(toc_store_supplier_add(store_of(member), key, &supplier.id), TOC_OK);
    ck_assert_int_eq(toc_store_supplier_save(store_of(member), &supplier), TOC_OK);
    ck_assert_int_eq(toc_store_supplier_sums(store_of(member), supplier.id, pounds * 100, 1, 20000),
                     TOC_OK);
    toc_tokens_begin(engine_of(member));
    settle();
}

static inline void both_keep(unsigned number)
{
    keep("leeds", number, 1000);
    keep("york", number, 1000);
}

static inline json_t *asked(const char *member, const char *request)
{
    json_t *reply = toc_fixture_exchange_ask(exchange, member, request, NULL, 0);

    ck_assert_msg(json_is_true(json_object_get(reply, "ok")), "%s: %s", request,
                  toc_fixture_text(reply, "message"));
    settle();
    return reply;
}

/* What leeds says of a supplier; the flag's id, until the next one. */
static inline const char *raised(unsigned number, const char *event)
{
    static char flag[2 * TOC_FLAG_ID_LEN + 1];
    char request[240];

    (void)snprintf(request, sizeof request,
                   "{\"request\":\"flag_raise\",\"supplier\":\"GB-COH-%08u\",\"event\":\"%s\","
                   "\"source_class\":\"public_register\"}",
                   number, event);
    json_t *reply = asked("leeds", request);
    ck_assert_str_eq(toc_fixture_text(reply, "state"), "sent");
    (void)snprintf(flag, sizeof flag, "%s", toc_fixture_text(reply, "flag"));
    json_decref(reply);
    return flag;
}

static inline void change(const char *request, const char *flag)
{
    char text[200];

    (void)snprintf(text, sizeof text,
                   "{\"request\":\"%s\",\"flag\":\"%s\",\"reason\":\"a mistake\"}", request, flag);
    json_decref(asked("leeds", text));
}

#endif
