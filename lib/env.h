/* env: what the pure core must not take from the world itself: time and randomness. The daemon
 * passes the real ones, the simulation its own. */
#ifndef TOC_ENV_H
#define TOC_ENV_H

#include "result.h"
#include <stdint.h>

/* Milliseconds since 1970 (wall, may jump) and since some start (mono, never falls). */
struct toc_env {
    int64_t (*wall_ms)(void *context);
    int64_t (*mono_ms)(void *context);
    /* Fills, or aborts: a machine without randomness must not go on. */
    void (*random)(void *context, void *ret_bytes, size_t len);
    void *context;
};

/* The operating system's clocks and its generator, getrandom(2). Lives for ever. */
const struct toc_env *toc_env_real(void);

int64_t toc_env_wall_ms(const struct toc_env *env);
int64_t toc_env_mono_ms(const struct toc_env *env);
void toc_env_random(const struct toc_env *env, void *ret_bytes, size_t len);

#endif
