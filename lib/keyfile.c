#include "keyfile.h"
#include "ensure.h"
#include "file.h"
#include "ident.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define MEMBER_HEADER "tocsin-member-key 1"
#define SIGNER_HEADER "tocsin-signer-key 1"

enum { KEY_LEN = 32, FIELDS_MAX = 8, LINE_LEN_MAX = 128 };

_Static_assert(TOC_TOKEN_KEY_LEN == crypto_core_ristretto255_SCALARBYTES, "ristretto255 scalar");
_Static_assert(TOC_TOKEN_KEY_LEN == crypto_core_ristretto255_BYTES, "ristretto255 element");

/* One line of a key file: a name and where its value goes. */
struct field {
    const char *name;
    uint8_t *key; /* KEY_LEN bytes; NULL for the line that holds a member id */
    char *member; /* TOC_MEMBER_LEN_MAX + 1 */
    bool optional;
    bool seen;
};

struct key_file {
    const char *path;
    const char *header;
    struct field *fields;
    size_t fields_len;
};

/* The secret halves as the file holds them: seeds and scalars, all of one length. */
struct member_secrets {
    char member[TOC_MEMBER_LEN_MAX + 1];
    uint8_t curve[KEY_LEN];
    uint8_t curve_next[KEY_LEN];
    uint8_t sign[KEY_LEN];
    uint8_t box[KEY_LEN];
    uint8_t token[TOC_TOKEN_KEYS][KEY_LEN];
};

static void wipe_secrets(struct member_secrets *secrets)
{
    toc_bytes_wipe(secrets, sizeof *secrets);
}

/* The one list of lines, for both directions. Returns how many. */
static size_t member_fields(struct member_secrets *secrets, struct field ret_fields[FIELDS_MAX])
{
    const struct field fields[] = {
        {.name = "member", .member = secrets->member},
        {.name = "curve", .key = secrets->curve},
        {.name = "curve_next", .key = secrets->curve_next, .optional = true},
        {.name = "sign", .key = secrets->sign},
        {.name = "box", .key = secrets->box},
        {.name = "token", .key = secrets->token[0]},
        {.name = "token_next", .key = secrets->token[1]},
    };
    _Static_assert(sizeof fields / sizeof fields[0] <= FIELDS_MAX, "room for every line");
    memcpy(ret_fields, fields, sizeof fields);
    return sizeof fields / sizeof fields[0];
}

/* The words name the line and never quote it: it may hold a secret. */
static enum toc_result malformed(const struct key_file *file, unsigned line, const char *what,
                                 struct toc_why *why)
{
    return toc_fail(why, TOC_MALFORMED, "%s:%u: %s", file->path, line, what);
}

static struct field *field_named(const struct key_file *file, const char *name)
{
    for (size_t i = 0; i < file->fields_len; i++) {
        if (strcmp(file->fields[i].name, name) == 0) {
            return &file->fields[i];
        }
    }
    return NULL;
}

/* `text` is "name = value", and is cut in two. */
static enum toc_result parse_field(const struct key_file *file, char *text, unsigned line,
                                   struct toc_why *why)
{
    char *const equals = strstr(text, " = ");
    if (equals == NULL) {
        return malformed(file, line, "not of the form: name = value", why);
    }
    *equals = '\0';
    const char *const value = equals + 3;
    struct field *const field = field_named(file, text);
    if (field == NULL) {
        return malformed(file, line, "unknown name", why);
    }
    if (field->seen) {
        return malformed(file, line, "the same name a second time", why);
    }
    field->seen = true;
    if (field->member != NULL) {
        if (!toc_ident_member(value)) {
            return malformed(file, line, "not a member id", why);
        }
        memcpy(field->member, value, strlen(value) + 1);
        return TOC_OK;
    }
    if (toc_hex_decode(value, field->key, KEY_LEN) != TOC_OK) {
        return malformed(file, line, "not 64 hexadecimal digits", why);
    }
    return TOC_OK;
}

static enum toc_result parse_line(const struct key_file *file, struct toc_bytes bytes,
                                  unsigned line, struct toc_why *why)
{
    char text[LINE_LEN_MAX + 1];
    if (bytes.len > LINE_LEN_MAX || memchr(bytes.data, '\0', bytes.len) != NULL) {
        return malformed(file, line, "not a line of a key file", why);
    }
    memcpy(text, bytes.data, bytes.len);
    text[bytes.len] = '\0';
    enum toc_result result = TOC_OK;
    if (line > 1) {
        result = parse_field(file, text, line, why);
    } else if (strcmp(text, file->header) != 0) {
        (void)toc_fail(why, TOC_MALFORMED, "%s:1: the first line is not \"%s\"", file->path,
                       file->header);
        result = TOC_MALFORMED;
    }
    toc_bytes_wipe(text, sizeof text);
    return result;
}

