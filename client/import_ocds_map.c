#include "import_ocds_map.h"
#include "ensure.h"
#include "import_json.h"
#include "import_text.h"
#include <string.h>

enum { NOTICE_ID_LEN_MIN = 6 };

static enum toc_result set_text(struct toc_arena *arena, const char *text, size_t len_max,
                                const char **ret_text)
{
    const char *const copy = toc_import_text(arena, text, len_max);
    TOC_ENSURE(copy != NULL, TOC_NOMEM);
    *ret_text = copy;
    return TOC_OK;
}

static void infer(struct toc_framework *framework, enum toc_framework_field field)
{
    framework->inferred |= TOC_FRAMEWORK_BIT(field);
}

static const char *first_of(const char *a, const char *b)
{
    return a[0] != '\0' ? a : b;
}

/* Find a Tender's release id is the notice's number (012345-2025); other portals number the
 * document that is the notice. A "1" numbers nothing outside its release. */
static const char *notice_id(const json_t *release)
{
    const char *const id = toc_json_text(release, "id");
    if (strlen(id) == 11 && strspn(id, "0123456789") == 6 && id[6] == '-' &&
        strspn(id + 7, "0123456789") == 4) {
        return id;
    }
    const json_t *const documents = toc_json_at(release, "tender.documents");
    for (size_t i = 0; i < json_array_size(documents); i++) {
        const json_t *const document = json_array_get(documents, i);
        const char *const document_id = toc_json_text(document, "id");
        if (strcmp(toc_json_text(document, "documentType"), "contractNotice") == 0 &&
            strlen(document_id) >= NOTICE_ID_LEN_MIN) {
            return document_id;
        }
    }
    return "";
}

/* An award under a framework often has no title but that of the process it came from. */
static const char *related_title(const json_t *release)
{
    const json_t *const related = toc_json_at(release, "relatedProcesses");
    for (size_t i = 0; i < json_array_size(related); i++) {
        const json_t *const process = json_array_get(related, i);
        if (toc_json_lists(process, "relationship", "framework")) {
            return toc_json_text(process, "title");
        }
    }
    return "";
}

static enum toc_result map_texts(struct toc_arena *arena, const json_t *release,
                                 struct toc_framework *f)
{
    const json_t *const award = json_array_get(toc_json_at(release, "awards"), 0);
    const char *const own =
        first_of(toc_json_text(release, "tender.title"),
                 first_of(toc_json_text(release, "title"), toc_json_text(award, "title")));
    if (own[0] == '\0') {
        infer(f, TOC_FIELD_TITLE);
    }
    TOC_TRY(
        set_text(arena, first_of(own, related_title(release)), TOC_FRAMEWORK_TITLE_MAX, &f->title));
    TOC_TRY(set_text(arena, toc_json_text(release, "tender.description"),
                     TOC_FRAMEWORK_DESCRIPTION_MAX, &f->description));
    TOC_TRY(set_text(arena, toc_json_text(release, "ocid"), TOC_FRAMEWORK_OCID_MAX, &f->ocid));
    return set_text(arena, notice_id(release), TOC_FRAMEWORK_OCID_MAX, &f->notice_id);
}

/* A call-off is directly awarded or not whatever its framework allows: nothing follows for it. */
static void map_method(const json_t *release, struct toc_framework *f)
{
    const char *const method =
        toc_json_text(release, "tender.techniques.frameworkAgreement.method");
    if (strcmp(method, "withReopeningCompetition") == 0) {
        f->method = TOC_FRAMEWORK_WITH_REOPENING;
        f->direct_award_allowed = TOC_FRAMEWORK_NO;
    } else if (strcmp(method, "withoutReopeningCompetition") == 0) {
        f->method = TOC_FRAMEWORK_WITHOUT_REOPENING;
        f->direct_award_allowed = TOC_FRAMEWORK_YES;
    } else if (strcmp(method, "withAndWithoutReopeningCompetition") == 0) {
        f->method = TOC_FRAMEWORK_WITH_AND_WITHOUT_REOPENING;
        f->direct_award_allowed = TOC_FRAMEWORK_YES;
    }
    if (f->direct_award_allowed != TOC_FRAMEWORK_ANSWER_UNKNOWN) {
        infer(f, TOC_FIELD_DIRECT_AWARD);
    }
    const double participants =
        toc_json_number(release, "tender.techniques.frameworkAgreement.maximumParticipants");
    if (participants >= 1 && participants <= TOC_FRAMEWORK_PARTICIPANTS_MAX) {
        f->max_participants = (uint32_t)participants;
    }
}

/* A penny stands for "not said", and other currencies are another sum. */
static uint64_t pounds_at(const json_t *value)
{
    const double amount = toc_json_number(value, "amount");
    const char *const currency = toc_json_text(value, "currency");
    const bool pounds = currency[0] == '\0' || strcmp(currency, "GBP") == 0;
    return pounds && amount >= 1 && amount <= (double)TOC_FRAMEWORK_POUNDS_MAX ? (uint64_t)amount
                                                                               : 0;
}

