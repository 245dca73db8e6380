#include "annotate.h"
#include "ensure.h"
#include <stdio.h>
#include <string.h>

enum kind { NUMBER = 1, SIGNED, TEXT, BYTES, INNER, NUMBERS, LIST };

enum { FIELDS_MAX = 32 };

struct field {
    const char *name;
    enum kind kind;
    const struct shape *inner;
};
struct shape {
    const char *name;
    struct field fields[FIELDS_MAX]; /* by field number */
};

static const struct shape abandoned = {"Abandoned",
                                       {[1] = {"generation", NUMBER, NULL},
                                        [2] = {"next_sequence", NUMBER, NULL},
                                        [3] = {"head", BYTES, NULL},
                                        [4] = {"stands", NUMBER, NULL}}};
const struct shape toc_shape_header = {"BatchHeader",
                                       {[1] = {"format", NUMBER, NULL},
                                        [2] = {"group", BYTES, NULL},
                                        [3] = {"publisher", TEXT, NULL},
                                        [4] = {"stream", TEXT, NULL},
                                        [5] = {"generation", NUMBER, NULL},
                                        [6] = {"roster_version", NUMBER, NULL},
                                        [7] = {"first_sequence", NUMBER, NULL},
                                        [8] = {"count", NUMBER, NULL},
                                        [9] = {"previous_head", BYTES, NULL},
                                        [10] = {"time_ms", NUMBER, NULL},
                                        [11] = {"epoch", NUMBER, NULL},
                                        [12] = {"commitment", BYTES, NULL},
                                        [13] = {"audience_hash", BYTES, NULL},
                                        [14] = {"abandons", INNER, &abandoned},
                                        [15] = {"nonce", BYTES, NULL}}};
const struct shape toc_shape_batch = {"Batch",
                                      {[1] = {"header", INNER, &toc_shape_header},
                                       [2] = {"sealed", BYTES, NULL},
                                       [3] = {"signature", BYTES, NULL}}};
static const struct shape wrap_body = {"WrapBody",
                                       {[1] = {"group", BYTES, NULL},
                                        [2] = {"publisher", TEXT, NULL},
                                        [3] = {"stream", TEXT, NULL},
                                        [4] = {"generation", NUMBER, NULL},
                                        [5] = {"epoch", NUMBER, NULL},
                                        [6] = {"member", TEXT, NULL},
                                        [7] = {"sealer", TEXT, NULL},
                                        [8] = {"roster_version", NUMBER, NULL},
                                        [9] = {"sealed", BYTES, NULL}}};
const struct shape toc_shape_wrap = {
    "Signed", {[1] = {"body", INNER, &wrap_body}, [2] = {"signature", BYTES, NULL}}};
static const struct shape statement_body = {"StatementBody",
                                            {[1] = {"kind", NUMBER, NULL},
                                             [2] = {"group", BYTES, NULL},
                                             [3] = {"author", TEXT, NULL},
                                             [4] = {"publisher", TEXT, NULL},
                                             [5] = {"stream", TEXT, NULL},
                                             [6] = {"generation", NUMBER, NULL},
                                             [7] = {"next_sequence", NUMBER, NULL},
                                             [8] = {"head", BYTES, NULL},
                                             [9] = {"roster_version", NUMBER, NULL},
                                             [10] = {"time_ms", NUMBER, NULL}}};
const struct shape toc_shape_statement = {
    "Signed", {[1] = {"body", INNER, &statement_body}, [2] = {"signature", BYTES, NULL}}};
static const struct shape buyer = {"Buyer",
                                   {[1] = {"scheme", TEXT, NULL}, [2] = {"id", TEXT, NULL}}};
static const struct shape member = {"Member",
                                    {[1] = {"id", TEXT, NULL},
                                     [2] = {"name", TEXT, NULL},
                                     [3] = {"gss", TEXT, NULL},
                                     [4] = {"roles", NUMBERS, NULL},
                                     [5] = {"curve_public", BYTES, NULL},
                                     [6] = {"curve_next_public", BYTES, NULL},
                                     [7] = {"sign_public", BYTES, NULL},
                                     [8] = {"box_public", BYTES, NULL},
                                     [9] = {"token_public", BYTES, NULL},
                                     [10] = {"buyers", INNER, &buyer},
                                     [11] = {"aliases", TEXT, NULL},
                                     [12] = {"succeeds", TEXT, NULL},
                                     [13] = {"admitted_version", NUMBER, NULL}}};
