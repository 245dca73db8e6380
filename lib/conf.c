#include "conf.h"
#include "conf_row.h"
#include "ensure.h"
#include "file.h"
#include "ident.h"
#include <confuse.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOCAL_LEN_MAX = 100, ROWS_PER_SECTION_MAX = 16 };

/* libconfuse takes the end of the file for the end of whatever is open, so that half a file would
 * pass for a whole one. This is put behind the text: seen at the top level, all was closed. */
#define END_NAME "end-of-file"
#define END_TEXT "\n" END_NAME " = true\n"

/* libconfuse's scanner has one state for the whole process, and its callbacks take no context; so
 * one file is parsed at a time, and this is where the callbacks find out about it. */
static pthread_mutex_t parsing_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    const char *path;
    struct toc_why *why;
    bool failed;
    const cfg_t *section; /* the one whose keys were seen last */
    bool seen[TOC_CONF_ROWS];
    bool listen_seen;
    bool end_seen;
    int lines;
} parsing;

static size_t row_of(const cfg_t *cfg, const char *name)
{
    enum toc_conf_section section = TOC_CONF_TOP;
    if (strcmp(cfg->name, toc_conf_section_names[TOC_CONF_LISTEN]) == 0) {
        section = TOC_CONF_LISTEN;
    } else if (strcmp(cfg->name, toc_conf_section_names[TOC_CONF_PEER]) == 0) {
        section = TOC_CONF_PEER;
    }
    size_t i = 0;
    while (i < TOC_CONF_ROWS &&
           (toc_conf_rows[i].section != section || strcmp(toc_conf_rows[i].name, name) != 0)) {
        i++;
    }
    TOC_ASSERT(i < TOC_CONF_ROWS);
    return i;
}

/* libconfuse keeps the last of two values; a file that says two things is a mistake instead. */
static bool is_first(const cfg_t *cfg, size_t row)
{
    if (toc_conf_rows[row].section != TOC_CONF_TOP && parsing.section != cfg) {
        for (size_t i = 0; i < TOC_CONF_ROWS; i++) {
            parsing.seen[i] = parsing.seen[i] && toc_conf_rows[i].section == TOC_CONF_TOP;
        }
        parsing.section = cfg;
    }
    const bool first = !parsing.seen[row];
    parsing.seen[row] = true;
    return first;
}

static int check_key(cfg_t *cfg, cfg_opt_t *option)
{
    const size_t i = row_of(cfg, option->name);
    if (!is_first(cfg, i)) {
        cfg_error(cfg, "'%s' is given twice", option->name);
        return -1;
    }
    if (toc_conf_rows[i].kind == TOC_CONF_SWITCH) {
        return 0; /* libconfuse takes nothing but true, false, yes, no, on, off */
    }
    if (toc_conf_rows[i].kind == TOC_CONF_NUMBER) {
        const long number = cfg_opt_getnint(option, 0);
        if (number < toc_conf_rows[i].number_min || number > toc_conf_rows[i].number_max) {
            cfg_error(cfg, "'%s' is not between %ld and %ld", option->name,
                      toc_conf_rows[i].number_min, toc_conf_rows[i].number_max);
            return -1;
        }
        return 0;
    }
    const char *const text = cfg_opt_getnstr(option, 0);
    const char *const fault = toc_conf_text_fault(&toc_conf_rows[i], text == NULL ? "" : text);
    if (fault != NULL) {
        cfg_error(cfg, "'%s' %s", option->name, fault);
        return -1;
    }
    return 0;
}

static int check_end(cfg_t *cfg, cfg_opt_t *option)
{
    if (parsing.end_seen) {
        cfg_error(cfg, "no such option '%s'", option->name);
        return -1;
    }
    parsing.end_seen = true;
    return 0;
}

static int check_listen(cfg_t *cfg, cfg_opt_t *option)
{
    if (parsing.listen_seen) {
        cfg_error(cfg, "'%s' is given twice", option->name);
        return -1;
    }
    parsing.listen_seen = true;
    return 0;
}

