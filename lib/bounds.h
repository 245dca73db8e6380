/* bounds: every limit of the program, with its reason. Each has a test at its edge. Limits that
 * two implementations must share are repeated in PROTOCOL.md. */
#ifndef TOC_BOUNDS_H
#define TOC_BOUNDS_H

#include <stdint.h>

/* Names: short enough to be a column in a terminal, long enough for `project.` and 32 hex digits.
 */
#define TOC_MEMBER_LEN_MAX 31
#define TOC_GROUP_LEN_MAX 31
#define TOC_STREAM_LEN_MAX 64
#define TOC_NAME_LEN_MAX 200 /* an organisation's name; the longest in the UK register has 71 */

/* Batches: one batch is one signature and one seal, so large enough to make both cheap, small
 * enough that a reader's memory and a lost frame cost little. */
#define TOC_BATCH_RECORDS_MAX 512
#define TOC_RECORD_LEN_MAX (16 * 1024)
#define TOC_BATCH_PLAIN_MAX (64 * 1024)
#define TOC_BATCH_HEADER_MAX 4096
#define TOC_BATCH_LEN_MAX (TOC_BATCH_PLAIN_MAX + TOC_BATCH_HEADER_MAX + 256)
#define TOC_EPOCH_BATCHES_MAX                                                                      \
    (1U << 30) /* AES-GCM random nonces: NIST SP 800-38D, 2^32 with margin */
#define TOC_BATCH_SEALED_MAX (TOC_BATCH_PLAIN_MAX + 16) /* and the tag of the seal */
#define TOC_EPOCH_AGE_MAX_S (30 * 24 * 3600)
#define TOC_ABANDONED_MAX 8

/* Sequences and versions: what every JSON reader holds exactly. Times: the year 9999, the last one
 * RFC 3339 can write. */
#define TOC_SEQUENCE_MAX ((UINT64_C(1) << 53) - 1)
#define TOC_TIME_MS_MAX INT64_C(253402300799999)

/* One frame on the session, feed or local socket (ZMQ_MAXMSGSIZE). Room for several batches. */
#define TOC_FRAME_LEN_MAX (1024 * 1024)
#define TOC_HAVE_HEADS_MAX 256
#define TOC_GIVE_BATCHES_MAX 16
#define TOC_GIVE_WRAPS_MAX 512
#define TOC_STATEMENTS_MAX 16   /* signed statements in one frame: half a tick's verifications */
#define TOC_ROSTERS_MAX 16      /* signed rosters in one; a newcomer asks again for the rest */
#define TOC_SIGNED_LEN_MAX 1024 /* a wrap or a statement, signed: 405 bytes at the most */
#define TOC_SOFTWARE_LEN_MAX 64
#define TOC_ABOUT_LEN_MAX 200 /* a refusal's words */

/* What one peer may have been sent and not shown to have read; beyond it a giver stops. The window
 * begins small, so that connections nobody reads from cost little, and grows with what was read. It
 * is six ticks of a reader: it says what it read once that is on its disk, works on the next
 * meanwhile, and a disk may take its time. */
#define TOC_UNREAD_MAX (3 * 1024 * 1024)
/* What a Want may ask for at a time: with less, the window of a single log were never full, and its
 * reader waited for a giver's next tick. */
#define TOC_CREDIT_MAX TOC_UNREAD_MAX
#define TOC_CREDIT_FIRST (128 * 1024)

/* Decoding may use this much more memory than the frame is long, plus a base: protobuf-c turns
 * two-byte empty records into 112 times their size. */
#define TOC_DECODE_FACTOR 4
#define TOC_DECODE_BASE (64 * 1024)

/* Rosters. 1,000 members is three times every council in the United Kingdom. */
#define TOC_ROSTER_LEN_MAX (768 * 1024)
#define TOC_ROSTER_FILE_MAX (256 * 1024 * 1024)
#define TOC_MEMBERS_MAX 1000
#define TOC_SIGNERS_MAX 16
#define TOC_STREAMS_MAX 128
#define TOC_LISTS_MAX 64
#define TOC_ROLES_MAX 5
#define TOC_BUYERS_MAX 64
#define TOC_BUYER_SCHEME_LEN_MAX 31 /* org-id.guide codes have at most 20 */
#define TOC_BUYER_ID_LEN_MAX 100
#define TOC_HOLDERS_MAX 16 /* all must answer, so few */
#define TOC_GRACE_DAYS_MAX 366
#define TOC_RETENTION_DAYS_MAX 36525 /* a century; 0 is for ever */
#define TOC_ALIASES_MAX 64
#define TOC_SUCCEEDS_MAX 16
#define TOC_CLOSINGS_MAX 256
#define TOC_REQUEST_LEN_MAX (64 * 1024)

/* Work in one tick: no peer may starve another. */
#define TOC_TICK_FRAMES_PER_SOCKET 64
#define TOC_TICK_VERIFICATIONS_MAX 32
/* Of batches that peers give, and as many of local submissions; beyond it no other frame is taken.
 * A tick that took all there is would leave nothing for the next to do while the disk has it. */
#define TOC_TICK_BYTES_MAX (512 * 1024)
#define TOC_TICK_WRAPS_MAX 512 /* as many as one frame has */
#define TOC_TICK_APPLY_BATCHES_MAX 32
#define TOC_TICK_EXPOSURES_AS_ONE_BATCH 64
#define TOC_TICK_RECORDS_MAX 16384 /* that waited unsigned, of one stream */

/* Peers, links and logs a daemon will track. */
#define TOC_LINKS_MAX 4096
#define TOC_LOGS_MAX 65536
#define TOC_LOGS_PER_PUBLISHER_MAX 1024
#define TOC_GENERATIONS_AHEAD_MAX                                                                  \
    16 /* a log that far beyond the newest known is nobody's honest offer */
#define TOC_EPOCHS_AHEAD_MAX                                                                       \
    4096 /* wraps that may come before their batches: centuries of months */

/* Configuration and files read whole. */
#define TOC_CONF_LEN_MAX (256 * 1024)
#define TOC_KEYFILE_LEN_MAX (16 * 1024)
#define TOC_PEERS_MAX 64

#endif
