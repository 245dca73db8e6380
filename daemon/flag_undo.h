/* flag_undo: what users changed of flags and disputes in this tick. local.db has it at once,
 * group.db with the tick's commit: when that fails, and its users are told so, none of it may have
 * happened. In memory alone: after a crash nobody was told anything, and what is in local.db goes
 * on. */
#ifndef TOC_FLAG_UNDO_H
#define TOC_FLAG_UNDO_H

#include "flagging.h"

/* Before a flag or dispute of this id is added. */
enum toc_result toc_flag_undo_added(struct toc_engine *engine, const uint8_t id[TOC_FLAG_ID_LEN],
                                    uint32_t uid) TOC_MUST_CHECK;
enum toc_result toc_flag_undo_disputed(struct toc_engine *engine, const uint8_t id[TOC_FLAG_ID_LEN],
                                       uint32_t uid) TOC_MUST_CHECK;
/* Before a flag changes, as it is. */
enum toc_result toc_flag_undo_changed(struct toc_engine *engine, const struct toc_own_flag *flag,
                                      uint32_t uid) TOC_MUST_CHECK;
/* The newest of them failed by itself. */
enum toc_result toc_flag_undo_last(struct toc_engine *engine) TOC_MUST_CHECK;
/* The tick failed: everything, the newest first. What cannot be undone now is kept, and tried again
 * before anything else. */
enum toc_result toc_flag_undo_all(struct toc_engine *engine) TOC_MUST_CHECK;
/* The tick is committed. */
void toc_flag_undo_forget(struct toc_engine *engine);

#endif
