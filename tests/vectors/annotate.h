/* annotate: bytes of a message as text for people: one comment line a field, then its bytes in
 * hexadecimal. It reads the wire by itself, from its own table of names, so that a vector is not
 * explained by the code it checks. */
#ifndef TOC_ANNOTATE_H
#define TOC_ANNOTATE_H

#include "bytes.h"

struct shape;

/* Appends to `text`. TOC_MALFORMED when the bytes do not fit the shape. */
enum toc_result toc_annotate(struct toc_buf *text, const struct shape *shape,
                             struct toc_bytes bytes) TOC_MUST_CHECK;
/* One comment and one run of bytes. */
enum toc_result toc_annotate_bytes(struct toc_buf *text, const char *comment,
                                   struct toc_bytes bytes) TOC_MUST_CHECK;

extern const struct shape toc_shape_header, toc_shape_batch, toc_shape_wrap, toc_shape_statement,
    toc_shape_roster, toc_shape_request, toc_shape_message, toc_shape_record;

#endif
