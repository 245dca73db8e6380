#include "conf_row.h"
#include "ensure.h"
#include "ident.h"
#include <stdio.h>
#include <string.h>

enum { PORT_MAX = 65535 };

#define CONF_TEXT(field) offsetof(struct toc_conf, field), sizeof((struct toc_conf *)0)->field
#define PEER_TEXT(field)                                                                           \
    offsetof(struct toc_conf_peer, field), sizeof((struct toc_conf_peer *)0)->field
#define CONF_NUMBER(field) offsetof(struct toc_conf, field), 0

const struct toc_conf_row toc_conf_rows[TOC_CONF_ROWS] = {
    {TOC_CONF_TOP, "member", TOC_CONF_MEMBER, CONF_TEXT(member), "", 0, 0, 0, true, true,
     "This organisation's id in the group, as in its key and request files."},
    {TOC_CONF_TOP, "key", TOC_CONF_FILENAME, CONF_TEXT(key), "member.key", 0, 0, 0, true, true,
     "The secret keys; nobody else may be able to read the file."},
    {TOC_CONF_TOP, "roster", TOC_CONF_FILENAME, CONF_TEXT(roster), "", 0, 0, 0, true, false,
     "The group's signed list of members; newer versions also arrive by themselves."},
    {TOC_CONF_TOP, "store", TOC_CONF_FILENAME, CONF_TEXT(store), "store", 0, 0, 0, true, true,
     "The folder of the databases."},
    {TOC_CONF_TOP, "local", TOC_CONF_FILENAME, CONF_TEXT(local), "tocsin.sock", 0, 0, 0, true, true,
     "The socket the command talks to; its whole path has at most 100 bytes."},
    {TOC_CONF_TOP, "notify", TOC_CONF_FILENAME, CONF_TEXT(notify), "", 0, 0, 0, false, false,
     "A program that is run for each change of an alert on an own supplier; empty for none."},
    {TOC_CONF_TOP, "heartbeat", TOC_CONF_NUMBER, CONF_NUMBER(heartbeat_s), NULL, 30, 1, 3600, false,
     false, "Seconds between two signs of life of a log."},
    {TOC_CONF_TOP, "receipt", TOC_CONF_NUMBER, CONF_NUMBER(receipt_s), NULL, 10, 1, 3600, false,
     false, "Seconds, at least, between two receipts for a log."},
    {TOC_CONF_TOP, "submissions_max", TOC_CONF_NUMBER, CONF_NUMBER(submissions_max), NULL, 100000,
     1, 10000000, false, false,
     "How many records are kept while the hub has not yet shown this member's own logs."},
    {TOC_CONF_TOP, "second_person", TOC_CONF_SWITCH, CONF_NUMBER(second_person), NULL, 1, 0, 1,
     false, false,
     "A flag whose source is not public waits until a second local user approves it."},
    {TOC_CONF_TOP, "log_level", TOC_CONF_LEVEL, CONF_TEXT(log_level), "info", 0, 0, 0, true, false,
     "error, warn, info or debug."},
    {TOC_CONF_LISTEN, "session", TOC_CONF_ENDPOINT, CONF_TEXT(listen_session), "", 0, 0, 0, false,
     true, "Where members connect, such as tcp://127.0.0.1:7001; empty to listen on nothing."},
    {TOC_CONF_LISTEN, "feed", TOC_CONF_ENDPOINT, CONF_TEXT(listen_feed), "", 0, 0, 0, false, true,
     "Where they may also get a live copy; only with a session."},
    {TOC_CONF_PEER, "session", TOC_CONF_ENDPOINT, PEER_TEXT(session), "", 0, 0, 0, true, false,
     "The peer's session address."},
    {TOC_CONF_PEER, "feed", TOC_CONF_ENDPOINT, PEER_TEXT(feed), "", 0, 0, 0, false, false,
     "The peer's feed address; empty for none: everything arrives by the session alone."},
};

const char *const toc_conf_section_names[] = {
    [TOC_CONF_TOP] = "", [TOC_CONF_LISTEN] = "listen", [TOC_CONF_PEER] = "peer"};
static const char *const level_names[] = {"error", "warn", "info", "debug"};

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* tcp://HOST:PORT, an IPv6 address in brackets. Narrower than libzmq, which would also take a
 * source address or another transport. */
static bool is_endpoint(const char *text)
{
    static const char scheme[] = "tcp://";
    if (strncmp(text, scheme, sizeof scheme - 1) != 0) {
        return false;
    }
    const char *const host = text + sizeof scheme - 1;
    const char *const colon = strrchr(host, ':');
    if (colon == NULL || colon == host) {
        return false;
    }
    const bool bracketed = host[0] == '[' && colon[-1] == ']';
    for (const char *c = bracketed ? host + 1 : host; c < (bracketed ? colon - 1 : colon); c++) {
        if (!is_alnum(*c) && strchr(bracketed ? ".:%" : ".-_*", *c) == NULL) {
            return false;
        }
    }
    long port = 0;
    for (const char *c = colon + 1; *c != '\0'; c++) {
        if (*c < '0' || *c > '9' || port > PORT_MAX) {
            return false;
        }
        port = port * 10 + (*c - '0');
    }
    return port >= 1 && port <= PORT_MAX;
}

