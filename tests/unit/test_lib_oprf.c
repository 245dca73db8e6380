#include "oprf.h"
#include "runner.h"
#include <string.h>

/* RFC 9497 appendix A.1, ristretto255-SHA512, modes OPRF and VOPRF. */
struct vector {
    const char *input;
    const char *blind;
    const char *blinded;
    const char *evaluated;
    const char *output;
};
static const char blind_1[] = "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706";
static const char blind_2[] = "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e";
static const char key_oprf[] = "5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e";
static const char key_voprf[] = "e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909";
static const char public_voprf[] =
    "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e";
static const char input_1[] = "00";
static const char input_2[] = "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";

static const struct vector oprf[] = {
    {input_1, blind_1, "609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c",
     "7ec6578ae5120958eb2db1745758ff379e77cb64fe77b0b2d8cc917ea0869c7e",
     "527759c3d9366f277d8c6020418d96bb393ba2afb20ff90df23fb7708264e2f3"
     "ab9135e3bd69955851de4b1f9fe8a0973396719b7912ba9ee8aa7d0b5e24bcf6"},
    {input_2, blind_1, "da27ef466870f5f15296299850aa088629945a17d1f5b7f5ff043f76b3c06418",
     "b4cbf5a4f1eeda5a63ce7b77c7d23f461db3fcab0dd28e4e17cecb5c90d02c25",
     "f4a74c9c592497375e796aa837e907b1a045d34306a749db9f34221f7e750cb4"
     "f2a6413a6bf6fa5e19ba6348eb673934a722a7ede2e7621306d18951e7cf2c73"},
};
static const struct vector voprf[] = {
    {input_1, blind_1, "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945",
     "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e",
     "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
     "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c"},
    {input_2, blind_1, "cc0b2a350101881d8a4cba4c80241d74fb7dcbfde4a61fde2f91443c2bf9ef0c",
     "60a59a57208d48aca71e9e850d22674b611f752bed48b36f7a91b372bd7ad468",
     "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60"
     "356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6"},
};
/* The batch of two: the second input under its own blind. */
static const struct vector second = {
    input_2, blind_2, "90a0145ea9da29254c3a56be4fe185465ebb3bf2a1801f7124bbbadac751e654",
    "cc5ac221950a49ceaa73c8db41b82c20372a4c8d63e5dded2db920b7eee36a2a",
    "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60"
    "356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6"};

static void hex(const char *text, void *ret_bytes, size_t len)
{
    ck_assert_int_eq(toc_hex_decode(text, ret_bytes, len), TOC_OK);
}

static struct toc_scalar scalar(const char *text)
{
    struct toc_scalar scalar = {{0}};
    hex(text, scalar.bytes, sizeof scalar.bytes);
    return scalar;
}

static struct toc_element element(const char *text)
{
    struct toc_element element = {{0}};
    hex(text, element.bytes, sizeof element.bytes);
    return element;
}

static struct toc_bytes input_of(const struct vector *vector, uint8_t room[32])
{
    const size_t len = strlen(vector->input) / 2;
    hex(vector->input, room, len);
    return toc_bytes_of(room, len);
}

static void check_vector(enum toc_oprf_mode mode, const char *key, const struct vector *vector)
{
    uint8_t room[32];
    uint8_t expected[TOC_OPRF_OUTPUT_LEN];
    const struct toc_bytes input = input_of(vector, room);
    const struct toc_scalar blind = scalar(vector->blind);
    const struct toc_scalar secret = scalar(key);
    struct toc_element blinded;
    struct toc_element evaluated;
    struct toc_oprf_output output;
    ck_assert_int_eq(toc_oprf_blind(mode, input, &blind, &blinded), TOC_OK);
    ck_assert_mem_eq(blinded.bytes, element(vector->blinded).bytes, TOC_OPRF_ELEMENT_LEN);
    ck_assert_int_eq(toc_oprf_evaluate(&secret, &blinded, &evaluated), TOC_OK);
    ck_assert_mem_eq(evaluated.bytes, element(vector->evaluated).bytes, TOC_OPRF_ELEMENT_LEN);
    ck_assert_int_eq(toc_oprf_finalize(&input, &blind, &evaluated, 1, &output), TOC_OK);
    hex(vector->output, expected, sizeof expected);
    ck_assert_mem_eq(output.bytes, expected, sizeof expected);
}

