/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's plan that makes a card ready for delegated management, and the steps that other plans share
 * with it. Station 5. Pure. [GPCS 9.1.3, 11.8] */
#include "gp/command/put_key.h"
#include "order/manage/keys.h"
#include "order/manage/mode.h"

enum { SOLE_KEY = 1 };

static enum tsm_err add_put_key(const struct plan_facts *f, struct bytes field, struct script *out)
{
    size_t mark = script_mark(out);
    NEED(field.len > 0, KEY_MISSING);
    TRY(put_key_write_field(0, SOLE_KEY, field, &out->store));
    return script_add_long(out, mark, f->profile);
}

enum tsm_err build_token_key(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return add_put_key(f, f->token_key, out);
}

enum tsm_err build_receipt_key(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return add_put_key(f, f->receipt_key, out);
}

enum tsm_err build_dap_key(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return add_put_key(f, f->dap_key, out);
}

static enum verdict judge_kvn(const struct step_answer *a, size_t n, uint8_t kvn)
{
    return keys_have(a, n, kvn) ? VERDICT_DONE : VERDICT_NOT_DONE;
}

enum verdict judge_token_key(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    (void)f;
    (void)arg;
    return judge_kvn(a, n, KVN_TOKEN);
}

enum verdict judge_receipt_key(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    (void)f;
    (void)arg;
    return judge_kvn(a, n, KVN_RECEIPT);
}

enum verdict judge_dap_key(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    (void)f;
    (void)arg;
    return judge_kvn(a, n, KVN_DAP);
}

bool prepared_or_no_tokens(const struct plan_facts *f, int arg)
{
    (void)arg;
    return f->prepared || !mode_row(f->mode)->tokens;
}

bool no_dap(const struct plan_facts *f, int arg)
{
    (void)arg;
    return !f->verifies_dap;
}

static const struct plan_step prepare_steps[] = {
    CHANGE_STEP("PREPARE_TOKEN_KEY", "the card gets the key that verifies the owner's tokens", IN_ISSUER, 0,
                build_token_key, probe_keys, judge_token_key, 0),
    CHANGE_STEP("PREPARE_RECEIPT_KEY", "the card gets the key that it makes receipts with", IN_ISSUER, 0,
                build_receipt_key, probe_keys, judge_receipt_key, 0),
};
const struct plan plan_prepare = {
    .name = "prepare", .steps = prepare_steps, .n = sizeof prepare_steps / sizeof prepare_steps[0]};
