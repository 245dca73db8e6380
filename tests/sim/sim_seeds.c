#include "sim.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text == NULL || text[0] == '\0' ? otherwise : strtoull(text, NULL, 10);
}

void sim_seeds(const char *test, unsigned seeds, unsigned steps,
               void (*scenario)(struct sim *sim, unsigned steps))
{
    const uint64_t only = from_environment("TOC_SIM_SEED", 0);
    const uint64_t first = only == 0 ? from_environment("TOC_SIM_FIRST", 1) : only;
    const uint64_t count = only == 0 ? from_environment("TOC_SIM_SEEDS", seeds) : 1;
    const unsigned length = (unsigned)from_environment("TOC_SIM_STEPS", steps);
    uint64_t ticks = 0, frames = 0, batches = 0, crashes = 0;

    for (uint64_t seed = first; seed < first + count; seed++) {
        struct sim *sim = sim_new(seed);
        char failure[sizeof(sim->failure)];
        scenario(sim, length);
        ticks += sim->ticks;
        frames += sim->frames;
        batches += sim->batches;
        crashes += sim->crashes;
        (void)snprintf(failure, sizeof(failure), "%s", sim->failure);
        sim_free(&sim);
        ck_assert_msg(failure[0] == '\0', "%s\nagain: TOC_SIM_SEED=%llu TOC_SIM_STEPS=%u %s",
                      failure, (unsigned long long)seed, length, test);
    }
    (void)printf("%s: %llu seeds, %llu ticks, %llu frames, %llu batches, %llu crashes\n", test,
                 (unsigned long long)count, (unsigned long long)ticks, (unsigned long long)frames,
                 (unsigned long long)batches, (unsigned long long)crashes);
}

void sim_add_case(Suite *suite, const char *name, const TTest *test)
{
    TCase *tcase = tcase_create(name);

    tcase_set_timeout(tcase, 0);
    tcase_add_test(tcase, test);
    suite_add_tcase(suite, tcase);
}
