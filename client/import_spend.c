#include "import_spend.h"
#include "csvfile.h"
#include "ensure.h"
#include "file.h"
#include "timetext.h"
#include <signal.h>
#include <string.h>

#define ARENA_MAX ((size_t)64 << 20) /* notes, at most TOC_IMPORT_NOTES_MAX of them */

enum {
    MS_PER_DAY = 24 * 3600 * 1000,
    DAYS_AHEAD = 366,
    FILE_NAME_MAX = 300,
    COVERS_DAYS_MAX = 3700, /* as the daemon's */
};

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

/* Ctrl-C: the daemon is told to forget what it has, instead of being left with it. */
static void catch_signals(struct toc_local *local)
{
    const struct sigaction action = {.sa_handler = on_signal};
    stopped = 0;
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    toc_local_stop_on(local, &stopped);
}

static bool is_source(const char *text)
{
    const size_t len = strlen(text);
    return len >= 1 && len <= TOC_SPEND_SOURCE_LEN_MAX &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

/* "2018-04-01,2018-06-30" */
static enum toc_result read_covers(struct toc_spend_run *run, const char *text, struct toc_why *why)
{
    char from[32];
    const char *const comma = strchr(text, ',');
    const size_t len = comma == NULL ? 0 : (size_t)(comma - text);
    if (comma == NULL || len >= sizeof from) {
        return toc_fail(why, TOC_INVALID, "--covers: '%.40s' is not FROM,TO", text);
    }
    memcpy(from, text, len);
    from[len] = '\0';
    if (toc_date_parse_uk(from, &run->covers_from) != TOC_OK ||
        toc_date_parse_uk(comma + 1, &run->covers_to) != TOC_OK ||
        run->covers_from > run->covers_to) {
        return toc_fail(why, TOC_INVALID, "--covers: '%.60s' is not two dates, the first one first",
                        text);
    }
    run->has_covers = true;
    return TOC_OK;
}

static enum toc_result read_map(struct toc_spend_run *run, const char *path, struct toc_why *why)
{
    TOC_AUTO(toc_buf_done) struct toc_buf text;
    toc_buf_init(&text, TOC_SPEND_MAP_LEN_MAX + 1);
    TOC_TRY(toc_file_read(path, TOC_SPEND_MAP_LEN_MAX, &text, why));
    const enum toc_result result = toc_spend_map_parse(toc_buf_bytes(&text), &run->map, why);
    if (result != TOC_OK) {
        toc_why_prefix(why, "--map: %s", path);
    }
    run->has_map = result == TOC_OK;
    run->map_hash = toc_digest_plain(toc_buf_bytes(&text));
    return result;
}

/* Of the file, and of what was said about how to read it: the same file read otherwise is not the
 * same. False: the file is not read yet. */
static bool hash_text(const struct toc_spend_run *run, const struct toc_input *input,
                      char ret_text[2 * TOC_HASH_LEN + 1])
{
    struct toc_hash hash;
    if (toc_input_hash(input, &hash) != TOC_OK) {
        return false;
    }
    if (run->has_map || run->has_covers || run->words->body != NULL) {
        const char *const covers = run->has_covers ? run->words->covers : "";
        const char *const body = run->words->body == NULL ? "" : run->words->body;
        const struct toc_bytes parts[] = {
            toc_bytes_of(hash.bytes, sizeof hash.bytes),
            toc_bytes_of(run->map_hash.bytes, sizeof run->map_hash.bytes),
            toc_bytes_text(covers),
            toc_bytes_of(body, body[0] == '\0' ? 0 : strlen(body) + 1),
        };
        hash = toc_digest("tocsin import 1", &toc_hash_zero, parts, sizeof parts / sizeof parts[0]);
    }
    toc_hex_encode(toc_bytes_of(hash.bytes, sizeof hash.bytes), ret_text);
    return true;
}

static enum toc_result open_import(struct toc_spend_run *run, struct toc_input *input,
                                   struct toc_why *why)
{
    char hash[2 * TOC_HASH_LEN + 1];
    const bool hashed = hash_text(run, input, hash);
    const char *const slash = strrchr(run->words->file, '/');
    const char *name = slash == NULL ? run->words->file : slash + 1;
    struct toc_local *local;
    TOC_TRY(toc_cli_local(run->cli, &local, why));
    catch_signals(local);
    toc_input_stop_on(input, &stopped);
    if (strcmp(name, "-") == 0) {
        name = "standard input";
    }
    if (strlen(name) > FILE_NAME_MAX) {
        return toc_fail(why, TOC_TOOBIG, "the file's name is longer than %d bytes", FILE_NAME_MAX);
    }
    return toc_spend_open(&run->sending, run->source, name, hashed ? hash : NULL, &run->same, why);
}

static enum toc_result hand_over(void *owner, struct toc_why *why)
{
    struct toc_spend_run *const run = owner;
    run->sending.supplier_heading =
        toc_spend_heading_of(&run->reading.headings, TOC_SPEND_SUPPLIER);
    TOC_TRY(toc_spend_send(&run->sending, run->reading.sums, why));
    toc_spend_sums_clear(run->reading.sums);
    return TOC_OK;
}

static void show_progress(const struct toc_spend_run *run, const struct toc_input *input,
                          size_t *shown)
{
    enum { STEP = 100000 };
    const int percent = toc_input_percent(input);
    if (!run->cli->asks || run->reading.rows < *shown + STEP) {
        return;
    }
    *shown = run->reading.rows;
    if (percent >= 0) {
        fprintf(run->cli->err, "\rread %zu rows, %3d %%", *shown, percent);
    } else {
        fprintf(run->cli->err, "\rread %zu rows", *shown);
    }
    (void)fflush(run->cli->err);
}

static enum toc_result read_rows(struct toc_spend_run *run, struct toc_input *input,
                                 struct toc_why *why)
{
    TOC_AUTO(toc_csv_free) struct toc_csv *csv = NULL;
    struct toc_bytes bytes;
    size_t shown = 0;
    TOC_TRY(toc_csv_new(toc_spend_reading_row, &run->reading, &csv));
    for (;;) {
        if (stopped != 0) {
            return toc_fail(why, TOC_IO, "interrupted: nothing was imported");
        }
        TOC_TRY(toc_input_next(input, &bytes, why));
        if (bytes.len == 0) {
            break;
        }
        TOC_TRY(toc_csv_feed(csv, bytes, why));
        show_progress(run, input, &shown);
    }
    TOC_TRY(toc_csv_end(csv, why));
    if (shown > 0) {
        fprintf(run->cli->err, "\rread %zu rows       \n", run->reading.rows);
    }
    TOC_TRY(toc_spend_reading_end(&run->reading, why));
    return hand_over(run, why);
}

static enum toc_result close_import(struct toc_spend_run *run, const struct toc_input *input,
                                    struct toc_why *why)
{
    char hash[2 * TOC_HASH_LEN + 1];
    TOC_ENSURE(hash_text(run, input, hash), TOC_IO);
    json_t *const fields = json_pack(
        "{s:s, s:I, s:I, s:b}", "hash", hash, "rows_read", (json_int_t)run->import.rows_read,
        "rows_used", (json_int_t)run->import.rows_used, "dry_run", (int)run->words->dry_run);
    if (fields != NULL && run->has_covers) {
        char from[TOC_DATE_TEXT_LEN + 1];
        char to[TOC_DATE_TEXT_LEN + 1];
        toc_date_text(run->covers_from, from);
        toc_date_text(run->covers_to, to);
        (void)json_object_set_new(fields, "covers",
                                  json_pack("{s:s, s:s}", "from", from, "to", to));
    }
    uint8_t days[4 * TOC_SPEND_DAYS];
    const size_t days_len = toc_spend_reading_days(&run->reading, days);
    TOC_TRY(toc_spend_close(&run->sending, fields, toc_bytes_of(days, 4 * days_len), &run->closed,
                            why));
    run->same = strcmp(toc_field_text(run->closed.json, "state"), "same") == 0;
    return TOC_OK;
}

static enum toc_result import(struct toc_spend_run *run, struct toc_input *input,
                              struct toc_why *why)
{
    TOC_TRY(open_import(run, input, why));
    if (run->same) {
        return TOC_OK;
    }
    enum toc_result result = read_rows(run, input, why);
    if (result == TOC_OK) {
        result = close_import(run, input, why);
    }
    if (stopped != 0 && result != TOC_OK) {
        result = toc_fail(why, TOC_IO, "interrupted: nothing was imported");
    }
    stopped = 0; /* or the daemon could not be told */
    toc_spend_cancel(&run->sending);
    return result;
}

/* Everything but the words. */
static enum toc_result import_file(struct toc_spend_run *run, struct toc_why *why)
{
    TOC_AUTO(toc_input_close) struct toc_input *input = NULL;
    TOC_AUTO(toc_spend_sums_free) struct toc_spend_sums *sums = NULL;
    TOC_AUTO(toc_rejects_close) struct toc_rejects *rejects = NULL;
    const struct toc_env *const env = run->cli->env;
    uint64_t seed;
    toc_env_random(env, &seed, sizeof seed);
    TOC_TRY(toc_spend_sums_new(seed, &sums));
    if (run->words->rejects != NULL) {
        TOC_TRY(toc_rejects_open(run->words->rejects, &rejects, why));
    }
    run->reading = (struct toc_spend_reading){
        .map = run->has_map ? &run->map : NULL,
        .sums = sums,
        .import = &run->import,
        .body = run->words->body,
        .rejects = rejects,
        .hand_over = hand_over,
        .owner = run,
        .reader = {.day_max = (int32_t)(toc_env_wall_ms(env) / MS_PER_DAY) + DAYS_AHEAD,
                   .day_first = run->covers_from,
                   .has_first = run->has_covers},
    };
    run->sending =
        (struct toc_spend_sending){.cli = run->cli, .counts = &run->import, .rejects = rejects};
    enum toc_result result = toc_input_open(run->words->file, run->cli->in, &input, why);
    if (result == TOC_OK) {
        result = import(run, input, why);
    }
    if (result != TOC_OK) {
        if (result == TOC_MALFORMED || result == TOC_TOOBIG || result == TOC_INVALID ||
            result == TOC_NOTFOUND) {
            toc_why_prefix(why, "%s", run->words->file);
        }
        return result;
    }
    if (rejects != NULL && !run->same) {
        TOC_TRY(toc_rejects_finish(rejects, why));
    }
    /* Also when it is there already: the try that brought it may have failed before this was done.
     */
    struct toc_settled earlier;
    return run->words->dry_run ? TOC_OK
                               : toc_settle(run->cli, run->same ? &earlier : &run->settled, why);
}

int toc_import_spend_run(struct toc_cli *cli, const struct toc_import_words *words)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_spend_run run = {.cli = cli, .words = words};
    struct toc_why why = {""};
    run.source = words->source == NULL ? TOC_SPEND_SOURCE_DEFAULT : words->source;
    if (!is_source(run.source)) {
        return toc_cli_misuse(cli, "import", "--source: '%.70s' is not 1 to 64 of a-z, 0-9 and '-'",
                              run.source);
    }
    if (words->covers != NULL && read_covers(&run, words->covers, &why) != TOC_OK) {
        return toc_cli_misuse(cli, "import", "%s", why.text);
    }
    enum toc_result result = toc_arena_new(ARENA_MAX, &arena);
    toc_import_init(&run.import, arena);
    if (result == TOC_OK && words->map != NULL) {
        result = read_map(&run, words->map, &why);
    }
    if (result == TOC_OK) {
        result = import_file(&run, &why);
    }
    const int status = result == TOC_OK ? toc_spend_report(&run) : toc_cli_fail(cli, result, &why);
    toc_reply_done(&run.closed);
    return status;
}

const char *toc_import_spend_template(void)
{
    return "Payment date,Supplier (beneficiary) name,Net amount,Supplier registered company "
           "number,Supplier registered charity number,Procurement classification: CPV "
           "code,Procurement classification: Proclass code\r\n";
}
