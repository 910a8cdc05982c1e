/* SPDX-License-Identifier: Apache-2.0 */
/* The management modes: what a domain may, who sends what with which token, and what a receipt is about. Unit
 * test of order/manage/mode.h and plan_managed.c. [GPCS 9.1.3, C.4, C.5] */
#include <string.h>

#include "gp/apdu/ins.h"
#include "gp/command/install.h"
#include "gp/delegated/token.h"
#include "order/manage/mode.h"
#include "rig.h"

static struct rig rig;

static const struct plan *const delegated[] = {&plan_load_delegated, &plan_remove_delegated};
static const struct plan *const authorized[] = {&plan_load_authorized, &plan_remove_authorized};

static void modes_have_words_and_rows(void **state)
{
    static const char *const words[MODES] = {"simple", "delegated", "authorized"};
    (void)state;
    for (int i = 0; i < MODES; i++) {
        enum domain_mode mode;
        assert_ok(mode_read(words[i], &mode));
        assert_int_equal(mode, i);
        assert_string_equal(mode_row(i)->word, words[i]);
        assert_non_null(mode_row(i)->load);
        assert_non_null(mode_row(i)->remove);
    }
    assert_null(mode_row(-1));
    assert_null(mode_row(MODES));
    assert_err(mode_read("dual", &(enum domain_mode){0}), TSM_BAD_VALUE);
}

static void a_domain_gets_the_privileges_of_its_mode(void **state)
{
    static const struct {
        enum domain_mode mode;
        bool dap;
        const char *privileges;
    } rows[] = {{MODE_SIMPLE, false, "808000"},     {MODE_SIMPLE, true, "C08000"},
                {MODE_DELEGATED, false, "A08000"},  {MODE_DELEGATED, true, "E08000"},
                {MODE_AUTHORIZED, false, "80C000"}, {MODE_AUTHORIZED, true, "C0C000"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct gp_install got;
        struct apdu a;
        rig_make(&rig, rig_ese());
        rig.facts.mode = rows[i].mode;
        rig.facts.verifies_dap = rows[i].dap;
        rig_build(&rig, rig_step(&plan_create_domain, "INSTALL_DOMAIN"));
        a = rig_command(&rig, 0);
        assert_ok(install_read(a.p1, a.p2, a.data, &got));
        assert_hex(got.privileges, rows[i].privileges);
    }
}

/* A managing provider works in its own domain, under its own keys; the owner in his. */
static void the_party_of_a_mode_is_the_domain_of_its_steps(void **state)
{
    (void)state;
    for (int m = 0; m < MODES; m++) {
        const struct mode_row *row = mode_row(m);
        const struct plan *const plans[] = {row->load, row->remove};
        for (size_t p = 0; p < 2; p++)
            for (size_t i = 0; i < plans[p]->n; i++) {
                const struct plan_step *s = &plans[p]->steps[i];
                assert_int_equal(s->domain, row->party == BY_OWNER ? IN_ISSUER : IN_PROVIDER);
                assert_int_equal(s->request != NULL, row->tokens);
                assert_int_equal(s->event != NULL, row->receipts);
            }
        if (row->close)
            assert_int_equal(row->close->steps[0].domain, IN_ISSUER);
    }
}

/* The step with the token is the request with the token put in, and nothing else. */
static void a_delegated_command_is_what_was_signed(void **state)
{
    struct gp_token_command c;
    struct octets request;
    uint8_t out[APDU_SHORT_MAX];
    struct writer w;
    (void)state;
    rig_make(&rig, rig_ese());
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < delegated[p]->n; i++) {
            const struct plan_step *s = &delegated[p]->steps[i];
            struct script script = {.store = WRITER(request.at)};
            if (s->needless && s->needless(&rig.facts, s->arg))
                continue;
            assert_ok(plan_token_request(s, &rig.facts, &script));
            assert_int_equal(script.n, 1);
            assert_ok(gp_token_command_read(script.command[0], &c));
            assert_int_equal(gp_token_of(&c)->len, 0);
            w = WRITER(out);
            assert_ok(gp_token_put(script.command[0], octets_bytes(&rig.token), &w));
            rig_build(&rig, s);
            assert_ok(gp_token_command_read(rig.script.command[0], &c));
            assert_true(bytes_equal(*gp_token_of(&c), octets_bytes(&rig.token)));
            assert_true(w.len <= rig.script.command[0].len);
            assert_memory_equal(rig.script.command[0].at, out, w.len);
        }
}

static void without_its_token_a_step_is_not_built(void **state)
{
    (void)state;
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < delegated[p]->n; i++) {
            const struct plan_step *s = &delegated[p]->steps[i];
            rig_make(&rig, rig_ese());
            rig.script = (struct script){.store = WRITER(rig.store)};
            if (s->needless && s->needless(&rig.facts, s->arg))
                continue;
            assert_ptr_equal(plan_token_place(s, &rig.facts), &rig.facts.token[s->token]);
            *plan_token_place(s, &rig.facts) = BYTES_NONE;
            assert_err(s->build(&rig.facts, s->arg, &rig.script), TSM_MISSING_FIELD);
            assert_int_equal(rig.script.n, 0);
        }
}

