/* Councils with suppliers, and users who flag them. */
#include "sim_flags.h"

#include "engine_internal.h"
#include "store_flag.h"
#include "store_subject.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWN_MAX 32

static const char *const councils[] = {"hull", "kent", "leeds", "york"};
static const char *const holders[] = {"spg", "leeds"};

/* ---- the world ---- */

static void add_rules(struct toc_fixture_group *group, bool to_group)
{
    static const struct toc_stream_rule alerts = {.stream = "alert",
                                                  .publishers = TOC_ROLE_BIT(TOC_ROLE_HUB),
                                                  .audience = TOC_AUDIENCE_GROUP,
                                                  .list = ""};
    static const struct toc_stream_rule distress = {.stream = "distress",
                                                    .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                                    .audience = TOC_AUDIENCE_GROUP,
                                                    .list = ""};

    toc_fixture_group_rule(group, &alerts);
    if (to_group) {
        toc_fixture_group_rule(group, &distress);
    }
    toc_fixture_group_draft(group)->rules = (struct toc_rules){.name_at = SIM_NAME_AT,
                                                               .window_minutes = SIM_WINDOW_MINUTES,
                                                               .dispute_days = SIM_DISPUTE_DAYS};
}

static void make_supplier(struct sim_flags *flags, unsigned at)
{
    static const char *const words[SIM_SUPPLIERS] = {"alpha", "bravo", "charlie", "delta"};
    struct sim_supplier *const it = &flags->suppliers[at];

    (void)snprintf(it->number, sizeof it->number, "GB-COH-0700010%u", at);
    (void)snprintf(it->name, sizeof it->name, "Quillfeather %s Ltd", words[at]);
    (void)snprintf(it->name_key, sizeof it->name_key, "name:quillfeather %s ltd", words[at]);
    for (size_t i = 0; i < sizeof it->outputs; i++) {
        it->outputs[i / sizeof it->outputs[0]][i % sizeof it->outputs[0]] =
            (uint8_t)sim_draw(flags->sim);
    }
    for (unsigned purpose = 0; purpose < SIM_PURPOSES; purpose++) {
        for (unsigned kind = 0; kind < SIM_KINDS; kind++) {
            const struct toc_token_context context = {.group = flags->group,
                                                      .purpose = (enum toc_purpose)(purpose + 1),
                                                      .kind = (enum toc_token_kind)(kind + 1),
                                                      .token_epoch = 1};
            ck_assert_int_eq(
                toc_token_derive(&context,
                                 (const struct toc_oprf_output *)(void *)it->outputs[kind], 2,
                                 &it->keys[purpose][kind]),
                TOC_OK);
        }
    }
}

static void plant(struct sim_flags *flags, struct sim_node *node, const struct sim_supplier *it,
                  enum sim_knows knows)
{
    static const struct toc_scalar blinds[SIM_KINDS];
    static const struct toc_element elements[SIM_KINDS];
    const char *const keys[SIM_KINDS] = {it->number, it->name_key};
    struct toc_subject_made made[SIM_KINDS];
    struct toc_own_ask ask = {.token_epoch = 1, .blinds = blinds, .elements = elements};
    struct toc_buf list;

    toc_buf_init(&list, 4096);
    for (unsigned kind = 0; kind < SIM_KINDS; kind++) {
        struct toc_subject_made *const one = &made[ask.inputs];
        if (((unsigned)knows & (1U << kind)) == 0) {
            continue;
        }
        ck_assert_int_eq(toc_list_append(&list, toc_bytes_text(keys[kind])), TOC_OK);
        one->key = keys[kind];
        one->outputs = toc_bytes_of(it->outputs[kind], sizeof it->outputs[kind]);
        for (unsigned purpose = 0; purpose < SIM_PURPOSES; purpose++) {
            one->tokens[purpose] = it->keys[purpose][kind].token;
            one->purposes[purpose] = (enum toc_purpose)(purpose + 1);
        }
        ask.inputs++;
    }
    for (size_t i = 0; i < sizeof ask.id; i++) {
        ask.id[i] = (uint8_t)sim_draw(flags->sim);
    }
    ask.keys = toc_buf_bytes(&list);
    ck_assert_int_eq(toc_store_own_ask_add(node->store, &ask), TOC_OK);
    ck_assert_int_eq(toc_store_own_ask_made(node->store, &ask, made), TOC_OK);
    toc_buf_done(&list);
}

