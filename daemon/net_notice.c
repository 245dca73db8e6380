#include "net_notice.h"
#include <stdarg.h>
#include <stdio.h>

void toc_net_notice_add(struct toc_net_notices *notices, enum toc_notice_level level,
                        const char *event, const char *format, ...)
{
    if (notices->len == TOC_NET_NOTICES_MAX) {
        return;
    }
    struct toc_notice *notice =
        &notices->list[(notices->first + notices->len) % TOC_NET_NOTICES_MAX];
    notice->level = level;
    notice->event = event;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(notice->text, sizeof notice->text, format, arguments);
    va_end(arguments);
    notices->len++;
}

bool toc_net_notice_next(struct toc_net_notices *notices, struct toc_notice *ret_notice)
{
    if (notices->len == 0) {
        return false;
    }
    *ret_notice = notices->list[notices->first];
    notices->first = (notices->first + 1) % TOC_NET_NOTICES_MAX;
    notices->len--;
    return true;
}
