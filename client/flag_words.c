#include "flag_words.h"
#include "ensure.h"
#include <ctype.h>
#include <string.h>

void toc_flag_event_words(const char *code, char *ret_text)
{
    char known[TOC_EVENT_TEXT_LEN + 1];
    if (toc_event_parse(code) == NULL) {
        (void)snprintf(ret_text, TOC_EVENT_WORDS_LEN + 1, "%.8s", code);
        return;
    }
    toc_event_text(toc_event_parse(code)->code, known);
    (void)snprintf(ret_text, TOC_EVENT_WORDS_LEN + 1, "%s %.80s", known,
                   toc_event_parse(code)->label);
}

void toc_flag_status_words(const json_t *row, const char *status, char *ret_text, size_t room)
{
    (void)snprintf(ret_text, room, "%s%.40s", toc_field_true(row, "exercise") ? "exercise: " : "",
                   status);
    for (char *at = ret_text; *at != '\0'; at++) {
        *at = *at == '_' ? ' ' : *at;
    }
}

static bool is_hex(const char *text)
{
    return text[strspn(text, "0123456789abcdef")] == '\0';
}

/* What is looked for: flags of one's own, or alerts. */
struct kind {
    const char *what, *request, *list, *field, *command;
};
static const struct kind flags = {"flag", "flag_list", "flags", "flag", "tocsin flag list"};
static const struct kind alerts = {"alert", "alert_list", "alerts", "alert",
                                   "tocsin region alerts"};

/* The one id that begins so. */
static enum toc_result look_for(struct toc_cli *cli, const struct kind *kind, const char *prefix,
                                char ret_id[TOC_FLAG_TEXT_LEN + 1], struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *fields = json_pack("{s:i}", "limit", TOC_FLAG_PAGE);
    char found[TOC_FLAG_TEXT_LEN + 1] = "";
    bool more = true;
    while (more) {
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        TOC_TRY(toc_cli_call(cli, kind->request, json_copy(fields), &reply, why));
        const json_t *const rows = toc_field_array(reply.json, kind->list);
        for (size_t i = 0; i < json_array_size(rows); i++) {
            const char *const id = toc_field_text(json_array_get(rows, i), kind->field);
            if (strlen(id) != TOC_FLAG_TEXT_LEN || strncmp(id, prefix, strlen(prefix)) != 0) {
                continue;
            }
            if (found[0] != '\0') {
                return toc_fail(why, TOC_CONFLICT, "%s: several %ss begin so: write more of the id",
                                prefix, kind->what);
            }
            memcpy(found, id, sizeof found);
        }
        json_t *const after = json_object_get(reply.json, "after");
        more = after != NULL && !json_is_null(after);
        if (more && json_object_set(fields, "after", after) != 0) {
            return toc_fail(why, TOC_NOMEM, "out of memory");
        }
    }
    if (found[0] == '\0') {
        return toc_fail(why, TOC_NOTFOUND, "%s: no %s of ours begins so: see '%s'", prefix,
                        kind->what, kind->command);
    }
    memcpy(ret_id, found, sizeof found);
    return TOC_OK;
}

static enum toc_result find(struct toc_cli *cli, const struct kind *kind, const char *word,
                            char ret_id[TOC_FLAG_TEXT_LEN + 1], struct toc_why *why)
{
    char text[TOC_FLAG_TEXT_LEN + 1] = "";
    const size_t len = strlen(word);
    if (len >= TOC_FLAG_PREFIX_MIN && len <= TOC_FLAG_TEXT_LEN) {
        for (size_t i = 0; i < len; i++) {
            text[i] = (char)tolower((unsigned char)word[i]);
        }
    }
    if (text[0] == '\0' || !is_hex(text)) {
        return toc_fail(why, TOC_INVALID,
                        "%.40s: is no %s's id, of which %d to %d hexadecimal digits are needed: "
                        "see '%s'",
                        word, kind->what, TOC_FLAG_PREFIX_MIN, TOC_FLAG_TEXT_LEN, kind->command);
    }
    if (len < TOC_FLAG_TEXT_LEN) {
        return look_for(cli, kind, text, ret_id, why);
    }
    memcpy(ret_id, text, sizeof text);
    return TOC_OK;
}

enum toc_result toc_flag_find(struct toc_cli *cli, const char *word,
                              char ret_flag[TOC_FLAG_TEXT_LEN + 1], struct toc_why *why)
{
    return find(cli, &flags, word, ret_flag, why);
}

enum toc_result toc_alert_find(struct toc_cli *cli, const char *word,
                               char ret_alert[TOC_FLAG_TEXT_LEN + 1], struct toc_why *why)
{
    return find(cli, &alerts, word, ret_alert, why);
}

/* What it waits for, in the daemon's words if it has any. */
static void say_waiting(struct toc_cli *cli, const json_t *reply, const char *otherwise)
{
    const char *const waits_for = toc_field_text(reply, "waits_for");
    char line[600];
    (void)snprintf(line, sizeof line, "waits for %.500s, and goes by itself then.",
                   waits_for[0] == '\0' ? otherwise : waits_for);
    toc_text_print(cli->out, &cli->paper, TOC_STYLE_PLAIN, line);
    fputc('\n', cli->out);
}

int toc_flag_say(struct toc_cli *cli, const char *flag, json_t *reply)
{
    const char *const state = toc_field_text(reply, "state");
    const json_t *const sequence = json_object_get(reply, "sequence");
    if (cli->json) {
        return toc_cli_answer(cli, reply);
    }
    fprintf(cli->out, "Flag %.*s: ", TOC_FLAG_SHORT_LEN, flag);
    if (strcmp(state, "waiting_approval") == 0) {
        fprintf(cli->out,
                "waits until somebody else here approves it:\n  tocsin flag approve %.*s\n",
                TOC_FLAG_SHORT_LEN, flag);
    } else if (strcmp(state, "deleted") == 0) {
        fputs("was not sent yet, and is deleted.\n", cli->out);
    } else if (strcmp(state, "waiting_token") == 0) {
        say_waiting(cli, reply, "the supplier's token");
    } else if (strcmp(state, "waiting_embargo") == 0) {
        say_waiting(cli, reply, "the end of its embargo");
    } else if (json_is_integer(sequence)) {
        fprintf(cli->out, "sent, as record %lld of our log distress.\n",
                (long long)json_integer_value(sequence));
    } else if (strcmp(state, "sent") == 0) {
        say_waiting(cli, reply, "the hub, which has not shown this member its own logs yet");
    } else {
        char words[64];
        toc_flag_status_words(reply, state, words, sizeof words);
        fprintf(cli->out, "%s.\n", words[0] == '\0' ? "done" : words);
    }
    return TOC_EXIT_DONE;
}
