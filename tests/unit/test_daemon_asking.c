/* Asking: what is made of suppliers, by whom, after what, and whom an asker does not believe. */
#include "token_world.h"

static const char *const other_holders[] = {"spg", "york"};

/* ---- helpers ---- */

/* Kept, as settling would: a number or a name. */
static void keep(const char *member, const char *key, const char *fold)
{
    struct toc_supplier supplier = {
        .key = key, .name = fold, .fold = fold, .state = TOC_SUPPLIER_KEPT};

    ck_assert_int_eq(toc_store_supplier_add(store_of(member), key, &supplier.id), TOC_OK);
    ck_assert_int_eq(toc_store_supplier_save(store_of(member), &supplier), TOC_OK);
    toc_tokens_begin(engine_of(member));
}

/* Named alone: one input each. */
static void keep_many(const char *member, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        char fold[32];
        char key[40];
        (void)snprintf(fold, sizeof(fold), "supplier %u ltd", i);
        (void)snprintf(key, sizeof(key), "name:%s", fold);
        keep(member, key, fold);
    }
}

static struct toc_subject_counts counts(const char *member)
{
    struct toc_subject_counts now;

    ck_assert_int_eq(toc_store_subject_counts(store_of(member),
                                              toc_fixture_group_draft(group)->token_epoch, &now),
                     TOC_OK);
    return now;
}

static void check_counts(const char *member, uint64_t lacking, uint64_t waiting, uint64_t ready,
                         uint64_t refused)
{
    const struct toc_subject_counts now = counts(member);

    ck_assert_uint_eq(now.lacking, lacking);
    ck_assert_uint_eq(now.waiting, waiting);
    ck_assert_uint_eq(now.ready, ready);
    ck_assert_uint_eq(now.refused, refused);
}

static struct toc_bytes outputs_of(const char *member, const char *key)
{
    enum toc_subject_state state;
    struct toc_bytes outputs;

    ck_assert_int_eq(toc_store_subject_get(store_of(member), key,
                                           toc_fixture_group_draft(group)->token_epoch, arena,
                                           &state, &outputs),
                     TOC_OK);
    ck_assert_int_eq(state, TOC_SUBJECT_READY);
    return outputs;
}

/* The one fault that a member holds against a holder. */
static struct toc_holder_fault fault_of(const char *member)
{
    struct toc_holder_fault faults[2];
    size_t len;

    ck_assert_int_eq(toc_store_holder_faults(store_of(member),
                                             toc_fixture_group_draft(group)->token_epoch, faults, 2,
                                             &len),
                     TOC_OK);
    ck_assert_uint_eq(len, 1);
    return faults[0];
}

static enum toc_asking_state asking(const char *member)
{
    enum toc_asking_state state;

    toc_engine_begin(engine_of(member));
    ck_assert_int_eq(toc_asking_state(engine_of(member), &state), TOC_OK);
    ck_assert_int_eq(toc_engine_finish(engine_of(member), NULL), TOC_OK);
    return state;
}

/* ---- what goes right ---- */

/* Two councils that know the same supplier make the same of it, and of another something else; the
 * one of them holds a key itself. Number and name are two subjects. */
START_TEST(two_councils_agree)
{
    const char *key = "GB-COH-01234567";
    struct toc_token token;
    enum toc_purpose purpose;
    uint32_t epoch;
    const char *found;

    keep("leeds", key, "aire surfacing ltd");
    keep("york", key, "aire surfacing ltd");
    keep("york", "name:ouse paving ltd", "ouse paving ltd");
    ck_assert_int_eq(asking("york"), TOC_ASKING_NO_HOLDERS);
    tokens(holders);
    check_counts("leeds", 0, 0, 2, 0);
    check_counts("york", 0, 0, 3, 0);
    const struct toc_bytes one = outputs_of("leeds", key);
    ck_assert_uint_eq(one.len, 2 * TOC_OPRF_OUTPUT_LEN);
    ck_assert(toc_bytes_equal(one, outputs_of("york", key)));
    ck_assert(!toc_bytes_equal(one, outputs_of("york", "name:aire surfacing ltd")));
    ck_assert(toc_bytes_equal(outputs_of("leeds", "name:aire surfacing ltd"),
                              outputs_of("york", "name:aire surfacing ltd")));
    ck_assert_int_eq(asking("york"), TOC_ASKING_ASKS);

    /* And the token that others will flag it with leads back to it. */
    for (int i = TOC_PURPOSE_PUBLIC; i <= TOC_PURPOSE_EXERCISE; i++) {
        const struct toc_token_context context = {.group = engine_of("york")->group,
                                                  .purpose = (enum toc_purpose)i,
                                                  .kind = TOC_TOKEN_ID,
                                                  .token_epoch = 1};
        struct toc_token_keys keys;
        ck_assert_int_eq(toc_token_derive(&context, (const void *)one.data, 2, &keys), TOC_OK);
        token = keys.token;
        ck_assert_int_eq(
            toc_store_token_get(store_of("york"), &token, arena, &found, &purpose, &epoch), TOC_OK);
        ck_assert_str_eq(found, key);
        ck_assert_int_eq(purpose, i);
        ck_assert_uint_eq(epoch, 1);
    }
    token.bytes[0] ^= 1;
    ck_assert_int_eq(toc_store_token_get(store_of("york"), &token, arena, &found, &purpose, &epoch),
                     TOC_NOTFOUND);
}
END_TEST

