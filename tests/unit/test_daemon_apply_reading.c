/* Upgrades: what an older program kept and could not read is applied at the first start of a newer
 * one, as if it had been newer all along. */
#include "older_program.h"

#include "engine_internal.h"
#include "fixture_ask.h"
#include "fixture_exchange.h"
#include "fixture_view.h"
#include "runner.h"
#include "scratch.h"
#include "store_picture.h"
#include "store_reading.h"

#include <sqlite3.h>

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static char folder[PATH_MAX];
static unsigned made;
static bool older; /* the programs that run from now on */

static bool older_runs(void)
{
    return older;
}

/* Hull, on a disk and not linked yet, is of the older program. */
static void set_up(void)
{
    static const struct toc_stream_rule exposures = {.stream = "exposure",
                                                     .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                                     .audience = TOC_AUDIENCE_GROUP,
                                                     .list = ""};

    older = false;
    made = 0;
    toc_scratch_new(folder);
    group = toc_fixture_group_new(29);
    toc_fixture_group_rule(group, &exposures);
    toc_fixture_group_add(group, "hull", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    exchange = toc_fixture_exchange_star(group);
    older = true;
    (void)toc_fixture_exchange_add(exchange, "hull", folder);
    older = false;
}

static void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
    toc_scratch_remove(folder);
}

static void publish(const char *member, const struct toc_record *record)
{
    char id[16];

    (void)snprintf(id, sizeof id, "n-%u", ++made);
    toc_fixture_exchange_make(exchange, member,
                              toc_record_kind_of(record->type)->stream[0] == '\0'
                                  ? "framework"
                                  : toc_record_kind_of(record->type)->stream,
                              id, record);
}

static void publish_exposure(const char *member, const char *name, int64_t spend)
{
    const struct toc_exposure exposure = {.name = name,
                                          .scheme = "",
                                          .id = "",
                                          .category = {TOC_CATEGORY_CPV, 45},
                                          .year = 2015,
                                          .months = 0xfff,
                                          .spend_thousands = spend};
    const struct toc_record record = {.type = TOC_RECORD_EXPOSURE, .as.exposure = &exposure};

    publish(member, &record);
}

static void publish_framework(const char *member, const char *reference, unsigned kind,
                              uint64_t supersedes)
{
    struct toc_framework framework;
    const struct toc_record record = {.type = TOC_RECORD_FRAMEWORK,
                                      .supersedes = {.sequence = supersedes},
                                      .as.framework = &framework};

    toc_framework_init(&framework);
    framework.reference = reference;
    framework.title = "Roads";
    framework.buyer = "Leeds City Council";
    framework.kind = kind;
    publish(member, &record);
}

static void withdraw(const char *member, uint64_t sequence)
{
    const struct toc_record record = {.type = TOC_RECORD_WITHDRAWAL,
                                      .withdraws = {.sequence = sequence}};

    publish(member, &record);
}

/* Known and unknown records, of a stream that is not known and of one that is, with corrections of
 * either by either. */
static void a_story(void)
{
    publish_exposure("leeds", "Acme Ltd", 5);
    publish_exposure("leeds", "Bolt plc", 7);
    publish_exposure("york", "ACME LIMITED", 3);
    publish_framework("leeds", "F1", TOC_FRAMEWORK_FRAMEWORK, 0);
    publish_framework("leeds", "F2", TOC_FRAMEWORK_DYNAMIC_MARKET, 0);
    publish_framework("leeds", "F3", TOC_FRAMEWORK_DYNAMIC_MARKET, 0);
    publish_framework("leeds", "F1", TOC_FRAMEWORK_DYNAMIC_MARKET, 1); /* in place of a known one */
    publish_framework("leeds", "F2", TOC_FRAMEWORK_FRAMEWORK, 2);      /* and the other way */
    withdraw("leeds", 3);
}

