#include "log.h"
#include "ensure.h"
#include "env.h"
#include "log_limit.h"
#include "timetext.h"
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_LEN_MAX = 2048 };

static _Atomic int level_shown = TOC_LOG_INFO;

/* The journal's priorities are syslog's. */
static const struct {
    const char *name;
    int priority;
} levels[] = {
    [TOC_LOG_ERROR] = {"error", 3},
    [TOC_LOG_WARN] = {"warn", 4},
    [TOC_LOG_INFO] = {"info", 6},
    [TOC_LOG_DEBUG] = {"debug", 7},
};

void toc_log_level_set(enum toc_log_level level)
{
    atomic_store(&level_shown, (int)level);
}

static bool is_shown(enum toc_log_level level)
{
    return (int)level <= atomic_load(&level_shown);
}

/* What snprintf wrote of what it wanted to. */
static size_t written(int wanted, size_t room)
{
    if (wanted < 0) {
        return 0;
    }
    return (size_t)wanted < room ? (size_t)wanted : room - 1;
}

/* One event stays one line, whatever a value holds. */
static void flatten(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == 0x7f) {
            text[i] = '?';
        }
    }
}

static size_t put_start(char *line, size_t room, enum toc_log_level level, const char *event)
{
    if (getenv("JOURNAL_STREAM") != NULL) {
        return written(
            snprintf(line, room, "<%d>%s %s", levels[level].priority, levels[level].name, event),
            room);
    }
    char time[TOC_TIME_TEXT_LEN + 1];
    toc_time_text(toc_env_wall_ms(toc_env_real()), time);
    return written(snprintf(line, room, "%s %s %s", time, levels[level].name, event), room);
}

__attribute__((format(printf, 4, 0))) static void put_line(enum toc_log_level level,
                                                           const char *event, unsigned left_out,
                                                           const char *format, va_list arguments)
{
    const int error = errno; /* a caller may still want it */
    char line[LINE_LEN_MAX];
    const size_t room = sizeof line - 1; /* the newline's place is kept */
    size_t len = put_start(line, room, level, event);
    if (left_out > 0) {
        len += written(snprintf(line + len, room - len, " left_out=%u", left_out), room - len);
    }
    if (format[0] != '\0') {
        len += written(snprintf(line + len, room - len, " "), room - len);
        len += written(vsnprintf(line + len, room - len, format, arguments), room - len);
    }
    flatten(line, len);
    line[len++] = '\n';
    const ssize_t sent = write(STDERR_FILENO, line, len);
    (void)sent; /* a log that cannot be written has nobody to tell */
    errno = error;
}

void toc_log(enum toc_log_level level, const char *event, const char *format, ...)
{
    if (!is_shown(level)) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    put_line(level, event, 0, format, arguments);
    va_end(arguments);
}

void toc_log_limited(enum toc_log_level level, const char *event, const char *format, ...)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct toc_log_limit limit;

    if (!is_shown(level)) {
        return;
    }
    unsigned left_out = 0;
    TOC_ASSERT(pthread_mutex_lock(&lock) == 0);
    const bool pass = toc_log_limit_pass(&limit, event, toc_env_mono_ms(toc_env_real()), &left_out);
    TOC_ASSERT(pthread_mutex_unlock(&lock) == 0);
    if (!pass) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    put_line(level, event, left_out, format, arguments);
    va_end(arguments);
}