START_TEST(the_vectors_of_mode_0)
{
    for (size_t i = 0; i < 2; i++) {
        check_vector(TOC_OPRF, key_oprf, &oprf[i]);
    }
}
END_TEST

START_TEST(the_vectors_of_mode_1)
{
    const struct toc_scalar key = scalar(key_voprf);
    struct toc_element public;
    ck_assert_int_eq(toc_oprf_public(&key, &public), TOC_OK);
    ck_assert_mem_eq(public.bytes, element(public_voprf).bytes, TOC_OPRF_ELEMENT_LEN);
    for (size_t i = 0; i < 2; i++) {
        check_vector(TOC_VOPRF, key_voprf, &voprf[i]);
    }
    check_vector(TOC_VOPRF, key_voprf, &second);
}
END_TEST

static void check_proof(const struct vector *const *vectors, size_t len, const char *nonce,
                        const char *expected_text)
{
    const struct toc_scalar key = scalar(key_voprf);
    const struct toc_scalar random = scalar(nonce);
    const struct toc_element public = element(public_voprf);
    struct toc_element blinded[2];
    struct toc_element evaluated[2];
    uint8_t expected[2 * TOC_OPRF_SCALAR_LEN];
    struct toc_oprf_proof proof;
    for (size_t i = 0; i < len; i++) {
        blinded[i] = element(vectors[i]->blinded);
        evaluated[i] = element(vectors[i]->evaluated);
    }
    const struct toc_oprf_batch batch = {.blinded = blinded, .evaluated = evaluated, .len = len};
    ck_assert_int_eq(toc_oprf_prove(&key, &batch, &random, &proof), TOC_OK);
    hex(expected_text, expected, sizeof expected);
    ck_assert_mem_eq(proof.c.bytes, expected, TOC_OPRF_SCALAR_LEN);
    ck_assert_mem_eq(proof.s.bytes, expected + TOC_OPRF_SCALAR_LEN, TOC_OPRF_SCALAR_LEN);
    ck_assert_int_eq(toc_oprf_verify(&public, &batch, &proof), TOC_OK);
}

START_TEST(the_proofs_of_mode_1)
{
    check_proof((const struct vector *const[]){&voprf[0]}, 1, blind_2,
                "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd06"
                "6d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d");
    check_proof((const struct vector *const[]){&voprf[1]}, 1, blind_2,
                "401a0da6264f8cf45bb2f5264bc31e109155600babb3cd4e5af7d181a2c9dc0a"
                "67154fabf031fd936051dec80b0b6ae29c9503493dde7393b722eafdf5a50b02");
    check_proof((const struct vector *const[]){&voprf[0], &second}, 2,
                "419c4f4f5052c53c45f3da494d2b67b220d02118e0857cdbcf037f9ea84bbe0c",
                "cc203910175d786927eeb44ea847328047892ddf8590e723c37205cb74600b0a"
                "5ab5337c8eb4ceae0494c2cf89529dcf94572ed267473d567aeed6ab873dee08");
}
END_TEST

/* ---- what a holder or an asker that lies meets ---- */

struct exchange {
    struct toc_scalar key;
    struct toc_element public;
    struct toc_element blinded[TOC_OPRF_BATCH_MAX + 1];
    struct toc_element evaluated[TOC_OPRF_BATCH_MAX + 1];
    struct toc_oprf_batch batch;
    struct toc_oprf_proof proof;
};

static struct exchange honest;

static struct toc_scalar numbered(uint8_t number)
{
    uint8_t wide[TOC_OPRF_WIDE_LEN];
    struct toc_scalar scalar;
    memset(wide, number, sizeof wide);
    ck_assert_int_eq(toc_scalar_from(wide, &scalar), TOC_OK);
    return scalar;
}

