/* Why a flag has not gone yet, for people: what it waits for, and what they can do about it. */
#include "local_flag.h"

#include "asking.h"
#include "ensure.h"
#include "holding.h"
#include "store_subject.h"
#include "store_token.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 400

/* ---- its tokens ---- */

/* What is lacking most: a flag goes when nothing of its supplier waits and something is ready. */
static enum toc_result subject_state(struct toc_engine *engine, const char *key, const char *fold,
                                     enum toc_subject_state *ret_state)
{
    const uint32_t token_epoch = toc_engine_roster(engine)->token_epoch;
    char name[TOC_SUPPLIER_KEY_MAX + 1];
    const char *const keys[] = {key, name};
    bool any_ready = false;

    (void)snprintf(name, sizeof(name), "name:%s", fold);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        enum toc_subject_state state = TOC_SUBJECT_NONE;
        if (i > 0 && (fold[0] == '\0' || strcmp(name, key) == 0)) {
            continue;
        }
        const enum toc_result result =
            toc_store_subject_get(engine->store, keys[i], token_epoch, engine->arena, &state, NULL);
        TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
        if (state == TOC_SUBJECT_NONE || state == TOC_SUBJECT_WAITS) {
            *ret_state = state;
            return TOC_OK;
        }
        any_ready |= state == TOC_SUBJECT_READY;
    }
    *ret_state = any_ready ? TOC_SUBJECT_READY : TOC_SUBJECT_REFUSED;
    return TOC_OK;
}

/* "the answer of holder spg, hull" */
static enum toc_result say_holders(struct toc_engine *engine, char words[WORDS_MAX])
{
    const struct toc_roster *const roster = toc_engine_roster(engine);
    struct toc_own_ask asks[TOC_ASKS_OPEN_MAX];
    size_t at = (size_t)snprintf(words, WORDS_MAX, "the answer of holder");
    const char *separator = " ";
    size_t len;

    TOC_TRY(toc_store_own_asks(engine->store, engine->arena, asks, TOC_ASKS_OPEN_MAX, &len));
    for (size_t i = 0; i < roster->holders_len && at < WORDS_MAX; i++) {
        bool open = false;
        for (size_t j = 0; j < len && !open; j++) {
            struct toc_answer_row answer;
            const enum toc_result result = toc_store_answer_get(
                engine->store, engine->me, asks[j].id, roster->holders[i], &answer);
            TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
            open = result == TOC_NOTFOUND;
        }
        if (open) {
            at +=
                (size_t)snprintf(words + at, WORDS_MAX - at, "%s%s", separator, roster->holders[i]);
            separator = ", ";
        }
    }
    if (separator[0] == ' ') {
        (void)snprintf(words, WORDS_MAX, "the holders' answers, which are being checked");
    }
    return TOC_OK;
}

static enum toc_result say_asking(struct toc_engine *engine, char words[WORDS_MAX])
{
    const char *text = "";
    enum toc_asking_state state = TOC_ASKING_ASKS;

    TOC_TRY(toc_asking_state(engine, &state));
    switch (state) {
    case TOC_ASKING_ASKS:
        text = "its supplier's turn to be asked for";
        break;
    case TOC_ASKING_NO_HOLDERS:
        text = "holders: the group makes no tokens yet: ask its signer";
        break;
    case TOC_ASKING_NOT_ITS_ROLE:
        text = "tokens, which the roster does not let this member ask for: ask the group's signer";
        break;
    case TOC_ASKING_UNCONFIRMED:
        text = "somebody to agree to the changed holders: `tocsin supplier tokens --confirm`";
        break;
    case TOC_ASKING_UNPUBLISHED:
        text = "the exposures, which are published first: `tocsin publish`";
        break;
    case TOC_ASKING_OVER_QUOTA:
        text = "tokens, of which this member has no more left: see `tocsin supplier tokens`";
        break;
    }
    (void)snprintf(words, WORDS_MAX, "%s", text);
    return TOC_OK;
}

static enum toc_result say_tokens(struct toc_engine *engine, const struct toc_own_flag *flag,
                                  bool of_parent, char words[WORDS_MAX])
{
    const char *const key = of_parent ? flag->parent_key : flag->key;
    const char *const fold = of_parent ? flag->parent_fold : flag->fold;
    const char *const whose = of_parent ? "the parent" : "its supplier";
    struct toc_supplier supplier = {.state = TOC_SUPPLIER_HELD};
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    enum toc_subject_state state;
    enum toc_result result;

    words[0] = '\0';
    TOC_TRY(toc_arena_new((size_t)64 * 1024, &arena));
    TOC_TRY(subject_state(engine, key, fold, &state));
    switch (state) {
    case TOC_SUBJECT_READY:
        return TOC_OK;
    case TOC_SUBJECT_WAITS:
        return say_holders(engine, words);
    case TOC_SUBJECT_REFUSED:
        (void)snprintf(
            words, WORDS_MAX,
            "tokens of %s, which the holders refused: see `tocsin supplier tokens`, then "
            "`tocsin supplier tokens --retry`",
            whose);
        return TOC_OK;
    case TOC_SUBJECT_NONE:
        break;
    }
    result = toc_telling_supplier(engine, key, arena, &supplier);
    TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    if (result == TOC_NOTFOUND || supplier.state != TOC_SUPPLIER_KEPT) {
        (void)snprintf(words, WORDS_MAX,
                       "tokens of %s, which is no longer kept here: keep it, or withdraw the flag",
                       whose);
        return TOC_OK;
    }
    return say_asking(engine, words);
}

/* ---- all of it ---- */

static enum toc_result say_group(const struct toc_engine *engine, char words[WORDS_MAX])
{
    const struct toc_roster *const roster = toc_engine_roster(engine);
    const char *text = "";

    if (toc_roster_validity(roster, engine->now_wall) >= TOC_IN_GRACE) {
        text = "a renewed roster: ask the group's signer";
    } else if (!toc_roster_may_publish(roster, engine->me, "distress")) {
        text = "a roster that lets this member publish 'distress': ask the group's signer";
    } else if (!toc_publish_proven(engine)) {
        text = "the hub, which has not shown this member its own logs since it started";
    }
    (void)snprintf(words, WORDS_MAX, "%s", text);
    return TOC_OK;
}

enum toc_result toc_local_flag_waits_for(struct toc_engine *engine, const struct toc_own_flag *flag,
                                         bool submitted, uint64_t sequence, json_t **ret_words)
{
    char words[WORDS_MAX] = "";

    if (sequence > 0) {
        *ret_words = json_null();
        return TOC_OK;
    }
    if (submitted) {
        TOC_TRY(say_group(engine, words));
    } else if (flag->state == TOC_OWN_FLAG_UNAPPROVED) {
        (void)snprintf(words, WORDS_MAX, "another user here, who approves it");
    } else if (toc_flag_is_embargoed(engine, flag)) {
        (void)snprintf(words, WORDS_MAX, "the end of its embargo");
    } else {
        TOC_TRY(say_tokens(engine, flag, false, words));
        if (words[0] == '\0' && flag->parent_key[0] != '\0') {
            TOC_TRY(say_tokens(engine, flag, true, words));
        }
        if (words[0] == '\0') {
            TOC_TRY(say_group(engine, words));
        }
    }
    *ret_words = words[0] == '\0' ? json_null() : json_string(words);
    return *ret_words == NULL ? TOC_NOMEM : TOC_OK;
}