static bool is_filename(const char *text)
{
    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == 0x7f) {
            return false;
        }
    }
    return true;
}

static bool is_level(const char *text)
{
    for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++) {
        if (strcmp(text, level_names[i]) == 0) {
            return true;
        }
    }
    return false;
}

const char *toc_conf_text_fault(const struct toc_conf_row *row, const char *text)
{
    if (text[0] == '\0') {
        return row->required ? "is empty" : NULL;
    }
    if (strlen(text) >= row->size) {
        return "is too long";
    }
    switch (row->kind) {
    case TOC_CONF_MEMBER:
        return toc_ident_member(text) ? NULL : "is not a member id";
    case TOC_CONF_FILENAME:
        return is_filename(text) ? NULL : "has control characters";
    case TOC_CONF_ENDPOINT:
        return is_endpoint(text) ? NULL : "is not an address like tcp://127.0.0.1:7001";
    case TOC_CONF_LEVEL:
        return is_level(text) ? NULL : "is not one of error, warn, info, debug";
    case TOC_CONF_NUMBER:
    case TOC_CONF_SWITCH:
        break;
    }
    return NULL;
}

/* In double quotes; '$' too would mean something to libconfuse there. */
static enum toc_result print_text(struct toc_buf *buf, const char *text)
{
    TOC_TRY(toc_buf_append_text(buf, "\""));
    for (; *text != '\0'; text++) {
        if (strchr("\"\\$", *text) != NULL) {
            TOC_TRY(toc_buf_append_text(buf, "\\"));
        }
        TOC_TRY(toc_buf_append(buf, toc_bytes_of(text, 1)));
    }
    return toc_buf_append_text(buf, "\"\n");
}

static enum toc_result print_rows(struct toc_buf *buf, enum toc_conf_section section,
                                  const void *from, const char *indent)
{
    for (size_t i = 0; i < TOC_CONF_ROWS; i++) {
        const struct toc_conf_row *const row = &toc_conf_rows[i];
        if (row->section != section) {
            continue;
        }
        const char *const parts[] = {indent, "# ", row->help, "\n", indent, row->name, " = "};
        for (size_t part = 0; part < sizeof parts / sizeof parts[0]; part++) {
            TOC_TRY(toc_buf_append_text(buf, parts[part]));
        }
        const char *const at = (const char *)from + row->offset;
        if (row->kind == TOC_CONF_NUMBER) {
            unsigned number;
            char digits[16];
            memcpy(&number, at, sizeof number);
            (void)snprintf(digits, sizeof digits, "%u\n", number);
            TOC_TRY(toc_buf_append_text(buf, digits));
        } else if (row->kind == TOC_CONF_SWITCH) {
            TOC_TRY(toc_buf_append_text(buf, *(const bool *)at ? "true\n" : "false\n"));
        } else {
            TOC_TRY(print_text(buf, at));
        }
    }
    return TOC_OK;
}

enum toc_result toc_conf_print(const struct toc_conf *conf, struct toc_buf *ret_text)
{
    TOC_TRY(print_rows(ret_text, TOC_CONF_TOP, conf, ""));
    TOC_TRY(toc_buf_append_text(ret_text, "listen {\n"));
    TOC_TRY(print_rows(ret_text, TOC_CONF_LISTEN, conf, "    "));
    TOC_TRY(toc_buf_append_text(ret_text, "}\n"));
    for (size_t i = 0; i < conf->peers_len; i++) {
        TOC_TRY(toc_buf_append_text(ret_text, "peer "));
        TOC_TRY(toc_buf_append_text(ret_text, conf->peers[i].member));
        TOC_TRY(toc_buf_append_text(ret_text, " {\n"));
        TOC_TRY(print_rows(ret_text, TOC_CONF_PEER, &conf->peers[i], "    "));
        TOC_TRY(toc_buf_append_text(ret_text, "}\n"));
    }
    return TOC_OK;
}

const char *toc_conf_fixed_change(const struct toc_conf *was, const struct toc_conf *now)
{
    for (size_t i = 0; i < TOC_CONF_ROWS; i++) {
        const struct toc_conf_row *const row = &toc_conf_rows[i];
        if (row->fixed &&
            strcmp((const char *)was + row->offset, (const char *)now + row->offset) != 0) {
            return row->section == TOC_CONF_LISTEN ? toc_conf_section_names[TOC_CONF_LISTEN]
                                                   : row->name;
        }
    }
    return NULL;
}
