/* Gathering: no request of its own, but those that lists and tables are made of, so that what is
 * disclosed is what users see, and nothing is there that only this command knows. */
#include "disclose.h"

#include "ensure.h"
#include "supplier_fetch.h"
#include "timetext.h"
#include <ctype.h>
#include <string.h>

/* ---- pages ---- */

struct gathering {
    struct toc_cli *cli;
    json_t *document; /* borrowed */
    const char *id;   /* of the supplier: "s17"; "" when it is not among our own */
    const char *member;
};

/* Rows of a request's list that are wanted, onto `ret_rows`, page by page. */
static enum toc_result collect(const struct gathering *it, const char *request, const char *key,
                               bool (*wanted)(const struct gathering *it, const json_t *row),
                               json_t *ret_rows, struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *after = NULL;
    do {
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        TOC_TRY(toc_cli_call(it->cli, request, json_pack("{s:O*}", "after", after), &reply, why));
        const json_t *const rows = toc_field_array(reply.json, key);
        for (size_t i = 0; i < json_array_size(rows); i++) {
            json_t *const row = json_array_get(rows, i);
            if (wanted(it, row) && json_array_append(ret_rows, row) != 0) {
                return toc_fail(why, TOC_NOMEM, "out of memory");
            }
        }
        json_t *const next = json_object_get(reply.json, "after");
        toc_json_free(&after);
        after = next == NULL || json_is_null(next) ? NULL : json_incref(next);
    } while (after != NULL);
    return TOC_OK;
}

static bool is_about(const struct gathering *it, const json_t *row)
{
    return it->id[0] != '\0' && strcmp(toc_field_text(row, "supplier"), it->id) == 0;
}

/* ---- the audit trail: rows that name the supplier's id or one of its flags ---- */

static bool has_word(const char *text, const char *word)
{
    const size_t len = strlen(word);
    for (const char *at = strstr(text, word); at != NULL && len > 0; at = strstr(at + 1, word)) {
        if ((at == text || isalnum((unsigned char)at[-1]) == 0) &&
            isalnum((unsigned char)at[len]) == 0) {
            return true;
        }
    }
    return false;
}

static bool audit_is_about(const struct gathering *it, const json_t *row)
{
    const char *const detail = toc_field_text(row, "detail");
    const json_t *const flags = toc_field_array(it->document, "flags");
    bool found = has_word(detail, it->id);
    for (size_t i = 0; i < json_array_size(flags) && !found; i++) {
        found = has_word(detail, toc_field_text(json_array_get(flags, i), "flag"));
    }
    return found;
}

static enum toc_result collect_audit(const struct gathering *it, struct toc_why *why)
{
    json_t *const rows = json_object_get(it->document, "audit");
    json_int_t before = 0;
    size_t len = 1;
    while (it->id[0] != '\0' && len > 0) {
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        TOC_TRY(toc_cli_call(it->cli, "audit",
                             before == 0 ? NULL : json_pack("{s:I}", "before", before), &reply,
                             why));
        const json_t *const page = toc_field_array(reply.json, "audit");
        len = json_array_size(page);
        for (size_t i = 0; i < len; i++) {
            json_t *const row = json_array_get(page, i);
            before = toc_field_number(row, "id");
            if (audit_is_about(it, row) && json_array_append(rows, row) != 0) {
                return toc_fail(why, TOC_NOMEM, "out of memory");
            }
        }
    }
    return TOC_OK;
}

/* ---- what became of the flags, and who says that it knows ---- */

static enum toc_result add_history(const struct gathering *it, struct toc_why *why)
{
    const json_t *const flags = toc_field_array(it->document, "flags");
    for (size_t i = 0; i < json_array_size(flags); i++) {
        static const char *const keys[] = {"history", "shown", "applied"};
        json_t *const flag = json_array_get(flags, i);
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        TOC_TRY(toc_cli_call(it->cli, "flag_history",
                             json_pack("{s:s}", "flag", toc_field_text(flag, "flag")), &reply,
                             why));
        for (size_t j = 0; j < sizeof keys / sizeof keys[0]; j++) {
            (void)json_object_set(flag, keys[j], json_object_get(reply.json, keys[j]));
        }
    }
    return TOC_OK;
}

/* ---- who has what was published ---- */

/* Who has said that it applied the record of this member at `sequence` of a stream. */
static json_t *told_of(const struct gathering *it, const json_t *status, const char *stream,
                       int64_t sequence)
{
    json_t *const told = json_array();
    const json_t *const logs = toc_field_array(status, "logs");
    for (size_t i = 0; i < json_array_size(logs) && sequence > 0; i++) {
        const json_t *const log = json_array_get(logs, i);
        const json_t *const applied = toc_field_array(log, "applied");
        if (strcmp(toc_field_text(log, "publisher"), it->member) != 0 ||
            strcmp(toc_field_text(log, "stream"), stream) != 0) {
            continue;
        }
        for (size_t j = 0; j < json_array_size(applied); j++) {
            const json_t *const reader = json_array_get(applied, j);
            if (strcmp(toc_field_text(reader, "member"), it->member) == 0) {
                continue;
            }
            (void)json_array_append_new(
                told, json_pack("{s:s, s:b}", "member", toc_field_text(reader, "member"), "applied",
                                toc_field_number(reader, "sequence") >= sequence ? 1 : 0));
        }
    }
    return told;
}

