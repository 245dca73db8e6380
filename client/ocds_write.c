#include "ocds_write.h"
#include "digest.h"
#include "print_json.h"
#include <stdio.h>
#include <string.h>

enum { NAME_DIGITS = 16 };

int toc_ocds_text(json_t *object, const char *key, const char *text)
{
    return text[0] == '\0' ? 0 : json_object_set_new(object, key, json_string(text));
}

int toc_ocds_part(json_t *object, const char *key, json_t *value)
{
    const bool empty = value != NULL && (json_is_array(value) ? json_array_size(value) == 0
                                                              : json_object_size(value) == 0);
    if (empty) {
        json_decref(value);
        return 0;
    }
    return json_object_set_new(object, key, value);
}

json_t *toc_ocds_value(json_int_t pounds)
{
    return json_pack("{s:I, s:s}", "amount", pounds, "currency", "GBP");
}

/* A day of the council is written as the whole of it in UTC. */
static int set_day(json_t *period, const char *key, const char *date, const char *time)
{
    char text[sizeof "2026-01-31T12:00:00Z"];
    if (strlen(date) != strlen("2026-01-31")) {
        return 0;
    }
    (void)snprintf(text, sizeof text, "%.10s%s", date, time);
    return json_object_set_new(period, key, json_string(text));
}

json_t *toc_ocds_period(const char *start, const char *end, const char *last)
{
    json_t *const period = json_object();
    int failed = set_day(period, "startDate", start, "T00:00:00Z");
    failed |= set_day(period, "endDate", end, "T23:59:59Z");
    failed |= set_day(period, "maxExtentDate", last, "T23:59:59Z");
    if (failed) {
        json_decref(period);
        return NULL;
    }
    return period;
}

void toc_ocds_hash(const char *text, size_t digits, char *ret_text)
{
    char whole[2 * TOC_HASH_LEN + 1];
    const struct toc_hash hash = toc_digest_plain(toc_bytes_text(text));
    toc_hex_encode(toc_bytes_of(hash.bytes, sizeof hash.bytes), whole);
    memcpy(ret_text, whole, digits);
    ret_text[digits] = '\0';
}

/* "GB-COH-01234567"; without a number, a name for the name. */
static void party_id(const char *name, const char *scheme, const char *id,
                     char ret_id[TOC_OCDS_ID_LEN + 1])
{
    if (id[0] != '\0') {
        (void)snprintf(ret_id, TOC_OCDS_ID_LEN + 1, "%s-%s", scheme, id);
        return;
    }
    char digits[NAME_DIGITS + 1];
    toc_ocds_hash(name, NAME_DIGITS, digits);
    (void)snprintf(ret_id, TOC_OCDS_ID_LEN + 1, "name-%s", digits);
}

static int add_role(json_t *party, const char *role)
{
    json_t *const roles = json_object_get(party, "roles");
    for (size_t i = 0; i < json_array_size(roles); i++) {
        if (strcmp(json_string_value(json_array_get(roles, i)), role) == 0) {
            return 0;
        }
    }
    return json_array_append_new(roles, json_string(role));
}

static json_t *party(struct toc_ocds_release *release, const char *name, const char *scheme,
                     const char *id, const char *role)
{
    char key[TOC_OCDS_ID_LEN + 1];
    party_id(name, scheme, id, key);
    json_t *known = json_object_get(release->parties, key);
    int failed = 0;
    if (known == NULL) {
        known = json_pack("{s:s, s:s, s:[]}", "id", key, "name", name, "roles");
        if (known != NULL && id[0] != '\0') {
            failed |= json_object_set_new(
                known, "identifier",
                json_pack("{s:s, s:s, s:s}", "scheme", scheme, "id", id, "legalName", name));
        }
        failed |= json_object_set_new(release->parties, key, known);
    }
    /* One party has one name in a release, however its rows spell it. */
    return failed || add_role(known, role) != 0
               ? NULL
               : json_pack("{s:s, s:s}", "id", key, "name", toc_field_text(known, "name"));
}

json_t *toc_ocds_supplier(struct toc_ocds_release *release, const char *name, const char *scheme,
                          const char *id)
{
    return party(release, name, scheme, id, "supplier");
}

json_t *toc_ocds_buyer(struct toc_ocds_release *release, const struct toc_member *self,
                       const char *name)
{
    const bool numbered = self != NULL && self->buyers_len > 0;
    return party(release, name, numbered ? self->buyers[0].scheme : "",
                 numbered ? self->buyers[0].id : "", "buyer");
}