/* Where none is due a token is an error on the card [GPCS 11.5.2.3]: it must not slip in from the facts. */
static void other_modes_send_no_token(void **state)
{
    struct gp_token_command c;
    (void)state;
    rig_make(&rig, rig_ese());
    for (size_t p = 0; p < 2; p++) {
        const struct plan *const plans[] = {authorized[p], p ? &plan_remove : &plan_load_and_install};
        for (size_t k = 0; k < 2; k++)
            for (size_t i = 0; i < plans[k]->n; i++) {
                const struct plan_step *s = &plans[k]->steps[i];
                if (s->needless && s->needless(&rig.facts, s->arg))
                    continue;
                rig_build(&rig, s);
                assert_ok(gp_token_command_read(rig.script.command[0], &c));
                assert_int_equal(gp_token_of(&c)->len, 0);
                assert_null(plan_token_place(s, &rig.facts));
                assert_err(plan_token_request(s, &rig.facts, &rig.script), TSM_NOT_FOUND);
            }
    }
}

static void a_receipt_is_about_what_the_step_did(void **state)
{
    static const struct {
        const char *step;
        enum receipt_for kind;
        const char *load_file, *application, *domain;
    } rows[] = {
        {"DELEGATED_LOAD", RECEIPT_FOR_LOAD, RIG_PACKAGE, "", RIG_DOMAIN},
        {"DELEGATED_INSTALL_APPLICATION", RECEIPT_FOR_INSTALL, RIG_PACKAGE, RIG_PAYMENT, ""},
        {"DELEGATED_INSTALL_APPLICATION_2", RECEIPT_FOR_INSTALL, RIG_PACKAGE, RIG_PPSE, ""},
        {"DELEGATED_DELETE_APPLICATION", RECEIPT_FOR_DELETE, "", RIG_PAYMENT, ""},
        {"DELEGATED_DELETE_APPLICATION_2", RECEIPT_FOR_DELETE, "", RIG_PPSE, ""},
        {"DELEGATED_DELETE_LOAD_FILE", RECEIPT_FOR_DELETE, "", RIG_PACKAGE, ""},
    };
    (void)state;
    rig_make(&rig, rig_ese());
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct plan_step *s = rig_step(delegated[i >= 3], rows[i].step);
        struct receipt_event e;
        uint8_t out[RECEIPT_INPUT_MAX];
        struct writer w = WRITER(out);
        s->event(&rig.facts, s->arg, &e);
        assert_int_equal(e.kind, rows[i].kind);
        assert_hex(e.load_file, rows[i].load_file);
        assert_hex(e.application, rows[i].application);
        assert_hex(e.domain, rows[i].domain);
        assert_ok(receipt_input(HEX("02000801AA"), &e, &w));
    }
}

static void dap_blocks_go_in_front_of_the_load_file(void **state)
{
    struct octets blocks = octets_of("E20D4F08F04F54534DD00001C301AA");
    (void)state;
    rig_make(&rig, rig_ese());
    rig.facts.dap_blocks = octets_bytes(&blocks);
    rig_build(&rig, rig_step(&plan_load_delegated, "DELEGATED_LOAD"));
    assert_hex(BYTES_OF(rig_command(&rig, 1).data.at, 19), "E20D4F08F04F54534DD00001C301AAC48202BC");
}

static enum tsm_err build(const struct plan *plan, const char *name)
{
    const struct plan_step *step = rig_step(plan, name);
    rig.script = (struct script){.store = WRITER(rig.store)};
    return step->build(&rig.facts, step->arg, &rig.script);
}

/* RSA of 2048 bits: the key for PUT KEY and its tokens are longer than a short command. */
static void what_needs_a_chain_is_refused_where_none_is_carried(void **state)
{
    static const uint8_t token[256], field[270];
    static const struct {
        const struct plan *plan;
        const char *step;
    } rows[] = {{&plan_prepare, "PREPARE_TOKEN_KEY"},
                {&plan_load_delegated, "DELEGATED_LOAD"},
                {&plan_load_delegated, "DELEGATED_INSTALL_APPLICATION"},
                {&plan_remove_delegated, "DELEGATED_DELETE_APPLICATION"},
                {&plan_remove_delegated, "DELEGATED_DELETE_LOAD_FILE"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rig_make(&rig, rig_ese());
        rig.facts.token_key = BYTES(field);
        for (size_t n = 0; n < PLAN_TOKENS_MAX; n++)
            rig.facts.token[n] = BYTES(token);
        assert_ok(build(rows[i].plan, rows[i].step));
        assert_true(rig_command(&rig, 0).data.len > APDU_SHORT_DATA_MAX);
        rig.profile.protocol = 2;
        assert_err(build(rows[i].plan, rows[i].step), TSM_NEEDS_BETTER_LINK);
        assert_non_null(strstr(err_cause(), "SCP02 does not carry one"));
        rig.profile.protocol = 0x80;
        assert_err(build(rows[i].plan, rows[i].step), TSM_NEEDS_BETTER_LINK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes_have_words_and_rows),
        cmocka_unit_test(a_domain_gets_the_privileges_of_its_mode),
        cmocka_unit_test(the_party_of_a_mode_is_the_domain_of_its_steps),
        cmocka_unit_test(a_delegated_command_is_what_was_signed),
        cmocka_unit_test(without_its_token_a_step_is_not_built),
        cmocka_unit_test(other_modes_send_no_token),
        cmocka_unit_test(a_receipt_is_about_what_the_step_did),
        cmocka_unit_test(dap_blocks_go_in_front_of_the_load_file),
        cmocka_unit_test(what_needs_a_chain_is_refused_where_none_is_carried),
    };
    return cmocka_run_group_tests_name("modes", tests, NULL, NULL);
}