static enum toc_result add_published(const struct gathering *it, struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    const json_t *const members =
        toc_field_array(json_object_get(it->document, "region"), "members");
    json_t *const published = json_object_get(it->document, "published");
    TOC_TRY(toc_cli_call(it->cli, "status", NULL, &reply, why));
    for (size_t i = 0; i < json_array_size(members); i++) {
        json_t *const row = json_array_get(members, i);
        if (strcmp(toc_field_text(row, "member"), it->member) != 0) {
            continue;
        }
        json_t *const own = json_copy(row);
        (void)json_object_set_new(
            own, "told", told_of(it, reply.json, "exposure", toc_field_number(row, "sequence")));
        if (json_array_append_new(published, own) != 0) {
            return toc_fail(why, TOC_NOMEM, "out of memory");
        }
    }
    return TOC_OK;
}

/* Flags of ours that an alert may carry: of the same event, and sent. Only the hub knows. */
static void add_carried(const struct gathering *it)
{
    const json_t *const flags = toc_field_array(it->document, "flags");
    const json_t *const alerts = toc_field_array(it->document, "alerts");
    for (size_t i = 0; i < json_array_size(alerts); i++) {
        json_t *const alert = json_array_get(alerts, i);
        json_t *const own = json_array();
        for (size_t j = 0; j < json_array_size(flags); j++) {
            const json_t *const flag = json_array_get(flags, j);
            if (strcmp(toc_field_text(flag, "event"), toc_field_text(alert, "event")) == 0 &&
                toc_field_number(flag, "sequence") > 0) {
                (void)json_array_append(own, json_object_get(flag, "flag"));
            }
        }
        (void)json_object_set_new(alert, "own_flags", own);
    }
}

/* ---- what is not shown, and what to think about ---- */

struct point {
    const char *part; /* a key of the document whose rows make it worth saying; "": always */
    const char *law;
    const char *why;
};
static const struct point points[] = {
    {"supplier", "FOIA s.21, s.40, s.43(2)",
     "Spend and contracts are mostly published already (s.21). A name that turns out to be a "
     "person's is personal data (s.40). Prices and terms that are not published: s.43(2)."},
    {"region", "FOIA s.43(2), s.45 code",
     "What other councils published is held here too: ask them before answering for it."},
    {"flags", "FOIA s.43(2), s.43(3), s.41; EIR reg. 12(5)(e)",
     "A flag says that a firm may be in trouble: whether saying so would prejudice anybody's "
     "commercial interests, and the public interest. A notice of the supplier's, given in "
     "confidence: s.41. To confirm or deny that there is a flag can itself prejudice: decide it "
     "the same way whether there is one or not."},
    {"alerts", "FOIA s.43(2), s.41",
     "An alert is another council's knowledge. One that few councils could have raised shows who "
     "did: ask the group first."},
    {"audit", "FOIA s.40(2)", "Local users' numbers stand for officers."},
    {"", "Environmental Information Regulations 2004",
     "Information on the environment (waste, energy, land) is asked for under these, not the Act."},
};
static const char *const not_shown[] = {
    ("Records that were withdrawn or replaced lie sealed in the logs until retention destroys "
     "their keys; they are in no list."),
    "Tokens and keys: numbers made from name and number that say nothing to a reader (FOIA s.31).",
    "What the hub and other members hold on it; each answers for itself.",
    "Files that were imported, mail, and what notify scripts made of an alert: they lie outside.",
    "Backups: they have what was deleted since.",
};

static bool has_part(const json_t *document, const char *part)
{
    const json_t *const value = json_object_get(document, part);
    return part[0] == '\0' || json_is_object(value) || json_array_size(value) > 0;
}

static enum toc_result add_points(json_t *document, struct toc_why *why)
{
    json_t *const consider = json_object_get(document, "consider");
    json_t *const missing = json_object_get(document, "not_shown");
    int failed = 0;
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        if (has_part(document, points[i].part)) {
            failed |= json_array_append_new(consider,
                                            json_pack("{s:s, s:s, s:s}", "part", points[i].part,
                                                      "law", points[i].law, "why", points[i].why));
        }
    }
    for (size_t i = 0; i < sizeof not_shown / sizeof not_shown[0]; i++) {
        failed |= json_array_append_new(missing, json_string(not_shown[i]));
    }
    return failed == 0 ? TOC_OK : toc_fail(why, TOC_NOMEM, "out of memory");
}

enum toc_result toc_disclose_gather(struct toc_cli *cli, const char *word, json_t **ret_document,
                                    struct toc_why *why)
{
    TOC_AUTO(toc_supplier_shown_done) struct toc_supplier_shown shown = {.supplier = NULL};
    const struct toc_conf *conf;
    char made[TOC_TIME_TEXT_LEN + 1];
    TOC_TRY(toc_cli_conf(cli, &conf, why));
    TOC_TRY(toc_supplier_fetch(cli, word, &shown, why));
    toc_time_text(toc_env_wall_ms(cli->env), made);
    TOC_AUTO(toc_json_free)
    json_t *document =
        json_pack("{s:s, s:s, s:s, s:O?, s:O?, s:[], s:[], s:[], s:[], s:[], s:[]}", "member",
                  conf->member, "made", made, "asked", word, "supplier", shown.supplier, "region",
                  shown.region, "published", "flags", "alerts", "audit", "not_shown", "consider");
    if (document == NULL) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    const struct gathering it = {.cli = cli,
                                 .document = document,
                                 .id = toc_field_text(shown.supplier, "id"),
                                 .member = conf->member};
    TOC_TRY(collect(&it, "flag_list", "flags", is_about, json_object_get(document, "flags"), why));
    TOC_TRY(
        collect(&it, "alert_list", "alerts", is_about, json_object_get(document, "alerts"), why));
    TOC_TRY(collect_audit(&it, why));
    TOC_TRY(add_history(&it, why));
    TOC_TRY(add_published(&it, why));
    add_carried(&it);
    TOC_TRY(add_points(document, why));
    *ret_document = toc_take(&document);
    return TOC_OK;
}
