/* talk: the local socket as another program speaks it, with several requests under way, and the
 * records that are submitted over it. Ends the program when the daemon says no. One thread. */
#ifndef TOC_TALK_H
#define TOC_TALK_H

#include "bytes.h"
#include <jansson.h>

#define TOC_TALK_RECORD_LEN 256 /* of one encoded record, whatever its number */
#define TOC_TALK_STREAM "framework"

struct toc_talk {
    void *socket; /* a DEALER */
    const char *path;
};

void toc_talk_open(struct toc_talk *talk, void *context, const char *path);
void toc_talk_close(struct toc_talk *talk);
/* `request` is text: one JSON object. */
void toc_talk_send(struct toc_talk *talk, const char *request, const struct toc_bytes *parts,
                   size_t parts_len);
/* The next reply as a new reference; NULL when there is none within the time. Parts behind the JSON
 * are passed over. */
json_t *toc_talk_receive(struct toc_talk *talk, int64_t timeout_ms);
/* The newest sequence of the publisher's log of that stream that this daemon has applied,
 * committed; 0: none. NULL: of all publishers' logs together. */
uint64_t toc_talk_applied(struct toc_talk *talk, const char *publisher);
/* Returns when everything up to `sequence` is applied there. */
void toc_talk_await_applied(struct toc_talk *talk, const char *publisher, uint64_t sequence);

/* A framework's record of TOC_TALK_RECORD_LEN bytes, padded in its description. */
void toc_talk_record(uint64_t number, uint8_t ret_record[TOC_TALK_RECORD_LEN]);
/* So many of them, one behind the other, numbered from `first`; free() them. Made before a clock
 * starts: it is the daemons that are measured. */
uint8_t *toc_talk_records(uint64_t first, uint64_t count);

#endif
