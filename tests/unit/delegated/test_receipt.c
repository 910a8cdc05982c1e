/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts judged: right, missing, of another card, of another token, forged, replayed, with a gap. Unit test
 * of gp/delegated/receipt.h. [GPCS 11.1.6, C.5] */
#include <string.h>

#include "gp/delegated/receipt.h"
#include "rig.h"

enum { ROOM = 512 };

#define UNIQUE "47110102030405060708"
#define OTHER  "47110102030405060709"

static struct receipt_event event_of(enum receipt_for kind)
{
    static struct octets load_file, application, domain, fresh, privileges, parameters;
    struct receipt_event e = {.kind = kind};
    load_file = octets_of("F04F54534D0001");
    application = octets_of("F04F54534D0101");
    domain = octets_of("F04F54534DD00001");
    fresh = octets_of("F04F54534DD00002");
    privileges = octets_of("A08000");
    parameters = octets_of("EF03CF0101");
    if (kind == RECEIPT_FOR_LOAD || kind == RECEIPT_FOR_INSTALL || kind == RECEIPT_FOR_COMBINED)
        e.load_file = octets_bytes(&load_file);
    if (kind != RECEIPT_FOR_LOAD)
        e.application = octets_bytes(&application);
    if (kind != RECEIPT_FOR_INSTALL && kind != RECEIPT_FOR_DELETE)
        e.domain = octets_bytes(&domain);
    if (kind == RECEIPT_FOR_EXTRADITION || kind == RECEIPT_FOR_REGISTRY_UPDATE)
        e.new_domain = octets_bytes(&fresh);
    if (kind == RECEIPT_FOR_REGISTRY_UPDATE) {
        e.privileges = octets_bytes(&privileges);
        e.parameters = octets_bytes(&parameters);
    }
    return e;
}

struct given {
    struct receipt_event event;
    struct octets unique, token_id;
    struct receipt_terms terms;
    uint8_t answer[ROOM];
    size_t len;
};

/* A card's answer with this counter, and terms that accept it as number 8. */
static void give(struct given *g, const struct gp_signer *s, uint16_t counter)
{
    struct writer w = WRITER(g->answer);
    struct receipt_data data = {.counter = counter};
    g->event = event_of(RECEIPT_FOR_LOAD);
    g->unique = octets_of(UNIQUE);
    g->token_id = octets_of("00C0FFEE");
    data.sd_unique = octets_bytes(&g->unique);
    data.token_id = octets_bytes(&g->token_id);
    assert_ok(receipt_make(s, &data, &g->event, &w));
    g->len = w.len;
    g->terms = (struct receipt_terms){data.sd_unique, data.token_id, 7};
}

static enum receipt_verdict judge(const struct given *g, const struct gp_signer *s)
{
    struct receipt_judgement j;
    assert_ok(receipt_judge(s, &g->terms, &g->event, BYTES_OF(g->answer, g->len), &j));
    return j.verdict;
}

static void every_kind_and_scheme_is_made_and_accepted(void **state)
{
    (void)state;
    for (int key = 0; key < RIG_KEYS; key++) {
        struct gp_signer s = rig_signer((enum rig_key)key);
        for (int kind = 0; kind < RECEIPTS_FOR; kind++) {
            struct receipt_event e = event_of((enum receipt_for)kind);
            struct receipt_data data = {.counter = 8, .sd_unique = HEX(UNIQUE)};
            struct receipt_terms terms = {HEX(UNIQUE), BYTES_NONE, 7};
            struct receipt_judgement j;
            uint8_t out[ROOM];
            struct writer w = WRITER(out);
            if (key == RIG_RSA_2048) { /* 256 octets exceed what a confirmation can say */
                assert_err(receipt_make(&s, &data, &e, &w), TSM_TOO_LONG);
                continue;
            }
            assert_ok(receipt_make(&s, &data, &e, &w));
            assert_ok(receipt_judge(&s, &terms, &e, written(&w), &j));
            assert_int_equal(j.verdict, RECEIPT_GOOD);
            assert_int_equal(j.counter, 8);
        }
    }
}

static void no_receipt_is_missing(void **state)
{
    static const char *const answers[] = {"", "00",
                                          "0D000200080A47110102030405060708" /* no receipt in it */};
    struct gp_signer s = rig_signer(RIG_AES);
    struct given g;
    (void)state;
    give(&g, &s, 8);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct octets o = octets_of(answers[i]);
        if (o.len > 1)
            o.at[0] = (uint8_t)(o.len - 1);
        memcpy(g.answer, o.at, o.len);
        g.len = o.len;
        assert_int_equal(judge(&g, &s), RECEIPT_MISSING);
    }
}

static void a_receipt_of_another_card_is_named_so(void **state)
{
    struct gp_signer s = rig_signer(RIG_AES);
    struct octets other = octets_of(OTHER);
    struct given g;
    (void)state;
    give(&g, &s, 8);
    g.terms.sd_unique = octets_bytes(&other);
    assert_int_equal(judge(&g, &s), RECEIPT_OTHER_CARD);
    g.terms.sd_unique = BYTES_NONE; /* not known: not judged */
    assert_int_equal(judge(&g, &s), RECEIPT_GOOD);
}

static void a_receipt_of_another_token_is_named_so(void **state)
{
    struct gp_signer s = rig_signer(RIG_AES);
    struct octets other = octets_of("00C0FFEF");
    struct given g;
    (void)state;
    give(&g, &s, 8);
    g.terms.token_id = octets_bytes(&other);
    assert_int_equal(judge(&g, &s), RECEIPT_OTHER_TOKEN);
}