static void map_money(const json_t *release, struct toc_framework *f)
{
    const json_t *const awards = toc_json_at(release, "awards");
    f->value_max_pounds =
        pounds_at(toc_json_at(release, "tender.techniques.frameworkAgreement.value"));
    if (f->value_max_pounds == 0) {
        f->value_max_pounds = pounds_at(toc_json_at(release, "tender.value"));
    }
    if (f->value_max_pounds == 0 && json_array_size(awards) == 1) {
        f->value_max_pounds = pounds_at(toc_json_at(json_array_get(awards, 0), "value"));
    }
    const json_t *const fees = toc_json_at(release, "tender.participationFees");
    for (size_t i = 0; i < json_array_size(fees); i++) {
        /* A fee for the tender documents is not one for using the framework. */
        if (toc_json_number(json_array_get(fees, i), "relativeValueProportion") > 0) {
            f->fee = TOC_FRAMEWORK_SUPPLIER_LEVY;
        }
    }
}

static size_t buyers_len(const json_t *release)
{
    const json_t *const parties = toc_json_at(release, "parties");
    size_t len = 0;
    for (size_t i = 0; i < json_array_size(parties); i++) {
        const json_t *const party = json_array_get(parties, i);
        /* Sell2Wales gives the buyer's own review body the role of buyer as well. */
        const bool review = toc_json_lists(party, "roles", "reviewBody") ||
                            toc_json_lists(party, "roles", "reviewContactPoint") ||
                            toc_json_lists(party, "roles", "mediationBody");
        len += !review && toc_json_lists(party, "roles", "buyer") ? 1 : 0;
    }
    return len;
}

/* A release that names nobody else is taken to be for its buyer alone, and says that it is
 * inferred. */
static enum toc_result map_users(struct toc_arena *arena, const json_t *release,
                                 struct toc_framework *f)
{
    static const char *const agreement = "tender.techniques.frameworkAgreement";
    const json_t *const json = toc_json_at(release, agreement);
    TOC_TRY(set_text(arena,
                     first_of(toc_json_text(json, "buyerCategories"),
                              toc_json_text(json, "buyerClassificationRestrictions")),
                     TOC_FRAMEWORK_RESTRICTIONS_MAX, &f->buyer_restrictions));
    enum toc_framework_user *const users = toc_arena_zero(arena, 1, sizeof *users);
    TOC_ENSURE(users != NULL, TOC_NOMEM);
    if (f->buyer_restrictions[0] != '\0' || buyers_len(release) > 1) {
        users[0] = TOC_FRAMEWORK_NAMED;
    } else {
        users[0] = TOC_FRAMEWORK_OWNER_ONLY;
        infer(f, TOC_FIELD_OPEN_TO);
    }
    f->open_to = users;
    f->open_to_len = 1;
    return TOC_OK;
}

static bool has_live_award(const json_t *release)
{
    const json_t *const awards = toc_json_at(release, "awards");
    for (size_t i = 0; i < json_array_size(awards); i++) {
        const char *const status = toc_json_text(json_array_get(awards, i), "status");
        if (strcmp(status, "cancelled") != 0 && strcmp(status, "unsuccessful") != 0) {
            return true;
        }
    }
    return false;
}

/* OCDS says how far the tender is; a reader asks whether the framework can be used. */
static void map_status(const json_t *release, struct toc_framework *f)
{
    const char *const status = toc_json_text(release, "tender.status");
    const bool market = f->kind == TOC_FRAMEWORK_DPS || f->kind == TOC_FRAMEWORK_DYNAMIC_MARKET;
    infer(f, TOC_FIELD_STATUS);
    if (strcmp(status, "cancelled") == 0 || strcmp(status, "withdrawn") == 0 ||
        strcmp(status, "unsuccessful") == 0) {
        f->status = TOC_FRAMEWORK_CANCELLED;
        f->inferred &= ~TOC_FRAMEWORK_BIT(TOC_FIELD_STATUS);
    } else if (has_live_award(release) || strcmp(status, "complete") == 0) {
        f->status = TOC_FRAMEWORK_AWARDED;
    } else if (strcmp(status, "active") == 0 && market) {
        f->status = TOC_FRAMEWORK_ACTIVE; /* suppliers join it at any time */
    } else {
        f->status = TOC_FRAMEWORK_UPCOMING;
    }
}

static enum toc_result map_category(struct toc_arena *arena, const json_t *release,
                                    struct toc_framework *f)
{
    const char *const category = toc_json_text(release, "tender.mainProcurementCategory");
    const bool known = strcmp(category, "goods") == 0 || strcmp(category, "services") == 0 ||
                       strcmp(category, "works") == 0;
    if (!known) {
        return TOC_OK;
    }
    const char **const categories = toc_arena_zero(arena, 1, sizeof *categories);
    TOC_ENSURE(categories != NULL, TOC_NOMEM);
    TOC_TRY(set_text(arena, category, TOC_FRAMEWORK_CATEGORY_MAX, &categories[0]));
    f->categories = categories;
    f->categories_len = 1;
    return TOC_OK;
}

enum toc_result toc_ocds_map(struct toc_arena *arena, const json_t *release,
                             const struct toc_ocds_kind *kind, struct toc_framework *framework)
{
    framework->kind = kind->kind;
    if (kind->inferred) {
        infer(framework, TOC_FIELD_KIND);
    }
    TOC_TRY(set_text(arena, kind->parent, TOC_FRAMEWORK_REFERENCE_MAX, &framework->parent));
    TOC_TRY(map_texts(arena, release, framework));
    TOC_TRY(map_category(arena, release, framework));
    TOC_TRY(toc_ocds_map_lots(arena, release, framework));
    map_method(release, framework);
    map_money(release, framework);
    TOC_TRY(map_users(arena, release, framework));
    toc_ocds_map_period(release, framework);
    map_status(release, framework);
    return TOC_OK;
}
