/* The warnings of `status`: sentences that say what, where, and what to do. */
#include "local_hub_check.h"
#include "local_status.h"
#include "local_tokens.h"
#include "local_told.h"

#include "ensure.h"
#include "timetext.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WARNINGS_MAX 100 /* of one kind; the rest is counted */
#define WARNING_LEN_MAX 400

struct warnings {
    json_t *list;
    int failed;
};

static void warn(struct warnings *warnings, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void warn(struct warnings *warnings, const char *format, ...)
{
    char text[WARNING_LEN_MAX];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    warnings->failed |= json_array_append_new(warnings->list, json_string(text));
}

static void warn_roster(const struct toc_engine *engine, struct warnings *warnings)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    const long long days = (long long)toc_roster_days_left(roster, engine->now_wall);
    const char *renew = "the group's signer renews it with `tocsin group renew`";
    char expires[TOC_TIME_TEXT_LEN + 1];

    toc_time_text(roster->expires_ms, expires);
    switch (toc_roster_validity(roster, engine->now_wall)) {
    case TOC_VALID:
        break;
    case TOC_EXPIRES_SOON:
        if (days <= 7) {
            warn(warnings, "The roster expires in %lld days, on %s: %s now.", days, expires, renew);
        } else if (days <= 30) {
            warn(warnings, "The roster expires within a month, on %s: %s soon.", expires, renew);
        } else {
            warn(warnings, "The roster expires within two months, on %s: %s.", expires, renew);
        }
        break;
    case TOC_IN_GRACE:
        warn(warnings,
             "The roster expired on %s and is in its grace: only withdrawals, disputes and clears "
             "are signed; %s.",
             expires, renew);
        break;
    case TOC_EXPIRED:
        warn(warnings, "The roster expired on %s and no logs are exchanged: %s.", expires, renew);
        break;
    }
}

static void warn_log(const struct toc_engine *engine, const struct toc_log *log,
                     struct warnings *warnings)
{
    const char *publisher = log->row.log.publisher;
    const char *stream = log->row.log.stream;

    if (log->row.state == TOC_LOG_STOPPED && log->own) {
        warn(warnings,
             "Log %s/%s is stopped by a conflict: after finding out who else has this member's key "
             "or disk, go on with `tocsin rotate --log %s/%s`.",
             publisher, stream, publisher, stream);
    } else if (log->row.state == TOC_LOG_STOPPED) {
        warn(warnings,
             "Log %s/%s is stopped by a conflict: its publisher has to rotate it; the evidence is "
             "kept (`tocsin export`).",
             publisher, stream);
    } else if (log->waiting_key) {
        warn(warnings,
             "Log %s/%s waits for its key from record %llu on: it comes when the publisher or the "
             "hub is connected next.",
             publisher, stream, (unsigned long long)log->row.applied_next);
    }
    (void)engine;
}

static void warn_logs(const struct toc_engine *engine, struct warnings *warnings)
{
    const size_t before = json_array_size(warnings->list);

    for (size_t i = 0; i < engine->logs_len; i++) {
        if (json_array_size(warnings->list) - before >= WARNINGS_MAX) {
            warn(warnings, "There are more such logs.");
            return;
        }
        warn_log(engine, &engine->logs[engine->logs_sorted[i]], warnings);
    }
}

static void warn_unproven(const struct toc_engine *engine, struct warnings *warnings)
{
    const unsigned long long waiting = toc_store_submissions_waiting(engine->store);

    if (!toc_publish_proven(engine)) {
        warn(warnings,
             "Nothing is signed until the hub has said what it holds of this member's logs; %llu "
             "records wait.",
             waiting);
    } else if (waiting > 0) {
        warn(warnings, "%llu records wait to be signed.", waiting);
    }
}

/* Only who should be there: peers that are dialled, and whoever was connected before. */
static void warn_peers(const struct toc_engine *engine, struct warnings *warnings)
{
    const size_t before = json_array_size(warnings->list);

    for (size_t i = 0; i < engine->sessions_len; i++) {
        const struct toc_session *session = &engine->sessions[i];
        enum toc_peer_state state;
        char since[TOC_TIME_TEXT_LEN + 1];
        if (session->link == 0 || session->member[0] == '\0' ||
            session != toc_best_session(engine, session->member)) {
            continue;
        }
        state = toc_session_state(engine, session);
        if (state == TOC_PEER_CONNECTED || state == TOC_PEER_ROSTER_EXPIRED) {
            continue; /* the roster has its own warning */
        }
        if (json_array_size(warnings->list) - before >= WARNINGS_MAX) {
            warn(warnings, "There are more such peers.");
            return;
        }
        toc_time_text(session->since_wall_ms, since);
        warn(warnings, "Peer %s is %s%s%s.", session->member, toc_peer_state_name(state),
             session->since_wall_ms == 0 ? "" : " since ",
             session->since_wall_ms == 0 ? "" : since);
    }
}

const char *toc_holder_note(const struct toc_engine *engine)
{
    return toc_engine_roster(engine)->holders_len == 1
               ? "There is one holder only: the holder could look suppliers up."
               : NULL;
}

json_t *toc_status_warnings(struct toc_engine *engine)
{
    struct warnings warnings = {.list = json_array()};
    const char *note = toc_holder_note(engine);

    warn_roster(engine, &warnings);
    warn_unproven(engine, &warnings);
    warn_logs(engine, &warnings);
    warn_peers(engine, &warnings);
    if (note != NULL) {
        warn(&warnings, "%s", note);
    }
    if (toc_tokens_warn(engine, warnings.list) != TOC_OK ||
        toc_notify_warn(engine, warnings.list) != TOC_OK ||
        toc_hub_check_warn(engine, warnings.list) != TOC_OK || warnings.failed != 0) {
        json_decref(warnings.list);
        return NULL;
    }
    return warnings.list;
}