static void make_exchange(size_t len)
{
    const struct toc_scalar nonce = numbered(200);
    honest.key = numbered(100);
    ck_assert_int_eq(toc_oprf_public(&honest.key, &honest.public), TOC_OK);
    for (size_t i = 0; i < len; i++) {
        const struct toc_scalar blind = numbered((uint8_t)(i + 1));
        const uint8_t input = (uint8_t)i;
        ck_assert_int_eq(
            toc_oprf_blind(TOC_VOPRF, toc_bytes_of(&input, 1), &blind, &honest.blinded[i]), TOC_OK);
        ck_assert_int_eq(toc_oprf_evaluate(&honest.key, &honest.blinded[i], &honest.evaluated[i]),
                         TOC_OK);
    }
    honest.batch = (struct toc_oprf_batch){
        .blinded = honest.blinded, .evaluated = honest.evaluated, .len = len};
    ck_assert_int_eq(toc_oprf_prove(&honest.key, &honest.batch, &nonce, &honest.proof), TOC_OK);
    ck_assert_int_eq(toc_oprf_verify(&honest.public, &honest.batch, &honest.proof), TOC_OK);
}

static void setup(void)
{
    make_exchange(3);
}

static void teardown(void)
{
}

static void check_refused(void)
{
    ck_assert_int_eq(toc_oprf_verify(&honest.public, &honest.batch, &honest.proof), TOC_BADSIG);
}

START_TEST(another_key_is_caught)
{
    const struct toc_scalar other = numbered(101);
    struct toc_element kept = honest.public;
    ck_assert_int_eq(toc_oprf_public(&other, &honest.public), TOC_OK);
    check_refused();
    honest.public = kept;
    ck_assert_int_eq(toc_oprf_evaluate(&other, &honest.blinded[1], &honest.evaluated[1]), TOC_OK);
    check_refused();
}
END_TEST

START_TEST(another_order_is_caught)
{
    const struct toc_element kept = honest.evaluated[0];
    honest.evaluated[0] = honest.evaluated[1];
    honest.evaluated[1] = kept;
    check_refused();
}
END_TEST

START_TEST(a_changed_proof_is_caught)
{
    honest.proof.c.bytes[0] ^= 1;
    check_refused();
    honest.proof.c.bytes[0] ^= 1;
    honest.proof.s.bytes[0] ^= 1;
    check_refused();
    memset(&honest.proof, 0, sizeof honest.proof);
    check_refused();
}
END_TEST

/* The order of the group added to a scalar gives the same products, and is another encoding. */
START_TEST(a_scalar_has_one_encoding)
{
    static const char order[] = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    const struct toc_scalar group = scalar(order);
    unsigned carry = 0;
    for (size_t i = 0; i < sizeof group.bytes; i++) {
        const unsigned sum = carry + honest.proof.s.bytes[i] + group.bytes[i];
        honest.proof.s.bytes[i] = (uint8_t)sum;
        carry = sum >> 8;
    }
    ck_assert_uint_eq(carry, 0);
    check_refused();
}
END_TEST

START_TEST(no_elements_are_refused)
{
    const struct toc_element identity = {{0}};
    const struct toc_bytes word = toc_bytes_text("x");
    struct toc_element garbage;
    struct toc_element evaluated;
    struct toc_oprf_output output;
    memset(garbage.bytes, 0xff, sizeof garbage.bytes);
    ck_assert(!toc_element_valid(&identity));
    ck_assert(!toc_element_valid(&garbage));
    ck_assert(toc_element_valid(&honest.public));
    ck_assert_int_eq(toc_oprf_evaluate(&honest.key, &identity, &evaluated), TOC_INVALID);
    ck_assert_int_eq(toc_oprf_evaluate(&honest.key, &garbage, &evaluated), TOC_INVALID);
    ck_assert_int_eq(toc_oprf_finalize(&word, &honest.key, &garbage, 1, &output), TOC_INVALID);
    ck_assert_int_eq(toc_oprf_finalize(&word, &honest.key, &identity, 1, &output), TOC_INVALID);
    honest.blinded[2] = identity;
    check_refused();
    honest.blinded[2] = garbage;
    check_refused();
}
END_TEST

