/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: what an application answers to the issuer's template, what an order says of a change, and the
 * rules of a scheme. */
#include "fuzz.h"

#include <stdlib.h>

#include "base/json.h"
#include "order/issuer/plan_issuer.h"

const char *const fuzz_seeds[] = {
    "AB108001022307DF72020005900023026988",
    "AB33800104230F770B9F26081122334455667788900023079F3602000A90002307DF720200059000230B9F7906000000002550"
    "9000",
    /* {"kind":"top-up","amount":5} */
    "7B226B696E64223A22746F702D7570222C22616D6F756E74223A357D",
    /* {"kind":"parameter","tag":"9F58","value":"05"} */
    "7B226B696E64223A22706172616D65746572222C22746167223A2239463538222C2276616C7565223A223035227D",
    NULL,
};

static const struct issuer_rules rules = {
    .counter = 0xDF72, .offline = 0xDF71, .balance = 0x9F79, .ask_n = 1};

static void read_change(struct bytes text)
{
    struct changes c;
    struct change_script s;
    struct issuer_rules read;
    json_t *o;
    if (json_read(text, &o) != TSM_OK)
        return;
    if (changes_read(o, &c) == TSM_OK && changes_script(&c, &rules, BYTES_NONE, &s) == TSM_OK &&
        (s.n != c.n || s.effects_n > s.n))
        abort();
    (void)issuer_rules_read(o, &read);
    json_decref(o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct issuer_facts facts = {.rules = &rules, .asks_balance = true};
    struct carried_answers a;
    struct issuer_said said;
    if (carry_read(BYTES_OF(data, size), &a) == TSM_OK && a.n > CARRY_MAX)
        abort();
    if (issuer_answers_read(&facts, BYTES_OF(data, size), &said) == TSM_OK &&
        said.balance_len != CHANGE_BALANCE)
        abort();
    read_change(BYTES_OF(data, size));
    return 0;
}
