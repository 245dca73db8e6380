/* vector_records: the records of the golden vectors, made from plain structs. Between them the two
 * frameworks have every field. Each is read back by the rules before it is given out; a call that
 * cannot do its work ends the program. */
#ifndef TOC_VECTOR_RECORDS_H
#define TOC_VECTOR_RECORDS_H

#include "arena.h"

struct toc_bytes toc_vector_framework(struct toc_arena *arena);
struct toc_bytes toc_vector_call_off(struct toc_arena *arena);
struct toc_bytes toc_vector_withdrawal(struct toc_arena *arena);
/* Between them the two have every field, too. */
struct toc_bytes toc_vector_exposure(struct toc_arena *arena);
struct toc_bytes toc_vector_exposure_name(struct toc_arena *arena);
struct toc_bytes toc_vector_token_ask(struct toc_arena *arena);
struct toc_bytes toc_vector_token_answer(struct toc_arena *arena);
struct toc_bytes toc_vector_token_refusal(struct toc_arena *arena);
/* To the hub, and to a group without one. */
struct toc_bytes toc_vector_flag(struct toc_arena *arena);
struct toc_bytes toc_vector_flag_group(struct toc_arena *arena);
struct toc_bytes toc_vector_dispute(struct toc_arena *arena);
struct toc_bytes toc_vector_confirmation(struct toc_arena *arena);
struct toc_bytes toc_vector_alert(struct toc_arena *arena);

#endif
