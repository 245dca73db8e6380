/* today: the parts of what wants somebody's attention today (cmd_today.c). */
#ifndef TOC_TODAY_H
#define TOC_TODAY_H

#include "cli.h"

#define TOC_TODAY_MONTHS 3 /* how soon an end is soon */

/* One line of the list: what it is, and what to do. Without memory it is left out. */
void toc_today_say(json_t *todo, const char *what, const char *how);
/* Every page of a request, row by row. `fields` is given away. What reading the daemon says. */
struct toc_today_rows {
    const char *request;
    int page;        /* rows at a time */
    const char *key; /* of the rows in the reply */
    void (*take)(void *owner, const json_t *row);
    void *owner;
};
enum toc_result toc_today_each(struct toc_cli *cli, const struct toc_today_rows *rows,
                               json_t *fields, struct toc_why *why) TOC_MUST_CHECK;
/* A daemon of an earlier version does not know the request, and has none of what it asks for. */
enum toc_result toc_today_unless_unknown(enum toc_result result) TOC_MUST_CHECK;
/* Open alerts on suppliers of ours, flags that wait for a second person, disputes that wait for an
 * answer. What reading the daemon says. */
enum toc_result toc_today_alerts(struct toc_cli *cli, json_t *todo, struct toc_why *why)
    TOC_MUST_CHECK;
/* What imports and registers brought: suppliers that wait for a decision, events proposed on own
 * suppliers, contracts that end soon. What reading the daemon says. */
enum toc_result toc_today_suppliers(struct toc_cli *cli, int64_t now_ms, json_t *todo,
                                    struct toc_why *why) TOC_MUST_CHECK;

#endif
