#include "wire_feed.h"
#include "ensure.h"
#include "ident.h"
#include <string.h>

/* Up to its NUL; what is behind that is left. */
static enum toc_result take_name(struct toc_bytes *rest, char *ret_name, size_t room)
{
    const size_t within = rest->len < room ? rest->len : room;
    const uint8_t *end = within > 0 ? memchr(rest->data, '\0', within) : NULL;
    TOC_ENSURE(end != NULL, TOC_MALFORMED);
    const size_t len = (size_t)(end - rest->data) + 1;
    memcpy(ret_name, rest->data, len);
    *rest = toc_bytes_of(rest->data + len, rest->len - len);
    return TOC_OK;
}

static enum toc_result check(const struct toc_feed *feed)
{
    TOC_ENSURE(feed->batch.len > 0, TOC_MALFORMED);
    TOC_ENSURE(toc_ident_member(feed->publisher), TOC_INVALID);
    TOC_ENSURE(toc_ident_stream(feed->stream), TOC_INVALID);
    return TOC_OK;
}

enum toc_result toc_wire_feed_decode(struct toc_bytes frame, struct toc_feed *ret_feed)
{
    struct toc_feed feed = {.batch = frame};
    TOC_TRY(take_name(&feed.batch, feed.publisher, sizeof feed.publisher));
    TOC_TRY(take_name(&feed.batch, feed.stream, sizeof feed.stream));
    TOC_TRY(check(&feed));
    *ret_feed = feed;
    return TOC_OK;
}

enum toc_result toc_wire_feed_encode(struct toc_arena *arena, const struct toc_feed *feed,
                                     struct toc_bytes *ret_frame)
{
    TOC_TRY(check(feed));
    const size_t publisher_len = strlen(feed->publisher) + 1;
    const size_t names_len = publisher_len + strlen(feed->stream) + 1;
    const size_t len = names_len + feed->batch.len;
    uint8_t *frame = toc_arena_get(arena, len);
    TOC_ENSURE(frame != NULL, TOC_NOMEM);
    memcpy(frame, feed->publisher, publisher_len);
    memcpy(frame + publisher_len, feed->stream, names_len - publisher_len);
    memcpy(frame + names_len, feed->batch.data, feed->batch.len);
    *ret_frame = toc_bytes_of(frame, len);
    return TOC_OK;
}