static const struct shape request_body = {"RequestBody",
                                          {[1] = {"format", NUMBER, NULL},
                                           [2] = {"time_ms", NUMBER, NULL},
                                           [3] = {"member", INNER, &member}}};
const struct shape toc_shape_request = {
    "Signed", {[1] = {"body", INNER, &request_body}, [2] = {"signature", BYTES, NULL}}};
static const struct shape stream_rule = {"StreamRule",
                                         {[1] = {"stream", TEXT, NULL},
                                          [2] = {"publishers", NUMBERS, NULL},
                                          [3] = {"audience", NUMBER, NULL},
                                          [4] = {"list", TEXT, NULL},
                                          [5] = {"history", NUMBER, NULL},
                                          [6] = {"retention_days", NUMBER, NULL},
                                          [7] = {"confidential", NUMBER, NULL}}};
static const struct shape member_list = {
    "MemberList", {[1] = {"name", TEXT, NULL}, [2] = {"members", TEXT, NULL}}};
static const struct shape pin = {"Pin",
                                 {[1] = {"publisher", TEXT, NULL},
                                  [2] = {"stream", TEXT, NULL},
                                  [3] = {"generation", NUMBER, NULL},
                                  [4] = {"next_sequence", NUMBER, NULL},
                                  [5] = {"head", BYTES, NULL}}};
static const struct shape token_epoch = {
    "TokenEpoch",
    {[1] = {"epoch", NUMBER, NULL}, [2] = {"holders", TEXT, NULL}, [3] = {"keys", BYTES, NULL}}};
static const struct shape rules = {"Rules",
                                   {[1] = {"name_at", NUMBER, NULL},
                                    [2] = {"window_minutes", NUMBER, NULL},
                                    [3] = {"dispute_days", NUMBER, NULL},
                                    [4] = {"quota_percent", NUMBER, NULL},
                                    [5] = {"quota_plus", NUMBER, NULL}}};
static const struct shape roster_body = {"Roster",
                                         {[1] = {"format", NUMBER, NULL},
                                          [2] = {"group", TEXT, NULL},
                                          [3] = {"version", NUMBER, NULL},
                                          [4] = {"previous", BYTES, NULL},
                                          [5] = {"issued_ms", NUMBER, NULL},
                                          [6] = {"expires_ms", NUMBER, NULL},
                                          [7] = {"grace_days", NUMBER, NULL},
                                          [8] = {"threshold", NUMBER, NULL},
                                          [9] = {"signers", BYTES, NULL},
                                          [10] = {"members", INNER, &member},
                                          [11] = {"streams", INNER, &stream_rule},
                                          [12] = {"lists", INNER, &member_list},
                                          [13] = {"pins", INNER, &pin},
                                          [14] = {"token_epoch", INNER, &token_epoch},
                                          [15] = {"rules", INNER, &rules}}};
static const struct shape roster_signature = {
    "RosterSignature", {[1] = {"signer", BYTES, NULL}, [2] = {"signature", BYTES, NULL}}};
const struct shape toc_shape_roster = {
    "SignedRoster",
    {[1] = {"body", INNER, &roster_body}, [2] = {"signatures", INNER, &roster_signature}}};
static const struct shape hello = {"Hello",
                                   {[1] = {"protocol", NUMBER, NULL},
                                    [2] = {"group", BYTES, NULL},
                                    [3] = {"member", TEXT, NULL},
                                    [4] = {"roster_version", NUMBER, NULL},
                                    [5] = {"roster_hash", BYTES, NULL},
                                    [6] = {"software", TEXT, NULL},
                                    [7] = {"answer", NUMBER, NULL}}};
static const struct shape rosters = {"Rosters", {[1] = {"rosters", INNER, &toc_shape_roster}}};
static const struct shape log_head = {"LogHead",
                                      {[1] = {"publisher", TEXT, NULL},
                                       [2] = {"stream", TEXT, NULL},
                                       [3] = {"generation", NUMBER, NULL},
                                       [4] = {"next_sequence", NUMBER, NULL},
                                       [5] = {"head", BYTES, NULL}}};
static const struct shape have = {
    "Have", {[1] = {"heads", INNER, &log_head}, [2] = {"complete", NUMBER, NULL}}};
static const struct shape want = {"Want",
                                  {[1] = {"publisher", TEXT, NULL},
                                   [2] = {"stream", TEXT, NULL},
                                   [3] = {"generation", NUMBER, NULL},
                                   [4] = {"from_sequence", NUMBER, NULL},
                                   [5] = {"until_sequence", NUMBER, NULL},
                                   [6] = {"credit", NUMBER, NULL},
                                   [7] = {"more", NUMBER, NULL},
                                   [8] = {"wraps_held", NUMBER, NULL}}};