void sim_flags_know(struct sim_flags *flags, struct sim_node *node, unsigned supplier,
                    enum sim_knows knows)
{
    const struct sim_supplier *const it = &flags->suppliers[supplier];
    const char *const key = knows == SIM_KNOWS_BOTH ? it->number : it->name_key;
    struct toc_supplier row = {
        .key = key, .name = it->name, .fold = it->name_key + 5, .state = TOC_SUPPLIER_KEPT};

    flags->knows[node - flags->sim->nodes][supplier] = knows;
    if (knows == SIM_KNOWS_NOT) {
        return;
    }
    ck_assert_int_eq(toc_store_supplier_add(node->store, key, &row.id), TOC_OK);
    ck_assert_int_eq(toc_store_supplier_save(node->store, &row), TOC_OK);
    plant(flags, node, it, knows);
    if (node->engine != NULL) {
        toc_tokens_begin(node->engine);
    }
}

/* ---- acts ---- */

static bool submits(enum sim_act_kind kind)
{
    return kind == SIM_DISPUTE || kind == SIM_CONFIRM || kind == SIM_TAKE_BACK;
}

static void hex_of(const uint8_t id[TOC_FLAG_ID_LEN], char ret_text[2 * TOC_FLAG_ID_LEN + 1])
{
    toc_hex_encode(toc_bytes_of(id, TOC_FLAG_ID_LEN), ret_text);
}

static bool plan_raise(struct sim_flags *flags, struct sim_act *act)
{
    static const char *const events[] = {"F13", "F20", "F05"};
    struct sim *const sim = flags->sim;
    const unsigned at = (unsigned)sim_below(sim, SIM_SUPPLIERS);
    const enum sim_knows knows = flags->knows[act->node - sim->nodes][at];
    const struct sim_supplier *const it = &flags->suppliers[at];
    const enum toc_source source = (enum toc_source)(1 + sim_below(sim, 4));
    int64_t id = 0;

    if (knows == SIM_KNOWS_NOT) {
        return false;
    }
    ck_assert_int_eq(toc_store_supplier_of_key(act->node->store,
                                               knows == SIM_KNOWS_BOTH ? it->number : it->name_key,
                                               &id),
                     TOC_OK);
    (void)snprintf(act->request, sizeof act->request,
                   "{\"request\":\"flag_raise\",\"supplier\":\"s%lld\",\"event\":\"%s\","
                   "\"severity\":%u,\"source_class\":\"%s\",\"may_identify\":%s,\"exercise\":%s,"
                   "\"text\":\"said %u\",\"expires\":\"%s\"}",
                   (long long)id, events[sim_below(sim, 3)], 1 + (unsigned)sim_below(sim, 5),
                   toc_source_name(source), sim_chance(sim, 200) ? "true" : "false",
                   sim_chance(sim, 100) ? "true" : "false", act->number,
                   sim_chance(sim, 500) ? "2026-Q2" : "2026-Q3");
    return true;
}

/* One of its own flags. */
static bool choose_own(struct sim_flags *flags, struct sim_act *act)
{
    struct toc_own_flag own[OWN_MAX];
    size_t len;

    toc_arena_reset(flags->sim->arena);
    ck_assert_int_eq(toc_store_flags(act->node->store, 0, 0, flags->sim->arena, own, OWN_MAX, &len),
                     TOC_OK);
    if (len == 0) {
        return false;
    }
    memcpy(act->flag, own[sim_below(flags->sim, len)].id, sizeof act->flag);
    return true;
}

static bool plan_change(struct sim_flags *flags, struct sim_act *act)
{
    static const char *const requests[] = {[SIM_APPROVE] = "flag_approve",
                                           [SIM_WITHDRAW] = "flag_withdraw",
                                           [SIM_CLEAR] = "flag_clear",
                                           [SIM_MITIGATE] = "flag_mitigate"};
    char id[2 * TOC_FLAG_ID_LEN + 1];

    if (!choose_own(flags, act)) {
        return false;
    }
    hex_of(act->flag, id);
    (void)snprintf(act->request, sizeof act->request,
                   "{\"request\":\"%s\",\"flag\":\"%s\",\"reason\":\"a mistake\"}",
                   requests[act->kind], id);
    return true;
}

