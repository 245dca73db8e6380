/* watch: follows what this member applies, losing nothing: each Want names the cursor of the last.
 */
#include "alert_words.h"
#include "commands.h"
#include "ensure.h"
#include "record_words.h"
#include <signal.h>
#include <string.h>

enum {
    WAIT_MS = 30000,        /* one long poll */
    SLACK_MS = 15000,       /* for the answer to come */
    DAEMON_BACK_MS = 60000, /* an upgrade restarts the daemon; a watch outlives that */
    RECORDS_MAX = 500,
    TIMEOUT_MAX_S = 7 * 24 * 3600,
};

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

struct watch {
    struct toc_cli *cli;
    struct toc_local *local;
    struct toc_texts streams;
    const char *from;
    bool all;
    bool has_count;
    bool has_timeout;
    uint64_t count;
    uint64_t timeout_s;
    uint64_t first_sequence; /* of --from SEQ; 0: any */
    uint64_t seen;
    json_int_t cursor; /* -1: from now on */
    json_int_t alerts; /* the same, of changes of alerts */
};

static json_t *want_of(const struct watch *watch, int64_t wait_ms)
{
    json_t *const fields =
        json_pack("{s:I, s:i}", "wait_ms", (json_int_t)wait_ms, "limit", RECORDS_MAX);
    if (watch->cursor >= 0) {
        (void)json_object_set_new(fields, "cursor", json_integer(watch->cursor));
    }
    (void)json_object_set_new(fields, "alerts", json_integer(watch->alerts));
    if (watch->all) {
        (void)json_object_set_new(fields, "all", json_true());
    }
    if (watch->streams.len > 0) {
        json_t *const streams = json_array();
        for (size_t i = 0; i < watch->streams.len; i++) {
            (void)json_array_append_new(streams, json_string(watch->streams.items[i]));
        }
        (void)json_object_set_new(fields, "streams", streams);
    }
    return fields;
}

/* "2026-01-31T12:00:00Z leeds framework 17: Grounds maintenance" */
static void print_line(struct toc_cli *cli, const json_t *item)
{
    const json_t *const record = json_object_get(item, "record");
    const json_t *const withdrawn = json_object_get(record, "withdraws");
    char head[TOC_MEMBER_LEN_MAX + TOC_STREAM_LEN_MAX + 64];
    char words[TOC_RECORD_WORDS_LEN + 1];
    _Static_assert(TOC_ALERT_WORDS_LEN <= TOC_RECORD_WORDS_LEN, "room for either");
    char text[1024];
    (void)snprintf(head, sizeof head, "%.20s %s %s %lld: ", toc_field_text(item, "time"),
                   toc_field_text(item, "publisher"), toc_field_text(item, "stream"),
                   (long long)toc_field_number(item, "sequence"));
    const size_t used = toc_text_width(head);
    const size_t left = cli->paper.columns > used + 20 ? cli->paper.columns - used : 20;
    toc_text_print(cli->out, &cli->paper, TOC_STYLE_HEADING, head);
    if (json_is_object(withdrawn)) {
        fprintf(cli->out, "withdraws %lld", (long long)toc_field_number(withdrawn, "sequence"));
    } else {
        if (json_is_string(json_object_get(item, "change"))) {
            toc_alert_change_words(item, words);
        } else {
            toc_record_words(record, words);
        }
        toc_text_fit(words, left < 200 ? left : 200, text, sizeof text);
        fputs(text, cli->out);
    }
    fputc('\n', cli->out);
    (void)fflush(cli->out);
}

/* Prints what is wanted of one list. TOC_IO when nobody reads any more. */
static enum toc_result take_records(struct watch *watch, const json_t *records)
{
    for (size_t i = 0; i < json_array_size(records); i++) {
        const json_t *const item = json_array_get(records, i);
        if ((uint64_t)toc_field_number(item, "sequence") < watch->first_sequence) {
            continue;
        }
        if (watch->has_count && watch->seen == watch->count) {
            break;
        }
        if (watch->cli->json) {
            TOC_TRY(toc_json_print_line(watch->cli->out, item));
        } else {
            print_line(watch->cli, item);
        }
        TOC_ENSURE(ferror(watch->cli->out) == 0, TOC_IO);
        watch->seen++;
    }
    return TOC_OK;
}

/* Alerts on own suppliers come opened, in a list of their own. */
static enum toc_result take_reply(struct watch *watch, const json_t *reply)
{
    TOC_TRY(take_records(watch, toc_field_array(reply, "records")));
    TOC_TRY(take_records(watch, toc_field_array(reply, "alerts")));
    if (json_is_integer(json_object_get(reply, "cursor"))) {
        watch->cursor = toc_field_number(reply, "cursor");
    }
    if (json_is_integer(json_object_get(reply, "alerts_cursor"))) {
        watch->alerts = toc_field_number(reply, "alerts_cursor");
    }
    return TOC_OK;
}

