/* What was dropped leaves no name behind in any file of the store; what a token epoch that is over
 * leaves behind. */
#include "fixture_exchange.h"
#include "flagging.h"
#include "lone_settle.h"
#include "scratch.h"
#include "store_facts.h"
#include "store_forget.h"
#include "store_hub_has.h"
#include "store_subject.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define GONE "GB-COH-07654321"
#define FOLD "beeblebrox and daughters"
static const struct paid rows[] = {
    {"Acme Limited", "GB-COH-01234567", "2019-04-01", 1260000, 45},
    {"Beeblebrox & Daughters", GONE, "2019-04-02", 7000000, 45},
    {"BEEBLEBROX AND DAUGHTERS", NULL, "2019-05-02", 100000, 45},
};
static char folder[PATH_MAX];
static struct toc_fixture_exchange *exchange;

static void set_up_files(void)
{
    static const struct toc_stream_rule streams[] = {{.stream = "exposure",
                                                      .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                                      .audience = TOC_AUDIENCE_GROUP,
                                                      .list = ""},
                                                     {.stream = "distress",
                                                      .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                                      .audience = TOC_AUDIENCE_GROUP,
                                                      .list = ""}};
    toc_scratch_new(folder);
    group = toc_fixture_group_new(7);
    toc_fixture_group_rule(group, &streams[0]);
    toc_fixture_group_rule(group, &streams[1]);
    toc_fixture_group_add(group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    (void)toc_fixture_group_sign(group);
    exchange = toc_fixture_exchange_new(group);
    daemon_ = *toc_fixture_exchange_add(exchange, "leeds", folder);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
    import_rows("payments", rows, COUNT(rows));
    json_decref(settle());
}

static void tear_down_files(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
    toc_scratch_remove(folder);
}

/* ---- helpers ---- */

static bool file_holds(const char *path, const char *text)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    bool found = false;
    ck_assert_int_eq(fstat(file, &status), 0);
    if (S_ISREG(status.st_mode) && status.st_size > 0) {
        char *const bytes = malloc((size_t)status.st_size);
        ck_assert_int_eq(read(file, bytes, (size_t)status.st_size), status.st_size);
        for (size_t i = 0; i + strlen(text) <= (size_t)status.st_size && !found; i++) {
            found = strncasecmp(bytes + i, text, strlen(text)) == 0;
        }
        free(bytes);
    }
    (void)close(file);
    return found;
}

/* In a database, its WAL, or whatever else lies there; in any case of letters. */
static bool store_holds(const char *text)
{
    bool found = false;
    DIR *const dir = opendir(folder);
    ck_assert_ptr_nonnull(dir);
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        found |= file_holds(toc_scratch_file(folder, entry->d_name), text);
    }
    (void)closedir(dir);
    return found;
}

static void drop(const char *supplier)
{
    char request[200];
    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"supplier_decide\",\"supplier\":\"%s\",\"keep\":false}",
                   supplier);
    json_decref(asked(request));
    json_decref(settle());
}

static void ask_part(const char *request, const char *list)
{
    const struct toc_bytes part = toc_bytes_text(list);
    json_t *reply = ask(request, &part, 1);
    ck_assert_msg(json_is_true(json_object_get(reply, "ok")), "%s",
                  toc_fixture_text(reply, "message"));
    json_decref(reply);
}

/* An ask for these, and perhaps what came of it. */
static void make_subjects(uint32_t token_epoch, uint8_t number, const char *const *keys, size_t len,
                          bool ready)
{
    struct toc_scalar blinds[4] = {0};
    struct toc_element elements[4] = {0};
    struct toc_oprf_output outputs[4] = {0};
    struct toc_subject_made made[4] = {0};
    struct toc_own_ask own = {.id = {number, (uint8_t)token_epoch},
                              .token_epoch = token_epoch,
                              .inputs = len,
                              .blinds = blinds,
                              .elements = elements};
    uint8_t *const list = toc_arena_get(arena, 4096);
    uint8_t *end = list;
    for (size_t i = 0; i < len; i++) {
        end = toc_list_put(end, toc_bytes_text(keys[i]));
        made[i] = (struct toc_subject_made){
            .key = keys[i], .outputs = toc_bytes_of(&outputs[i], sizeof outputs[i])};
        for (size_t j = 0; j < 3; j++) {
            made[i].tokens[j].bytes[0] = (uint8_t)(token_epoch);
            made[i].tokens[j].bytes[1] = (uint8_t)(16 * number + i);
            made[i].tokens[j].bytes[2] = (uint8_t)j;
            made[i].purposes[j] = TOC_PURPOSE_PUBLIC;
        }
    }
    own.keys = toc_bytes_of(list, (size_t)(end - list));
    ck_assert_int_eq(toc_store_own_ask_add(daemon_.store, &own), TOC_OK);
    if (ready) {
        ck_assert_int_eq(toc_store_own_ask_made(daemon_.store, &own, made), TOC_OK);
    }
}

