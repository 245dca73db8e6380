/* wire_field: the fields that many messages share: hashes, log names, sequences, times. Private to
 * proto/wire_*.c. The `check` functions guard decoding and encoding alike; `take` copies out of an
 * unpacked message that was checked, `give` borrows into one that will be packed. */
#ifndef TOC_WIRE_FIELD_H
#define TOC_WIRE_FIELD_H

#include "wire_alloc.h"
#include "wire_batch.h"

/* TOC_MALFORMED unless it is TOC_HASH_LEN bytes. */
enum toc_result toc_wire_check_hash(ProtobufCBinaryData field) TOC_MUST_CHECK;
/* TOC_INVALID for a bad name or generation 0. */
enum toc_result toc_wire_check_log(const char *publisher, const char *stream, uint32_t generation)
    TOC_MUST_CHECK;
/* TOC_TOOBIG over len_max bytes; TOC_INVALID when empty or not clean UTF-8 (ident.h). */
enum toc_result toc_wire_check_text(const char *text, unsigned len_max) TOC_MUST_CHECK;
/* From 1: sequences, versions; times. */
bool toc_wire_is_sequence(uint64_t value);
bool toc_wire_is_time(int64_t value);

void toc_wire_take_hash(ProtobufCBinaryData field, struct toc_hash *ret_hash);
/* Names that passed toc_ident_member or toc_ident_stream fit. */
void toc_wire_take_name(const char *name, char *ret_name);
void toc_wire_take_log(const char *publisher, const char *stream, uint32_t generation,
                       struct toc_log_id *ret_log);
ProtobufCBinaryData toc_wire_give_hash(const struct toc_hash *hash);

#endif
