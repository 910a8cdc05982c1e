/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm gp receipt sign | verify`: receipts made as a card makes them, and judged, offline. Edge. [GPCS C.5]
 */
#include "app/delegated/args.h"
#include "app/delegated/verbs.h"
#include "app/tsm.h"
#include "base/hex.h"

enum { ANSWER_MAX = 300 };

static const char usage[] =
    "usage: tsm gp receipt sign   --key KEY [--alg aes|tdes] | --pem FILE  --for WHAT MEMBERS\n"
    "                             --counter N --unique HEX [--token-id HEX] [--raw]\n"
    "       tsm gp receipt verify --key KEY [--alg aes|tdes] | --pem FILE  --for WHAT MEMBERS\n"
    "                             [--last N] [--unique HEX] [--token-id HEX] ANSWER\n"
    "  WHAT and its MEMBERS, AIDs and others in hex:\n"
    "    load             --load-file --domain\n"
    "    install          --load-file --application      (make selectable too)\n"
    "    extradition      --domain (the old one) --application --new-domain\n"
    "    registry-update  [--domain --new-domain] --application --privileges --parameters\n"
    "    delete           --application\n"
    "    combined         --load-file --application --domain\n"
    "  ANSWER is the data field of the card's answer. --last is the counter of the receipt before, --unique "
    "the\n"
    "  values of tags 42 and 45 of the domain that makes receipts, joined: what is not given is not "
    "judged.\n";

static struct receipt_event event_of(const struct dm_args *a)
{
    return (struct receipt_event){.kind = a->receipt_for,
                                  .load_file = arg_bytes(&a->load_file),
                                  .application = arg_bytes(&a->application),
                                  .domain = arg_bytes(&a->domain),
                                  .new_domain = arg_bytes(&a->new_domain),
                                  .privileges = arg_bytes(&a->privileges),
                                  .parameters = arg_bytes(&a->parameters)};
}

static enum tsm_err sign(const struct dm_args *a, const struct gp_signer *s)
{
    struct receipt_event event = event_of(a);
    struct receipt_data data = {
        .counter = a->counter, .sd_unique = arg_bytes(&a->unique), .token_id = arg_bytes(&a->token_id)};
    uint8_t room[ANSWER_MAX];
    struct writer answer = WRITER(room);
    char text[2 * ANSWER_MAX + 1];
    TRY(receipt_make(s, &data, &event, &answer));
    if (!a->raw)
        printf("%-10s %s\n%-10s ", "scheme", gp_scheme_text(s->scheme), "answer");
    puts(hex_text(written(&answer), text));
    return TSM_OK;
}

static enum tsm_err verify(const struct dm_args *a, const struct gp_signer *s)
{
    struct receipt_event event = event_of(a);
    struct receipt_terms terms = {arg_bytes(&a->unique), arg_bytes(&a->token_id), a->last};
    struct receipt_judgement j;
    struct arg_octets answer = {0};
    TRY(arg_operand(a, 0, &answer));
    TRY(receipt_judge(s, &terms, &event, arg_bytes(&answer), &j));
    if (j.verdict == RECEIPT_MISSING)
        return FAIL(MISSING_FIELD, "%s", receipt_verdict_text(j.verdict));
    if (j.verdict == RECEIPT_FORGED)
        return FAIL(MAC_WRONG, "%s", receipt_verdict_text(j.verdict));
    if (j.verdict != RECEIPT_GOOD)
        return FAIL(CONFLICT, "%s (counter %u)", receipt_verdict_text(j.verdict), j.counter);
    printf("%-10s right (%s)\n%-10s %u\n", "receipt", gp_scheme_text(s->scheme), "counter", j.counter);
    return TSM_OK;
}

static enum tsm_err run(struct dm_args *a)
{
    ARG_SIGNER s = {0};
    TRY(arg_signer_open(a, &s));
    return a->signs ? sign(a, &s.signer) : verify(a, &s.signer);
}

int gp_receipt_verb(int argc, char **argv)
{
    DM_ARGS a = {0};
    int status = args_read(argc, argv, usage, &a);
    enum tsm_err e;
    if (status >= 0)
        return status;
    if (!a.has_for || a.operands != (a.signs ? 0 : 1) || (a.signs && (!a.has_counter || a.unique.len == 0))) {
        fputs(usage, stderr);
        return TSM_EXIT_USAGE;
    }
    e = run(&a);
    return e == TSM_OK ? TSM_EXIT_OK : tsm_failed(e);
}