static int check_peer(cfg_t *cfg, cfg_opt_t *option)
{
    const unsigned peers = cfg_opt_size(option);
    if (peers > TOC_PEERS_MAX) {
        cfg_error(cfg, "more than %d peers", TOC_PEERS_MAX);
        return -1;
    }
    cfg_t *const peer = cfg_opt_getnsec(option, peers - 1);
    if (!toc_ident_member(cfg_title(peer))) {
        cfg_error(cfg, "the peer's name is not a member id");
        return -1;
    }
    if (cfg_getstr(peer, "session")[0] == '\0') {
        cfg_error(cfg, "peer '%s' has no session address", cfg_title(peer));
        return -1;
    }
    return 0;
}

__attribute__((format(printf, 2, 0))) static void keep_error(cfg_t *cfg, const char *format,
                                                             va_list arguments)
{
    /* The first is the cause; what follows are its consequences. */
    if (parsing.failed) {
        return;
    }
    parsing.failed = true;
    if (cfg->line > parsing.lines) {
        (void)toc_fail(parsing.why, TOC_MALFORMED,
                       "%s:%d: the file ends in the middle of something", parsing.path,
                       parsing.lines);
        return;
    }
    char text[TOC_WHY_MAX / 2];
    (void)vsnprintf(text, sizeof text, format, arguments);
    (void)toc_fail(parsing.why, TOC_MALFORMED, "%s:%d: %s", parsing.path, cfg->line, text);
}

static void section_options(enum toc_conf_section section,
                            cfg_opt_t ret_options[ROWS_PER_SECTION_MAX])
{
    size_t len = 0;
    for (size_t i = 0; i < TOC_CONF_ROWS; i++) {
        const struct toc_conf_row *const row = &toc_conf_rows[i];
        if (row->section != section) {
            continue;
        }
        TOC_ASSERT(len + 4 < ROWS_PER_SECTION_MAX);
        if (row->kind == TOC_CONF_NUMBER) {
            ret_options[len] = (cfg_opt_t)CFG_INT(row->name, row->number, CFGF_NONE);
        } else if (row->kind == TOC_CONF_SWITCH) {
            ret_options[len] =
                (cfg_opt_t)CFG_BOOL(row->name, row->number != 0 ? cfg_true : cfg_false, CFGF_NONE);
        } else {
            ret_options[len] = (cfg_opt_t)CFG_STR(row->name, row->text, CFGF_NONE);
        }
        ret_options[len].validcb = check_key;
        len++;
    }
    ret_options[len] = (cfg_opt_t)CFG_END();
}

static void top_options(cfg_opt_t *listen, cfg_opt_t *peer,
                        cfg_opt_t ret_options[ROWS_PER_SECTION_MAX])
{
    section_options(TOC_CONF_LISTEN, listen);
    section_options(TOC_CONF_PEER, peer);
    section_options(TOC_CONF_TOP, ret_options);
    size_t len = 0;
    while (ret_options[len].name != NULL) {
        len++;
    }
    ret_options[len] = (cfg_opt_t)CFG_SEC("listen", listen, CFGF_NONE);
    ret_options[len].validcb = check_listen;
    ret_options[len + 1] =
        (cfg_opt_t)CFG_SEC("peer", peer, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES);
    ret_options[len + 1].validcb = check_peer;
    ret_options[len + 2] = (cfg_opt_t)CFG_BOOL(END_NAME, cfg_false, CFGF_NONE);
    ret_options[len + 2].validcb = check_end;
    ret_options[len + 3] = (cfg_opt_t)CFG_END();
}

static void copy_rows(cfg_t *cfg, enum toc_conf_section section, void *ret_struct)
{
    for (size_t i = 0; i < TOC_CONF_ROWS; i++) {
        const struct toc_conf_row *const row = &toc_conf_rows[i];
        if (row->section != section) {
            continue;
        }
        char *const at = (char *)ret_struct + row->offset;
        if (row->kind == TOC_CONF_NUMBER) {
            const unsigned number = (unsigned)cfg_getint(cfg, row->name);
            memcpy(at, &number, sizeof number);
        } else if (row->kind == TOC_CONF_SWITCH) {
            const bool is_on = cfg_getbool(cfg, row->name) == cfg_true;
            memcpy(at, &is_on, sizeof is_on);
        } else {
            const char *const text = cfg_getstr(cfg, row->name);
            const size_t len = strlen(text);
            TOC_ASSERT(len < row->size); /* check_key saw to it */
            memcpy(at, text, len + 1);
        }
    }
}