/* At the edges of one ask, and more than are open at a time. */
START_TEST(asks_of_64)
{
    static const unsigned sizes[] = {1, 64, 65, 128, 200};
    const unsigned inputs = sizes[_i];

    keep_many("york", inputs);
    tokens(holders);
    check_counts("york", 0, 0, inputs, 0);
    ck_assert_uint_eq(answers_in("york", "spg", "york"), (inputs + 63) / 64);
    ck_assert_uint_eq(answers_in("york", "leeds", "york"), (inputs + 63) / 64);
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(answers_in("york", "spg", "york"), (inputs + 63) / 64);
}
END_TEST

/* Nobody without kept suppliers asks, and who asked once does not ask again after a start. */
/* What was looked through is not looked at again until everything else was. */
START_TEST(looks_on_where_it_was)
{
    const char *keys[TOC_OPRF_BATCH_MAX];
    struct toc_subject_place place = {.supplier = 0};
    size_t len;

    keep_many("york", 5);
    keep("york", "GB-COH-01234567", "aire surfacing ltd");
    keep("york", "GB-COH-07654321", "aire surfacing ltd");
    const struct {
        size_t max, len;
        const char *first;
    } looks[] = {
        {1, 1, "GB-COH-01234567"},
        {1, 1, "GB-COH-07654321"}, /* the last number, and no more */
        {1, 1, "name:aire surfacing ltd"},
        {3, 3, "name:supplier 0 ltd"},
        {8, 2, "name:supplier 3 ltd"},
        {8, 0, NULL},
    };
    for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
        ck_assert_int_eq(toc_store_subjects_lacking(store_of("york"), 1, arena, &place, keys,
                                                    looks[i].max, &len),
                         TOC_OK);
        ck_assert_uint_eq(len, looks[i].len);
        if (len > 0) {
            ck_assert_str_eq(keys[0], looks[i].first);
        }
    }
    /* New ones: a number is behind all that were there; a name where its letters put it. */
    keep("york", "GB-COH-00000001", "zinc roofs ltd");
    keep("york", "name:abacus ltd", "abacus ltd");
    ck_assert_int_eq(toc_store_subjects_lacking(store_of("york"), 1, arena, &place, keys, 8, &len),
                     TOC_OK);
    ck_assert_uint_eq(len, 2);
    ck_assert_str_eq(keys[0], "GB-COH-00000001");
    ck_assert_str_eq(keys[1], "name:zinc roofs ltd");
    place = (struct toc_subject_place){.supplier = 0};
    ck_assert_int_eq(toc_store_subjects_lacking(store_of("york"), 1, arena, &place, keys,
                                                TOC_OPRF_BATCH_MAX, &len),
                     TOC_OK);
    ck_assert_uint_eq(len, 11); /* three numbers, and eight names */
}
END_TEST

/* Nor is it forgotten: kept while others are being asked about, at a place that was passed. */
START_TEST(what_comes_before_its_place_is_asked_too)
{
    struct toc_supplier supplier = {.key = "name:abacus ltd",
                                    .name = "abacus ltd",
                                    .fold = "abacus ltd",
                                    .state = TOC_SUPPLIER_KEPT};

    keep_many("york", 3);
    tokens(holders);
    check_counts("york", 0, 0, 3, 0);
    engine_of("york")->tokens.place =
        (struct toc_subject_place){.supplier = 1000, .name = "supplier 1 ltd"};
    ck_assert_int_eq(toc_store_supplier_add(store_of("york"), supplier.key, &supplier.id), TOC_OK);
    ck_assert_int_eq(toc_store_supplier_save(store_of("york"), &supplier), TOC_OK);
    engine_of("york")->tokens.look = true;
    engine_of("york")->tokens.lacking = true;
    toc_fixture_exchange_settle(exchange);
    check_counts("york", 0, 0, 4, 0);
}
END_TEST

