/* No subcommand: what wants somebody's attention today. */
#include "catalogue.h"
#include "commands.h"
#include "ensure.h"
#include "timetext.h"
#include "today.h"
#include <string.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)

enum { ROSTER_DAYS = 60, SILENT_DAYS = 2 };

void toc_today_say(json_t *todo, const char *what, const char *how)
{
    (void)json_array_append_new(todo, json_pack("{s:s, s:s}", "what", what, "do", how));
}

static void look_at_own(const json_t *status, json_t *todo)
{
    char text[160];
    const long long drafts = (long long)toc_field_number(status, "drafts");
    const long long waiting = (long long)toc_field_number(status, "waiting");
    const long long evidence = (long long)toc_field_number(status, "evidence");
    if (drafts > 0) {
        (void)snprintf(text, sizeof text, "%lld draft%s to be published", drafts,
                       drafts == 1 ? " waits" : "s wait");
        toc_today_say(todo, text, "tocsin preview, then tocsin publish");
    }
    if (waiting > 0) {
        (void)snprintf(text, sizeof text, "%lld records wait until the hub has shown what it holds",
                       waiting);
        toc_today_say(todo, text, "see that the hub is connected: tocsin status");
    }
    if (evidence > 0) {
        (void)snprintf(text, sizeof text, "%lld contradictions between signed statements are kept",
                       evidence);
        toc_today_say(todo, text, "tocsin export FILE, and speak with the signers");
    }
}

static void look_at_roster(const json_t *status, int64_t now_ms, json_t *todo)
{
    char text[160];
    int64_t expires_ms;
    if (toc_time_parse(toc_field_text(status, "roster_expires"), &expires_ms) != TOC_OK) {
        return;
    }
    const int64_t days = (expires_ms - now_ms) / DAY_MS;
    if (expires_ms <= now_ms) {
        toc_today_say(todo, "the roster has expired: little is exchanged until it is renewed",
                      "a signer runs: tocsin group renew");
    } else if (days <= ROSTER_DAYS) {
        (void)snprintf(text, sizeof text, "the roster expires in %lld days", (long long)days);
        toc_today_say(todo, text, "a signer runs: tocsin group renew");
    }
}

static void look_at_peers(const json_t *status, int64_t now_ms, json_t *todo)
{
    char text[160];
    const json_t *const peers = toc_field_array(status, "peers");
    const json_t *const members = toc_field_array(status, "members");
    for (size_t i = 0; i < json_array_size(peers); i++) {
        const json_t *const peer = json_array_get(peers, i);
        const char *const state = toc_field_text(peer, "state");
        if (strcmp(state, "connected") != 0) {
            (void)snprintf(text, sizeof text, "%.31s: %.31s since %.31s",
                           toc_field_text(peer, "member"), state, toc_field_text(peer, "since"));
            toc_today_say(todo, text, "tocsin doctor");
        }
    }
    for (size_t i = 0; i < json_array_size(members); i++) {
        const json_t *const member = json_array_get(members, i);
        const char *const heard = toc_field_text(member, "heard");
        int64_t heard_ms;
        if (heard[0] != '\0' && toc_time_parse(heard, &heard_ms) == TOC_OK &&
            now_ms - heard_ms > SILENT_DAYS * DAY_MS) {
            (void)snprintf(text, sizeof text, "%.31s: silent since %.31s",
                           toc_field_text(member, "member"), heard);
            toc_today_say(todo, text, "ask them");
        }
    }
}

static enum toc_result look_at_frameworks(struct toc_cli *cli, int64_t now_ms, json_t *todo,
                                          struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *records = NULL;
    char today[TOC_DATE_TEXT_LEN + 1];
    char until[TOC_DATE_TEXT_LEN + 1];
    char text[160];
    const int32_t days = (int32_t)(now_ms / DAY_MS);
    size_t ending = 0;
    toc_date_text(days, today);
    toc_date_text(toc_date_add_months(days, TOC_TODAY_MONTHS), until);
    const struct toc_catalogue_filter filter = {
        .stream = "framework", .sub_streams = true, .ends_before = until};
    TOC_TRY(toc_catalogue_fetch(cli, &filter, &records, why));
    for (size_t i = 0; i < json_array_size(records); i++) {
        /* Dates of this form sort as text. */
        ending += strcmp(toc_field_text(json_array_get(records, i), "period_end"), today) >= 0;
    }
    if (ending > 0) {
        (void)snprintf(text, sizeof text, "%zu frameworks end within %d months", ending,
                       TOC_TODAY_MONTHS);
        toc_today_say(todo, text, "tocsin framework expiring --months 3");
    }
    return TOC_OK;
}

static void print_todo(struct toc_cli *cli, const json_t *status, const json_t *todo)
{
    fprintf(cli->out, "%s in group %s\n", toc_field_text(status, "member"),
            toc_field_text(status, "group"));
    for (size_t i = 0; i < json_array_size(todo); i++) {
        const json_t *const item = json_array_get(todo, i);
        fputs("  * ", cli->out);
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_HEADING, toc_field_text(item, "what"));
        fprintf(cli->out, "\n      %s\n", toc_field_text(item, "do"));
    }
    if (json_array_size(todo) == 0) {
        fputs("Nothing is pending. 'tocsin help' lists the commands.\n", cli->out);
    }
}

int toc_cmd_today(struct toc_cli *cli, int argc, char **argv)
{
    static const struct toc_usage usage = {.command = "", .operands = "COMMAND ..."};
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    TOC_AUTO(toc_json_free) json_t *todo = json_array();
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, NULL, 0, &operands, &status)) {
        return status;
    }
    const int64_t now_ms = toc_env_wall_ms(cli->env);
    enum toc_result result = toc_cli_call(cli, "status", NULL, &reply, &why);
    if (result == TOC_OK) {
        result = toc_today_alerts(cli, todo, &why);
    }
    if (result == TOC_OK) {
        look_at_own(reply.json, todo);
        look_at_roster(reply.json, now_ms, todo);
        look_at_peers(reply.json, now_ms, todo);
        result = toc_today_suppliers(cli, now_ms, todo, &why);
    }
    if (result == TOC_OK) {
        result = look_at_frameworks(cli, now_ms, todo, &why);
    }
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    if (cli->json) {
        return toc_cli_document(
            cli, json_pack("{s:s, s:s, s:O}", "member", toc_field_text(reply.json, "member"),
                           "group", toc_field_text(reply.json, "group"), "pending", todo));
    }
    print_todo(cli, reply.json, todo);
    return TOC_EXIT_DONE;
}
