/* What the standing exposures change beyond their own rows: the picture of the region. Sub-groups'
 * streams do not count in it: what a few share among themselves is not the region's. */
#include "engine_internal.h"

#include "ensure.h"
#include "store_corrected.h"
#include "store_picture.h"

#include <string.h>

static bool is_pictured(const char *stream)
{
    return strcmp(stream, toc_exposure_record_kind.stream) == 0;
}

enum toc_result toc_view_picture_put(struct toc_engine *engine, const struct toc_log *log,
                                     uint64_t sequence, const struct toc_record *record)
{
    if (record->type != TOC_RECORD_EXPOSURE || !is_pictured(log->row.log.stream)) {
        return TOC_OK;
    }
    return toc_store_picture_put(engine->store, log->row.log.publisher, sequence,
                                 record->as.exposure);
}

enum toc_result toc_view_picture_drop(struct toc_engine *engine, const char *stream,
                                      const char *publisher, uint64_t sequence)
{
    return is_pictured(stream) ? toc_store_picture_drop(engine->store, publisher, sequence)
                               : TOC_OK;
}

enum toc_result toc_view_clear(struct toc_engine *engine, const char *stream, const char *publisher,
                               uint64_t first_sequence, uint64_t last_sequence)
{
    if (stream == NULL || is_pictured(stream)) {
        TOC_TRY(toc_store_picture_clear(engine->store, publisher, first_sequence, last_sequence));
    }
    if (engine->corrected) {
        TOC_TRY(toc_store_corrected_clear(engine->store, stream, publisher, first_sequence,
                                          last_sequence));
    }
    TOC_TRY(toc_view_token_clear(engine, stream, publisher, first_sequence, last_sequence));
    TOC_TRY(toc_view_alert_clear(engine, stream, publisher, first_sequence, last_sequence));
    return toc_store_current_clear(engine->store, stream, publisher, first_sequence, last_sequence);
}