START_TEST(asks_once)
{
    tokens(holders);
    ck_assert_uint_eq(answers_in("spg", "spg", "york"), 0);
    keep_many("york", 3);
    toc_fixture_exchange_settle(exchange);
    check_counts("york", 0, 0, 3, 0);
    toc_fixture_exchange_crash(exchange, "york");
    toc_fixture_exchange_link(exchange, "york", "spg", true);
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(answers_in("york", "spg", "york"), 1);
    keep("york", "name:late ltd", "late ltd");
    toc_fixture_exchange_settle(exchange);
    check_counts("york", 0, 0, 4, 0);
    ck_assert_uint_eq(answers_in("york", "spg", "york"), 2);
}
END_TEST

START_TEST(holder_away_and_back)
{
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    keep_many("york", 70);
    tokens(holders);
    check_counts("york", 0, 70, 0, 0);
    ck_assert_uint_eq(answers_in("york", "spg", "york"), 2);
    toc_fixture_exchange_link(exchange, "leeds", "spg", true);
    toc_fixture_exchange_settle(exchange);
    check_counts("york", 0, 0, 70, 0);
}
END_TEST

/* Rebuilding finds the same, and nothing is answered twice for it. */
START_TEST(rebuilt)
{
    uint64_t used;

    keep_many("york", 65);
    tokens(holders);
    for (int i = 0; i < 2; i++) {
        static const char *const members[] = {"spg", "leeds", "york"};
        for (size_t j = 0; j < 3; j++) {
            json_t *reply = toc_fixture_exchange_ask(exchange, members[j],
                                                     "{\"request\":\"rebuild\"}", NULL, 0);
            ck_assert(json_is_true(json_object_get(reply, "ok")));
            json_decref(reply);
        }
        toc_fixture_exchange_settle(exchange);
        ck_assert_int_eq(toc_store_answers_used(store_of("spg"), "york", "spg", 1, &used), TOC_OK);
        ck_assert_uint_eq(used, 65);
        ck_assert_uint_eq(answers_in("york", "spg", "york"), 2);
        ck_assert_uint_eq(answers_in("york", "leeds", "york"), 2);
        check_counts("york", 0, 0, 65, 0);
    }
}
END_TEST

/* ---- crashes ---- */

/* Everybody ticks `at` times, and then one of them is gone and comes back; so at every step. */
static void settle_by_steps(const char *member, int at)
{
    static const char *const members[] = {"spg", "leeds", "york"};

    for (int i = 0; i < at; i++) {
        for (size_t j = 0; j < 3; j++) {
            toc_fixture_exchange_step(exchange, members[j]);
        }
    }
    toc_fixture_exchange_crash(exchange, member);
    if (strcmp(member, "spg") != 0) {
        toc_fixture_exchange_link(exchange, member, "spg", true);
    } else {
        toc_fixture_exchange_link(exchange, "leeds", "spg", true);
        toc_fixture_exchange_link(exchange, "york", "spg", true);
    }
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_pass(exchange, 60 * 1000);
}

/* The disk did not follow, and jobs that waited for the worker are gone. */
START_TEST(failed_tick)
{
    struct toc_why why = {""};

    keep_many("york", 65);
    tokens(holders);
    keep("york", "name:late ltd", "late ltd");
    struct toc_engine *york = engine_of("york");
    toc_engine_begin(york);
    ck_assert_int_eq(toc_engine_finish(york, &why), TOC_OK);
    ck_assert(york->tokens.blinding);
    toc_engine_begin(york);
    york->store_failed = true;
    ck_assert_int_eq(toc_engine_finish(york, &why), TOC_STORE);
    ck_assert(!york->tokens.blinding);
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_pass(exchange, 60 * 1000);
    check_counts("york", 0, 0, 66, 0);
}
END_TEST

START_TEST(crash_at_each_step)
{
    static const char *const members[] = {"york", "leeds", "spg"};

    keep_many("york", 5);
    toc_fixture_group_tokens(group, holders, 2);
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    settle_by_steps(members[_i % 3], _i / 3);
    check_counts("york", 0, 0, 5, 0);
    ck_assert_uint_eq(answers_in("york", "spg", "york"), 1);
    ck_assert_uint_eq(answers_in("york", "leeds", "york"), 1);
}
END_TEST

/* ---- what an asker does not believe ---- */

/* The roster names a key that leeds does not have: it answers nothing, and others can speak in its
 * place. */
