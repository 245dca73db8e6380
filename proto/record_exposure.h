/* record_exposure: what one council spent with one supplier in one category and financial year. Its
 * rules, its JSON, its key. Every field is a public fact. Texts are never NULL: empty means not
 * known. Enum values are those of exposure.proto. Everything is borrowed from an arena. Rules:
 * PROTOCOL.md 12.3. */
#ifndef TOC_RECORD_EXPOSURE_H
#define TOC_RECORD_EXPOSURE_H

#include "category.h"
#include "orgid.h"
#include "records.h"
#include "suppliername.h"

#define TOC_EXPOSURE_YEAR_MIN 2000
#define TOC_EXPOSURE_YEAR_MAX 2100
#define TOC_EXPOSURE_MONTHS 12
#define TOC_EXPOSURE_MONTHS_ALL 0xfffU
/* A trillion pounds: a sum of all members' stays far inside 64 bits. */
#define TOC_EXPOSURE_THOUSANDS_MAX INT64_C(1000000000)
#define TOC_EXPOSURE_CONTRACTS_MAX 1000000
#define TOC_EXPOSURE_END_YEAR_MAX 2200 /* of a contract: leases run for a century */
#define TOC_EXPOSURE_NORM_ALL 0x7fU    /* every bit of enum toc_orgid_norm */
/* "name:" and a folded name, or a scheme, '-' and a number. */
#define TOC_EXPOSURE_SUBJECT_LEN_MAX (5 + TOC_FOLD_LEN_MAX)

enum toc_id_basis {
    TOC_ID_NONE = 0,
    TOC_ID_STATED = 1,
    TOC_ID_FILLED = 2, /* exactly one current company of that name */
};
enum toc_route {
    TOC_ROUTE_UNKNOWN = 0,
    TOC_ROUTE_FRAMEWORK = 1,
    TOC_ROUTE_DPS = 2,
    TOC_ROUTE_OPEN = 3,
    TOC_ROUTE_DIRECT = 4,
    TOC_ROUTE_QUOTE = 5,
    TOC_ROUTE_WAIVER = 6,
};

struct toc_exposure {
    const char *name;        /* as the council writes it, 1 to TOC_NAME_LEN_MAX bytes */
    const char *scheme, *id; /* normal form of lib/orgid, never VAT; both or neither */
    unsigned norm;           /* bits of enum toc_orgid_norm */
    enum toc_id_basis id_basis;
    bool kept_by_hand; /* an officer kept it: neither number nor suffix says it is no person */
    struct toc_category category;
    unsigned year;   /* 2015: 1 April 2015 to 31 March 2016 */
    unsigned months; /* bits, 0 April to 11 March: for which the council's data cover payments */
    int64_t spend_thousands; /* pounds, rounded to 1,000, half away from zero; may be negative */
    uint32_t contracts;
    unsigned earliest_end_quarter; /* year * 4 + quarter - 1; 0: none */
    enum toc_route route;
    /* Derived from the above by toc_exposure_derive; they do not travel. */
    const char *folded;  /* the name, folded (suppliername.h); "" when nothing is left of it */
    const char *subject; /* "GB-COH-01234567", or "name:" and the folded name */
    const char *key;     /* SUBJECT/CATEGORY/YEAR */
};

/* All texts empty, all numbers 0. */
void toc_exposure_init(struct toc_exposure *exposure);
/* Fills in what is derived. Decoding and from_json have done it; whoever fills a struct by hand
 * calls it before the key is asked for. TOC_NOMEM alone: what is wrong, validate says. */
enum toc_result toc_exposure_derive(struct toc_arena *arena, struct toc_exposure *exposure)
    TOC_MUST_CHECK;
/* The last day of the earliest end's quarter, days since 1970; INT32_MAX: none. */
int32_t toc_exposure_ends(const struct toc_exposure *exposure);
/* "GB-COH-01234567" to its parts. False unless it is a number that may travel. */
bool toc_exposure_number(const char *text, struct toc_orgid *ret_orgid);
/* "2017-Q3". For a quarter that is one; ret_text has TOC_EXPOSURE_QUARTER_LEN + 1. */
#define TOC_EXPOSURE_QUARTER_LEN 7
void toc_exposure_quarter_text(unsigned quarter, char *ret_text);
/* "2015-10": month 0 (April) to 11 (March) of a financial year; ret_text as for a quarter. */
void toc_exposure_month_text(unsigned year, unsigned month, char *ret_text);
/* By value; NULL for 0 and what is none. */
const char *toc_route_name(enum toc_route route);
const char *toc_id_basis_name(enum toc_id_basis basis);

extern const struct toc_record_kind toc_exposure_record_kind;
/* Members of that kind (record_exposure_json.c has the two of JSON). */
enum toc_result toc_exposure_validate(const struct toc_record *record, struct toc_why *why);
json_t *toc_exposure_to_json(const struct toc_record *record);
enum toc_result toc_exposure_from_json(struct toc_arena *arena, const json_t *json,
                                       struct toc_record *ret_record, struct toc_why *why);

#endif