static enum toc_subject_state state_of(const char *key, uint32_t token_epoch)
{
    enum toc_subject_state state = TOC_SUBJECT_NONE;
    struct toc_bytes outputs;
    const enum toc_result result =
        toc_store_subject_get(daemon_.store, key, token_epoch, arena, &state, &outputs);
    ck_assert(result == TOC_OK || result == TOC_NOTFOUND);
    return state;
}

static enum toc_result token_of(uint32_t token_epoch, unsigned number, unsigned i)
{
    const struct toc_token token = {.bytes = {(uint8_t)token_epoch, (uint8_t)(16 * number + i), 0}};
    const char *key;
    enum toc_purpose purpose;
    uint32_t epoch;
    return toc_store_token_get(daemon_.store, &token, arena, &key, &purpose, &epoch);
}

/* ---- dropped ---- */

/* Wherever a name can come to lie. */
static void fill_everywhere(void)
{
    static const char *const both[] = {GONE, "GB-COH-01234567"};
    static const char *const name[] = {"name:" FOLD};
    const struct toc_alert_mine mine = {.id = {4},
                                        .stream = "alert",
                                        .publisher = "spg",
                                        .sequence = 1,
                                        .key = GONE,
                                        .first_seen_ms = 1};
    ask_part("{\"request\":\"supplier_facts\"}",
             "[{\"supplier\":\"" GONE "\",\"name\":\"BEEBLEBROX HOLDINGS\",\"sic\":[\"42110\"],"
             "\"former_names\":[\"Beeblebrox Spaceways\"],\"company_status\":\"active\","
             "\"source\":\"register\"}]");
    ask_part("{\"request\":\"event_add\"}",
             "[{\"supplier\":\"" GONE "\",\"code\":\"F13\",\"source\":\"gazette\",\"reference\":"
             "\"r\",\"date\":\"2019-04-01\",\"severity\":4,\"text\":\"Beeblebrox is wound up\"}]");
    json_decref(asked("{\"request\":\"supplier_parent\",\"supplier\":\"" GONE "\",\"parent\":"
                      "{\"name\":\"Beeblebrox Universal\"}}"));
    make_subjects(1, 1, both, 2, true);
    make_subjects(1, 2, name, 1, false);
    const struct toc_alert_met met = {.revision = 1};
    ck_assert_int_eq(toc_store_alert_mine_put(daemon_.store, &mine, &met, false), TOC_OK);
    struct toc_own_dispute dispute = {.text = "Beeblebrox paid us"};
    memcpy(dispute.alert, mine.id, sizeof(dispute.alert));
    ck_assert_int_eq(toc_store_own_dispute_add(daemon_.store, &dispute), TOC_OK);
}

START_TEST(no_name_is_left)
{
    fill_everywhere();
    ck_assert(store_holds("beeblebrox"));
    ck_assert(store_holds("07654321"));
    drop(GONE);
    ck_assert(!store_holds("beeblebrox"));
    ck_assert(!store_holds("07654321"));
    /* And nothing else went. */
    ck_assert(store_holds("acme"));
    ck_assert_int_eq(state_of("GB-COH-01234567", 1), TOC_SUBJECT_READY);
    ck_assert_int_eq(token_of(1, 1, 1), TOC_OK);
    ck_assert_int_eq(token_of(1, 1, 0), TOC_NOTFOUND);
    ck_assert_int_eq(state_of(GONE, 1), TOC_SUBJECT_NONE);
}
END_TEST

