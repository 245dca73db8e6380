/* local_flag: what the requests about flags and alerts share. Private to local_*.c. */
#ifndef TOC_LOCAL_FLAG_H
#define TOC_LOCAL_FLAG_H

#include "flagging.h"
#include "local_supplier.h"

#define TOC_EMBARGO_DAYS_MAX 366

/* ---- local_flag.c ---- */
/* Only a publisher of the stream has anything to say there. */
enum toc_result toc_local_flag_right(struct toc_engine *engine, struct toc_why *why) TOC_MUST_CHECK;
/* A new flag from the request's fields, but for its supplier. */
enum toc_result toc_local_flag_read(struct toc_engine *engine, const struct toc_local *local,
                                    struct toc_own_flag *flag, struct toc_why *why) TOC_MUST_CHECK;
/* Its supplier, kept, and its parent if that was asked for. */
enum toc_result toc_local_flag_about(struct toc_engine *engine, const struct toc_local *local,
                                     struct toc_arena *arena, struct toc_own_flag *flag,
                                     struct toc_supplier *ret_supplier, struct toc_why *why)
    TOC_MUST_CHECK;
/* Sends it if it can go, and answers with what became of it; one that is refused is undone. */
enum toc_result toc_local_flag_go(struct toc_engine *engine, const struct toc_local *local,
                                  struct toc_own_flag *flag, struct toc_why *why) TOC_MUST_CHECK;
/* An alert as `alert_list` has it at a council; a new reference. */
enum toc_result toc_local_alert_json(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                     const struct toc_alert_read *read, struct toc_arena *arena,
                                     json_t **ret_json) TOC_MUST_CHECK;

/* ---- local_flag_preview.c ---- */
/* Other members that publish spend with the supplier. */
enum toc_result toc_local_flag_others(struct toc_engine *engine, const char *key,
                                      uint64_t *ret_others) TOC_MUST_CHECK;

/* ---- local_flag_change.c ---- */
/* The request's `flag`. */
enum toc_result toc_local_flag_get(struct toc_engine *engine, const struct toc_local *local,
                                   struct toc_arena *arena, struct toc_own_flag *ret_flag,
                                   struct toc_why *why) TOC_MUST_CHECK;
/* In the audit and in its history. `words` "": none. */
enum toc_result toc_local_flag_note(struct toc_engine *engine, const struct toc_local *local,
                                    const struct toc_own_flag *flag, enum toc_flag_deed_kind what,
                                    const char *words) TOC_MUST_CHECK;
/* What its newest revision was signed as; else, and once it is withdrawn, why not. */
enum toc_result toc_local_flag_signed(struct toc_engine *engine, const struct toc_own_flag *flag,
                                      uint64_t *ret_sequence, struct toc_why *why) TOC_MUST_CHECK;
enum toc_result toc_local_flag_withdrawn(struct toc_engine *engine, const struct toc_own_flag *flag,
                                         bool *ret_withdrawn) TOC_MUST_CHECK;
/* The request's words for people, of at most `max` bytes; absent is TOC_INVALID when needed. */
enum toc_result toc_local_flag_words(const struct toc_local *local, const char *field, unsigned max,
                                     bool needed, const char **ret_text, struct toc_why *why)
    TOC_MUST_CHECK;

/* ---- local_flag_list.c ---- */
bool toc_local_flag_needs_second(const struct toc_engine *engine, const struct toc_own_flag *flag);
/* "waiting_approval", "waiting_embargo" or "waiting_token": of one that was not sent. */
const char *toc_local_flag_waiting(const struct toc_engine *engine,
                                   const struct toc_own_flag *flag);
enum toc_result toc_local_flag_state(struct toc_engine *engine, const struct toc_own_flag *flag,
                                     uint64_t *ret_sequence, const char **ret_state) TOC_MUST_CHECK;
/* As `flag_list` shows it; a new reference. */
enum toc_result toc_local_flag_json(struct toc_engine *engine, const struct toc_own_flag *flag,
                                    struct toc_arena *arena, json_t **ret_json) TOC_MUST_CHECK;
json_t *toc_local_flag_parent(const struct toc_own_flag *flag);  /* its name, or null */
json_t *toc_local_flag_embargo(const struct toc_own_flag *flag); /* a date, or null */

/* ---- local_dispute.c ---- */
/* This council speaks against it, and has not taken that back. */
enum toc_result toc_local_disputes(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                   struct toc_arena *arena, bool *ret_disputes) TOC_MUST_CHECK;

/* ---- local_alert_mine.c ---- */
/* As its hub says; "ended": of one whose newest revision is about nobody here. */
const char *toc_local_alert_status(const struct toc_alert_mine *mine,
                                   const struct toc_alert_read *read);

/* ---- local_flag_wait.c ---- */
/* What it waits for and what to do about it, a phrase; null: for nothing. A new reference. */
enum toc_result toc_local_flag_waits_for(struct toc_engine *engine, const struct toc_own_flag *flag,
                                         bool submitted, uint64_t sequence, json_t **ret_words)
    TOC_MUST_CHECK;

#endif
