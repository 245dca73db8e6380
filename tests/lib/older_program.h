/* older_program: the daemon as it might have been one version ago: it knows no exposures, and of
 * frameworks no dynamic markets. Planted by the linker (-Wl,--wrap of what is defined here), so
 * that a member of one process can be older than another, and be upgraded. Included once. */
#ifndef TOC_OLDER_PROGRAM_H
#define TOC_OLDER_PROGRAM_H

#include "record_exposure.h"
#include "record_framework.h"

#include <stdio.h>
#include <string.h>

/* The includer's: is it an older program that runs now? */
static bool older_runs(void);

static inline bool older_lacks(const struct toc_record *record)
{
    return record->type == TOC_RECORD_EXPOSURE ||
           (record->type == TOC_RECORD_FRAMEWORK &&
            record->as.framework->kind == TOC_FRAMEWORK_DYNAMIC_MARKET);
}

enum toc_result __real_toc_record_read(struct toc_arena *arena, const char *stream,
                                       struct toc_bytes bytes, struct toc_record *ret_record,
                                       struct toc_why *why);
enum toc_result __wrap_toc_record_read(struct toc_arena *arena, const char *stream,
                                       struct toc_bytes bytes, struct toc_record *ret_record,
                                       struct toc_why *why);
enum toc_result __wrap_toc_record_read(struct toc_arena *arena, const char *stream,
                                       struct toc_bytes bytes, struct toc_record *ret_record,
                                       struct toc_why *why)
{
    struct toc_record record = {.type = TOC_RECORD_WITHDRAWAL};
    const enum toc_result result = __real_toc_record_read(arena, stream, bytes, &record, why);

    if (result == TOC_OK && older_runs() && older_lacks(&record)) {
        return toc_fail(why, TOC_INVALID, "record: its bytes are not a record this version knows");
    }
    if (result == TOC_OK) {
        *ret_record = record;
    }
    return result;
}

const struct toc_record_kind *__real_toc_record_kind_for_stream(const char *stream);
const struct toc_record_kind *__wrap_toc_record_kind_for_stream(const char *stream);
const struct toc_record_kind *__wrap_toc_record_kind_for_stream(const char *stream)
{
    const struct toc_record_kind *const kind = __real_toc_record_kind_for_stream(stream);

    return older_runs() && kind == &toc_exposure_record_kind ? NULL : kind;
}

void __real_toc_records_reading(char ret_text[TOC_READING_LEN_MAX + 1]);
void __wrap_toc_records_reading(char ret_text[TOC_READING_LEN_MAX + 1]);
void __wrap_toc_records_reading(char ret_text[TOC_READING_LEN_MAX + 1])
{
    __real_toc_records_reading(ret_text);
    if (older_runs()) {
        char *const exposure = strstr(ret_text, "17.");
        char *const behind = exposure == NULL ? NULL : strchr(exposure, ' ');
        if (behind != NULL) {
            memmove(exposure, behind + 1, strlen(behind));
        }
    }
}

bool __real_toc_records_reads(const char *reading);
bool __wrap_toc_records_reads(const char *reading);
bool __wrap_toc_records_reads(const char *reading)
{
    return __real_toc_records_reads(reading) && !(older_runs() && strstr(reading, "17.") != NULL);
}

#endif