static void a_receipt_over_another_operation_or_of_another_key_is_forged(void **state)
{
    struct gp_signer s = rig_signer(RIG_AES),
                     other = rig_secret(CIPHER_AES, "000102030405060708090A0B0C0D0E0F");
    struct given g;
    (void)state;
    give(&g, &s, 8);
    assert_int_equal(judge(&g, &other), RECEIPT_FORGED);
    g.event = event_of(RECEIPT_FOR_INSTALL);
    assert_int_equal(judge(&g, &s), RECEIPT_FORGED);
    g.event = event_of(RECEIPT_FOR_LOAD);
    g.event.domain = HEX("F04F54534DD00002");
    assert_int_equal(judge(&g, &s), RECEIPT_FORGED);
}

static void a_counter_seen_before_is_a_replay_and_a_jump_is_a_gap(void **state)
{
    static const struct {
        uint16_t counter;
        int32_t last;
        enum receipt_verdict verdict;
    } rows[] = {
        {0, RECEIPT_NONE_YET, RECEIPT_GOOD},
        {1, RECEIPT_NONE_YET, RECEIPT_GOOD},
        {900, RECEIPT_NONE_YET, RECEIPT_GOOD},
        {0, 0, RECEIPT_REPLAYED},
        {1, 0, RECEIPT_GOOD},
        {8, 7, RECEIPT_GOOD},
        {7, 7, RECEIPT_REPLAYED},
        {6, 7, RECEIPT_REPLAYED},
        {9, 7, RECEIPT_GAP},
        {0xFFFF, 0xFFFE, RECEIPT_GOOD},
        {0xFFFF, 0xFFFF, RECEIPT_REPLAYED}, /* it is never set back to zero [9.1.3.6] */
        {0, 0xFFFF, RECEIPT_REPLAYED},
    };
    struct gp_signer s = rig_signer(RIG_P256);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct given g;
        give(&g, &s, rows[i].counter);
        g.terms.last = rows[i].last;
        assert_int_equal(judge(&g, &s), rows[i].verdict);
    }
}

static void every_flipped_bit_and_every_cut_is_noticed(void **state)
{
    struct gp_signer s = rig_signer(RIG_AES);
    struct receipt_judgement j;
    struct given g;
    (void)state;
    give(&g, &s, 8);
    for (size_t bit = 0; bit < 8 * g.len; bit++) {
        g.answer[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (receipt_judge(&s, &g.terms, &g.event, BYTES_OF(g.answer, g.len), &j) == TSM_OK)
            assert_int_not_equal(j.verdict, RECEIPT_GOOD);
        g.answer[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t n = 1; n < g.len; n++)
        assert_int_not_equal(receipt_judge(&s, &g.terms, &g.event, BYTES_OF(g.answer, n), &j), TSM_OK);
    g.answer[g.len] = 0;
    assert_err(receipt_judge(&s, &g.terms, &g.event, BYTES_OF(g.answer, g.len + 1), &j), TSM_TRAILING_BYTES);
}

static void members_that_a_kind_does_not_have_are_refused(void **state)
{
    struct receipt_event e = event_of(RECEIPT_FOR_LOAD);
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    e.application = HEX("F04F54534D0101");
    assert_err(receipt_input(HEX("02000801AA"), &e, &w), TSM_BAD_LENGTH);
    e = event_of(RECEIPT_FOR_DELETE);
    e.application.len = 4;
    assert_err(receipt_input(HEX("02000801AA"), &e, &w), TSM_BAD_LENGTH);
    e = event_of(RECEIPT_FOR_REGISTRY_UPDATE);
    e.privileges.len = 2;
    assert_err(receipt_input(HEX("02000801AA"), &e, &w), TSM_BAD_LENGTH);
    assert_int_equal(w.len, 0);
}

static void an_update_without_extradition_names_no_domain(void **state)
{
    struct receipt_event e = event_of(RECEIPT_FOR_REGISTRY_UPDATE);
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    e.domain = e.new_domain = BYTES_NONE;
    assert_ok(receipt_input(HEX("02000801AA"), &e, &w));
    assert_hex(written(&w), "02000801AA0007F04F54534D01010003A0800005EF03CF0101");
}

static void kinds_have_words(void **state)
{
    (void)state;
    for (int kind = 0; kind < RECEIPTS_FOR; kind++) {
        enum receipt_for back;
        assert_ok(receipt_for_read(receipt_for_word((enum receipt_for)kind), &back));
        assert_int_equal(back, kind);
    }
    assert_err(receipt_for_read("nothing", &(enum receipt_for){0}), TSM_BAD_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_and_scheme_is_made_and_accepted),
        cmocka_unit_test(no_receipt_is_missing),
        cmocka_unit_test(a_receipt_of_another_card_is_named_so),
        cmocka_unit_test(a_receipt_of_another_token_is_named_so),
        cmocka_unit_test(a_receipt_over_another_operation_or_of_another_key_is_forged),
        cmocka_unit_test(a_counter_seen_before_is_a_replay_and_a_jump_is_a_gap),
        cmocka_unit_test(every_flipped_bit_and_every_cut_is_noticed),
        cmocka_unit_test(members_that_a_kind_does_not_have_are_refused),
        cmocka_unit_test(an_update_without_extradition_names_no_domain),
        cmocka_unit_test(kinds_have_words),
    };
    return cmocka_run_group_tests_name("delegated/receipt", tests, rig_setup, rig_teardown);
}
