/* flag_words: what the commands on flags and alerts read and say in the same words. Rows are those
 * of the local socket (PROTOCOL.md 17), read forgivingly. */
#ifndef TOC_FLAG_WORDS_H
#define TOC_FLAG_WORDS_H

#include "cli.h"
#include "event.h"

#define TOC_FLAG_TEXT_LEN 32   /* an id in hexadecimal */
#define TOC_FLAG_SHORT_LEN 8   /* as tables show it */
#define TOC_FLAG_PAGE 100      /* of flags and of alerts */
#define TOC_FLAG_PREFIX_MIN 4  /* of an id, as people type it */
#define TOC_EVENT_WORDS_LEN 96 /* "F13 petition to wind up" */

/* The code and its label; the code alone when this program does not know it. ret_text has
 * TOC_EVENT_WORDS_LEN + 1. */
void toc_flag_event_words(const char *code, char *ret_text);
/* Under an exercise nobody is to take it for the real thing: "exercise: raised". ret_text has
 * room bytes. */
void toc_flag_status_words(const json_t *row, const char *status, char *ret_text, size_t room);
/* Which flag is meant: a whole id, or the beginning of one of one's own. TOC_INVALID: is neither;
 * TOC_NOTFOUND: no flag begins so; TOC_CONFLICT: several do. */
enum toc_result toc_flag_find(struct toc_cli *cli, const char *word,
                              char ret_flag[TOC_FLAG_TEXT_LEN + 1], struct toc_why *why)
    TOC_MUST_CHECK;
/* The same of an alert on an own supplier. */
enum toc_result toc_alert_find(struct toc_cli *cli, const char *word,
                               char ret_alert[TOC_FLAG_TEXT_LEN + 1], struct toc_why *why)
    TOC_MUST_CHECK;
/* What became of a flag, by a reply's `state` and `sequence`: in one sentence, or as a document.
 * The exit status. */
int toc_flag_say(struct toc_cli *cli, const char *flag, json_t *reply);

#endif
