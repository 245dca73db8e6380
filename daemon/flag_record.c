/* What a flag says: to whom it is about, as far as they have tokens, and to each of them its
 * details sealed, its share and its name for the hub, or the whole of it sealed for the group. */
#include "flagging.h"

#include "asking_internal.h"
#include "ensure.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

#define DISTRESS "distress"

/* ---- what a flag is about ---- */

struct subject {
    bool of_parent;
    struct toc_token_context context;
    const struct toc_oprf_output *outputs;
    size_t outputs_len;
    struct toc_token_keys keys;
};

static struct toc_token_context context_of(const struct toc_engine *engine,
                                           const struct toc_own_flag *flag, const char *key)
{
    return (struct toc_token_context){.group = engine->group,
                                      .purpose = flag->purpose,
                                      .kind = strncmp(key, "name:", 5) == 0 ? TOC_TOKEN_NAME
                                                                            : TOC_TOKEN_ID,
                                      .token_epoch = toc_engine_roster(engine)->token_epoch};
}

/* TOC_NOTFOUND: nothing will ever be made of this key. TOC_AGAIN: not yet. */
static enum toc_result find_subject(struct toc_engine *engine, const struct toc_own_flag *flag,
                                    const char *key, struct subject *ret_subject)
{
    const size_t holders = toc_engine_roster(engine)->holders_len;
    struct subject subject = {.context = context_of(engine, flag, key), .outputs_len = holders};
    uint8_t input[TOC_TOKEN_INPUT_MAX];
    enum toc_subject_state state;
    struct toc_bytes outputs;
    size_t len;
    enum toc_result result;

    TOC_ENSURE(toc_asking_input(key, input, &len) == TOC_OK, TOC_NOTFOUND);
    result = toc_store_subject_get(engine->store, key, subject.context.token_epoch, engine->arena,
                                   &state, &outputs);
    TOC_ENSURE(result != TOC_NOTFOUND, TOC_AGAIN);
    TOC_TRY(result);
    TOC_ENSURE(state != TOC_SUBJECT_REFUSED, TOC_NOTFOUND);
    if (state != TOC_SUBJECT_READY || holders == 0 ||
        outputs.len != holders * sizeof(*subject.outputs)) {
        return TOC_AGAIN;
    }
    subject.outputs = (const struct toc_oprf_output *)(const void *)outputs.data;
    TOC_TRY(toc_token_derive(&subject.context, subject.outputs, holders, &subject.keys));
    *ret_subject = subject;
    return TOC_OK;
}

/* One supplier's number and name, as far as they have tokens. TOC_AGAIN: none yet. */
static enum toc_result add_supplier(struct toc_engine *engine, const struct toc_own_flag *flag,
                                    bool of_parent, struct subject *subjects, size_t *len)
{
    const char *const number = of_parent ? flag->parent_key : flag->key;
    const char *const fold = of_parent ? flag->parent_fold : flag->fold;
    char name[TOC_SUPPLIER_KEY_MAX + 1];
    const char *const keys[] = {number, name};
    const size_t before = *len;

    (void)snprintf(name, sizeof(name), "name:%s", fold);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        enum toc_result result;
        if ((i > 0 && (fold[0] == '\0' || strcmp(name, number) == 0)) ||
            (of_parent && i > 0 && strcmp(fold, flag->fold) == 0)) {
            continue; /* a parent of the same name has no token of its own for it */
        }
        result = find_subject(engine, flag, keys[i], &subjects[*len]);
        if (result == TOC_NOTFOUND) {
            continue;
        }
        TOC_TRY(result);
        subjects[*len].of_parent = of_parent;
        (*len)++;
    }
    return *len == before ? TOC_AGAIN : TOC_OK;
}

static enum toc_result find_subjects(struct toc_engine *engine, const struct toc_own_flag *flag,
                                     struct subject *ret_subjects, size_t *ret_len)
{
    size_t len = 0;

    TOC_TRY(add_supplier(engine, flag, false, ret_subjects, &len));
    if (flag->parent_key[0] != '\0') {
        TOC_TRY(add_supplier(engine, flag, true, ret_subjects, &len));
    }
    *ret_len = len;
    return TOC_OK;
}