static void without_leeds(void)
{
    struct toc_roster *draft = toc_fixture_group_draft(group);
    const struct toc_member *york = toc_roster_member(draft, "york");

    toc_fixture_group_tokens(group, holders, 2);
    memcpy((void *)(uintptr_t)draft->holder_keys[1].bytes, york->token_public[0],
           TOC_TOKEN_KEY_LEN);
    adopt();
}

static struct toc_own_ask open_ask(const char *member)
{
    struct toc_own_ask asks[TOC_ASKS_OPEN_MAX];
    size_t len;

    ck_assert_int_eq(toc_store_own_asks(store_of(member), arena, asks, TOC_ASKS_OPEN_MAX, &len),
                     TOC_OK);
    ck_assert_uint_eq(len, 1);
    return asks[0];
}

enum lie { OTHER_KEY, BAD_PROOF, GARBAGE, TOO_FEW, TOO_MANY };

static void answer_falsely(enum lie lie, const char *submission)
{
    const struct toc_own_ask own = open_ask("york");
    const struct toc_member_keys *keys = toc_fixture_group_keys(group, "leeds");
    struct toc_element evaluated[TOC_OPRF_BATCH_MAX];
    struct toc_token_answer one = {
        .token_epoch = 1, .elements = evaluated, .elements_len = own.inputs};
    const struct toc_record record = {.type = TOC_RECORD_TOKEN_ANSWER, .as.token_answer = &one};
    const struct toc_scalar nonce = {{42}};
    struct toc_scalar key;

    memcpy(one.ask, own.id, sizeof(one.ask));
    memcpy(key.bytes, keys->token_secret[0], sizeof(key.bytes));
    for (size_t i = 0; i < own.inputs; i++) {
        ck_assert_int_eq(toc_oprf_evaluate(&key, &own.elements[i], &evaluated[i]), TOC_OK);
    }
    const struct toc_oprf_batch batch = {
        .blinded = own.elements, .evaluated = evaluated, .len = own.inputs};
    ck_assert_int_eq(toc_oprf_prove(&key, &batch, &nonce, &one.proof), TOC_OK);
    one.proof.s.bytes[0] ^= lie == BAD_PROOF;
    if (lie == GARBAGE) {
        memset(evaluated, 0xff, sizeof(evaluated));
    }
    one.elements_len = lie == TOO_FEW ? own.inputs - 1 : own.inputs;
    if (lie == TOO_MANY) {
        evaluated[own.inputs] = evaluated[0];
        one.elements_len = own.inputs + 1;
    }
    toc_fixture_exchange_make(exchange, "leeds", "token.answer.york", submission, &record);
}

START_TEST(false_answers_are_caught)
{
    const enum lie lie = (enum lie)_i;
    const unsigned fault = lie == TOO_FEW || lie == TOO_MANY ? TOC_FAULT_LENGTH : TOC_FAULT_PROOF;
    uint64_t len;

    keep_many("york", 3);
    without_leeds();
    check_counts("york", 0, 3, 0, 0);
    ck_assert(toc_holding_no_secret(engine_of("leeds")));
    ck_assert(!toc_holding_no_secret(engine_of("spg")));
    const struct toc_own_ask first = open_ask("york");
    answer_falsely(lie, "one");
    struct toc_holder_fault known = fault_of("york");
    ck_assert_str_eq(known.holder, "leeds");
    ck_assert_uint_eq(known.fault, fault);
    ck_assert_uint_eq(known.count, 1);
    ck_assert_uint_eq(known.sequence, 1);
    ck_assert_uint_eq(engine_of("york")->tokens.answers_bad, 1);

    /* Asked once more, by a fresh ask; then a person has to say so. */
    check_counts("york", 0, 3, 0, 0);
    ck_assert_mem_ne(first.id, open_ask("york").id, TOC_ASK_ID_LEN);
    answer_falsely(lie, "two");
    known = fault_of("york");
    ck_assert_uint_eq(known.count, 2);
    ck_assert_uint_eq(known.sequence, 2);
    check_counts("york", 0, 0, 0, 3);
    toc_fixture_exchange_settle(exchange);
    check_counts("york", 0, 0, 0, 3);
    ck_assert_int_eq(toc_store_subjects_retry(store_of("york"), 1, &len), TOC_OK);
    ck_assert_uint_eq(len, 3);
    toc_tokens_begin(engine_of("york"));
    toc_fixture_exchange_settle(exchange);
    check_counts("york", 0, 3, 0, 0);
}
END_TEST

