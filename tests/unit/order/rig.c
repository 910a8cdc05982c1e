/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of order/ share. Test code. */
#include "rig.h"

#include <string.h>

#include "gp/command/get_status.h"
#include "gp/content/card_data.h"

json_t *rig_uicc(void)
{
    json_t *o = json_loads(
        "{\"name\":\"uicc\",\"certificate\":\"lab\",\"bearer\":\"sms\",\"isd_aid\":\"A000000151000000\","
        "\"ssd_package\":\"A0000001515350\",\"ssd_module\":\"A000000151535041\",\"memory\":65536,"
        "\"protocol\":128,\"isd_kvn\":1,\"first_kvn\":2,\"own_kvn\":3,\"spi\":\"1639\",\"kic_alg\":2,"
        "\"kid_alg\":2,\"cc_len\":8,\"format\":\"expanded\",\"concat\":\"spec\",\"segments\":2,"
        "\"max_messages\":120,\"answer_s\":30,\"tar_first\":\"B20200\",\"tar_count\":16}",
        0, NULL);
    assert_non_null(o);
    return o;
}

json_t *rig_ese(void)
{
    json_t *o = json_loads(
        "{\"name\":\"ese\",\"certificate\":\"\",\"bearer\":\"seram\",\"isd_aid\":\"A000000151000000\","
        "\"ssd_package\":\"A0000001515350\",\"ssd_module\":\"A000000151535041\",\"memory\":131072,"
        "\"protocol\":3,\"i\":112,\"level\":51,\"batch\":20,\"command_max\":255,\"isd_kvn\":255,"
        "\"first_kvn\":48,\"own_kvn\":49,\"cplc\":\"\",\"recognition\":\"\",\"put_key_1171\":0,\"counter_"
        "only_with_data\":0}",
        0, NULL);
    assert_non_null(o);
    return o;
}

static void application(struct plan_application *a, const char *module, const char *instance)
{
    struct octets m = octets_of(module), i = octets_of(instance);
    memcpy(a->module, m.at, m.len);
    a->module_len = m.len;
    memcpy(a->instance, i.at, i.len);
    a->instance_len = i.len;
}

void rig_make(struct rig *r, json_t *profile)
{
    static const char *const perso[] = {"70015A", "8F010192", "0102030405060708090A0B0C0D0E0F10"};
    struct plan_facts *f = &r->facts;
    memset(r, 0, sizeof *r);
    assert_ok(profile_read(profile, &r->profile));
    json_decref(profile);
    r->domain = octets_of(RIG_DOMAIN);
    r->package = octets_of(RIG_PACKAGE);
    r->hash = octets_of("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F");
    r->keys = octets_of("00B9048001AABB811304DEADBEEF");
    r->ppse = octets_of("A5048801015000");
    r->token = octets_of("70707070707070707070707070707070");
    for (size_t i = 0; i < PLAN_TOKENS_MAX; i++)
        f->token[i] = octets_bytes(&r->token);
    memset(r->load_file, 0xC5, sizeof r->load_file);
    for (size_t i = 0; i < 3; i++) {
        r->perso[i] = octets_of(perso[i]);
        r->dgis[i] = (struct plan_dgi){(uint16_t)(0x0101 + i), i == 2, octets_bytes(&r->perso[i])};
    }
    f->profile = &r->profile;
    f->domain_aid = octets_bytes(&r->domain);
    f->tar = 0xB20201;
    f->package_aid = octets_bytes(&r->package);
    f->load_file = BYTES(r->load_file);
    f->load_hash = octets_bytes(&r->hash);
    application(&f->applications[0], "F04F54534D000101", RIG_PAYMENT);
    application(&f->applications[1], "F04F54534D000102", RIG_PPSE);
    f->applications[1].directory = true;
    f->n_applications = 2;
    f->domain_keys = f->own_keys = octets_bytes(&r->keys);
    f->moved = (struct bytes){f->applications[0].instance, f->applications[0].instance_len};
    f->moved_to = f->domain_aid;
    f->token_key = f->receipt_key = f->dap_key = octets_bytes(&r->keys);
    f->dgis = r->dgis;
    f->n_dgis = 3;
    f->ppse = octets_bytes(&r->ppse);
    f->attestation = octets_bytes(&r->keys); /* any object */
    f->data_max = 200;
}

const struct plan_step *rig_step(const struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->n; i++)
        if (!strcmp(plan->steps[i].name, name))
            return &plan->steps[i];
    fail_msg("plan %s has no step %s", plan->name, name);
    return NULL;
}

static void clear(struct rig *r)
{
    r->script = (struct script){.store = WRITER(r->store)};
}

void rig_build(struct rig *r, const struct plan_step *step)
{
    clear(r);
    assert_ok(step->build(&r->facts, step->arg, &r->script));
    assert_true(r->script.n > 0);
}

void rig_probe(struct rig *r, const struct plan_step *step)
{
    clear(r);
    assert_ok(step->probe(&r->facts, step->arg, &r->script));
    assert_true(r->script.n > 0);
}

struct apdu rig_command(const struct rig *r, size_t i)
{
    struct apdu a;
    assert_true(i < r->script.n);
    assert_ok(apdu_read(r->script.command[i], &a));
    return a;
}

struct octets rig_entry(const char *aid, uint8_t life)
{
    struct octets o = {.len = 0}, name = octets_of(aid);
    struct writer w = WRITER(o.at);
    struct gp_registry_entry e = {.aid = octets_bytes(&name), .life_cycle = life};
    assert_ok(gp_registry_write(&e, &w));
    o.len = w.len;
    return o;
}

struct octets rig_keys(const uint8_t *versions, size_t n)
{
    struct octets o = {.len = 0};
    uint8_t inner[128];
    struct writer list = WRITER(inner), w = WRITER(o.at);
    for (size_t i = 0; i < n; i++) {
        struct gp_key_info k = {
            .kid = 1, .kvn = versions[i], .components = 1, .type = {0x88}, .length = {16}};
        assert_ok(key_info_write(&k, &list));
    }
    assert_ok(write_u8(&w, 0xE0));
    assert_ok(write_lv(&w, written(&list)));
    o.len = w.len;
    return o;
}

enum verdict rig_judge(const struct rig *r, const struct plan_step *step, const struct octets *data,
                       uint16_t sw)
{
    struct step_answer a = {data ? octets_bytes(data) : BYTES_NONE, sw};
    return step->judge(&r->facts, step->arg, &a, 1);
}