static const struct shape give = {"Give",
                                  {[1] = {"publisher", TEXT, NULL},
                                   [2] = {"stream", TEXT, NULL},
                                   [3] = {"generation", NUMBER, NULL},
                                   [4] = {"wraps", INNER, &toc_shape_wrap},
                                   [5] = {"batches", INNER, &toc_shape_batch}}};
static const struct shape statements = {"Statements",
                                        {[1] = {"statements", INNER, &toc_shape_statement}}};
static const struct shape refusal = {"Refusal",
                                     {[1] = {"code", NUMBER, NULL}, [2] = {"about", TEXT, NULL}}};
const struct shape toc_shape_message = {"Message",
                                        {[1] = {"hello", INNER, &hello},
                                         [2] = {"rosters", INNER, &rosters},
                                         [3] = {"have", INNER, &have},
                                         [4] = {"want", INNER, &want},
                                         [5] = {"give", INNER, &give},
                                         [6] = {"statements", INNER, &statements},
                                         [7] = {"refusal", INNER, &refusal},
                                         [14] = {"stamp", NUMBER, NULL},
                                         [15] = {"seen", NUMBER, NULL}}};

static const struct shape reference = {"Reference",
                                       {[1] = {"publisher", TEXT, NULL},
                                        [2] = {"stream", TEXT, NULL},
                                        [3] = {"sequence", NUMBER, NULL}}};
static const struct shape supplier = {
    "FrameworkSupplier",
    {[1] = {"name", TEXT, NULL}, [2] = {"scheme", TEXT, NULL}, [3] = {"id", TEXT, NULL}}};
static const struct shape lot = {"FrameworkLot",
                                 {[1] = {"number", TEXT, NULL},
                                  [2] = {"title", TEXT, NULL},
                                  [3] = {"cpv", LIST, NULL},
                                  [4] = {"suppliers", INNER, &supplier},
                                  [5] = {"status", NUMBER, NULL}}};
static const struct shape framework = {"Framework",
                                       {[1] = {"reference", TEXT, NULL},
                                        [2] = {"ocid", TEXT, NULL},
                                        [3] = {"notice_id", TEXT, NULL},
                                        [4] = {"title", TEXT, NULL},
                                        [5] = {"description", TEXT, NULL},
                                        [6] = {"kind", NUMBER, NULL},
                                        [7] = {"parent", TEXT, NULL},
                                        [8] = {"buyer", TEXT, NULL},
                                        [9] = {"lots", INNER, &lot},
                                        [10] = {"cpv", LIST, NULL},
                                        [11] = {"suppliers", INNER, &supplier},
                                        [12] = {"method", NUMBER, NULL},
                                        [13] = {"direct_award_allowed", NUMBER, NULL},
                                        [14] = {"max_participants", NUMBER, NULL},
                                        [15] = {"open_to", LIST, NULL},
                                        [16] = {"buyer_restrictions", TEXT, NULL},
                                        [17] = {"period_start", NUMBER, NULL},
                                        [18] = {"period_end", NUMBER, NULL},
                                        [19] = {"period_months", NUMBER, NULL},
                                        [20] = {"last_extension_date", NUMBER, NULL},
                                        [21] = {"value_max_pounds", NUMBER, NULL},
                                        [22] = {"fee", NUMBER, NULL},
                                        [23] = {"status", NUMBER, NULL},
                                        [24] = {"categories", TEXT, NULL},
                                        [25] = {"source", TEXT, NULL},
                                        [26] = {"inferred", LIST, NULL},
                                        [27] = {"lots_left_out", NUMBER, NULL},
                                        [28] = {"suppliers_left_out", NUMBER, NULL}}};
static const struct shape exposure = {"Exposure",
                                      {[1] = {"name", TEXT, NULL},
                                       [2] = {"scheme", TEXT, NULL},
                                       [3] = {"id", TEXT, NULL},
                                       [4] = {"norm", NUMBER, NULL},
                                       [5] = {"id_basis", NUMBER, NULL},
                                       [6] = {"kept_by_hand", NUMBER, NULL},
                                       [7] = {"category_basis", NUMBER, NULL},
                                       [8] = {"category_division", NUMBER, NULL},
                                       [9] = {"year", NUMBER, NULL},
                                       [10] = {"months", NUMBER, NULL},
                                       [11] = {"spend_thousands", SIGNED, NULL},
                                       [12] = {"contracts", NUMBER, NULL},
                                       [13] = {"earliest_end_quarter", NUMBER, NULL},
                                       [14] = {"route", NUMBER, NULL}}};
