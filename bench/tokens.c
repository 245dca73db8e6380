/* bench-tokens ASKS: what a holder does for so many asks of 64 inputs, evaluating and proving, and
 * two scalar multiplications an input with libsodium alone, in turns. One JSON object on stdout. */
#include "ensure.h"
#include "job_token.h"
#include "measure.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { INPUTS = TOC_OPRF_BATCH_MAX, ASKS_MAX = 100000 };

static const struct toc_job_kind kind = {.free = toc_token_job_free};

/* A shared machine's clock says little: the processor's time of this program. */
static int64_t cpu_now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct toc_token_job *make_ask(void)
{
    struct toc_token_job *job = NULL;
    TOC_ASSERT(toc_token_job_new(&kind, INPUTS, &job) == TOC_OK);
    crypto_core_ristretto255_scalar_random(job->key.bytes);
    crypto_core_ristretto255_scalar_random(job->nonce.bytes);
    for (size_t i = 0; i < INPUTS; i++) {
        crypto_core_ristretto255_random(job->blinded[i].bytes);
    }
    return job;
}

static void multiply(const struct toc_token_job *job)
{
    unsigned char out[crypto_core_ristretto255_BYTES];
    for (size_t i = 0; i < INPUTS; i++) {
        TOC_ASSERT(crypto_scalarmult_ristretto255(out, job->key.bytes, job->blinded[i].bytes) == 0);
        TOC_ASSERT(crypto_scalarmult_ristretto255(out, job->nonce.bytes, job->blinded[i].bytes) ==
                   0);
    }
}

int main(int argc, char **argv)
{
    const long asks = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
    int64_t holder_us = 0;
    int64_t bare_us = 0;
    if (asks < 1 || asks > ASKS_MAX || sodium_init() < 0) {
        fprintf(stderr, "usage: bench-tokens ASKS (1 to %d)\n", ASKS_MAX);
        return 2;
    }
    for (long i = 0; i < asks; i++) {
        struct toc_token_job *const job = make_ask();
        const int64_t begin = cpu_now_us();
        toc_token_job_evaluate(&job->base);
        TOC_ASSERT(job->result == TOC_OK);
        const int64_t middle = cpu_now_us();
        multiply(job);
        bare_us += cpu_now_us() - middle;
        holder_us += middle - begin;
        toc_token_job_free(&job->base);
    }
    const double inputs = (double)asks * INPUTS;
    printf("{\"inputs\":%ld,\"holder_inputs_s\":%.1f,\"bare_inputs_s\":%.1f}\n", asks * INPUTS,
           inputs * 1e6 / (double)holder_us, inputs * 1e6 / (double)bare_us);
    return 0;
}
