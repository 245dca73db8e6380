#include "notify.h"
#include "ensure.h"
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* A path, or a name in the abstract namespace written with a leading '@'. */
static enum toc_result address_of(const char *name, struct sockaddr_un *ret_address,
                                  socklen_t *ret_len)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const size_t len = strlen(name);
    TOC_ENSURE((name[0] == '/' || name[0] == '@') && len > 1, TOC_INVALID);
    TOC_ENSURE(len < sizeof address.sun_path, TOC_INVALID);
    memcpy(address.sun_path, name, len);
    if (name[0] == '@') {
        address.sun_path[0] = '\0';
    }
    *ret_address = address;
    *ret_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    return TOC_OK;
}

enum toc_result toc_notify(const char *state)
{
    const char *name = getenv("NOTIFY_SOCKET");
    TOC_ENSURE(name != NULL && name[0] != '\0', TOC_NOTFOUND);
    struct sockaddr_un address;
    socklen_t address_len = 0;
    TOC_TRY(address_of(name, &address, &address_len));
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    TOC_ENSURE(fd >= 0, TOC_IO);
    const size_t len = strlen(state);
    const ssize_t sent = sendto(fd, state, len, MSG_NOSIGNAL | MSG_DONTWAIT,
                                (const struct sockaddr *)&address, address_len);
    (void)close(fd);
    return sent == (ssize_t)len ? TOC_OK : TOC_IO;
}

enum toc_result toc_notify_reloading(void)
{
    struct timespec now;
    TOC_ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    char text[80];
    (void)snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
                   (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    return toc_notify(text);
}
