/* conf_row: one row per key of the configuration file, for conf.c, which reads by it; what is here
 * does not know libconfuse. */
#ifndef TOC_CONF_ROW_H
#define TOC_CONF_ROW_H

#include "conf.h"

enum toc_conf_section { TOC_CONF_TOP, TOC_CONF_LISTEN, TOC_CONF_PEER };
enum toc_conf_kind {
    TOC_CONF_MEMBER,
    TOC_CONF_FILENAME,
    TOC_CONF_ENDPOINT,
    TOC_CONF_NUMBER,
    TOC_CONF_LEVEL,
    TOC_CONF_SWITCH /* true or false; `number` has what it is by default */
};

/* One key of the file: all that is known of it. */
struct toc_conf_row {
    enum toc_conf_section section;
    const char *name;
    enum toc_conf_kind kind;
    size_t offset; /* in struct toc_conf, or struct toc_conf_peer for TOC_CONF_PEER */
    size_t size;   /* of a text, with its NUL */
    const char *text;
    long number;
    long number_min;
    long number_max;
    bool required;
    bool fixed; /* cannot change while the daemon runs */
    const char *help;
};

#define TOC_CONF_ROWS 15
extern const struct toc_conf_row toc_conf_rows[TOC_CONF_ROWS];
extern const char *const toc_conf_section_names[];

/* NULL, or what is wrong with a text that the file gives for this key. */
const char *toc_conf_text_fault(const struct toc_conf_row *row, const char *text);

#endif