static enum toc_result load_fields(const struct key_file *file, struct toc_why *why)
{
    TOC_AUTO(toc_buf_done) struct toc_buf buf;
    toc_buf_init(&buf, TOC_KEYFILE_LEN_MAX);
    TOC_TRY(toc_file_read_secret(file->path, TOC_KEYFILE_LEN_MAX, &buf, why));
    struct toc_bytes rest = toc_buf_bytes(&buf);
    if (rest.len == 0) {
        return malformed(file, 1, "empty", why);
    }
    for (unsigned line = 1; rest.len > 0; line++) {
        const uint8_t *const end = memchr(rest.data, '\n', rest.len);
        const size_t len = end == NULL ? rest.len : (size_t)(end - rest.data);
        TOC_TRY(parse_line(file, toc_bytes_of(rest.data, len), line, why));
        const size_t taken = end == NULL ? len : len + 1;
        rest = toc_bytes_of(rest.data + taken, rest.len - taken);
    }
    for (size_t i = 0; i < file->fields_len; i++) {
        if (!file->fields[i].seen && !file->fields[i].optional) {
            return toc_fail(why, TOC_MALFORMED, "%s: the line \"%s\" is missing", file->path,
                            file->fields[i].name);
        }
    }
    return TOC_OK;
}

static enum toc_result append_field(struct toc_buf *buf, const struct field *field)
{
    char hex[2 * KEY_LEN + 1];
    const char *value = field->member;
    if (field->member == NULL) {
        toc_hex_encode(toc_bytes_of(field->key, KEY_LEN), hex);
        value = hex;
    }
    enum toc_result result = toc_buf_append_text(buf, field->name);
    const char *const parts[] = {" = ", value, "\n"};
    for (size_t i = 0; i < 3 && result == TOC_OK; i++) {
        result = toc_buf_append_text(buf, parts[i]);
    }
    toc_bytes_wipe(hex, sizeof hex);
    return result;
}

static enum toc_result save_fields(const struct key_file *file, struct toc_why *why)
{
    TOC_AUTO(toc_buf_done) struct toc_buf buf;
    toc_buf_init(&buf, TOC_KEYFILE_LEN_MAX);
    TOC_TRY(toc_buf_append_text(&buf, file->header));
    TOC_TRY(toc_buf_append_text(&buf, "\n"));
    for (size_t i = 0; i < file->fields_len; i++) {
        const struct field *const field = &file->fields[i];
        if (field->optional && sodium_is_zero(field->key, KEY_LEN)) {
            continue;
        }
        TOC_TRY(append_field(&buf, field));
    }
    return toc_file_create(file->path, toc_buf_bytes(&buf), 0600, why);
}

/* A scalar of RFC 9497 is below the group order and not zero. False if it is not one. */
static bool token_public_of(const uint8_t secret[TOC_TOKEN_KEY_LEN],
                            uint8_t ret_public[TOC_TOKEN_KEY_LEN])
{
    uint8_t wide[crypto_core_ristretto255_NONREDUCEDSCALARBYTES] = {0};
    uint8_t reduced[TOC_TOKEN_KEY_LEN];
    memcpy(wide, secret, TOC_TOKEN_KEY_LEN);
    crypto_core_ristretto255_scalar_reduce(reduced, wide);
    const bool canonical = toc_bytes_equal_secret(reduced, secret, sizeof reduced);
    toc_bytes_wipe(wide, sizeof wide);
    toc_bytes_wipe(reduced, sizeof reduced);
    return canonical && crypto_scalarmult_ristretto255_base(ret_public, secret) == 0;
}

void toc_member_keys_new(const char *member, struct toc_member_keys *ret_keys)
{
    TOC_ASSERT(toc_ident_member(member));
    TOC_ASSERT(sodium_init() >= 0);
    memset(ret_keys, 0, sizeof *ret_keys);
    memcpy(ret_keys->member, member, strlen(member) + 1);
    toc_box_keypair(&ret_keys->curve_public, &ret_keys->curve_secret);
    toc_sign_keypair(&ret_keys->sign_public, &ret_keys->sign_secret);
    toc_box_keypair(&ret_keys->box_public, &ret_keys->box_secret);
    for (size_t i = 0; i < TOC_TOKEN_KEYS; i++) {
        crypto_core_ristretto255_scalar_random(ret_keys->token_secret[i]);
        TOC_ASSERT(token_public_of(ret_keys->token_secret[i], ret_keys->token_public[i]));
    }
}