/* Of what is shown about a supplier that it has. */
static bool plan_dispute(struct sim_flags *flags, struct sim_act *act)
{
    const struct sim_shown *shown;

    if (flags->to_group || flags->shown_len == 0) {
        return false;
    }
    shown = &flags->shown[sim_below(flags->sim, flags->shown_len)];
    act->supplier = shown->supplier;
    act->purpose = shown->purpose;
    memcpy(act->flag, shown->id, sizeof act->flag);
    for (unsigned kind = 0; kind < SIM_KINDS; kind++) {
        if ((flags->knows[act->node - flags->sim->nodes][shown->supplier] & shown->kinds &
             (1U << kind)) != 0) {
            act->token_kind = (enum toc_token_kind)(kind + 1);
            return true;
        }
    }
    return false;
}

static bool plan_take_back(struct sim_flags *flags, struct sim_act *act)
{
    for (const struct sim_act *it = flags->acts; it != NULL; it = it->next) {
        if (it->node == act->node && it->kind == SIM_DISPUTE && sim_chance(flags->sim, 500)) {
            act->supplier = it->number; /* whose submission it takes back */
            return true;
        }
    }
    return false;
}

void sim_flags_act(struct sim_flags *flags, struct sim_node *node, enum sim_act_kind kind)
{
    struct sim_act *const act = calloc(1, sizeof *act);
    bool planned = false;

    ck_assert_ptr_nonnull(act);
    act->node = node;
    act->kind = kind;
    act->number = ++flags->acts_made;
    switch (kind) {
    case SIM_RAISE:
        planned = plan_raise(flags, act);
        break;
    case SIM_APPROVE:
    case SIM_WITHDRAW:
    case SIM_CLEAR:
    case SIM_MITIGATE:
        planned = plan_change(flags, act);
        break;
    case SIM_DISPUTE:
        planned = plan_dispute(flags, act);
        break;
    case SIM_CONFIRM:
        planned = !flags->to_group && choose_own(flags, act);
        break;
    case SIM_TAKE_BACK:
        planned = plan_take_back(flags, act);
        break;
    }
    if (!planned) {
        free(act);
        return;
    }
    act->next = flags->acts;
    flags->acts = act;
}

static void step(struct sim *sim)
{
    struct sim_flags *const flags = sim->hooks.context;
    static const unsigned weights[] = {
        [SIM_RAISE] = 40,   [SIM_APPROVE] = 16, [SIM_WITHDRAW] = 8, [SIM_CLEAR] = 8,
        [SIM_MITIGATE] = 8, [SIM_DISPUTE] = 12, [SIM_CONFIRM] = 10, [SIM_TAKE_BACK] = 2};
    uint64_t at = sim_below(sim, 104);
    unsigned kind = 0;

    if (!sim_chance(sim, flags->act_chance)) {
        return;
    }
    while (at >= weights[kind]) {
        at -= weights[kind++];
    }
    sim_flags_act(flags, sim_node(sim, councils[sim_below(sim, 4)]), (enum sim_act_kind)kind);
}

/* ---- inside a tick ---- */

static bool waits(const struct sim_act *act, const struct sim_node *node)
{
    return act->node == node && !act->over;
}

static bool due(const struct sim_node *node)
{
    const struct sim_flags *const flags = node->sim->hooks.context;

    for (const struct sim_act *act = flags->acts; act != NULL && node->engine != NULL;
         act = act->next) {
        if (waits(act, node)) {
            return true;
        }
    }
    return false;
}

static void name_of(unsigned number, char ret_id[SIM_KEY_LEN])
{
    (void)snprintf(ret_id, SIM_KEY_LEN, "act-%u", number);
}

/* A record of the daemon's own, submitted under the act's name until it is on disk. */
static void submit(struct sim_flags *flags, struct sim_act *act)
{
    struct sim_node *const node = act->node;
    const struct toc_token_keys *keys;
    struct toc_dispute dispute = {.confirms = act->kind == SIM_CONFIRM};
    struct toc_record record = {.type = TOC_RECORD_DISPUTE, .as.dispute = &dispute};
    struct toc_submission known;
    struct toc_why why = {""};
    struct toc_bytes bytes;
    uint64_t sequence;
    char id[SIM_KEY_LEN];
    enum toc_result result;

    memcpy(dispute.id, act->flag, sizeof dispute.id);
    if (act->kind == SIM_DISPUTE) {
        keys = &flags->suppliers[act->supplier].keys[act->purpose - 1][act->token_kind - 1];
        dispute.purpose = act->purpose;
        dispute.token_epoch = 1;
        dispute.kind = act->token_kind;
        dispute.token = keys->token;
        dispute.alert = keys->alert;
    } else if (act->kind == SIM_TAKE_BACK) {
        name_of(act->supplier, id);
        if (toc_store_submission_find(node->store, id, &known) != TOC_OK ||
            known.first_sequence == 0) {
            act->over = true;
            return;
        }
        record = (struct toc_record){.type = TOC_RECORD_WITHDRAWAL,
                                     .withdraws = {.sequence = known.first_sequence}};
    }
    toc_arena_reset(flags->sim->arena);
    ck_assert_int_eq(toc_wire_record_encode(flags->sim->arena, &record, &bytes), TOC_OK);
    name_of(act->number, id);
    result = toc_publish_submit(node->engine, "distress", id, &bytes, 1, NULL, &sequence, &why);
    act->over = result != TOC_OK; /* TOC_OK: once more, to see that it is there: TOC_EXISTS */
}