static struct toc_store *store_of(const char *member)
{
    return toc_fixture_exchange_daemon(exchange, member)->store;
}

static struct toc_hash views(const char *member)
{
    const struct toc_hash before = toc_fixture_digest(store_of(member));
    struct toc_hash digest;

    ck_assert_int_eq(toc_store_picture_digest(store_of(member), &before, &digest), TOC_OK);
    return digest;
}

static void same_views(const char *one, const char *other)
{
    const struct toc_hash first = views(one);
    const struct toc_hash second = views(other);

    ck_assert(toc_hash_equal(&first, &second));
}

static void rebuild(const char *member)
{
    json_decref(toc_fixture_asked(toc_fixture_exchange_daemon(exchange, member),
                                  "{\"request\":\"rebuild\"}"));
}

static uint64_t passed_over(const char *member, const char *stream, const char *publisher)
{
    struct toc_log_id id = {.generation = 1};
    struct toc_engine *const engine = toc_fixture_exchange_daemon(exchange, member)->engine;

    (void)snprintf(id.stream, sizeof id.stream, "%s", stream);
    (void)snprintf(id.publisher, sizeof id.publisher, "%s", publisher);
    ck_assert_ptr_nonnull(toc_engine_log(engine, &id));
    return toc_engine_log(engine, &id)->row.invalid_records;
}

/* The notice of the last start; "" when there is none. */
static const char *said(const char *member)
{
    static struct toc_notice notice;

    while (toc_engine_notice(toc_fixture_exchange_daemon(exchange, member)->engine, &notice)) {
        if (strcmp(notice.event, "views.renewed") == 0) {
            return notice.text;
        }
    }
    return "";
}

static void hull_hears_it_as_an_older_program(void)
{
    older = true;
    toc_fixture_exchange_link(exchange, "hull", "spg", false);
    toc_fixture_exchange_settle(exchange);
}

static void hull_starts(bool as_older)
{
    older = as_older;
    toc_fixture_exchange_crash(exchange, "hull");
}

START_TEST(what_was_kept_is_applied)
{
    a_story();
    hull_hears_it_as_an_older_program();
    ck_assert_uint_eq(passed_over("hull", "exposure", "leeds"), 2);
    ck_assert_uint_eq(passed_over("hull", "exposure", "york"), 1);
    ck_assert_uint_eq(passed_over("hull", "framework", "leeds"), 3);
    ck_assert_str_eq(said("hull"), "");
    hull_starts(false);
    ck_assert_str_eq(said("hull"), "streams=2 records=9");
    ck_assert_uint_eq(passed_over("hull", "exposure", "leeds"), 0);
    ck_assert_uint_eq(passed_over("hull", "exposure", "york"), 0);
    ck_assert_uint_eq(passed_over("hull", "framework", "leeds"), 0);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "hull", "leeds", NULL), 2);
    same_views("hull", "york"); /* which could read it all along */
    rebuild("hull");
    same_views("hull", "york");
    hull_starts(false);
    ck_assert_str_eq(said("hull"), ""); /* once */
}
END_TEST

/* It holds the same batches all the while, and gives them whole to one that can read them. */
START_TEST(until_then_nothing_is_lost)
{
    struct toc_log_row held;

    a_story();
    hull_hears_it_as_an_older_program();
    held = toc_fixture_exchange_log(exchange, "hull", "leeds", 1);
    ck_assert_uint_eq(held.chain.next_sequence, 7);
    ck_assert_uint_eq(held.applied_next, 7);
    ck_assert_int_eq(held.state, TOC_LOG_OPEN);
    hull_starts(true); /* not upgraded */
    ck_assert_str_eq(said("hull"), "");
    ck_assert_uint_eq(passed_over("hull", "framework", "leeds"), 3);
    rebuild("hull"); /* changes nothing either */
    ck_assert_uint_eq(passed_over("hull", "framework", "leeds"), 3);
    older = false;
}
END_TEST

