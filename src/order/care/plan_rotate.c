/* SPDX-License-Identifier: Apache-2.0 */
/* The plans of a rotation: put the new key set, prove it, delete the old one. Stations 5 and 11. Pure. [GPCS
 * 11.2.2.3.2, 11.8] */
#include "gp/command/delete.h"
#include "gp/command/get_data.h"
#include "gp/command/put_key.h"
#include "order/care/plan_care.h"
#include "order/plan_script.h"

enum { FIRST_KEY = 1 };

/* Another version is added beside the old one, so that one of the two opens the card whatever happens; the
 * same version is replaced, which the card does all or nothing. */
static enum tsm_err build_put(const struct plan_facts *f, int arg, struct script *out)
{
    const struct care_facts *c = f->care;
    size_t mark = script_mark(out);
    (void)arg;
    TRY(put_key_write_field(c->kvn == c->old_kvn ? c->old_kvn : 0, PUT_KEY_SEVERAL | FIRST_KEY, c->key_body,
                            &out->store));
    return script_add(out, mark);
}

/* Asked under the old keys. Where the version is the same, a card that still opens with them was not changed.
 */
static enum verdict judge_put(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    (void)arg;
    return f->care->kvn != f->care->old_kvn && keys_have(a, n, f->care->kvn) ? VERDICT_DONE
                                                                             : VERDICT_NOT_DONE;
}

/* A card that does not tell its key versions has still proved the keys, by its channel or its packet. */
static enum tsm_err build_prove(const struct plan_facts *f, int arg, struct script *out)
{
    return probe_keys(f, arg, out);
}

static enum tsm_err build_retire(const struct plan_facts *f, int arg, struct script *out)
{
    size_t mark = script_mark(out);
    (void)arg;
    TRY(delete_key_write(f->care->old_kvn, 0, &out->store));
    return script_add(out, mark);
}

static enum verdict judge_retired(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    (void)arg;
    return keys_have(a, n, f->care->kvn) && !keys_have(a, n, f->care->old_kvn) ? VERDICT_DONE
                                                                               : VERDICT_NOT_DONE;
}

static const struct plan_step put_issuer[] = {
    CHANGE_STEP("PUT_KEYS", "the new key set is put beside or in place of the old one", IN_ISSUER, 0,
                build_put, probe_keys, judge_put, 0),
};
static const struct plan_step put_domain[] = {
    CHANGE_STEP("PUT_KEYS", "the new key set is put beside or in place of the old one", IN_PROVIDER, 0,
                build_put, probe_keys, judge_put, 0),
};
#define PROVE_STEP(d)                                                                                       \
    {                                                                                                       \
        .name = "PROVE_KEYS", .text = "the card proves the new key set", .domain = d, .build = build_prove, \
        .also_fine = SW_NOT_FOUND                                                                           \
    }
static const struct plan_step prove_issuer[] = {PROVE_STEP(IN_ISSUER)};
static const struct plan_step prove_domain[] = {PROVE_STEP(IN_PROVIDER)};
static const struct plan_step retire_issuer[] = {
    CHANGE_STEP("RETIRE_KEYS", "the old key set is deleted", IN_ISSUER, 0, build_retire, probe_keys,
                judge_retired, SW_NOT_FOUND),
};
static const struct plan_step retire_domain[] = {
    CHANGE_STEP("RETIRE_KEYS", "the old key set is deleted", IN_PROVIDER, 0, build_retire, probe_keys,
                judge_retired, SW_NOT_FOUND),
};

#define STEPS(array) .steps = array, .n = sizeof(array) / sizeof(array)[0]
static const struct plan put_keys = {.name = "put-keys", STEPS(put_issuer)},
                         put_keys_domain = {.name = "put-keys", STEPS(put_domain)},
                         prove_keys = {.name = "prove-keys", STEPS(prove_issuer)},
                         prove_keys_domain = {.name = "prove-keys", STEPS(prove_domain)},
                         retire_keys = {.name = "retire-keys", STEPS(retire_issuer)},
                         retire_keys_domain = {.name = "retire-keys", STEPS(retire_domain)};
const struct rotation_plans rotation_issuer = {&put_keys, &prove_keys, &retire_keys},
                            rotation_domain = {&put_keys_domain, &prove_keys_domain, &retire_keys_domain};