/* ---- what it says to each subject ---- */

static enum toc_result seal_detail(struct toc_engine *engine, const struct toc_own_flag *flag,
                                   const struct subject *subject,
                                   struct toc_sealed_detail *ret_sealed)
{
    const struct toc_detail detail = {
        .text = flag->text, .reference = flag->reference, .event_date = flag->event_date};

    toc_env_random(engine->env, ret_sealed->id, sizeof(ret_sealed->id));
    toc_env_random(engine->env, ret_sealed->nonce, sizeof(ret_sealed->nonce));
    ret_sealed->revision = flag->revision;
    return toc_detail_seal(engine->arena, &subject->context, &subject->keys, &detail, ret_sealed);
}

/* The name with its number, cut where a character ends. */
static void full_name(const struct toc_own_flag *flag, bool of_parent,
                      char ret_text[TOC_DETAIL_PLAIN_LEN])
{
    const char *const name = of_parent ? flag->parent_name : flag->name;
    const size_t room = TOC_DETAIL_PLAIN_LEN - 2;
    char number[TOC_ORGID_LEN_MAX + 4] = "";
    struct toc_orgid orgid;
    struct toc_bytes rest = toc_bytes_text(name);
    size_t len = 0;
    uint32_t character;

    if (toc_supplier_key_number(of_parent ? flag->parent_key : flag->key, &orgid)) {
        (void)snprintf(number, sizeof(number), " (%s)", orgid.id);
    }
    while (rest.len > 0 && toc_utf8_next(&rest, &character) == TOC_OK) {
        const size_t next = (size_t)(rest.data - (const uint8_t *)name);
        if (next + strlen(number) > room) {
            break;
        }
        len = next;
    }
    memcpy(ret_text, name, len);
    memcpy(ret_text + len, number, strlen(number) + 1);
}

static enum toc_result add_share(struct toc_engine *engine, const struct toc_own_flag *flag,
                                 const struct subject *subject,
                                 const struct toc_scalar *coefficients, size_t k,
                                 struct toc_flag_subject *said)
{
    const struct toc_member *me = toc_roster_member(toc_engine_roster(engine), engine->me);
    const struct toc_scalar place = toc_token_place(
        &engine->group, me != NULL && me->succeeds_len > 0 ? me->succeeds[0] : engine->me);
    struct toc_element *const commitments = toc_arena_zero(engine->arena, k, sizeof(*commitments));
    struct toc_token_key key = toc_token_name_key(&subject->context, &coefficients[0]);
    uint8_t nonce[TOC_SEAL_NONCE_LEN];
    char name[TOC_DETAIL_PLAIN_LEN];
    enum toc_result result = commitments == NULL ? TOC_NOMEM : TOC_OK;

    toc_env_random(engine->env, nonce, sizeof(nonce));
    full_name(flag, subject->of_parent, name);
    if (result == TOC_OK) {
        result = toc_sharing_point(coefficients, k, &place, &said->share);
    }
    if (result == TOC_OK) {
        result = toc_sharing_commit(coefficients, k, commitments);
    }
    if (result == TOC_OK) {
        result = toc_name_seal(&subject->context, &said->token, &key, name, nonce, &said->name);
    }
    toc_bytes_wipe(&key, sizeof(key));
    said->commitments = commitments;
    said->commitments_len = k;
    return result;
}

static enum toc_result say_to_hub(struct toc_engine *engine, const struct toc_own_flag *flag,
                                  const struct subject *subject, struct toc_flag_subject *said)
{
    const size_t k = toc_roster_rules(toc_engine_roster(engine)).name_at;
    struct toc_scalar coefficients[TOC_SHARING_MAX];
    enum toc_result result;

    TOC_ENSURE(k >= 1 && k <= TOC_SHARING_MAX, TOC_INVALID);
    said->alert = subject->keys.alert;
    TOC_TRY(seal_detail(engine, flag, subject, &said->detail));
    TOC_TRY(toc_token_coefficients(&subject->context, subject->outputs, subject->outputs_len, k,
                                   coefficients));
    result = add_share(engine, flag, subject, coefficients, k, said);
    toc_bytes_wipe(coefficients, sizeof(coefficients));
    return result;
}

