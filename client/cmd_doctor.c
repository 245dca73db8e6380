/* doctor: one line for each thing that has to be right, and what to do where it is not. */
#include "commands.h"
#include "ensure.h"
#include "roster_file.h"
#include "roster_words.h"
#include "timetext.h"
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

enum state { OK, WARN, BAD };

#define SPACE_BAD (UINT64_C(100) << 20)
#define SPACE_WARN (UINT64_C(1) << 30)
#define CLOCK_SLACK_MS (INT64_C(5) * 60 * 1000)

static const char *const state_names[] = {[OK] = "ok", [WARN] = "warn", [BAD] = "bad"};

struct visit {
    struct toc_cli *cli;
    json_t *checks;
    bool bad;
};

static void note(struct visit *visit, enum state state, const char *check, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void note(struct visit *visit, enum state state, const char *check, const char *format, ...)
{
    struct toc_why words;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(words.text, sizeof words.text, format, arguments);
    va_end(arguments);
    visit->bad = visit->bad || state == BAD;
    (void)json_array_append_new(visit->checks,
                                json_pack("{s:s, s:s, s:s}", "check", check, "state",
                                          state_names[state], "message", words.text));
}

/* Against the roster, when both can be read. */
static void check_membership(struct visit *visit, const struct toc_conf *conf,
                             const struct toc_member_keys *keys, const struct toc_roster *roster)
{
    const struct toc_member *const member = toc_roster_member(roster, conf->member);
    if (member == NULL) {
        note(visit, BAD, "member", "%s is no member of %s: ask a signer to admit its request",
             conf->member, roster->group);
    } else if (strcmp(keys->member, conf->member) != 0 ||
               memcmp(member->sign_public.bytes, keys->sign_public.bytes,
                      sizeof keys->sign_public.bytes) != 0) {
        note(visit, BAD, "member",
             "%s holds other keys than the roster gives %s: ask a signer to admit the new request "
             "with --replace",
             conf->key, conf->member);
    } else {
        note(visit, OK, "member", "%s, as the roster says", conf->member);
    }
}

static bool check_keys(struct visit *visit, const struct toc_conf *conf,
                       struct toc_member_keys *ret_keys)
{
    struct toc_why why = {""};
    if (toc_member_keys_load(conf->key, ret_keys, &why) != TOC_OK) {
        note(visit, BAD, "keys", "%s", why.text);
        return false;
    }
    note(visit, OK, "keys", "%s, for this user alone", conf->key);
    return true;
}

static void check_validity(struct visit *visit, const struct toc_roster *roster, int64_t now_ms)
{
    const long long days = (long long)toc_roster_days_left(roster, now_ms);
    char expires[TOC_TIME_TEXT_LEN + 1];
    toc_time_text(roster->expires_ms, expires);
    switch (toc_roster_validity(roster, now_ms)) {
    case TOC_VALID:
        note(visit, OK, "roster", "version %llu of %s, %lld days left",
             (unsigned long long)roster->version, roster->group, days);
        return;
    case TOC_EXPIRES_SOON:
        note(visit, WARN, "roster", "expires in %lld days: a signer runs 'tocsin group renew'",
             days);
        return;
    case TOC_IN_GRACE:
        note(visit, BAD, "roster",
             "expired at %s, in its grace: a signer runs 'tocsin group renew'", expires);
        return;
    case TOC_EXPIRED:
        note(visit, BAD, "roster", "expired at %s: a signer runs 'tocsin group renew'", expires);
        return;
    }
}

/* No server is asked: the kernel knows whether something keeps its clock right, and a roster from
 * the future says that ours is slow. */
static void check_clock(struct visit *visit, const struct toc_roster *roster, int64_t now_ms)
{
    struct timex state = {.modes = 0};
    char now[TOC_TIME_TEXT_LEN + 1];
    toc_time_text(now_ms, now);
    if (roster != NULL && roster->issued_ms > now_ms + CLOCK_SLACK_MS) {
        char issued[TOC_TIME_TEXT_LEN + 1];
        toc_time_text(roster->issued_ms, issued);
        note(visit, BAD, "clock", "says %s, before the roster was issued (%s): set the clock", now,
             issued);
    } else if (adjtimex(&state) == TIME_ERROR || (state.status & STA_UNSYNC) != 0) {
        note(visit, WARN, "clock", "%s, and nothing keeps it right: run an NTP client", now);
    } else {
        note(visit, OK, "clock", "%s, kept right", now);
    }
}

static void check_roster(struct visit *visit, const struct toc_conf *conf)
{
    TOC_AUTO(toc_roster_file_free) struct toc_roster_file *file = NULL;
    TOC_AUTO(toc_member_keys_wipe) struct toc_member_keys keys;
    struct toc_why why = {""};
    const struct toc_roster *roster = NULL;
    const int64_t now_ms = toc_env_wall_ms(visit->cli->env);
    const bool has_keys = check_keys(visit, conf, &keys);
    if (toc_roster_file_load(conf->roster, &file, &why) != TOC_OK) {
        note(visit, BAD, "roster", "%s", why.text);
    } else {
        roster = toc_roster_file_current(file);
        check_validity(visit, roster, now_ms);
        if (has_keys) {
            check_membership(visit, conf, &keys, roster);
        }
    }
    check_clock(visit, roster, now_ms);
}

static void check_store(struct visit *visit, const struct toc_conf *conf)
{
    struct stat status;
    struct statvfs space;
    if (stat(conf->store, &status) != 0) {
        note(visit, WARN, "store", "%s: %s: the daemon makes it when it starts", conf->store,
             strerror(errno));
        return;
    }
    if (!S_ISDIR(status.st_mode) || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        note(visit, WARN, "store", "%s: others can look into it: run chmod 700 on it", conf->store);
    }
    if (statvfs(conf->store, &space) != 0) {
        note(visit, WARN, "store", "%s: %s", conf->store, strerror(errno));
        return;
    }
    const uint64_t left = (uint64_t)space.f_bavail * space.f_frsize;
    note(visit, left < SPACE_BAD ? BAD : (left < SPACE_WARN ? WARN : OK), "store",
         "%s: %llu MiB free%s", conf->store, (unsigned long long)(left >> 20),
         left < SPACE_WARN ? ": make room before it is full" : "");
}

static void check_notify(struct visit *visit, const struct toc_conf *conf)
{
    struct stat status;
    if (conf->notify[0] == '\0') {
        return;
    }
    if (stat(conf->notify, &status) != 0) {
        note(visit, BAD, "notify", "%s: %s: nobody is told of alerts", conf->notify,
             strerror(errno));
    } else if (!S_ISREG(status.st_mode) || (status.st_mode & S_IXUSR) == 0) {
        note(visit, BAD, "notify", "%s: is no program: run chmod +x on it", conf->notify);
    } else {
        note(visit, OK, "notify", "%s", conf->notify);
    }
}

static const char *advice(const char *state)
{
    static const struct {
        const char *state;
        const char *words;
    } advices[] = {
        {"unreachable", "nothing answers there: check the address, the port and the firewall"},
        {"wrong_server_key", "something else answers there, or it has new keys: check the address, "
                             "and whether this roster is the newest"},
        {"refused", "it does not know our key: has it the roster that admits us?"},
        {"roster_expired", "a signer runs 'tocsin group renew'"},
        {"lagging", "it is slow or held back: look at its log"},
    };
    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++) {
        if (strcmp(advices[i].state, state) == 0) {
            return advices[i].words;
        }
    }
    return "see tocsin status";
}