START_TEST(what_was_published_is_withdrawn_first)
{
    publish_all(2);
    drop(GONE);
    ck_assert(store_holds("07654321")); /* the withdrawal waits for its publish */
    publish_all(1);
    json_decref(settle());
    json_t *reply = asked("{\"request\":\"region_suppliers\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "suppliers"), 1);
    json_decref(reply);
}
END_TEST

/* The answer to the others of the ask is taken, and makes nothing of what is gone. */
START_TEST(an_open_ask_goes_on_without_it)
{
    static const char *const keys[] = {GONE, "GB-COH-01234567"};
    struct toc_own_ask own;
    struct toc_bytes item;
    size_t len;

    make_subjects(1, 1, keys, 2, false);
    drop(GONE);
    ck_assert_int_eq(toc_store_own_asks(daemon_.store, arena, &own, 1, &len), TOC_OK);
    ck_assert_uint_eq(len, 1);
    ck_assert_uint_eq(own.inputs, 2);
    struct toc_bytes rest = own.keys;
    ck_assert_int_eq(toc_list_next(&rest, 500, &item), TOC_OK);
    ck_assert(toc_bytes_equal(item, toc_bytes_text(TOC_SUBJECT_GONE)));

    struct toc_oprf_output output = {0};
    struct toc_subject_made made[2] = {{.key = TOC_SUBJECT_GONE}, {.key = keys[1]}};
    for (size_t i = 0; i < 2; i++) {
        made[i].outputs = toc_bytes_of(&output, sizeof output);
        for (size_t j = 0; j < 3; j++) {
            made[i].tokens[j].bytes[0] = (uint8_t)(1 + 3 * i + j);
        }
    }
    ck_assert_int_eq(toc_store_own_ask_made(daemon_.store, &own, made), TOC_OK);
    ck_assert_int_eq(state_of(keys[1], 1), TOC_SUBJECT_READY);
    ck_assert_int_eq(state_of(TOC_SUBJECT_GONE, 1), TOC_SUBJECT_NONE);
    const char *key;
    enum toc_purpose purpose;
    uint32_t epoch;
    ck_assert_int_eq(
        toc_store_token_get(daemon_.store, &made[0].tokens[0], arena, &key, &purpose, &epoch),
        TOC_NOTFOUND);
}
END_TEST

static void add_flag(const uint8_t id)
{
    const struct toc_own_flag flag = {.id = {id},
                                      .key = GONE,
                                      .fold = FOLD,
                                      .name = "Beeblebrox & Daughters",
                                      .purpose = 1,
                                      .event = 13,
                                      .source = 1,
                                      .severity = 4,
                                      .status = TOC_FLAG_RAISED,
                                      .expires_quarter = 2027 * 4,
                                      .text = "Beeblebrox owes us",
                                      .reference = "",
                                      .parent_key = "name:beeblebrox holdings",
                                      .parent_fold = "beeblebrox holdings",
                                      .parent_name = "Beeblebrox Holdings",
                                      .approved_by = -1,
                                      .state = TOC_OWN_FLAG_SENT,
                                      .revision = 1};
    const struct toc_flag_deed deed = {.what = TOC_FLAG_DID_WITHDRAW, .text = "not Beeblebrox"};
    ck_assert_int_eq(toc_store_flag_add(daemon_.store, &flag), TOC_OK);
    ck_assert_int_eq(toc_store_flag_deed_add(daemon_.store, flag.id, &deed), TOC_OK);
}

START_TEST(a_flag_that_was_not_taken_back_is_in_the_way)
{
    const uint8_t id[TOC_FLAG_ID_LEN] = {0xab};
    struct toc_own_flag flag;
    uint64_t sequence;

    add_flag(0xab);
    refused("{\"request\":\"supplier_decide\",\"supplier\":\"" GONE "\",\"keep\":false}", "denied",
            "flag ab000000");
    ck_assert_int_eq(toc_store_flag_get(daemon_.store, id, arena, &flag), TOC_OK);
    ck_assert_str_eq(flag.fold, FOLD);

    /* Its withdrawal is submitted: whatever becomes of that, others were told. */
    struct toc_why why = {""};
    toc_engine_begin(daemon_.engine);
    ck_assert_int_eq(toc_flag_take_back(daemon_.engine, &flag, 1, &why), TOC_OK);
    json_decref(toc_fixture_daemon_tick(&daemon_));
    ck_assert_int_eq(toc_flag_sequence(daemon_.engine, id, 0, &sequence), TOC_OK);
    drop(GONE);
    ck_assert_int_eq(toc_store_flag_get(daemon_.store, id, arena, &flag), TOC_OK);
    ck_assert_str_eq(flag.name, "");
    ck_assert_str_eq(flag.text, "");
    ck_assert_uint_eq(flag.event, 13);
    ck_assert(!store_holds("beeblebrox"));
    json_decref(asked("{\"request\":\"flag_list\"}"));
}
END_TEST

/* Two numbers of one name: what is said of the name is the other's, too. */
START_TEST(a_name_of_two_numbers_stays)
{
    static const struct paid other = {"Beeblebrox & Daughters", "GB-COH-00000042", "2019-04-02",
                                      7000000, 45};
    static const char *const name[] = {"name:" FOLD};

    import_rows("more", &other, 1);
    json_decref(settle());
    make_subjects(1, 2, name, 1, true);
    drop(GONE);
    ck_assert_int_eq(state_of(name[0], 1), TOC_SUBJECT_READY);
    ck_assert(store_holds("beeblebrox"));
    ck_assert(!store_holds("07654321"));
    drop("GB-COH-00000042");
    ck_assert_int_eq(state_of(name[0], 1), TOC_SUBJECT_NONE);
}
END_TEST

/* ---- a token epoch is over ---- */

START_TEST(old_token_epochs_go)
{
    static const char *const one[] = {"GB-COH-01234567"};
    static const char *const met[] = {GONE};
    const struct toc_alert_mine mine = {.id = {4},
                                        .stream = "alert",
                                        .publisher = "spg",
                                        .sequence = 1,
                                        .key = GONE,
                                        .first_seen_ms = 1};
    struct toc_own_ask own;
    size_t len;

    for (uint32_t epoch = 1; epoch <= 3; epoch++) {
        make_subjects(epoch, 1, one, 1, true);
        make_subjects(epoch, 2, met, 1, true);
        make_subjects(epoch, 3, (const char *const[]){"name:" FOLD}, 1, false);
    }
    ck_assert_int_eq(toc_store_alert_mine_put(daemon_.store, &mine,
                                              &(struct toc_alert_met){.revision = 1}, false),
                     TOC_OK);
    ck_assert_int_eq(toc_store_token_epochs_tidy(daemon_.store, 3), TOC_OK);
    for (uint32_t epoch = 1; epoch <= 3; epoch++) {
        /* Of the epoch before, flags may still be on their way; what an alert is read with stays.
         */
        ck_assert_int_eq(state_of(one[0], epoch),
                         epoch == 1 ? TOC_SUBJECT_NONE : TOC_SUBJECT_READY);
        ck_assert_int_eq(token_of(epoch, 1, 0), epoch == 1 ? TOC_NOTFOUND : TOC_OK);
        ck_assert_int_eq(state_of(met[0], epoch), TOC_SUBJECT_READY);
        ck_assert_int_eq(token_of(epoch, 2, 0), TOC_OK);
        ck_assert_int_eq(state_of("name:" FOLD, epoch),
                         epoch < 3 ? TOC_SUBJECT_NONE : TOC_SUBJECT_WAITS);
    }
    ck_assert_int_eq(toc_store_own_asks(daemon_.store, arena, &own, 1, &len), TOC_OK);
    ck_assert_uint_eq(len, 1);
    ck_assert_uint_eq(own.token_epoch, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon_store_forget");
    TCase *all = tcase_create("all");

    tcase_add_checked_fixture(all, set_up_files, tear_down_files);
    tcase_add_test(all, no_name_is_left);
    tcase_add_test(all, what_was_published_is_withdrawn_first);
    tcase_add_test(all, an_open_ask_goes_on_without_it);
    tcase_add_test(all, a_flag_that_was_not_taken_back_is_in_the_way);
    tcase_add_test(all, a_name_of_two_numbers_stays);
    tcase_add_test(all, old_token_epochs_go);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
