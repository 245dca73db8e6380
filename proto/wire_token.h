/* wire_token: the bodies of asks and answers about tokens, between protobuf-c's structs and ours.
 * Private to proto/wire_*.c. Elements lie in the arena. */
#ifndef TOC_WIRE_TOKEN_H
#define TOC_WIRE_TOKEN_H

#include "arena.h"
#include "record_token.h"
#include "token.pb-c.h"

/* TOC_MALFORMED for a length that is not its field's, TOC_TOOBIG, TOC_NOMEM. */
enum toc_result toc_wire_ask_read(struct toc_arena *arena, const Tocsin__TokenAsk *message,
                                  struct toc_token_ask *ret_ask) TOC_MUST_CHECK;
enum toc_result toc_wire_ask_write(struct toc_arena *arena, const struct toc_token_ask *ask,
                                   Tocsin__TokenAsk *ret_message) TOC_MUST_CHECK;
enum toc_result toc_wire_answer_read(struct toc_arena *arena, const Tocsin__TokenAnswer *message,
                                     struct toc_token_answer *ret_answer) TOC_MUST_CHECK;
enum toc_result toc_wire_answer_write(struct toc_arena *arena,
                                      const struct toc_token_answer *answer,
                                      Tocsin__TokenAnswer *ret_message) TOC_MUST_CHECK;
/* A list of elements, for these and for commitments. */
enum toc_result toc_wire_elements_read(struct toc_arena *arena, const ProtobufCBinaryData *fields,
                                       size_t len, size_t max,
                                       const struct toc_element **ret_elements) TOC_MUST_CHECK;
enum toc_result toc_wire_elements_write(struct toc_arena *arena, const struct toc_element *elements,
                                        size_t len, size_t max, ProtobufCBinaryData **ret_fields)
    TOC_MUST_CHECK;

#endif