static enum toc_result say_to_group(struct toc_engine *engine, const struct toc_own_flag *flag,
                                    const struct subject *subject, struct toc_flag_subject *said)
{
    const struct toc_statement_of of = {.id = flag->id, .revision = flag->revision};
    struct toc_alert_body body = {.event = flag->event,
                                  .source = flag->source,
                                  .severity = flag->severity,
                                  .status = flag->status,
                                  .expires_quarter = flag->expires_quarter,
                                  .clause = flag->clause,
                                  .action = flag->action,
                                  .reporters = TOC_REPORTERS_UNDER_3,
                                  .of_parent = subject->of_parent,
                                  .has_detail = true};
    uint8_t nonce[TOC_SEAL_NONCE_LEN];

    TOC_TRY(seal_detail(engine, flag, subject, &body.detail));
    toc_env_random(engine->env, nonce, sizeof(nonce));
    return toc_body_seal(engine->arena, &subject->context, &subject->keys, &of, &body, nonce,
                         &said->body);
}

/* ---- the record ---- */

static struct toc_flag flag_of(const struct toc_engine *engine, const struct toc_own_flag *own,
                               bool to_group)
{
    struct toc_flag flag = {.revision = own->revision,
                            .purpose = own->purpose,
                            .token_epoch = toc_engine_roster(engine)->token_epoch,
                            .to_group = to_group};

    memcpy(flag.id, own->id, sizeof(flag.id));
    if (!to_group) {
        flag.event = own->event;
        flag.source = own->source;
        flag.severity = own->severity;
        flag.status = own->status;
        flag.expires_quarter = own->expires_quarter;
        flag.clause = own->clause;
        flag.action = own->action;
        flag.may_identify = own->may_identify;
    }
    return flag;
}

static enum toc_result build(struct toc_engine *engine, const struct toc_own_flag *own,
                             const struct subject *subjects, size_t len,
                             struct toc_bytes *ret_bytes, struct toc_why *why)
{
    struct toc_flag_subject *const said = toc_arena_zero(engine->arena, len, sizeof(*said));
    struct toc_flag flag;
    struct toc_record record = {.type = TOC_RECORD_FLAG, .as.flag = &flag};
    struct toc_record read;
    bool to_group = false;

    TOC_ENSURE(said != NULL, TOC_NOMEM);
    TOC_TRY(toc_flag_is_to_group(engine, &to_group, why));
    flag = flag_of(engine, own, to_group);
    for (size_t i = 0; i < len; i++) {
        said[i].of_parent = subjects[i].of_parent;
        said[i].kind = subjects[i].context.kind;
        said[i].token = subjects[i].keys.token;
        TOC_TRY(to_group ? say_to_group(engine, own, &subjects[i], &said[i])
                         : say_to_hub(engine, own, &subjects[i], &said[i]));
    }
    flag.subjects = said;
    flag.subjects_len = len;
    if (own->revision > 1) {
        TOC_TRY(toc_flag_sequence(engine, own->id, own->revision - 1, &record.supersedes.sequence));
        TOC_ENSURE(record.supersedes.sequence > 0, TOC_AGAIN); /* it has to be signed first */
    }
    TOC_TRY(toc_wire_record_encode(engine->arena, &record, ret_bytes));
    return toc_record_read(engine->arena, DISTRESS, *ret_bytes, &read, why);
}

enum toc_result toc_flag_build(struct toc_engine *engine, const struct toc_own_flag *flag,
                               struct toc_bytes *ret_bytes, struct toc_why *why)
{
    struct subject subjects[TOC_FLAG_SUBJECTS_MAX];
    size_t len = 0;
    enum toc_result result = find_subjects(engine, flag, subjects, &len);

    if (result == TOC_OK) {
        result = build(engine, flag, subjects, len, ret_bytes, why);
    }
    toc_bytes_wipe(subjects, sizeof(subjects));
    return result;
}