START_TEST(with_nothing_kept_nothing_is_done)
{
    char reading[TOC_READING_LEN_MAX + 1];

    publish_framework("leeds", "F1", TOC_FRAMEWORK_FRAMEWORK, 0);
    hull_hears_it_as_an_older_program();
    ck_assert_int_eq(toc_store_reading_get(store_of("hull"), reading), TOC_OK);
    ck_assert_ptr_null(strstr(reading, "17."));
    hull_starts(false);
    ck_assert_str_eq(said("hull"), "");
    ck_assert_int_eq(toc_store_reading_get(store_of("hull"), reading), TOC_OK);
    ck_assert_ptr_nonnull(strstr(reading, "17."));
}
END_TEST

static void forget_reading(void)
{
    sqlite3 *handle = NULL;

    ck_assert_int_eq(sqlite3_open(toc_scratch_file(folder, "group.db"), &handle), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(handle, "DELETE FROM reading", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(handle), SQLITE_OK);
}

/* As migrated from before readings were kept. */
START_TEST(a_store_that_never_kept_what_it_reads)
{
    a_story();
    hull_hears_it_as_an_older_program();
    forget_reading();
    hull_starts(false);
    ck_assert_str_eq(said("hull"), "streams=2 records=9");
    same_views("hull", "york");
}
END_TEST

/* What is against the rules stays so, however often it is looked at. */
START_TEST(what_no_program_takes_is_passed_over_again)
{
    a_story();
    withdraw("leeds", 99); /* of what comes later */
    hull_hears_it_as_an_older_program();
    ck_assert_uint_eq(passed_over("hull", "framework", "leeds"), 4);
    hull_starts(false);
    ck_assert_uint_eq(passed_over("hull", "framework", "leeds"), 1);
    same_views("hull", "york");
}
END_TEST

static enum toc_result start_older(struct toc_why *ret_why)
{
    const struct toc_fixture_daemon *const york = toc_fixture_exchange_daemon(exchange, "york");
    struct toc_conf conf = york->conf;
    const struct toc_engine_setup setup = {.conf = &conf,
                                           .keys = toc_fixture_group_keys(group, "york"),
                                           .store = york->store,
                                           .env = toc_fixture_group_env(group)};
    struct toc_engine *engine = NULL;

    (void)snprintf(conf.store, sizeof conf.store, "/var/lib/tocsin/york/store");
    older = true;
    const enum toc_result result = toc_engine_new(&setup, toc_bytes_of(NULL, 0), &engine, ret_why);
    older = false;
    toc_engine_free(&engine);
    return result;
}

START_TEST(a_newer_programs_store_is_refused)
{
    struct toc_why why = {""};
    const struct toc_hash before = views("york");
    struct toc_hash after;

    ck_assert_int_eq(start_older(&why), TOC_INVALID);
    ck_assert_ptr_nonnull(strstr(why.text, "/var/lib/tocsin/york/store: written by a newer"));
    ck_assert_ptr_nonnull(strstr(why.text, "install that version again"));
    ck_assert_ptr_null(strchr(why.text, '\n'));
    after = views("york");
    ck_assert(toc_hash_equal(&before, &after));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon apply_reading");
    TCase *upgrade = tcase_create("upgrade");

    tcase_add_checked_fixture(upgrade, set_up, tear_down);
    tcase_add_test(upgrade, what_was_kept_is_applied);
    tcase_add_test(upgrade, until_then_nothing_is_lost);
    tcase_add_test(upgrade, with_nothing_kept_nothing_is_done);
    tcase_add_test(upgrade, a_store_that_never_kept_what_it_reads);
    tcase_add_test(upgrade, what_no_program_takes_is_passed_over_again);
    tcase_add_test(upgrade, a_newer_programs_store_is_refused);
    suite_add_tcase(suite, upgrade);
    return toc_test_main(suite);
}
