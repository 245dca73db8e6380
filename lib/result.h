/* result: the one vocabulary of outcomes, from the store to the exit code and the reply on the
 * wire. Codes are append-only: they appear in PROTOCOL.md as error numbers.
 *
 * Functions that touch the outside also take a `struct toc_why *` (may be NULL): a fixed buffer,
 * filled once where the failure happened and prefixed while it climbs. */
#ifndef TOC_RESULT_H
#define TOC_RESULT_H

#include <stddef.h>

#define TOC_MUST_CHECK __attribute__((warn_unused_result))

enum toc_result {
    TOC_OK = 0,
    TOC_NOMEM = 1,     /* an allocation failed, or an arena reached its cap */
    TOC_INVALID = 2,   /* understood, but against a rule of the field or the roster */
    TOC_MALFORMED = 3, /* bytes that do not parse */
    TOC_TOOBIG = 4,    /* over a limit of bounds.h */
    TOC_DENIED = 5,    /* the roster or a policy says no */
    TOC_BADSIG = 6,    /* a signature, proof, or seal that does not verify */
    TOC_STALE = 7,     /* older than what is held */
    TOC_NOTFOUND = 8,
    TOC_EXISTS = 9, /* already there: not an error for idempotent requests */
    TOC_AGAIN = 10, /* not now; the same call may succeed later */
    TOC_TIMEOUT = 11,
    TOC_IO = 12,       /* operating system: file, socket */
    TOC_STORE = 13,    /* the database */
    TOC_CONFLICT = 14, /* two signed statements that cannot both be true */
};

#define TOC_WHY_MAX 512

struct toc_why {
    char text[TOC_WHY_MAX]; /* NUL-terminated; no secrets, no supplier names */
};

/* The stable lower-case name of a result ("denied"); never NULL. */
const char *toc_result_name(enum toc_result result);

/* Writes the text and returns `result`, so that failing and explaining is one statement. */
enum toc_result toc_fail(struct toc_why *why, enum toc_result result, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__
/* The analyser reads one file at a time, and would have it that a failure may be TOC_OK. */
#define toc_fail(why, result, ...) ((void)toc_fail(why, result, __VA_ARGS__), (result))
#endif

/* Puts "prefix: " before the text that is there. */
void toc_why_prefix(struct toc_why *why, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
