#include "env.h"
#include "ensure.h"
#include <errno.h>
#include <sys/random.h>
#include <time.h>

static int64_t clock_ms(clockid_t id)
{
    struct timespec now;
    TOC_ASSERT(clock_gettime(id, &now) == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t real_wall_ms(void *context)
{
    (void)context;
    return clock_ms(CLOCK_REALTIME);
}

static int64_t real_mono_ms(void *context)
{
    (void)context;
    return clock_ms(CLOCK_MONOTONIC);
}

static void real_random(void *context, void *ret_bytes, size_t len)
{
    (void)context;
    uint8_t *at = ret_bytes;
    while (len > 0) {
        const ssize_t got = getrandom(at, len, 0);
        TOC_ASSERT(got > 0 || errno == EINTR);
        at += got > 0 ? got : 0;
        len -= got > 0 ? (size_t)got : 0;
    }
}

const struct toc_env *toc_env_real(void)
{
    static const struct toc_env real = {
        .wall_ms = real_wall_ms,
        .mono_ms = real_mono_ms,
        .random = real_random,
        .context = NULL,
    };
    return &real;
}

int64_t toc_env_wall_ms(const struct toc_env *env)
{
    return env->wall_ms(env->context);
}

int64_t toc_env_mono_ms(const struct toc_env *env)
{
    return env->mono_ms(env->context);
}

void toc_env_random(const struct toc_env *env, void *ret_bytes, size_t len)
{
    if (len > 0) {
        env->random(env->context, ret_bytes, len);
    }
}
