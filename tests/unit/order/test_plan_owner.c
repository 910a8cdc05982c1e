/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's plans, read back by GlobalPlatform's own readers; their judges before every state of the card.
 * Unit test of order/plan_owner.c. [GPCS 11.2, 11.4, 11.5, 11.6, 11.11; TS 102 226 8.2.1.3] */
#include <string.h>

#include "gp/apdu/ins.h"
#include "gp/command/delete.h"
#include "gp/command/get_status.h"
#include "gp/command/install.h"
#include "gp/content/install_params.h"
#include "gp/content/sd_params.h"
#include "gp/content/uicc_params.h"
#include "rig.h"

static struct rig rig;

static struct gp_install install_of(size_t i)
{
    struct gp_install got;
    struct apdu a = rig_command(&rig, i);
    assert_int_equal(a.ins, INS_INSTALL);
    assert_ok(install_read(a.p1, a.p2, a.data, &got));
    return got;
}

static struct install_params params_of(const struct gp_install *i)
{
    struct install_params p;
    assert_ok(install_params_read(PARAMS_FOR_INSTALL, i->parameters, &p));
    return p;
}

static void a_domain_of_a_uicc_speaks_scp80_and_gets_its_tar(void **state)
{
    struct gp_install i;
    struct install_params p;
    struct sd_params sd;
    struct uicc_params uicc;
    (void)state;
    rig_make(&rig, rig_uicc());
    rig_build(&rig, rig_step(&plan_create_domain, "INSTALL_DOMAIN"));
    i = install_of(0);
    p = params_of(&i);
    assert_int_equal(i.p1, INSTALL_FOR_INSTALL_AND_MAKE_SELECTABLE);
    assert_hex(i.load_file, "A0000001515350");
    assert_hex(i.module, "A000000151535041");
    assert_hex(i.application, RIG_DOMAIN);
    assert_hex(i.privileges, "808000"); /* security domain, trusted path */
    assert_ok(sd_params_read(p.application, &sd));
    assert_int_equal(sd.protocol_count, 1);
    assert_int_equal(sd.protocol[0].protocol, 0x80);
    assert_ok(uicc_params_read(p.uicc, &uicc));
    assert_true(uicc.has_toolkit);
    assert_int_equal(uicc.toolkit.tar_count, 1);
    assert_hex(BYTES(uicc.toolkit.tar[0]), "B20201");
    assert_int_equal(uicc.access_count, 0);
}

static void a_domain_of_an_embedded_element_speaks_the_profiles_protocol(void **state)
{
    struct gp_install i;
    struct install_params p;
    struct sd_params sd;
    (void)state;
    rig_make(&rig, rig_ese());
    rig_build(&rig, rig_step(&plan_create_domain, "INSTALL_DOMAIN"));
    i = install_of(0);
    p = params_of(&i);
    assert_ok(sd_params_read(p.application, &sd));
    assert_int_equal(sd.protocol[0].protocol, 3);
    assert_int_equal(sd.protocol[0].i, 0x70);
    assert_int_equal(p.uicc.len, 0);
}

/* The data of a STORE DATA run, block after block numbered from 0, the last one marked. */
static struct octets run_from(size_t first)
{
    struct octets all = {.len = 0};
    struct writer w = WRITER(all.at);
    for (size_t i = first; i < rig.script.n; i++) {
        struct apdu a = rig_command(&rig, i);
        assert_int_equal(a.ins, INS_STORE_DATA);
        assert_int_equal(a.p2, i - first);
        assert_int_equal(a.p1 >> 7, i + 1 == rig.script.n);
        assert_true(a.data.len <= rig.facts.data_max);
        assert_ok(write_span(&w, a.data));
    }
    all.len = w.len;
    return all;
}

static void the_first_keys_go_into_the_domain_in_one_run(void **state)
{
    struct gp_install i;
    struct octets all;
    (void)state;
    rig_make(&rig, rig_uicc());
    rig.facts.data_max = 5;
    rig_build(&rig, rig_step(&plan_create_domain, "DOMAIN_KEYS"));
    i = install_of(0);
    assert_int_equal(i.p1, INSTALL_FOR_PERSONALIZATION);
    assert_hex(i.application, RIG_DOMAIN);
    assert_int_equal(rig_command(&rig, 1).p1, 0x08); /* DGI, not encrypted as a whole */
    all = run_from(1);
    assert_hex(octets_bytes(&all), "00B9048001AABB811304DEADBEEF");
}

