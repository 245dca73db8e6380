#include "link.h"
#include "measure.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 60000 /* how long nothing may happen before a run is given up */
#define READ_AHEAD 65536  /* of TLS records */

void toc_link_open(struct toc_link *link, unsigned port)
{
    const int on = 1;
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)port),
                                        .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    *link = (struct toc_link){.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
                              .in = malloc(TOC_LINK_IN_MAX)};
    if (link->in == NULL || link->socket < 0 ||
        connect(link->socket, (const struct sockaddr *)&address, sizeof address) != 0 ||
        setsockopt(link->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
        fcntl(link->socket, F_SETFL, O_NONBLOCK) != 0) {
        toc_measure_die("port %u: %s", port, strerror(errno));
    }
}

void toc_link_close(struct toc_link *link)
{
    if (link->tls != NULL) {
        (void)SSL_shutdown(link->tls);
        SSL_free(link->tls);
    }
    (void)close(link->socket);
    free(link->in);
    free(link->out);
    *link = (struct toc_link){.socket = -1};
}

static void poll_link(const struct toc_link *link, int other, bool writing)
{
    struct pollfd items[] = {
        {.fd = link->socket, .events = (short)(POLLIN | (writing ? POLLOUT : 0))},
        {.fd = other, .events = POLLIN}};
    if (poll(items, 2, PATIENCE_MS) <= 0) {
        toc_measure_die("the server has said nothing for %d s", PATIENCE_MS / 1000);
    }
}

static _Noreturn void die_of_tls(const char *doing)
{
    char text[256] = "the connection ended";
    const unsigned long code = ERR_get_error();
    if (code != 0) {
        ERR_error_string_n(code, text, sizeof text);
    }
    toc_measure_die("%s: %s", doing, text);
}

void toc_link_secure(struct toc_link *link, const char *folder)
{
    char ca[512];
    char certificate[512];
    char key[512];
    (void)snprintf(ca, sizeof ca, "%s/ca.pem", folder);
    (void)snprintf(certificate, sizeof certificate, "%s/client.pem", folder);
    (void)snprintf(key, sizeof key, "%s/client.key", folder);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
        SSL_CTX_load_verify_file(context, ca) != 1 ||
        SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
        die_of_tls(folder);
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    (void)SSL_CTX_set_mode(context,
                           SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    /* One call for many small TLS records, which is what some servers write. */
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, READ_AHEAD);
    link->tls = SSL_new(context);
    SSL_CTX_free(context);
    if (link->tls == NULL || SSL_set1_host(link->tls, "127.0.0.1") != 1 ||
        SSL_set_fd(link->tls, link->socket) != 1) {
        die_of_tls("TLS");
    }
    for (int done = SSL_connect(link->tls); done != 1; done = SSL_connect(link->tls)) {
        const int error = SSL_get_error(link->tls, done);
        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
            die_of_tls("TLS handshake");
        }
        poll_link(link, -1, error == SSL_ERROR_WANT_WRITE);
    }
}

/* ---- writing ---- */

static void make_room(struct toc_link *link, size_t len)
{
    if (link->out_begin > 0 && link->out_begin == link->out_end) {
        link->out_begin = link->out_end = 0;
    }
    if (link->out_end + len <= link->out_max) {
        return;
    }
    link->out_max = (link->out_end + len) * 2;
    link->out = realloc(link->out, link->out_max);
    if (link->out == NULL) {
        toc_measure_die("out of memory");
    }
}

void toc_link_put(struct toc_link *link, const void *data, size_t len)
{
    make_room(link, len);
    memcpy(link->out + link->out_end, data, len);
    link->out_end += len;
}

void toc_link_print(struct toc_link *link, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    const int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (len < 0 || (size_t)len >= sizeof text) {
        toc_measure_die("a request is too long");
    }
    toc_link_put(link, text, (size_t)len);
}

/* How many bytes went or came; 0: none now. */
static size_t judge(const struct toc_link *link, ssize_t done, const char *doing)
{
    if (done > 0) {
        return (size_t)done;
    }
    if (link->tls != NULL) {
        const int error = SSL_get_error(link->tls, (int)done);
        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
            die_of_tls(doing);
        }
    } else if (done == 0 || (errno != EAGAIN && errno != EINTR)) {
        toc_measure_die("%s: %s", doing, done == 0 ? "the connection ended" : strerror(errno));
    }
    return 0;
}

static void write_out(struct toc_link *link)
{
    size_t went = 1;
    while (link->out_begin < link->out_end && went > 0) {
        const uint8_t *from = link->out + link->out_begin;
        const size_t len = link->out_end - link->out_begin;
        went = judge(link,
                     link->tls != NULL ? SSL_write(link->tls, from, (int)len)
                                       : send(link->socket, from, len, MSG_NOSIGNAL),
                     "writing");
        link->out_begin += went;
    }
}

/* ---- reading ---- */

bool toc_link_move(struct toc_link *link)
{
    write_out(link);
    if (link->in_begin > 0) {
        memmove(link->in, link->in + link->in_begin, link->in_end - link->in_begin);
        link->in_end -= link->in_begin;
        link->in_begin = 0;
    }
    const size_t before = link->in_end;
    size_t came = 1;
    while (link->in_end < TOC_LINK_IN_MAX && came > 0) {
        uint8_t *to = link->in + link->in_end;
        const size_t room = TOC_LINK_IN_MAX - link->in_end;
        came = judge(link,
                     link->tls != NULL ? SSL_read(link->tls, to, (int)room)
                                       : recv(link->socket, to, room, 0),
                     "reading");
        link->in_end += came;
    }
    return link->in_end > before;
}

void toc_link_wait(struct toc_link *link, int other)
{
    if (!toc_link_move(link)) {
        poll_link(link, other, link->out_begin < link->out_end);
        (void)toc_link_move(link);
    }
}

struct toc_bytes toc_link_line(struct toc_link *link)
{
    for (;;) {
        const struct toc_bytes seen = toc_link_seen(link);
        const uint8_t *end = memchr(seen.data, '\n', seen.len);
        if (end != NULL) {
            const size_t len = (size_t)(end - seen.data) + 1;
            toc_link_take(link, len);
            return toc_bytes_of(seen.data, len);
        }
        toc_link_wait(link, -1);
    }
}

const uint8_t *toc_link_bytes(struct toc_link *link, size_t len)
{
    while (toc_link_seen(link).len < len) {
        toc_link_wait(link, -1);
    }
    const uint8_t *found = toc_link_seen(link).data;
    toc_link_take(link, len);
    return found;
}