enum toc_result toc_member_keys_save(const char *path, const struct toc_member_keys *keys,
                                     struct toc_why *why)
{
    if (!toc_ident_member(keys->member)) {
        return toc_fail(why, TOC_INVALID, "not a member id");
    }
    TOC_AUTO(wipe_secrets) struct member_secrets secrets;
    memcpy(secrets.member, keys->member, sizeof secrets.member);
    memcpy(secrets.curve, keys->curve_secret.bytes, KEY_LEN);
    memcpy(secrets.curve_next, keys->curve_next_secret.bytes, KEY_LEN);
    toc_sign_seed_of(&keys->sign_secret, secrets.sign);
    memcpy(secrets.box, keys->box_secret.bytes, KEY_LEN);
    memcpy(secrets.token, keys->token_secret, sizeof secrets.token);
    struct field fields[FIELDS_MAX];
    const struct key_file file = {.path = path,
                                  .header = MEMBER_HEADER,
                                  .fields = fields,
                                  .fields_len = member_fields(&secrets, fields)};
    return save_fields(&file, why);
}

/* TOC_MALFORMED when a token key is no scalar. */
static enum toc_result derive(const struct member_secrets *secrets,
                              struct toc_member_keys *ret_keys)
{
    memset(ret_keys, 0, sizeof *ret_keys);
    memcpy(ret_keys->member, secrets->member, sizeof ret_keys->member);
    memcpy(ret_keys->curve_secret.bytes, secrets->curve, KEY_LEN);
    toc_box_public_of(&ret_keys->curve_secret, &ret_keys->curve_public);
    if (!sodium_is_zero(secrets->curve_next, KEY_LEN)) {
        memcpy(ret_keys->curve_next_secret.bytes, secrets->curve_next, KEY_LEN);
        toc_box_public_of(&ret_keys->curve_next_secret, &ret_keys->curve_next_public);
    }
    toc_sign_keypair_from(secrets->sign, &ret_keys->sign_public, &ret_keys->sign_secret);
    memcpy(ret_keys->box_secret.bytes, secrets->box, KEY_LEN);
    toc_box_public_of(&ret_keys->box_secret, &ret_keys->box_public);
    for (size_t i = 0; i < TOC_TOKEN_KEYS; i++) {
        memcpy(ret_keys->token_secret[i], secrets->token[i], KEY_LEN);
        TOC_ENSURE(token_public_of(secrets->token[i], ret_keys->token_public[i]), TOC_MALFORMED);
    }
    return TOC_OK;
}

enum toc_result toc_member_keys_load(const char *path, struct toc_member_keys *ret_keys,
                                     struct toc_why *why)
{
    TOC_AUTO(wipe_secrets) struct member_secrets secrets;
    memset(&secrets, 0, sizeof secrets);
    struct field fields[FIELDS_MAX];
    const struct key_file file = {.path = path,
                                  .header = MEMBER_HEADER,
                                  .fields = fields,
                                  .fields_len = member_fields(&secrets, fields)};
    TOC_TRY(load_fields(&file, why));
    TOC_AUTO(toc_member_keys_wipe) struct toc_member_keys keys;
    if (derive(&secrets, &keys) != TOC_OK) {
        return toc_fail(why, TOC_MALFORMED, "%s: a token key is not a ristretto255 scalar", path);
    }
    *ret_keys = keys;
    return TOC_OK;
}

void toc_member_keys_wipe(struct toc_member_keys *keys)
{
    toc_bytes_wipe(keys, keys == NULL ? 0 : sizeof *keys);
}

static void wipe_seed(uint8_t (*seed)[KEY_LEN])
{
    toc_bytes_wipe(seed, sizeof *seed);
}

enum toc_result toc_signer_key_save(const char *path, const struct toc_signer_key *key,
                                    struct toc_why *why)
{
    TOC_AUTO(wipe_seed) uint8_t seed[KEY_LEN];
    toc_sign_seed_of(&key->secret, seed);
    struct field field = {.name = "sign", .key = seed};
    const struct key_file file = {
        .path = path, .header = SIGNER_HEADER, .fields = &field, .fields_len = 1};
    return save_fields(&file, why);
}

enum toc_result toc_signer_key_load(const char *path, struct toc_signer_key *ret_key,
                                    struct toc_why *why)
{
    TOC_AUTO(wipe_seed) uint8_t seed[KEY_LEN];
    struct field field = {.name = "sign", .key = seed};
    const struct key_file file = {
        .path = path, .header = SIGNER_HEADER, .fields = &field, .fields_len = 1};
    TOC_TRY(load_fields(&file, why));
    toc_sign_keypair_from(seed, &ret_key->public_key, &ret_key->secret);
    return TOC_OK;
}