static void a_load_file_is_announced_and_loaded_block_by_block(void **state)
{
    static uint8_t file[RIG_LOAD_FILE + 8];
    struct writer w = WRITER(file);
    struct gp_install i;
    (void)state;
    rig_make(&rig, rig_uicc());
    rig_build(&rig, rig_step(&plan_load_and_install, "LOAD"));
    i = install_of(0);
    assert_int_equal(i.p1, INSTALL_FOR_LOAD);
    assert_hex(i.load_file, RIG_PACKAGE);
    assert_hex(i.domain, RIG_DOMAIN);
    assert_true(bytes_equal(i.hash, octets_bytes(&rig.hash)));
    for (size_t n = 1; n < rig.script.n; n++) {
        struct apdu a = rig_command(&rig, n);
        assert_int_equal(a.ins, INS_LOAD);
        assert_int_equal(a.p2, n - 1);
        assert_int_equal(a.p1, n + 1 == rig.script.n ? 0x80 : 0);
        assert_true(a.data.len <= rig.facts.data_max);
        assert_ok(write_span(&w, a.data));
    }
    assert_hex(BYTES_OF(file, 4), "C48202BC"); /* 700 octets */
    assert_true(bytes_equal(BYTES_OF(file + 4, w.len - 4), BYTES(rig.load_file)));
}

static void a_load_file_of_64_kib_fits_a_script_and_one_octet_more_does_not(void **state)
{
    static uint8_t file[65536];
    static uint8_t store[96 * 1024];
    struct script script = {.store = WRITER(store)};
    const struct plan_step *load = rig_step(&plan_load_and_install, "LOAD");
    (void)state;
    rig_make(&rig, rig_ese());
    rig.facts.data_max = 223;
    rig.facts.load_file = BYTES_OF(file, 65535);
    assert_ok(load->build(&rig.facts, 0, &script));
    script = (struct script){.store = WRITER(store)};
    rig.facts.load_file = BYTES_OF(file, 65536);
    assert_err(load->build(&rig.facts, 0, &script), TSM_TOO_LONG);
    script = (struct script){.store = WRITER(store)};
    rig.facts.load_file = BYTES_OF(file, 65535);
    rig.facts.data_max = 100; /* more commands than a script holds */
    assert_err(load->build(&rig.facts, 0, &script), TSM_TOO_LONG);
}

static void both_applications_are_installed_from_the_load_file(void **state)
{
    static const struct {
        const char *step, *module, *instance;
    } rows[] = {{"INSTALL_APPLICATION", "F04F54534D000101", RIG_PAYMENT},
                {"INSTALL_APPLICATION_2", "F04F54534D000102", RIG_PPSE}};
    (void)state;
    rig_make(&rig, rig_uicc());
    for (size_t n = 0; n < 2; n++) {
        struct gp_install i;
        struct install_params p;
        rig_build(&rig, rig_step(&plan_load_and_install, rows[n].step));
        i = install_of(0);
        p = params_of(&i);
        assert_int_equal(i.p1, INSTALL_FOR_INSTALL_AND_MAKE_SELECTABLE);
        assert_hex(i.load_file, RIG_PACKAGE);
        assert_hex(i.module, rows[n].module);
        assert_hex(i.application, rows[n].instance);
        assert_hex(i.privileges, "000000");
        assert_int_equal(p.application.len, 0);
    }
}

static void removal_deletes_what_was_made(void **state)
{
    static const struct {
        const char *step, *aid;
        bool related;
    } rows[] = {{"DELETE_APPLICATION", RIG_PAYMENT, false},
                {"DELETE_APPLICATION_2", RIG_PPSE, false},
                {"DELETE_LOAD_FILE", RIG_PACKAGE, true},
                {"DELETE_DOMAIN", RIG_DOMAIN, false}};
    (void)state;
    rig_make(&rig, rig_uicc());
    assert_string_equal(plan_remove.steps[plan_remove.n - 1].name, "DELETE_DOMAIN"); /* it holds the others */
    for (size_t n = 0; n < 4; n++) {
        const struct plan_step *step = rig_step(&plan_remove, rows[n].step);
        struct gp_delete d;
        struct apdu a;
        rig_build(&rig, step);
        assert_int_equal(rig.script.n, 1);
        a = rig_command(&rig, 0);
        assert_int_equal(a.ins, INS_DELETE);
        assert_ok(delete_read(a.p2, a.data, &d));
        assert_hex(d.aid, rows[n].aid);
        assert_int_equal(d.related, rows[n].related);
        assert_int_equal(step->also_fine, SW_NOT_FOUND);
    }
}