/* One long poll. TOC_AGAIN: the daemon went away, and is back or will not be. */
static enum toc_result poll_once(struct watch *watch, int64_t wait_ms, struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    const struct toc_call call = {
        .request = "want",
        .fields = want_of(watch, wait_ms),
        .timeout_ms = (unsigned)wait_ms + SLACK_MS,
    };
    const enum toc_result result = toc_local_call(watch->local, &call, &reply, why);
    if (result == TOC_AGAIN && watch->cursor >= 0 && stopped == 0) {
        TOC_ENSURE(toc_local_wait(watch->local, DAEMON_BACK_MS) == TOC_OK, TOC_AGAIN);
        return TOC_OK;
    }
    TOC_TRY(result);
    if (take_reply(watch, reply.json) != TOC_OK) {
        return toc_fail(why, TOC_IO, "output: nobody reads it any more");
    }
    return TOC_OK;
}

static int too_few(const struct watch *watch)
{
    struct toc_why why;
    (void)toc_fail(&why, TOC_INVALID,
                   "watch: %llu of %llu records came in %llu s: give it longer, or see "
                   "'tocsin status'",
                   (unsigned long long)watch->seen, (unsigned long long)watch->count,
                   (unsigned long long)watch->timeout_s);
    return toc_cli_fail(watch->cli, TOC_INVALID, &why);
}

/* "From now on" begins with a question that waits for nothing: its answer says where now is. */
static int64_t wait_of(const struct watch *watch, int64_t left_ms)
{
    if (watch->cursor < 0 || left_ms <= 0) {
        return 0;
    }
    return left_ms < WAIT_MS ? left_ms : WAIT_MS;
}

static int follow(struct watch *watch)
{
    struct toc_cli *const cli = watch->cli;
    const int64_t end_ms = watch->has_timeout
                               ? toc_env_mono_ms(cli->env) + (int64_t)watch->timeout_s * 1000
                               : INT64_MAX;
    struct toc_why why = {""};
    /* Asked once at least, so that --timeout 0 shows what is there already. */
    for (bool first = true; stopped == 0; first = false) {
        if (watch->has_count && watch->seen == watch->count) {
            break;
        }
        const int64_t left_ms = end_ms - toc_env_mono_ms(cli->env);
        if (left_ms <= 0 && !first && watch->has_count) {
            return too_few(watch);
        }
        if (left_ms <= 0 && !first) {
            break;
        }
        const enum toc_result result = poll_once(watch, wait_of(watch, left_ms), &why);
        if (stopped != 0) {
            break;
        }
        if (result != TOC_OK) {
            return toc_cli_fail(cli, result, &why);
        }
    }
    return TOC_EXIT_DONE;
}

static int start(struct watch *watch)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct toc_why why = {""};
    const enum toc_result result = toc_cli_local(watch->cli, &watch->local, &why);
    if (result != TOC_OK) {
        return toc_cli_fail(watch->cli, result, &why);
    }
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    toc_local_stop_on(watch->local, &stopped);
    return follow(watch);
}

int toc_cmd_watch(struct toc_cli *cli, int argc, char **argv)
{
    struct watch watch = {
        .cli = cli, .count = UINT64_MAX, .timeout_s = UINT64_MAX, .cursor = -1, .alerts = -1};
    const struct toc_option options[] = {
        {.name = "stream", .texts = &watch.streams},
        {.name = "from", .text = &watch.from},
        {.name = "all", .flag = &watch.all},
        {.name = "count", .number = &watch.count, .number_max = UINT32_MAX},
        {.name = "timeout", .number = &watch.timeout_s, .number_max = TIMEOUT_MAX_S},
    };
    static const struct toc_usage usage = {
        .command = "watch",
        .operands = "[--stream S]... [--from SEQ|start] [--all] [--count N] [--timeout S]",
    };
    struct toc_operands operands;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    watch.has_count = watch.count != UINT64_MAX;
    watch.has_timeout = watch.timeout_s != UINT64_MAX;
    if (watch.from != NULL) {
        watch.cursor = 0;
        watch.alerts = 0;
        if (strcmp(watch.from, "start") != 0 &&
            toc_args_number(watch.from, (UINT64_C(1) << 53), &watch.first_sequence) != TOC_OK) {
            return toc_cli_misuse(cli, usage.command,
                                  "--from: '%.40s' is neither a sequence nor 'start'", watch.from);
        }
    }
    return start(&watch);
}
