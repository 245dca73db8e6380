#include "digest.h"
#include "ensure.h"
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

const struct toc_hash toc_hash_zero;

/* Fetched once: looking an algorithm up costs more than hashing a short message. */
static EVP_MD *sha256;

static void fetch(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    TOC_ASSERT(sha256 != NULL);
}

static void ready(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    TOC_ASSERT(pthread_once(&once, fetch) == 0);
}

static void update(EVP_MD_CTX *context, const void *data, size_t len)
{
    TOC_ASSERT(len == 0 || EVP_DigestUpdate(context, data, len) == 1);
}

struct toc_hash toc_digest(const char *tag, const struct toc_hash *group,
                           const struct toc_bytes *parts, size_t parts_len)
{
    ready();
    EVP_MD_CTX *const context = EVP_MD_CTX_new();
    TOC_ASSERT(context != NULL && EVP_DigestInit_ex2(context, sha256, NULL) == 1);
    update(context, tag, strlen(tag) + 1);
    update(context, group->bytes, sizeof group->bytes);
    for (size_t i = 0; i < parts_len; i++) {
        update(context, parts[i].data, parts[i].len);
    }
    struct toc_hash hash;
    TOC_ASSERT(EVP_DigestFinal_ex(context, hash.bytes, NULL) == 1);
    EVP_MD_CTX_free(context);
    return hash;
}

struct toc_hash toc_digest_plain(struct toc_bytes bytes)
{
    ready();
    struct toc_hash hash;
    TOC_ASSERT(EVP_Digest(bytes.data, bytes.len, hash.bytes, NULL, sha256, NULL) == 1);
    return hash;
}

struct toc_digest_stream {
    EVP_MD_CTX *context;
};

enum toc_result toc_digest_stream_new(struct toc_digest_stream **ret_stream)
{
    ready();
    TOC_AUTO(toc_digest_stream_free) struct toc_digest_stream *stream = calloc(1, sizeof *stream);
    TOC_ENSURE(stream != NULL, TOC_NOMEM);
    stream->context = EVP_MD_CTX_new();
    TOC_ENSURE(stream->context != NULL && EVP_DigestInit_ex2(stream->context, sha256, NULL) == 1,
               TOC_NOMEM);
    *ret_stream = toc_take(&stream);
    return TOC_OK;
}

void toc_digest_stream_free(struct toc_digest_stream **stream)
{
    if (stream == NULL || *stream == NULL) {
        return;
    }
    EVP_MD_CTX_free((*stream)->context);
    free(*stream);
    *stream = NULL;
}

void toc_digest_stream_add(struct toc_digest_stream *stream, struct toc_bytes bytes)
{
    update(stream->context, bytes.data, bytes.len);
}

struct toc_hash toc_digest_stream_end(struct toc_digest_stream *stream)
{
    struct toc_hash hash;
    TOC_ASSERT(EVP_DigestFinal_ex(stream->context, hash.bytes, NULL) == 1);
    return hash;
}

bool toc_hash_equal(const struct toc_hash *a, const struct toc_hash *b)
{
    return toc_bytes_equal_secret(a->bytes, b->bytes, sizeof a->bytes);
}

void toc_fingerprint(const struct toc_hash *hash, char *ret_text)
{
    for (size_t group = 0; group < 10; group++) {
        toc_hex_encode(toc_bytes_of(hash->bytes + 2 * group, 2), ret_text + 5 * group);
        ret_text[5 * group + 4] = group == 9 ? '\0' : ' ';
    }
}