/* Each probe asks for the object of its step, and the judge finds it, or does not, or finds another. */
static const struct {
    const struct plan *plan;
    const char *step, *aid;
    uint8_t scope, life;
    enum verdict there, gone;
} judged[] = {
    {&plan_create_domain, "INSTALL_DOMAIN", RIG_DOMAIN, 0x40, LIFE_SELECTABLE, VERDICT_DONE,
     VERDICT_NOT_DONE},
    {&plan_create_domain, "DOMAIN_KEYS", RIG_DOMAIN, 0x40, LIFE_PERSONALIZED, VERDICT_DONE, VERDICT_NOT_DONE},
    {&plan_create_domain, "DOMAIN_KEYS", RIG_DOMAIN, 0x40, LIFE_SELECTABLE, VERDICT_PARTIAL,
     VERDICT_NOT_DONE},
    {&plan_load_and_install, "LOAD", RIG_PACKAGE, 0x20, LIFE_LOADED, VERDICT_DONE, VERDICT_NOT_DONE},
    {&plan_load_and_install, "INSTALL_APPLICATION", RIG_PAYMENT, 0x40, LIFE_SELECTABLE, VERDICT_DONE,
     VERDICT_NOT_DONE},
    {&plan_load_and_install, "INSTALL_APPLICATION_2", RIG_PPSE, 0x40, LIFE_SELECTABLE, VERDICT_DONE,
     VERDICT_NOT_DONE},
    {&plan_remove, "DELETE_APPLICATION", RIG_PAYMENT, 0x40, LIFE_SELECTABLE, VERDICT_NOT_DONE, VERDICT_DONE},
    {&plan_remove, "DELETE_APPLICATION_2", RIG_PPSE, 0x40, LIFE_SELECTABLE, VERDICT_NOT_DONE, VERDICT_DONE},
    {&plan_remove, "DELETE_LOAD_FILE", RIG_PACKAGE, 0x20, LIFE_LOADED, VERDICT_NOT_DONE, VERDICT_DONE},
    {&plan_remove, "DELETE_DOMAIN", RIG_DOMAIN, 0x40, LIFE_SELECTABLE, VERDICT_NOT_DONE, VERDICT_DONE},
};

static void judges_see_what_is_on_the_card(void **state)
{
    (void)state;
    rig_make(&rig, rig_uicc());
    for (size_t i = 0; i < sizeof judged / sizeof judged[0]; i++) {
        const struct plan_step *step = rig_step(judged[i].plan, judged[i].step);
        struct octets own = rig_entry(judged[i].aid, judged[i].life),
                      other = rig_entry("A000000003000000", 0x07);
        struct octets wanted = octets_of(judged[i].aid);
        struct apdu probe;
        rig_probe(&rig, step);
        probe = rig_command(&rig, 0);
        assert_int_equal(probe.ins, INS_GET_STATUS);
        assert_int_equal(probe.p1, judged[i].scope);
        assert_true(bytes_equal(BYTES_OF(probe.data.at + 2, probe.data.len - 2), octets_bytes(&wanted)));
        assert_int_equal(rig_judge(&rig, step, &own, SW_OK), judged[i].there);
        assert_int_equal(rig_judge(&rig, step, &other, SW_OK), judged[i].gone);
        assert_int_equal(rig_judge(&rig, step, NULL, SW_NOT_FOUND), judged[i].gone);
        memcpy(other.at + other.len, own.at, own.len); /* behind another entry */
        other.len += own.len;
        assert_int_equal(rig_judge(&rig, step, &other, SW_OK), judged[i].there);
    }
}

static void a_cut_answer_is_not_read_beyond_its_end(void **state)
{
    const struct plan_step *step = rig_step(&plan_create_domain, "INSTALL_DOMAIN");
    struct octets own = rig_entry(RIG_DOMAIN, LIFE_SELECTABLE);
    (void)state;
    rig_make(&rig, rig_uicc());
    for (size_t n = own.len; n > 0; n--) {
        struct octets cut = {.len = n - 1};
        memcpy(cut.at, own.at, cut.len);
        assert_int_equal(rig_judge(&rig, step, &cut, SW_OK), VERDICT_NOT_DONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_domain_of_a_uicc_speaks_scp80_and_gets_its_tar),
        cmocka_unit_test(a_domain_of_an_embedded_element_speaks_the_profiles_protocol),
        cmocka_unit_test(the_first_keys_go_into_the_domain_in_one_run),
        cmocka_unit_test(a_load_file_is_announced_and_loaded_block_by_block),
        cmocka_unit_test(a_load_file_of_64_kib_fits_a_script_and_one_octet_more_does_not),
        cmocka_unit_test(both_applications_are_installed_from_the_load_file),
        cmocka_unit_test(removal_deletes_what_was_made),
        cmocka_unit_test(judges_see_what_is_on_the_card),
        cmocka_unit_test(a_cut_answer_is_not_read_beyond_its_end),
    };
    return cmocka_run_group_tests_name("plan-owner", tests, NULL, NULL);
}
