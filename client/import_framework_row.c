#include "import_framework_row.h"
#include "ensure.h"
#include "framework_fields.h"
#include "import_text.h"
#include <stdio.h>
#include <string.h>

enum { CATEGORIES = 1, WORD_LEN_MAX = 40 };

static enum toc_result read_value(const struct toc_register_row *row,
                                  struct toc_framework *framework, struct toc_why *why)
{
    int64_t pounds;
    bool given;
    TOC_TRY(toc_register_value(row, &given, &pounds, why));
    framework->value_max_pounds = (uint64_t)pounds;
    return TOC_OK;
}

static enum toc_result read_cpv(const struct toc_register_row *row, struct toc_framework *framework)
{
    uint32_t *const cpv = toc_arena_zero(row->arena, TOC_FRAMEWORK_CPV_MAX, sizeof *cpv);
    TOC_ENSURE(cpv != NULL, TOC_NOMEM);
    framework->cpv_len = toc_register_cpv(row, cpv, TOC_FRAMEWORK_CPV_MAX);
    framework->cpv = cpv;
    return TOC_OK;
}

static enum toc_result read_category(const struct toc_register_row *row,
                                     struct toc_framework *framework)
{
    const char *const code = toc_register_cell(row, TOC_REGISTER_PROCLASS);
    if (strlen(code) != 6 || strspn(code, "0123456789") != 6) {
        return TOC_OK;
    }
    char text[sizeof "proclass:123456"];
    (void)snprintf(text, sizeof text, "proclass:%.6s", code);
    const char **const categories = toc_arena_zero(row->arena, CATEGORIES, sizeof *categories);
    TOC_ENSURE(categories != NULL, TOC_NOMEM);
    categories[0] = toc_arena_text(row->arena, toc_bytes_text(text));
    TOC_ENSURE(categories[0] != NULL, TOC_NOMEM);
    framework->categories = categories;
    framework->categories_len = CATEGORIES;
    return TOC_OK;
}

/* "schools; police": our own column, of our own words. Without it, the buyer alone, by inference.
 */
static enum toc_result read_users(const struct toc_register_row *row,
                                  struct toc_framework *framework, struct toc_why *why)
{
    enum toc_framework_user *const users =
        toc_arena_zero(row->arena, TOC_FRAMEWORK_USERS_MAX, sizeof *users);
    TOC_ENSURE(users != NULL, TOC_NOMEM);
    const char *text = toc_register_cell(row, TOC_REGISTER_OPEN_TO);
    framework->open_to = users;
    if (text[0] == '\0') {
        users[0] = TOC_FRAMEWORK_OWNER_ONLY;
        framework->open_to_len = 1;
        framework->inferred |= TOC_FRAMEWORK_BIT(TOC_FIELD_OPEN_TO);
        return TOC_OK;
    }
    while (*text != '\0') {
        char word[WORD_LEN_MAX] = "";
        const size_t len = strcspn(text, ",; ");
        memcpy(word, text, len < sizeof word ? len : 0);
        const unsigned value = toc_framework_value_of(&toc_framework_user_names, word);
        if (len > 0 && (value == 0 || framework->open_to_len == TOC_FRAMEWORK_USERS_MAX)) {
            return toc_fail(why, TOC_INVALID,
                            "OpenTo: is not a list of owner_only, named, region, "
                            "la_england, uk_public, schools, police, fire, vcse");
        }
        if (len > 0) {
            users[framework->open_to_len++] = (enum toc_framework_user)value;
        }
        text += len + (text[len] == '\0' ? 0 : 1);
    }
    return TOC_OK;
}

static enum toc_result read_texts(const struct toc_register_row *row, struct toc_framework *f)
{
    char source[sizeof "row 18446744073709551615"];
    (void)snprintf(source, sizeof source, "row %zu", row->csv->number);
    TOC_TRY(
        toc_register_text(row, TOC_REGISTER_REFERENCE, TOC_FRAMEWORK_REFERENCE_MAX, &f->reference));
    TOC_TRY(toc_register_text(row, TOC_REGISTER_TITLE, TOC_FRAMEWORK_TITLE_MAX, &f->title));
    TOC_TRY(toc_register_text(row, TOC_REGISTER_DESCRIPTION, TOC_FRAMEWORK_DESCRIPTION_MAX,
                              &f->description));
    TOC_TRY(toc_register_text(row, TOC_REGISTER_OCID, TOC_FRAMEWORK_OCID_MAX, &f->ocid));
    TOC_TRY(toc_register_text(row, TOC_REGISTER_BODY, TOC_NAME_LEN_MAX, &f->buyer));
    if (f->buyer[0] == '\0') {
        f->buyer = toc_arena_text(row->arena, toc_bytes_text(row->self->member->name));
        TOC_ENSURE(f->buyer != NULL, TOC_NOMEM);
        f->inferred |= TOC_FRAMEWORK_BIT(TOC_FIELD_BUYER);
    }
    f->source = toc_arena_text(row->arena, toc_bytes_text(source));
    return f->source == NULL ? TOC_NOMEM : TOC_OK;
}

/* All of a row but its supplier. TOC_INVALID with "column: reason". */
enum toc_result toc_register_read(const struct toc_register_row *row,
                                  struct toc_framework *ret_framework, struct toc_why *why)
{
    struct toc_framework framework;
    bool understood; /* what is not is remarked on where the row is read as a contract */
    toc_framework_init(&framework);
    framework.kind = toc_register_kind(row);
    TOC_TRY(read_texts(row, &framework));
    if (framework.reference[0] == '\0') {
        return toc_fail(why, TOC_INVALID, "ContractReference: is missing");
    }
    if (framework.title[0] == '\0') {
        return toc_fail(why, TOC_INVALID, "ContractTitle: is missing");
    }
    TOC_TRY(toc_register_date(row, TOC_REGISTER_START, &framework.period_start, why));
    TOC_TRY(toc_register_date(row, TOC_REGISTER_END, &framework.period_end, why));
    framework.last_extension_date = toc_register_extension(row, framework.period_end, &understood);
    if (framework.period_end != 0 && framework.period_end < framework.period_start) {
        return toc_fail(why, TOC_INVALID, "EndDate: is before StartDate");
    }
    TOC_TRY(read_value(row, &framework, why));
    TOC_TRY(read_cpv(row, &framework));
    TOC_TRY(read_category(row, &framework));
    TOC_TRY(read_users(row, &framework, why));
    *ret_framework = framework;
    return TOC_OK;
}
