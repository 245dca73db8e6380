/* conf: the configuration file (libconfuse's door), read by the daemon and the command alike.
 * One table row per key (conf.c): unknown key, wrong type or out of range is an error with file and
 * line. Paths are relative to the file. `toc_conf_print` output parses to the same struct. */
#ifndef TOC_CONF_H
#define TOC_CONF_H

#include "bounds.h"
#include "bytes.h"
#include <limits.h>

#define TOC_ENDPOINT_LEN_MAX 127

struct toc_conf_peer {
    char member[TOC_MEMBER_LEN_MAX + 1];
    char session[TOC_ENDPOINT_LEN_MAX + 1]; /* tcp://host:port */
    char feed[TOC_ENDPOINT_LEN_MAX + 1];    /* empty: no feed */
};

struct toc_conf {
    char file[PATH_MAX]; /* where it was read from */
    char member[TOC_MEMBER_LEN_MAX + 1];
    char key[PATH_MAX]; /* paths are absolute after loading */
    char roster[PATH_MAX];
    char store[PATH_MAX];                          /* a folder: group.db, local.db */
    char local[PATH_MAX];                          /* the ipc socket's path; at most 100 bytes */
    char notify[PATH_MAX];                         /* empty: none */
    char listen_session[TOC_ENDPOINT_LEN_MAX + 1]; /* empty: listens on nothing */
    char listen_feed[TOC_ENDPOINT_LEN_MAX + 1];
    struct toc_conf_peer peers[TOC_PEERS_MAX];
    size_t peers_len;
    unsigned heartbeat_s;     /* 30: 1 to 3600 */
    unsigned receipt_s;       /* 10: 1 to 3600 */
    unsigned submissions_max; /* unproven submissions kept: 100000; 1 to 10000000 */
    bool second_person;       /* true: a flag of no public source needs another user */
    char log_level[8];        /* error, warn, info (default), debug */
};

/* TOC_NOTFOUND, TOC_MALFORMED ("FILE:LINE: ..."), TOC_INVALID. */
enum toc_result toc_conf_load(const char *path, struct toc_conf *ret_conf, struct toc_why *why)
    TOC_MUST_CHECK;
/* The effective file, every key with its help as a comment, paths as in the struct. */
enum toc_result toc_conf_print(const struct toc_conf *conf, struct toc_buf *ret_text)
    TOC_MUST_CHECK;
/* Names the first key that differs and cannot change while running (member, key, store, local,
 * listen), or NULL when `now` may replace `was`. */
const char *toc_conf_fixed_change(const struct toc_conf *was, const struct toc_conf *now);

#endif