static const struct shape token_ask = {"TokenAsk",
                                       {[1] = {"id", BYTES, NULL},
                                        [2] = {"token_epoch", NUMBER, NULL},
                                        [3] = {"exposure_sequence", NUMBER, NULL},
                                        [4] = {"elements", BYTES, NULL}}};
static const struct shape token_answer = {"TokenAnswer",
                                          {[1] = {"ask", BYTES, NULL},
                                           [2] = {"token_epoch", NUMBER, NULL},
                                           [3] = {"elements", BYTES, NULL},
                                           [4] = {"proof_c", BYTES, NULL},
                                           [5] = {"proof_s", BYTES, NULL},
                                           [6] = {"refusal", NUMBER, NULL},
                                           [7] = {"used", NUMBER, NULL},
                                           [8] = {"limit", NUMBER, NULL}}};
static const struct shape flag_subject = {"FlagSubject",
                                          {[1] = {"relation", NUMBER, NULL},
                                           [2] = {"kind", NUMBER, NULL},
                                           [3] = {"token", BYTES, NULL},
                                           [4] = {"alert_key", BYTES, NULL},
                                           [5] = {"share", BYTES, NULL},
                                           [6] = {"commitments", BYTES, NULL},
                                           [7] = {"name_nonce", BYTES, NULL},
                                           [8] = {"name", BYTES, NULL},
                                           [9] = {"detail_id", BYTES, NULL},
                                           [10] = {"detail_revision", NUMBER, NULL},
                                           [11] = {"detail_nonce", BYTES, NULL},
                                           [12] = {"detail", BYTES, NULL},
                                           [13] = {"nonce", BYTES, NULL},
                                           [14] = {"sealed", BYTES, NULL}}};
static const struct shape flag = {"Flag",
                                  {[1] = {"flag", BYTES, NULL},
                                   [2] = {"purpose", NUMBER, NULL},
                                   [3] = {"token_epoch", NUMBER, NULL},
                                   [4] = {"revision", NUMBER, NULL},
                                   [5] = {"subjects", INNER, &flag_subject},
                                   [6] = {"event", NUMBER, NULL},
                                   [7] = {"source", NUMBER, NULL},
                                   [8] = {"severity", NUMBER, NULL},
                                   [9] = {"status", NUMBER, NULL},
                                   [10] = {"expires_quarter", NUMBER, NULL},
                                   [11] = {"clause", NUMBER, NULL},
                                   [12] = {"action", NUMBER, NULL},
                                   [13] = {"may_identify", NUMBER, NULL}}};
static const struct shape dispute = {"Dispute",
                                     {[1] = {"alert", BYTES, NULL},
                                      [2] = {"flag", BYTES, NULL},
                                      [3] = {"purpose", NUMBER, NULL},
                                      [4] = {"token_epoch", NUMBER, NULL},
                                      [5] = {"kind", NUMBER, NULL},
                                      [6] = {"token", BYTES, NULL},
                                      [7] = {"alert_key", BYTES, NULL}}};
static const struct shape alert_part = {"AlertPart",
                                        {[1] = {"kind", NUMBER, NULL},
                                         [2] = {"token", BYTES, NULL},
                                         [3] = {"nonce", BYTES, NULL},
                                         [4] = {"sealed", BYTES, NULL}}};
static const struct shape alert = {"Alert",
                                   {[1] = {"alert", BYTES, NULL},
                                    [2] = {"revision", NUMBER, NULL},
                                    [3] = {"purpose", NUMBER, NULL},
                                    [4] = {"token_epoch", NUMBER, NULL},
                                    [5] = {"parts", INNER, &alert_part}}};
const struct shape toc_shape_record = {"Record",
                                       {[1] = {"supersedes", INNER, &reference},
                                        [2] = {"withdraws", INNER, &reference},
                                        [3] = {"reason", TEXT, NULL},
                                        [16] = {"framework", INNER, &framework},
                                        [17] = {"exposure", INNER, &exposure},
                                        [18] = {"token_ask", INNER, &token_ask},
                                        [19] = {"token_answer", INNER, &token_answer},
                                        [20] = {"flag", INNER, &flag},
                                        [21] = {"dispute", INNER, &dispute},
                                        [22] = {"alert", INNER, &alert}}};

