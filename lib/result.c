#include "result.h"
#include "ensure.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *toc_result_name(enum toc_result result)
{
    switch (result) {
    case TOC_OK:
        return "ok";
    case TOC_NOMEM:
        return "nomem";
    case TOC_INVALID:
        return "invalid";
    case TOC_MALFORMED:
        return "malformed";
    case TOC_TOOBIG:
        return "toobig";
    case TOC_DENIED:
        return "denied";
    case TOC_BADSIG:
        return "badsig";
    case TOC_STALE:
        return "stale";
    case TOC_NOTFOUND:
        return "notfound";
    case TOC_EXISTS:
        return "exists";
    case TOC_AGAIN:
        return "again";
    case TOC_TIMEOUT:
        return "timeout";
    case TOC_IO:
        return "io";
    case TOC_STORE:
        return "store";
    case TOC_CONFLICT:
        return "conflict";
    }
    /* A peer of a newer version may send a number we have no name for. */
    return "unknown";
}

enum toc_result(toc_fail)(struct toc_why *why, enum toc_result result, const char *format, ...)
{
    if (why != NULL) {
        /* By way of a copy, so that the arguments may point into why->text itself. */
        struct toc_why text;
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(text.text, sizeof text.text, format, arguments);
        va_end(arguments);
        *why = text;
    }
    return result;
}

void toc_why_prefix(struct toc_why *why, const char *format, ...)
{
    if (why == NULL) {
        return;
    }
    struct toc_why text;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text.text, sizeof text.text, format, arguments);
    va_end(arguments);
    /* What does not fit is cut at the end: the prefix says where, which is worth more. */
    const char *const parts[] = {": ", why->text};
    size_t len = strlen(text.text);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const size_t part_len = strnlen(parts[i], sizeof text.text - 1 - len);
        memcpy(text.text + len, parts[i], part_len);
        len += part_len;
    }
    text.text[len] = '\0';
    *why = text;
}

_Noreturn void toc_assert_failed(const char *condition, const char *file, int line)
{
    /* The one place in lib that writes to standard error: there is nobody left to return to. */
    char text[512];
    const int len =
        snprintf(text, sizeof text, "%s:%d: assertion failed: %s\n", file, line, condition);
    if (len > 0) {
        const size_t shown = (size_t)len < sizeof text ? (size_t)len : sizeof text - 1;
        const ssize_t written = write(STDERR_FILENO, text, shown);
        (void)written;
    }
    abort();
}