START_TEST(no_answers_are_refused)
{
    const struct toc_element kept = honest.evaluated[2];
    struct toc_oprf_proof proof;
    memset(honest.evaluated[2].bytes, 0, sizeof kept.bytes);
    check_refused();
    memset(honest.evaluated[2].bytes, 0xff, sizeof kept.bytes);
    check_refused();
    honest.evaluated[2] = kept;
    memset(honest.blinded[2].bytes, 0xff, sizeof kept.bytes);
    ck_assert_int_eq(toc_oprf_prove(&honest.key, &honest.batch, &honest.key, &proof), TOC_INVALID);
    memset(honest.blinded[2].bytes, 0, sizeof kept.bytes);
    ck_assert_int_eq(toc_oprf_prove(&honest.key, &honest.batch, &honest.key, &proof), TOC_INVALID);
}
END_TEST

START_TEST(a_batch_has_one_to_64_members)
{
    const struct toc_scalar nonce = numbered(201);
    struct toc_oprf_proof proof;
    make_exchange(1);
    make_exchange(TOC_OPRF_BATCH_MAX);
    honest.batch.len = 0;
    ck_assert_int_eq(toc_oprf_prove(&honest.key, &honest.batch, &nonce, &proof), TOC_INVALID);
    check_refused();
    honest.batch.len = TOC_OPRF_BATCH_MAX + 1;
    honest.blinded[TOC_OPRF_BATCH_MAX] = honest.blinded[0];
    honest.evaluated[TOC_OPRF_BATCH_MAX] = honest.evaluated[0];
    ck_assert_int_eq(toc_oprf_prove(&honest.key, &honest.batch, &nonce, &proof), TOC_INVALID);
    check_refused();
}
END_TEST

START_TEST(inputs_have_a_limit)
{
    static const uint8_t long_input[TOC_OPRF_INPUT_MAX + 1] = {1};
    const struct toc_scalar blind = numbered(1);
    const struct toc_scalar zero = {{0}};
    struct toc_element blinded;
    struct toc_oprf_output output;
    ck_assert_int_eq(
        toc_oprf_blind(TOC_VOPRF, toc_bytes_of(long_input, TOC_OPRF_INPUT_MAX), &blind, &blinded),
        TOC_OK);
    ck_assert_int_eq(
        toc_oprf_blind(TOC_VOPRF, toc_bytes_of(long_input, sizeof long_input), &blind, &blinded),
        TOC_TOOBIG);
    const struct toc_bytes too_long = toc_bytes_of(long_input, sizeof long_input);
    const struct toc_bytes word = toc_bytes_text("x");
    ck_assert_int_eq(toc_oprf_finalize(&too_long, &blind, &blinded, 1, &output), TOC_TOOBIG);
    ck_assert_int_eq(toc_oprf_blind(TOC_VOPRF, toc_bytes_text("x"), &zero, &blinded), TOC_INVALID);
    ck_assert_int_eq(toc_oprf_finalize(&word, &zero, &honest.public, 1, &output), TOC_INVALID);
}
END_TEST