enum toc_result toc_annotate_bytes(struct toc_buf *text, const char *comment,
                                   struct toc_bytes bytes)
{
    TOC_TRY(toc_buf_append_text(text, "# "));
    TOC_TRY(toc_buf_append_text(text, comment));
    TOC_TRY(toc_buf_append_text(text, "\n"));
    for (size_t i = 0; i < bytes.len; i++) {
        char hex[3];
        toc_hex_encode(toc_bytes_of(bytes.data + i, 1), hex);
        TOC_TRY(toc_buf_append_text(text, hex));
    }
    return toc_buf_append_text(text, "\n");
}

static enum toc_result varint(struct toc_bytes *rest, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        TOC_ENSURE(rest->len > 0, TOC_MALFORMED);
        const uint8_t byte = rest->data[0];
        *rest = toc_bytes_of(rest->data + 1, rest->len - 1);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *ret_value = value;
            return TOC_OK;
        }
    }
    return TOC_MALFORMED;
}

/* A packed list, number by number. */
static void list_numbers(struct toc_bytes content, char *line, size_t used, size_t line_len)
{
    uint64_t value;
    const char *between = " = ";
    while (content.len > 0 && used < line_len && varint(&content, &value) == TOC_OK) {
        const int len =
            snprintf(line + used, line_len - used, "%s%llu", between, (unsigned long long)value);
        used += len > 0 ? (size_t)len : 0;
        between = ", ";
    }
}

static void describe(const char *path, const struct field *field, uint64_t value,
                     struct toc_bytes content, char *ret_line, size_t line_len)
{
    switch (field->kind) {
    case NUMBER:
        snprintf(ret_line, line_len, "%s%s = %llu", path, field->name, (unsigned long long)value);
        return;
    case SIGNED: /* zigzag: 0, -1, 1, -2, ... */
        snprintf(ret_line, line_len, "%s%s = %lld", path, field->name,
                 (long long)(value >> 1) ^ -(long long)(value & 1));
        return;
    case TEXT:
        snprintf(ret_line, line_len, "%s%s = \"%.*s\"", path, field->name, (int)content.len,
                 (const char *)content.data);
        return;
    case BYTES:
        snprintf(ret_line, line_len, "%s%s: %zu bytes", path, field->name, content.len);
        return;
    case NUMBERS:
        snprintf(ret_line, line_len, "%s%s: %zu numbers of a byte", path, field->name, content.len);
        return;
    case LIST:
        snprintf(ret_line, line_len, "%s%s", path, field->name);
        list_numbers(content, ret_line, strlen(ret_line), line_len);
        return;
    case INNER:
        snprintf(ret_line, line_len, "%s%s: %s of %zu bytes", path, field->name, field->inner->name,
                 content.len);
        return;
    }
    TOC_UNREACHABLE();
}

static enum toc_result annotate(struct toc_buf *text, const char *path, const struct shape *shape,
                                struct toc_bytes bytes)
{
    while (bytes.len > 0) {
        const uint8_t *begin = bytes.data;
        uint64_t tag, value;
        char line[512];
        TOC_TRY(varint(&bytes, &tag));
        TOC_TRY(varint(&bytes, &value));
        TOC_ENSURE((tag >> 3) < FIELDS_MAX, TOC_MALFORMED);
        const struct field *field = &shape->fields[tag >> 3];
        TOC_ENSURE(field->name != NULL, TOC_MALFORMED);
        const bool is_number = field->kind == NUMBER || field->kind == SIGNED;
        TOC_ENSURE((tag & 7) == (is_number ? 0 : 2), TOC_MALFORMED);
        struct toc_bytes content = {0};
        if (!is_number) {
            TOC_ENSURE(value <= bytes.len, TOC_MALFORMED);
            content = toc_bytes_of(bytes.data, (size_t)value);
            bytes = toc_bytes_of(bytes.data + value, bytes.len - (size_t)value);
        }
        const size_t len = (size_t)(bytes.data - begin);
        describe(path, field, value, content, line, sizeof line);
        if (field->kind != INNER) {
            TOC_TRY(toc_annotate_bytes(text, line, toc_bytes_of(begin, len)));
            continue;
        }
        TOC_TRY(toc_annotate_bytes(text, line, toc_bytes_of(begin, len - content.len)));
        snprintf(line, sizeof line, "%s%s.", path, field->name);
        TOC_TRY(annotate(text, line, field->inner, content));
    }
    return TOC_OK;
}

enum toc_result toc_annotate(struct toc_buf *text, const struct shape *shape,
                             struct toc_bytes bytes)
{
    return annotate(text, "", shape, bytes);
}