static struct sim_heard *heard_of(struct sim_flags *flags, const struct sim_node *node,
                                  const uint8_t id[TOC_FLAG_ID_LEN])
{
    for (struct sim_heard *it = flags->heard; it != NULL; it = it->next) {
        if (it->node == node && memcmp(it->flag, id, sizeof it->flag) == 0) {
            return it;
        }
    }
    return NULL;
}

static void act_in_tick(struct sim_node *node)
{
    struct sim_flags *const flags = node->sim->hooks.context;

    for (struct sim_act *act = flags->acts; act != NULL; act = act->next) {
        const struct toc_local_user user = {.uid = act->kind == SIM_APPROVE ? 1001 : 1000,
                                            .gid = 1000};
        const struct toc_bytes part = toc_bytes_text(act->request);
        if (!waits(act, node)) {
            continue;
        }
        if (submits(act->kind)) {
            submit(flags, act);
        } else {
            struct sim_heard *const heard = heard_of(flags, node, act->flag);
            if (heard != NULL) {
                heard->perhaps_deleted |= act->kind == SIM_WITHDRAW;
            }
            act->over = true; /* whoever hears nothing looks at the list, and does not repeat */
            sim_trace(node, "%s", act->request);
            SIM_MUST(node->sim, toc_engine_local(node->engine, SIM_HOOK_LINK + act->number, &user,
                                                 &part, 1) == TOC_OK);
        }
    }
}

/* ---- what users hear ---- */

static void hear_raised(struct sim_flags *flags, struct sim_node *node, const json_t *reply)
{
    struct sim_heard *const it = calloc(1, sizeof *it);
    const char *id = json_string_value(json_object_get(reply, "flag"));

    ck_assert_ptr_nonnull(it);
    it->node = node;
    it->next = flags->heard;
    flags->heard = it;
    SIM_MUST(flags->sim, id != NULL && toc_hex_decode(id, it->flag, sizeof it->flag) == TOC_OK);
}

static void hear(struct sim_node *node, const struct toc_out *out)
{
    struct sim_flags *const flags = node->sim->hooks.context;
    json_t *reply = json_loadb((const char *)out->parts[0].data, out->parts[0].len, 0, NULL);
    const char *state = json_string_value(json_object_get(reply, "state"));
    const struct sim_act *act = flags->acts;

    sim_trace(node, "hears %.*s", (int)out->parts[0].len, (const char *)out->parts[0].data);
    while (act != NULL && act->number != out->link - SIM_HOOK_LINK) {
        act = act->next;
    }
    if (act != NULL && json_is_true(json_object_get(reply, "ok"))) {
        struct sim_heard *const heard = heard_of(flags, node, act->flag);
        if (act->kind == SIM_RAISE) {
            hear_raised(flags, node, reply);
        } else if (act->kind == SIM_WITHDRAW && heard != NULL) {
            heard->deleted |= state != NULL && strcmp(state, "deleted") == 0;
            heard->withdrawn |= !heard->deleted;
        }
    }
    json_decref(reply);
}

static bool told_as(const struct sim_flags *flags, const struct sim_heard *heard,
                    enum toc_record_type type)
{
    for (size_t i = 0; i < flags->told_len; i++) {
        const struct sim_told *const told = &flags->told[i];
        if (told->by == heard->node && told->type == type &&
            (type == TOC_RECORD_FLAG
                 ? memcmp(told->id, heard->flag, sizeof told->id) == 0
                 : sim_flags_withdrawn(flags, told->by, heard->flag, UINT64_MAX))) {
            return true;
        }
    }
    return false;
}