/* They share an inversion: each comes out as by itself, and one that has none fails all. */
START_TEST(a_batch_is_unblinded_as_each_by_itself)
{
    static const size_t lens[] = {1, 2, 3, TOC_OPRF_BATCH_MAX};
    struct toc_bytes inputs[TOC_OPRF_BATCH_MAX];
    struct toc_scalar blinds[TOC_OPRF_BATCH_MAX];
    uint8_t bytes[TOC_OPRF_BATCH_MAX];
    struct toc_oprf_output outputs[TOC_OPRF_BATCH_MAX];
    struct toc_oprf_output kept[TOC_OPRF_BATCH_MAX];
    make_exchange(TOC_OPRF_BATCH_MAX);
    for (size_t i = 0; i < TOC_OPRF_BATCH_MAX; i++) {
        bytes[i] = (uint8_t)i;
        inputs[i] = toc_bytes_of(&bytes[i], 1);
        blinds[i] = numbered((uint8_t)(i + 1));
        ck_assert_int_eq(
            toc_oprf_finalize(&inputs[i], &blinds[i], &honest.evaluated[i], 1, &kept[i]), TOC_OK);
    }
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        memset(outputs, 0, sizeof outputs);
        ck_assert_int_eq(toc_oprf_finalize(inputs, blinds, honest.evaluated, lens[i], outputs),
                         TOC_OK);
        ck_assert_mem_eq(outputs, kept, lens[i] * sizeof outputs[0]);
    }
    memset(outputs, 0x5a, sizeof outputs);
    memcpy(kept, outputs, sizeof kept);
    memset(&blinds[TOC_OPRF_BATCH_MAX / 2], 0, sizeof blinds[0]);
    ck_assert_int_eq(
        toc_oprf_finalize(inputs, blinds, honest.evaluated, TOC_OPRF_BATCH_MAX, outputs),
        TOC_INVALID);
    blinds[TOC_OPRF_BATCH_MAX / 2] = blinds[0];
    ck_assert_int_eq(toc_oprf_finalize(inputs, blinds, honest.evaluated, 0, outputs), TOC_INVALID);
    ck_assert_int_eq(
        toc_oprf_finalize(inputs, blinds, honest.evaluated, TOC_OPRF_BATCH_MAX + 1, outputs),
        TOC_INVALID);
    ck_assert_mem_eq(outputs, kept, sizeof outputs); /* untouched */
}
END_TEST

/* The holder sees the same thing twice only by chance: what it sees does not depend on the input
 * alone, what comes out does. */
START_TEST(the_blind_hides_the_input_and_leaves_no_trace)
{
    const struct toc_scalar one = numbered(7);
    const struct toc_scalar other = numbered(8);
    const struct toc_bytes input = toc_bytes_text("GB-COH");
    struct toc_element first;
    struct toc_element second_blinded;
    struct toc_element evaluated;
    struct toc_oprf_output a;
    struct toc_oprf_output b;
    ck_assert_int_eq(toc_oprf_blind(TOC_VOPRF, input, &one, &first), TOC_OK);
    ck_assert_int_eq(toc_oprf_blind(TOC_VOPRF, input, &other, &second_blinded), TOC_OK);
    ck_assert_mem_ne(first.bytes, second_blinded.bytes, sizeof first.bytes);
    ck_assert_int_eq(toc_oprf_evaluate(&honest.key, &first, &evaluated), TOC_OK);
    ck_assert_int_eq(toc_oprf_finalize(&input, &one, &evaluated, 1, &a), TOC_OK);
    ck_assert_int_eq(toc_oprf_evaluate(&honest.key, &second_blinded, &evaluated), TOC_OK);
    ck_assert_int_eq(toc_oprf_finalize(&input, &other, &evaluated, 1, &b), TOC_OK);
    ck_assert_mem_eq(a.bytes, b.bytes, sizeof a.bytes);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("oprf");
    TCase *const vectors = tcase_create("vectors");
    tcase_add_test(vectors, the_vectors_of_mode_0);
    tcase_add_test(vectors, the_vectors_of_mode_1);
    tcase_add_test(vectors, the_proofs_of_mode_1);
    suite_add_tcase(suite, vectors);
    TCase *const edges = tcase_create("edges");
    tcase_add_checked_fixture(edges, setup, teardown);
    tcase_add_test(edges, another_key_is_caught);
    tcase_add_test(edges, another_order_is_caught);
    tcase_add_test(edges, a_changed_proof_is_caught);
    tcase_add_test(edges, a_scalar_has_one_encoding);
    tcase_add_test(edges, no_elements_are_refused);
    tcase_add_test(edges, no_answers_are_refused);
    tcase_add_test(edges, a_batch_has_one_to_64_members);
    tcase_add_test(edges, inputs_have_a_limit);
    tcase_add_test(edges, a_batch_is_unblinded_as_each_by_itself);
    tcase_add_test(edges, the_blind_hides_the_input_and_leaves_no_trace);
    suite_add_tcase(suite, edges);
    return toc_test_main(suite);
}