static void copy_all(cfg_t *cfg, struct toc_conf *ret_conf)
{
    copy_rows(cfg, TOC_CONF_TOP, ret_conf);
    copy_rows(cfg_getsec(cfg, "listen"), TOC_CONF_LISTEN, ret_conf);
    ret_conf->peers_len = cfg_size(cfg, "peer");
    for (unsigned i = 0; i < ret_conf->peers_len; i++) {
        cfg_t *const peer = cfg_getnsec(cfg, "peer", i);
        copy_rows(peer, TOC_CONF_PEER, &ret_conf->peers[i]);
        const char *const member = cfg_title(peer);
        memcpy(ret_conf->peers[i].member, member, strlen(member) + 1);
    }
}

/* Under parsing_lock. */
static enum toc_result parse(const char *text, int lines, const char *path,
                             struct toc_conf *ret_conf, struct toc_why *why)
{
    cfg_opt_t listen[ROWS_PER_SECTION_MAX];
    cfg_opt_t peer[ROWS_PER_SECTION_MAX];
    cfg_opt_t top[ROWS_PER_SECTION_MAX];
    top_options(listen, peer, top);
    cfg_t *const cfg = cfg_init(top, CFGF_NONE);
    if (cfg == NULL) {
        return toc_fail(why, TOC_NOMEM, "%s: out of memory", path);
    }
    memset(&parsing, 0, sizeof parsing);
    parsing.path = path;
    parsing.why = why;
    parsing.lines = lines;
    (void)cfg_set_error_function(cfg, keep_error);
    enum toc_result result = TOC_OK;
    if (cfg_parse_buf(cfg, text) == CFG_SUCCESS && !parsing.failed && parsing.end_seen) {
        copy_all(cfg, ret_conf);
    } else {
        result = TOC_MALFORMED;
        if (!parsing.failed) {
            (void)toc_fail(why, result, "%s:%d: the file ends in the middle of something", path,
                           parsing.lines);
        }
    }
    cfg_free(cfg);
    return result;
}

/* The file's absolute path, links in its folder resolved: short, and the same after a chdir. */
static enum toc_result absolute(const char *path, char ret_path[PATH_MAX], struct toc_why *why)
{
    char here[PATH_MAX];
    TOC_TRY(toc_file_beside(path, ".", here, why));
    char folder[PATH_MAX];
    if (realpath(here, folder) == NULL) {
        return toc_fail(why, TOC_NOTFOUND, "%s: no such folder", here);
    }
    const char *const slash = strrchr(path, '/');
    const char *const name = slash == NULL ? path : slash + 1;
    const int len =
        snprintf(ret_path, PATH_MAX, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, name);
    if (len < 0 || len >= PATH_MAX) {
        return toc_fail(why, TOC_TOOBIG, "path too long");
    }
    return TOC_OK;
}

/* One past the end of a quoted text; `at` when there is none. */
static uint8_t *skip_quoted(uint8_t *at, const uint8_t *end)
{
    const uint8_t quote = *at;
    if (quote != '"' && quote != '\'') {
        return at;
    }
    for (at++; at < end && *at != quote; at++) {
        at += *at == '\\' && at + 1 < end ? 1 : 0;
    }
    return at < end ? at + 1 : at;
}

static uint8_t *skip_comment(uint8_t *at, const uint8_t *end)
{
    const bool slash = *at == '/' && at + 1 < end;
    if (*at == '#' || (slash && at[1] == '/')) {
        uint8_t *const line_end = memchr(at, '\n', (size_t)(end - at));
        return line_end == NULL ? at + (end - at) : line_end;
    }
    if (slash && at[1] == '*') {
        uint8_t *const close = memmem(at + 2, (size_t)(end - at - 2), "*/", 2);
        return close == NULL ? at : close + 2; /* libconfuse says that it does not end */
    }
    return at;
}

/* libconfuse 3.3 counts the lines of a comment more than once, and then names the wrong line. So
 * comments become spaces first. One begins where a word might: in the middle of a bare word, such
 * as tcp://host, it is none. */
