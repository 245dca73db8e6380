/* log: one line an event, for the journal: level, event id, key=value. Only main, tick, worker and
 * the client log; lib, proto and handlers return results instead. Never keys, payloads, supplier
 * names. One writer thread at a time per line (a single write(2)). */
#ifndef TOC_LOG_H
#define TOC_LOG_H

enum toc_log_level { TOC_LOG_ERROR, TOC_LOG_WARN, TOC_LOG_INFO, TOC_LOG_DEBUG };

/* To standard error. Under systemd (JOURNAL_STREAM set) lines carry the <N> priority prefix and no
 * time; otherwise an RFC 3339 time comes first. */
void toc_log_level_set(enum toc_log_level level);
/* event is a stable dotted id ("peer.denied"); format gives "key=value key=value". */
void toc_log(enum toc_log_level level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* As toc_log, but at most 5 lines of this event a minute; the next one says how many were left out.
 */
void toc_log_limited(enum toc_log_level level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
