/* flag dispute: an alert on a supplier of one's own is wrong, or, taken back, is not. */
#include "commands.h"
#include "ensure.h"
#include "flag_words.h"
#include "sealed.h"
#include "supplier_words.h"
#include <string.h>

static int say(struct toc_cli *cli, const char *alert, json_t *reply)
{
    const char *const state = toc_field_text(reply, "state");
    if (cli->json) {
        return toc_cli_answer(cli, reply);
    }
    fprintf(cli->out, "Alert %.*s: ", TOC_FLAG_SHORT_LEN, alert);
    if (strcmp(state, "disputed") == 0) {
        fputs("disputed. Who raised it has to confirm or withdraw it; until then everybody who can "
              "read it sees that it is disputed.\n",
              cli->out);
    } else {
        fputs("this council no longer disputes it.\n", cli->out);
    }
    return TOC_EXIT_DONE;
}

int toc_cmd_flag_dispute(struct toc_cli *cli, int argc, char **argv)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    const char *text = NULL;
    bool take_back = false;
    const struct toc_option options[] = {{.name = "text", .text = &text},
                                         {.name = "take-back", .flag = &take_back}};
    static const struct toc_usage usage = {.command = "flag dispute",
                                           .operands_min = 1,
                                           .operands_max = 1,
                                           .operands = "ALERT [--text TEXT | --take-back]"};
    char alert[TOC_FLAG_TEXT_LEN + 1];
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, 2, &operands, &status)) {
        return status;
    }
    if (text != NULL && (take_back || strlen(text) > TOC_DETAIL_TEXT_MAX)) {
        return toc_cli_misuse(cli, usage.command,
                              "--text is for a dispute, and at most %d bytes long",
                              TOC_DETAIL_TEXT_MAX);
    }
    enum toc_result result = toc_alert_find(cli, operands.items[0], alert, &why);
    if (result == TOC_OK) {
        result = toc_cli_call(cli, take_back ? "flag_undispute" : "flag_dispute",
                              json_pack("{s:s, s:s*}", "alert", alert, "text", text), &reply, &why);
    }
    return result == TOC_OK ? say(cli, alert, reply.json) : toc_supplier_fail(cli, result, &why);
}