static void check_daemon(struct visit *visit)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct toc_why why = {""};
    if (toc_cli_call(visit->cli, "status", NULL, &reply, &why) != TOC_OK) {
        note(visit, BAD, "daemon", "%s", why.text);
        return;
    }
    note(visit, OK, "daemon", "answers at %s", visit->cli->conf.local);
    const json_t *const peers = toc_field_array(reply.json, "peers");
    for (size_t i = 0; i < json_array_size(peers); i++) {
        const json_t *const peer = json_array_get(peers, i);
        const char *const state = toc_field_text(peer, "state");
        const char *const member = toc_field_text(peer, "member");
        if (strcmp(state, "connected") == 0) {
            note(visit, OK, "peer", "%s: connected", member);
        } else {
            note(visit, strcmp(state, "lagging") == 0 ? WARN : BAD, "peer", "%s: %s: %s", member,
                 state, advice(state));
        }
    }
    const json_t *const warnings = toc_field_array(reply.json, "warnings");
    for (size_t i = 0; i < json_array_size(warnings); i++) {
        const char *const text = json_string_value(json_array_get(warnings, i));
        note(visit, WARN, "daemon", "%s", text == NULL ? "" : text);
    }
}

static int report(struct visit *visit)
{
    struct toc_cli *const cli = visit->cli;
    const int status = visit->bad ? TOC_EXIT_FAILED : TOC_EXIT_DONE;
    if (cli->json) {
        const int printed = toc_cli_document(cli, json_pack("{s:O}", "checks", visit->checks));
        return printed == TOC_EXIT_DONE ? status : printed;
    }
    for (size_t i = 0; i < json_array_size(visit->checks); i++) {
        const json_t *const item = json_array_get(visit->checks, i);
        const char *const state = toc_field_text(item, "state");
        toc_text_print(cli->out, &cli->paper, toc_style_of(state), state);
        fprintf(cli->out, "%*s%-7s ", (int)(6 - strlen(state)), "", toc_field_text(item, "check"));
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_PLAIN, toc_field_text(item, "message"));
        fputc('\n', cli->out);
    }
    return status;
}

int toc_cmd_doctor(struct toc_cli *cli, int argc, char **argv)
{
    static const struct toc_usage usage = {.command = "doctor", .operands = ""};
    TOC_AUTO(toc_json_free) json_t *checks = json_array();
    struct visit visit = {.cli = cli, .checks = checks};
    const struct toc_conf *conf;
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, NULL, 0, &operands, &status)) {
        return status;
    }
    if (toc_cli_conf(cli, &conf, &why) != TOC_OK) {
        note(&visit, BAD, "conf", "%s", why.text);
        return report(&visit);
    }
    note(&visit, OK, "conf", "%s", conf->file);
    check_roster(&visit, conf);
    check_store(&visit, conf);
    check_notify(&visit, conf);
    check_daemon(&visit);
    return report(&visit);
}
