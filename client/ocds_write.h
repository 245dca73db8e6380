/* ocds_write: the parts of a release. ocds_package.c decides what goes into which. Setters take a
 * NULL value, or "" where a text is to be left out, and return whether they failed. */
#ifndef TOC_OCDS_WRITE_H
#define TOC_OCDS_WRITE_H

#include "ocds_package.h"

#define TOC_OCDS_ID_LEN 400

/* Sets a text unless it is empty; an object or list unless it is empty. Takes `value`. */
int toc_ocds_text(json_t *object, const char *key, const char *text);
int toc_ocds_part(json_t *object, const char *key, json_t *value);
/* {"amount", "currency"} and {"startDate", "endDate", "maxExtentDate"}; dates yyyy-mm-dd or "".
 * New references. */
json_t *toc_ocds_value(json_int_t pounds);
json_t *toc_ocds_period(const char *start, const char *end, const char *last);

/* The first digits of the text's SHA-256; ret_text has digits + 1, at most 64. */
void toc_ocds_hash(const char *text, size_t digits, char *ret_text);

/* A release under way: the document, and what only has to be there once. */
struct toc_ocds_release {
    json_t *json;
    json_t *parties; /* by id */
    json_t *awards;  /* ids that are taken */
};

/* The supplier's party, made when it is not there yet; ret_id has TOC_OCDS_ID_LEN + 1. A new
 * reference {"id", "name"}, or NULL without memory. */
json_t *toc_ocds_supplier(struct toc_ocds_release *release, const char *name, const char *scheme,
                          const char *id);
/* The same for the buyer; `self` NULL: another body than this member. */
json_t *toc_ocds_buyer(struct toc_ocds_release *release, const struct toc_member *self,
                       const char *name);
/* The sections of a framework: tender, awards, related process. */
int toc_ocds_framework(struct toc_ocds_release *release, const json_t *framework);
/* An award and a contract of a register's rows, which differ in their suppliers alone, with a
 * tender where there is none yet. */
int toc_ocds_contract(struct toc_ocds_release *release, const json_t *rows);

/* Appends the release of a process {ocid, buyer, own, framework, contracts[], time}. TOC_NOMEM. */
enum toc_result toc_ocds_release_add(const struct toc_member *self, const json_t *process,
                                     json_t *releases, struct toc_ocds_counts *counts)
    TOC_MUST_CHECK;

#endif