void sim_flags_check_heard(struct sim_flags *flags)
{
    for (const struct sim_heard *it = flags->heard; it != NULL; it = it->next) {
        struct toc_own_flag own = {.state = TOC_OWN_FLAG_UNAPPROVED};
        toc_arena_reset(flags->sim->arena);
        const bool held =
            toc_store_flag_get(it->node->store, it->flag, flags->sim->arena, &own) == TOC_OK;
        if (it->deleted) {
            if (held || told_as(flags, it, TOC_RECORD_FLAG)) {
                sim_fail(flags->sim, "%s: a flag was deleted, and is there", it->node->member);
            }
        } else if (!held && it->perhaps_deleted) {
            continue; /* asked for, and the machine stopped before it could say so */
        } else if (!held) {
            sim_fail(flags->sim, "%s: a flag that a user was told of is gone", it->node->member);
        } else if (own.state != TOC_OWN_FLAG_UNAPPROVED && !told_as(flags, it, TOC_RECORD_FLAG)) {
            sim_fail(flags->sim, "%s: a flag that could go has not gone", it->node->member);
        } else if (it->withdrawn && !told_as(flags, it, TOC_RECORD_WITHDRAWAL)) {
            sim_fail(flags->sim, "%s: a flag was withdrawn, and nobody knows", it->node->member);
        }
    }
}

/* ---- beginning and end ---- */

/* Every hub here is honest: nobody may ever be told that it hides or invents something. */
static void check_trust(struct sim_flags *flags, struct sim_node *node)
{
    const struct toc_hub_check *const check =
        node->engine == NULL ? NULL : &node->engine->hub_check;

    for (size_t i = 0; check != NULL && i < check->len; i++) {
        if (check->doubts[i].sure) {
            sim_fail(flags->sim, "%s: doubts %s, which is honest: %d", node->member,
                     check->doubts[i].hub, (int)check->doubts[i].kind);
        }
    }
}

static void look(struct sim_node *node)
{
    struct sim_flags *const flags = node->sim->hooks.context;

    check_trust(flags, node);

    sim_flags_read(flags, node);
    if (flags->to_group || strcmp(node->member, "spg") != 0) {
        sim_flags_check_reader(flags, node);
    } else {
        sim_flags_check_hub(flags, node);
    }
}

struct sim_flags *sim_flags_new(struct sim *sim, bool to_group)
{
    struct sim_flags *const flags = calloc(1, sizeof *flags);

    ck_assert_ptr_nonnull(flags);
    flags->sim = sim;
    flags->to_group = to_group;
    flags->act_chance = 250;
    toc_fixture_group_add(sim->group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    for (size_t i = 0; i < 4; i++) {
        toc_fixture_group_add(sim->group, councils[i], TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    }
    add_rules(sim->group, to_group);
    toc_fixture_group_tokens(sim->group, holders, 2);
    (void)toc_fixture_group_sign(sim->group);
    flags->group = sim_node_add(sim, "spg")->engine->group;
    for (unsigned i = 0; i < SIM_SUPPLIERS; i++) {
        make_supplier(flags, i);
    }
    for (size_t i = 0; i < 4; i++) {
        struct sim_node *const node = sim_node_add(sim, councils[i]);
        node->conf.second_person = i == 0;
        (void)sim_wire(sim, councils[i], "spg", i != 0);
        for (unsigned j = 0; j + 1 < SIM_SUPPLIERS; j++) {
            static const enum sim_knows choice[] = {SIM_KNOWS_BOTH, SIM_KNOWS_BOTH, SIM_KNOWS_NAME,
                                                    SIM_KNOWS_NOT};
            sim_flags_know(flags, node, j, choice[sim_below(sim, 4)]);
        }
    }
    sim->submit_chance = 0;
    sim->faults.clock = 0; /* windows and dates are the hub's clock: see the other scenarios */
    sim->hooks = (struct sim_hooks){.context = flags,
                                    .step = step,
                                    .due = due,
                                    .act = act_in_tick,
                                    .hear = hear,
                                    .look = look,
                                    .sent = sim_flags_check_sent};
    return flags;
}

void sim_flags_free(struct sim_flags **flags)
{
    struct sim_flags *const it = *flags;

    while (it->acts != NULL) {
        struct sim_act *const one = it->acts;
        it->acts = one->next;
        free(one);
    }
    while (it->heard != NULL) {
        struct sim_heard *const one = it->heard;
        it->heard = one->next;
        free(one);
    }
    it->sim->hooks = (struct sim_hooks){0};
    free(it->told);
    free(it->shown);
    free(it);
    *flags = NULL;
}
