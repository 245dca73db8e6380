/* today: the parts of what wants somebody's attention today (cmd_today.c). */
#ifndef TOC_TODAY_H
#define TOC_TODAY_H

#include "cli.h"

#define TOC_TODAY_MONTHS 3 /* how soon an end is soon */

/* One line of the list: what it is, and what to do. Without memory it is left out. */
void toc_today_say(json_t *todo, const char *what, const char *how);
/* What imports and registers brought: suppliers that wait for a decision, events proposed on own
 * suppliers, contracts that end soon. What reading the daemon says. */
enum toc_result toc_today_suppliers(struct toc_cli *cli, int64_t now_ms, json_t *todo,
                                    struct toc_why *why) TOC_MUST_CHECK;

#endif