static void blank_comments(struct toc_buf *buf)
{
    uint8_t *at = buf->data;
    const uint8_t *const end = buf->data + buf->len;
    bool in_word = false;
    while (at < end) {
        uint8_t *const quoted = skip_quoted(at, end);
        uint8_t *const comment = in_word ? at : skip_comment(at, end);
        for (uint8_t *c = at; c < comment; c++) {
            *c = *c == '\n' ? '\n' : ' ';
        }
        in_word = quoted == at && comment == at && strchr(" \t\r\n={}(),;", *at) == NULL;
        at = quoted > at ? quoted : comment > at ? comment : at + 1;
    }
}

/* The text with END_TEXT and a NUL behind it, and how many lines it had. */
static enum toc_result read_text(const char *path, struct toc_buf *buf, int *ret_lines,
                                 struct toc_why *why)
{
    TOC_TRY(toc_file_read(path, TOC_CONF_LEN_MAX, buf, why));
    int lines = buf->len > 0 && buf->data[buf->len - 1] != '\n' ? 1 : 0;
    for (size_t i = 0; i < buf->len; i++) {
        if (buf->data[i] == '\0') {
            return toc_fail(why, TOC_MALFORMED, "%s:%d: not a text file", path, lines + 1);
        }
        lines += buf->data[i] == '\n' ? 1 : 0;
    }
    if (buf->len > 0) {
        blank_comments(buf);
    }
    TOC_TRY(toc_buf_append(buf, toc_bytes_of(END_TEXT, sizeof END_TEXT)));
    *ret_lines = lines;
    return TOC_OK;
}

/* What no single line shows. */
static enum toc_result check_whole(const struct toc_conf *conf, struct toc_why *why)
{
    const char *const file = conf->file;
    if (conf->member[0] == '\0') {
        return toc_fail(why, TOC_INVALID, "%s: 'member' is missing", file);
    }
    if (conf->roster[0] == '\0') {
        return toc_fail(why, TOC_INVALID, "%s: 'roster' is missing", file);
    }
    if (conf->listen_feed[0] != '\0' && conf->listen_session[0] == '\0') {
        return toc_fail(why, TOC_INVALID, "%s: listen has a feed but no session", file);
    }
    for (size_t i = 0; i < conf->peers_len; i++) {
        if (strcmp(conf->peers[i].member, conf->member) == 0) {
            return toc_fail(why, TOC_INVALID, "%s: peer '%s' is this member itself", file,
                            conf->member);
        }
    }
    return TOC_OK;
}

static enum toc_result make_absolute(struct toc_conf *conf, struct toc_why *why)
{
    for (size_t i = 0; i < TOC_CONF_ROWS; i++) {
        char *const at = (char *)conf + toc_conf_rows[i].offset;
        if (toc_conf_rows[i].kind == TOC_CONF_FILENAME && at[0] != '\0') {
            char path[PATH_MAX] = "";
            TOC_TRY(toc_file_beside(conf->file, at, path, why));
            memset(at, 0, toc_conf_rows[i].size);
            memcpy(at, path, strlen(path));
        }
    }
    if (strlen(conf->local) > LOCAL_LEN_MAX) {
        return toc_fail(why, TOC_INVALID, "%s: 'local' is a path of more than %d bytes: %s",
                        conf->file, LOCAL_LEN_MAX, conf->local);
    }
    return TOC_OK;
}

enum toc_result toc_conf_load(const char *path, struct toc_conf *ret_conf, struct toc_why *why)
{
    struct toc_conf conf;
    memset(&conf, 0, sizeof conf);
    TOC_TRY(absolute(path, conf.file, why));
    TOC_AUTO(toc_buf_done) struct toc_buf buf;
    toc_buf_init(&buf, TOC_CONF_LEN_MAX + sizeof END_TEXT);
    int lines = 0;
    TOC_TRY(read_text(conf.file, &buf, &lines, why));
    TOC_ASSERT(pthread_mutex_lock(&parsing_lock) == 0);
    const enum toc_result result = parse((const char *)buf.data, lines, conf.file, &conf, why);
    TOC_ASSERT(pthread_mutex_unlock(&parsing_lock) == 0);
    TOC_TRY(result);
    TOC_TRY(check_whole(&conf, why));
    TOC_TRY(make_absolute(&conf, why));
    memcpy(ret_conf, &conf, sizeof conf);
    return TOC_OK;
}
