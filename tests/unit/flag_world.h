/* flag_world: token_world with alerts, its councils' supplier Aire Surfacing, and what the tests of
 * a flag's life ask for. Every name is the test program's own. */
#ifndef TOC_FLAG_WORLD_H
#define TOC_FLAG_WORLD_H

#include "flagging.h"
#include "token_world.h"

#define NUMBER "GB-COH-01234567"
#define FOLD "aire surfacing ltd"
#define RAISE                                                                                      \
    "{\"request\":\"flag_raise\",\"supplier\":\"" NUMBER "\",\"event\":\"F20\","                   \
    "\"text\":\"they said so\",\"reference\":\"R-1\",\"event_date\":\"2026-01-30\","
#define PUBLIC RAISE "\"source_class\":\"public_register\"}"
#define OBSERVED RAISE "\"source_class\":\"council_observation\",\"may_identify\":true}"

static const struct toc_stream_rule alert_rule = {.stream = "alert",
                                                  .publishers = TOC_ROLE_BIT(TOC_ROLE_HUB),
                                                  .audience = TOC_AUDIENCE_GROUP,
                                                  .list = ""};
static const struct toc_stream_rule to_group = {.stream = "distress",
                                                .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                                .audience = TOC_AUDIENCE_GROUP,
                                                .list = ""};

static inline void start(bool group_setting)
{
    begin();
    toc_fixture_group_rule(group, &alert_rule);
    if (group_setting) {
        toc_fixture_group_rule(group, &to_group);
    }
    exchange = toc_fixture_exchange_star(group);
}

static inline void start_star(void)
{
    start(false);
}

/* ---- helpers ---- */

static inline void keep(const char *member, enum toc_supplier_state state)
{
    struct toc_supplier supplier = {
        .key = NUMBER, .name = "Aire Surfacing Ltd", .fold = FOLD, .state = state};

    ck_assert_int_eq(toc_store_supplier_add(store_of(member), NUMBER, &supplier.id), TOC_OK);
    ck_assert_int_eq(toc_store_supplier_save(store_of(member), &supplier), TOC_OK);
    toc_tokens_begin(engine_of(member));
    toc_fixture_exchange_settle(exchange);
}

static inline json_t *asked(const char *member, const char *request)
{
    json_t *reply = toc_fixture_exchange_ask(exchange, member, request, NULL, 0);

    ck_assert_msg(json_is_true(json_object_get(reply, "ok")), "%s: %s", request,
                  toc_fixture_text(reply, "message"));
    toc_fixture_exchange_settle(exchange);
    return reply;
}

static inline void refused(const char *member, const char *request, const char *result,
                           const char *words)
{
    json_t *reply = toc_fixture_exchange_ask(exchange, member, request, NULL, 0);

    ck_assert_msg(strcmp(toc_fixture_text(reply, "result"), result) == 0, "%s: %s", request,
                  toc_fixture_text(reply, "message"));
    ck_assert_ptr_nonnull(strstr(toc_fixture_text(reply, "message"), words));
    json_decref(reply);
    toc_fixture_exchange_settle(exchange);
}

/* Raises, checks what became of it, and returns the flag's id. */
static inline const char *raised(const char *request, const char *state)
{
    static char id[2 * TOC_FLAG_ID_LEN + 1];
    json_t *reply = asked("leeds", request);

    ck_assert_str_eq(toc_fixture_text(reply, "state"), state);
    ck_assert(json_is_integer(json_object_get(reply, "other_users")));
    ck_assert_int_eq(json_is_integer(json_object_get(reply, "sequence")),
                     strcmp(state, "sent") == 0);
    (void)snprintf(id, sizeof(id), "%s", toc_fixture_text(reply, "flag"));
    json_decref(reply);
    return id;
}

static inline const char *about(const char *request, const char *flag)
{
    static char text[200];

    (void)snprintf(text, sizeof(text),
                   "{\"request\":\"%s\",\"flag\":\"%s\",\"reason\":\"a mistake\"}", request, flag);
    return text;
}

static char flag[2 * TOC_FLAG_ID_LEN + 1];

static inline struct toc_fixture_daemon *daemon_of(const char *member)
{
    return toc_fixture_exchange_daemon(exchange, member);
}

/* Leeds and york have the supplier, with tokens. */
static inline void start_with_tokens(void)
{
    start_star();
    keep("leeds", TOC_SUPPLIER_KEPT);
    keep("york", TOC_SUPPLIER_KEPT);
    tokens(holders);
}

static inline void raise_flag(const char *request, const char *state)
{
    memcpy(flag, raised(request, state), sizeof(flag));
}

static inline void say(const char *member, const char *request, const char *state)
{
    json_t *reply = asked(member, request);

    ck_assert_str_eq(toc_fixture_text(reply, "state"), state);
    json_decref(reply);
}

#endif