/* What a holder refuses is kept as it said it, until a person says otherwise. */
START_TEST(refusal_is_kept)
{
    keep_many("york", 3);
    without_leeds();
    struct toc_token_answer one = {
        .token_epoch = 1, .refusal = TOC_TOKEN_OVER_QUOTA, .used = 199, .limit = 200};
    const struct toc_record record = {.type = TOC_RECORD_TOKEN_ANSWER, .as.token_answer = &one};
    memcpy(one.ask, open_ask("york").id, sizeof(one.ask));
    toc_fixture_exchange_make(exchange, "leeds", "token.answer.york", "no", &record);
    check_counts("york", 0, 0, 0, 3);
    const struct toc_holder_fault known = fault_of("york");
    ck_assert_uint_eq(known.fault, TOC_TOKEN_OVER_QUOTA);
    ck_assert_uint_eq(known.used, 199);
    ck_assert_uint_eq(known.limit, 200);
}
END_TEST

/* ---- holders change ---- */

START_TEST(changed_holders_wait_for_confirmation)
{
    keep_many("york", 3);
    tokens(holders);
    check_counts("york", 0, 0, 3, 0);
    tokens(holders); /* fresh keys of the same holders: nobody is asked about that */
    check_counts("york", 0, 0, 3, 0);
    tokens(other_holders);
    check_counts("york", 3, 0, 0, 0);
    ck_assert_int_eq(asking("york"), TOC_ASKING_UNCONFIRMED);
    ck_assert_uint_eq(answers_in("york", "spg", "york"), 2);
    toc_fixture_exchange_crash(exchange, "york");
    toc_fixture_exchange_link(exchange, "york", "spg", true);
    toc_fixture_exchange_settle(exchange);
    check_counts("york", 3, 0, 0, 0);
    ck_assert_int_eq(toc_asking_confirm(engine_of("york")), TOC_OK);
    toc_fixture_exchange_settle(exchange);
    check_counts("york", 0, 0, 3, 0);
}
END_TEST

/* While leeds is away it leaves the group; the next token epoch does without it. */
START_TEST(removed_holder)
{
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    keep_many("york", 3);
    tokens(holders);
    check_counts("york", 0, 3, 0, 0);
    toc_fixture_group_remove(group, "leeds");
    tokens(other_holders);
    check_counts("york", 3, 0, 0, 0); /* what waited is not waited for any more */
    ck_assert_int_eq(toc_asking_confirm(engine_of("york")), TOC_OK);
    toc_fixture_exchange_settle(exchange);
    check_counts("york", 0, 0, 3, 0);
}
END_TEST

/* An honest asker does not ask for more than it may; when a holder counts otherwise, it says so. */
START_TEST(asker_keeps_to_the_quota)
{
    toc_fixture_group_draft(group)->rules = (struct toc_rules){.quota_plus = 70};
    keep_many("york", 100);
    tokens(holders);
    check_counts("york", 30, 0, 70, 0);
    ck_assert_int_eq(asking("york"), TOC_ASKING_OVER_QUOTA);
    toc_fixture_group_draft(group)->rules.quota_plus = 100;
    adopt();
    check_counts("york", 0, 0, 100, 0);
}
END_TEST

START_TEST(observer_asks_nobody)
{
    tear_down();
    set_up_with("audit", TOC_ROLE_OBSERVER);
    keep_many("audit", 1);
    tokens(holders);
    ck_assert_int_eq(asking("audit"), TOC_ASKING_NOT_ITS_ROLE);
    check_counts("audit", 1, 0, 0, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("asking");
    TCase *tests = tcase_create("asking");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, two_councils_agree);
    tcase_add_loop_test(tests, asks_of_64, 0, 5);
    tcase_add_test(tests, looks_on_where_it_was);
    tcase_add_test(tests, what_comes_before_its_place_is_asked_too);
    tcase_add_test(tests, asks_once);
    tcase_add_test(tests, holder_away_and_back);
    tcase_add_test(tests, rebuilt);
    tcase_add_test(tests, failed_tick);
    tcase_add_loop_test(tests, crash_at_each_step, 0, 3 * 10);
    tcase_add_test(tests, asker_keeps_to_the_quota);
    tcase_add_loop_test(tests, false_answers_are_caught, OTHER_KEY, TOO_MANY + 1);
    tcase_add_test(tests, refusal_is_kept);
    tcase_add_test(tests, changed_holders_wait_for_confirmation);
    tcase_add_test(tests, removed_holder);
    tcase_add_test(tests, observer_asks_nobody);
    suite_add_tcase(all, tests);
    return all;
}

int main(void)
{
    return toc_test_main(suite());
}
