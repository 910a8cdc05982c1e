/* SPDX-License-Identifier: Apache-2.0 */
/* Tools of the plan builders. Station 5. Pure. [GPCS 11.4, 11.5, 11.3.3.1] */
#include "order/plan_script.h"

#include <string.h>

#include "gp/channel/init_update.h"
#include "gp/command/get_data.h"
#include "order/manage/applications.h"

enum tsm_err script_add(struct script *s, size_t mark)
{
    NEED(s->n < SCRIPT_MAX, TOO_LONG);
    s->command[s->n++] = written_since(&s->store, mark);
    return TSM_OK;
}

enum tsm_err script_add_long(struct script *s, size_t mark, const struct se_profile *profile)
{
    bool chains = profile->protocol == SCP03;
    if (s->store.len - mark > APDU_SHORT_MAX && !chains)
        return FAIL(
            NEEDS_BETTER_LINK,
            "a command of %zu octets needs a chain, and SCP%02llX does not carry one: take a token key "
            "on P-256 or RSA of 1024 bits",
            s->store.len - mark, (unsigned long long)profile->protocol);
    return script_add(s, mark);
}

enum tsm_err probe_registry(enum gp_status_scope scope, struct bytes aid, struct script *out)
{
    struct get_status g = {.scope = scope, .dialect = STATUS_TLV, .aid = aid};
    size_t mark = script_mark(out);
    TRY(get_status_write(&g, &out->store));
    return script_add(out, mark);
}

bool registry_has(const struct step_answer *answers, size_t n, enum gp_status_scope scope, struct bytes aid,
                  uint8_t *life)
{
    struct reader r;
    struct gp_registry_entry e;
    if (n == 0 || answers[0].data.len == 0)
        return false;
    r = READER(answers[0].data);
    while (r.left.len && gp_registry_next(&r, scope, STATUS_TLV, &e) == TSM_OK)
        if (bytes_equal(e.aid, aid)) {
            *life = e.life_cycle;
            return true;
        }
    return false;
}

enum tsm_err probe_keys(const struct plan_facts *f, int arg, struct script *out)
{
    size_t mark = script_mark(out);
    (void)f;
    (void)arg;
    TRY(get_data_write(DATA_KEYS, &out->store));
    return script_add(out, mark);
}

bool keys_have(const struct step_answer *answers, size_t n, uint8_t kvn)
{
    struct reader keys;
    struct gp_key_info k;
    if (n == 0 || key_info_open(answers[0].data, &keys) != TSM_OK)
        return false;
    while (keys.left.len && key_info_next(&keys, &k) == TSM_OK)
        if (k.kvn == kvn)
            return true;
    return false;
}

enum tsm_err script_personalization(struct script *s, struct bytes aid)
{
    struct gp_install i = {.p1 = INSTALL_FOR_PERSONALIZATION, .application = aid};
    size_t mark = script_mark(s);
    TRY(install_write(&i, &s->store));
    return script_add(s, mark);
}

bool is_step_of_each(const struct plan_step *step, const char *name)
{
    size_t n = strlen(name);
    if (strncmp(step->name, name, n) != 0)
        return false;
    return step->name[n] == 0 ||
           (step->name[n] == '_' && step->name[n + 1] == '1' + step->arg && step->name[n + 2] == 0);
}
