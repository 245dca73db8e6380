#include "wire_field.h"
#include "ensure.h"
#include "ident.h"
#include <string.h>

enum toc_result toc_wire_check_hash(ProtobufCBinaryData field)
{
    return field.len == TOC_HASH_LEN ? TOC_OK : TOC_MALFORMED;
}

enum toc_result toc_wire_check_log(const char *publisher, const char *stream, uint32_t generation)
{
    TOC_ENSURE(toc_ident_member(publisher), TOC_INVALID);
    TOC_ENSURE(toc_ident_stream(stream), TOC_INVALID);
    TOC_ENSURE(generation >= 1, TOC_INVALID);
    return TOC_OK;
}

enum toc_result toc_wire_check_text(const char *text, unsigned len_max)
{
    TOC_ENSURE(text != NULL, TOC_INVALID);
    TOC_ENSURE(strnlen(text, (size_t)len_max + 1) <= len_max, TOC_TOOBIG);
    TOC_ENSURE(toc_ident_text(text, len_max), TOC_INVALID);
    return TOC_OK;
}

bool toc_wire_is_sequence(uint64_t value)
{
    return value >= 1 && value <= TOC_SEQUENCE_MAX;
}

bool toc_wire_is_time(int64_t value)
{
    return value >= 1 && value <= TOC_TIME_MS_MAX;
}

void toc_wire_take_hash(ProtobufCBinaryData field, struct toc_hash *ret_hash)
{
    memcpy(ret_hash->bytes, field.data, TOC_HASH_LEN);
}

void toc_wire_take_name(const char *name, char *ret_name)
{
    memcpy(ret_name, name, strlen(name) + 1);
}

void toc_wire_take_log(const char *publisher, const char *stream, uint32_t generation,
                       struct toc_log_id *ret_log)
{
    *ret_log = (struct toc_log_id){.generation = generation};
    toc_wire_take_name(publisher, ret_log->publisher);
    toc_wire_take_name(stream, ret_log->stream);
}

ProtobufCBinaryData toc_wire_give_hash(const struct toc_hash *hash)
{
    return toc_wire_binary(hash->bytes, TOC_HASH_LEN);
}
