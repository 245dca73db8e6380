/* records: the one table of record types. A type is one entry here and one file
 * (record_<type>.c): name, streams, validator, printing, import columns. Adding a type touches
 * record.proto, wire_record, this table, and its own file; views live in daemon/view_<type>.c. */
#ifndef TOC_RECORDS_H
#define TOC_RECORDS_H

#include "wire_record.h"
#include <jansson.h>

struct toc_record_kind {
    enum toc_record_type type;
    const char *name;   /* the JSON key and the command's noun: "framework" */
    const char *stream; /* the stream it travels on */
    bool by_daemon;     /* made by the daemon alone: no user stages or submits one */
    /* How often its rules have come to accept what they refused before (a new value of an enum):
     * views that were made before that may lack such a record. */
    unsigned edition;
    /* Rules of the field beyond shape. TOC_INVALID with a reason that names the field. */
    enum toc_result (*validate)(const struct toc_record *record, struct toc_why *why);
    /* What a person or program sees; a new reference, or NULL without memory. */
    json_t *(*to_json)(const struct toc_record *record);
    /* From what to_json printed, or a part of it: for `add` and imports. TOC_INVALID,
     * TOC_MALFORMED. */
    enum toc_result (*from_json)(struct toc_arena *arena, const json_t *json,
                                 struct toc_record *ret_record, struct toc_why *why);
    /* The publisher's own name of the thing (reference, ocid and buyer): a new record with the same
     * key replaces the old. Borrowed from the record. */
    const char *(*key)(const struct toc_record *record);
};

/* NULL for an unknown one. The withdrawal is a kind of every stream. */
const struct toc_record_kind *toc_record_kind_of(enum toc_record_type type);
/* The kind a stream carries, or NULL. A sub-group's stream adds a part: "framework.adults-health".
 */
const struct toc_record_kind *toc_record_kind_for_stream(const char *stream);

/* What this program reads, as a text that names it: each kind as TYPE.EDITION, ascending, a space
 * between. */
#define TOC_READING_LEN_MAX 255
void toc_records_reading(char ret_text[TOC_READING_LEN_MAX + 1]);
/* Does this program read all that such a text names? False too for what is no such text. */
bool toc_records_reads(const char *reading);

/* Decode and validate for a stream: TOC_INVALID when the type does not belong there. */
enum toc_result toc_record_read(struct toc_arena *arena, const char *stream, struct toc_bytes bytes,
                                struct toc_record *ret_record, struct toc_why *why) TOC_MUST_CHECK;
/* Counts even when its roster has expired, in the grace: what takes back, or speaks for or against,
 * what was said. A flag to the group says inside what it is, so it does not. */
bool toc_record_corrects(const struct toc_record *record);
/* {"type": ..., "supersedes": ..., "withdraws": ..., "reason": ..., and the type's own keys}. */
json_t *toc_record_json(const struct toc_record *record);
/* At most TOC_HASH_LEN bytes in hexadecimal: ids and tokens. NULL without memory. */
json_t *toc_record_hex(const void *bytes, size_t len);

#endif
