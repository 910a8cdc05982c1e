/* SPDX-License-Identifier: Apache-2.0 */
/* SCP11 with the static key in the token and a card that has its own half of each pair. Unit test of
 * vault/operation/channel/scp11.c. */
#include "vault/operation/channel/scp11.h"

#include <string.h>

#include "gp/scp11/kdf.h"
#include "gp/tlv.h"
#include "../rig.h"
#include "vault/ephemeral.h"
#include "vault/operation/operation.h"

enum { EPHEMERAL_ID = 41, SESSION_ID = 42, DEK_ID = 43, ROOM = 512 };
#define OCE "test-oce"

/* A domain: its static pair, the pair of this session, what it derives. */
struct domain {
    struct ephemeral fixed, once;
    struct session_keys keys;
    uint8_t receipt[CMAC_LEN];
    uint8_t answer[ROOM];
    size_t answer_len;
};

static struct vault_party *party(uint8_t oce[VAULT_OCE_POINT])
{
    struct vault_party *p = rig_party("operator");
    bool there;
    assert_ok(vault_has_key(p, OCE, &there));
    if (!there)
        assert_ok(vault_make_oce(p, OCE));
    assert_ok(vault_oce_public(p, OCE, oce));
    return p;
}

static struct scp11_terms terms_of(enum scp11_variant v)
{
    return (struct scp11_terms){
        .variant = v, .kvn = 3, .usage = SCP11_C_MAC_C_ENC_R_MAC_R_ENC, .key_len = 16, .mac_len = 8};
}

static struct ec_public point_of(const uint8_t *point, size_t len)
{
    return (struct ec_public){EC_P256, BYTES_OF(point, len)};
}

/* The card's side [AmdF 7.6.2.3, 7.7.2.3], written out once more. */
static void card_answers(struct domain *d, const struct scp11_terms *t, struct bytes command,
                         const uint8_t oce[VAULT_OCE_POINT], struct crypto *c)
{
    static const uint8_t info[] = {SCP11_C_MAC_C_ENC_R_MAC_R_ENC, 0x88, 16};
    const struct ephemeral *own = t->variant == SCP11C ? &d->fixed : &d->once;
    struct cipher_key receipt_key, *const order[] = {&receipt_key, &d->keys.enc, &d->keys.mac, &d->keys.rmac,
                                                     &d->keys.dek};
    struct secret z[2];
    struct apdu a;
    struct bytes epk, covered;
    uint8_t keys[5 * 16], room[ROOM];
    struct writer w = WRITER(room), answer = WRITER(d->answer);
    assert_ok(apdu_read(command, &a));
    assert_ok(tlv_find(a.data, 0x5F49, &epk));
    assert_ok(ec_agree(&own->key, point_of(epk.at, epk.len), &z[0]));
    if (t->variant == SCP11B)
        assert_ok(ec_agree(&d->fixed.key, point_of(epk.at, epk.len), &z[1]));
    else
        assert_ok(ec_agree(&d->fixed.key, point_of(oce, VAULT_OCE_POINT), &z[1]));
    assert_ok(x963_kdf(c, &(struct x963_input){z, 2, BYTES(info)}, keys, sizeof keys));
    for (size_t i = 0; i < 5; i++)
        assert_ok(crypto_key(c, CIPHER_AES, BYTES_OF(&keys[16 * i], 16), order[i]));
    assert_ok(tlv_write(&answer, 0x5F49, BYTES_OF(own->point, own->point_len)));
    assert_ok(write_span(&w, a.data));
    assert_ok(write_span(&w, written(&answer)));
    covered = written(&w);
    assert_ok(crypto_cmac(&receipt_key, &covered, 1, d->receipt));
    assert_ok(tlv_write(&answer, 0x86, BYTES(d->receipt)));
    d->answer_len = answer.len;
}

/* One session as far as it is begun. */
struct begun {
    struct vault_party *p;
    struct crypto *crypto;
    struct scp11_terms terms;
    struct domain domain;
    uint8_t oce[VAULT_OCE_POINT], command[ROOM], blob[SEALED_EPHEMERAL_MAX], session[SEALED_SESSION_MAX];
    struct writer c, e, s;
    struct scp11_finish finish;
};

static void begin(struct begun *b, enum scp11_variant v)
{
    memset(b, 0, sizeof *b);
    b->p = party(b->oce);
    assert_ok(crypto_new(&b->crypto));
    b->terms = terms_of(v);
    b->c = WRITER(b->command);
    b->e = WRITER(b->blob);
    b->s = WRITER(b->session);
    assert_ok(ephemeral_make(EC_P256, &b->domain.fixed));
    assert_ok(ephemeral_make(EC_P256, &b->domain.once));
    assert_ok(vault_start_scp11(b->p, &(struct scp11_start){&b->terms, EC_P256, EPHEMERAL_ID}, &b->c, &b->e));
    card_answers(&b->domain, &b->terms, written(&b->c), b->oce, b->crypto);
    b->finish = (struct scp11_finish){
        .terms = &b->terms,
        .ephemeral = {EPHEMERAL_ID, written(&b->e)},
        .oce = v == SCP11B ? NULL : OCE,
        .sd = point_of(b->domain.fixed.point, b->domain.fixed.point_len),
        .answer = BYTES_OF(b->domain.answer, b->domain.answer_len),
        .id = SESSION_ID,
    };
}

static void end(struct begun *b)
{
    crypto_free(b->crypto);
}

/* A command through the vault is the one that the card's own keys make. */
static void assert_talks(struct begun *b, struct channel ch)
{
    static const uint8_t plain[] = {0x80, 0xF2, 0x80, 0x02, 0x02, 0x4F, 0x00, 0x00};
    struct sealed_keyset session = {SESSION_ID, written(&b->s)};
    struct channel card = ch;
    struct channel_expect expect, due;
    struct apdu a;
    struct bytes wrapped;
    uint8_t box[ROOM], own[ROOM];
    struct writer w = WRITER(box), o = WRITER(own);
    assert_memory_equal(ch.chain, b->domain.receipt, CMAC_LEN);
    assert_ok(apdu_read(BYTES(plain), &a));
    assert_ok(vault_wrap_scp(b->p, session, &ch, &(struct scp_commands){&a, 1, &w, &wrapped, &expect}));
    assert_ok(channel_wrap(&card, &b->domain.keys, &a, &o, &due));
    assert_true(bytes_equal(wrapped, written(&o)));
    assert_memory_equal(&ch, &card, sizeof ch);
}

static void each_variant_opens_with_the_key_in_the_token(void **state)
{
    static const enum scp11_variant variants[] = {SCP11A, SCP11B, SCP11C};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct begun b;
        struct channel ch;
        begin(&b, variants[i]);
        assert_ok(vault_open_scp11(b.p, &b.finish, &ch, &b.s));
        assert_int_equal(ch.level, 0x33);
        assert_talks(&b, ch);
        end(&b);
    }
}

static void a_script_of_SCP11c_is_made_before_the_card_is_met(void **state)
{
    struct begun b;
    struct channel ch;
    (void)state;
    begin(&b, SCP11C);
    b.finish.answer = BYTES_NONE;
    assert_ok(vault_open_scp11(b.p, &b.finish, &ch, &b.s));
    assert_ok(scp11_answer_check(BYTES_OF(b.domain.answer, b.domain.answer_len), b.finish.sd, ch.chain));
    assert_talks(&b, ch);
    end(&b);
    begin(&b, SCP11A);
    b.finish.answer = BYTES_NONE;
    assert_err(vault_open_scp11(b.p, &b.finish, &ch, &b.s), TSM_WRONG_STATE);
    end(&b);
}

static void new_keys_go_under_the_session_dek_or_under_the_domain_s_own(void **state)
{
    static const struct keyset_form form = {PROTOCOL_SCP03, 0x31, CIPHER_AES, 16};
    static const char *const own[] = {"404142434445464748494A4B4C4D4E4F", "505152535455565758595A5B5C5D5E5F",
                                      "606162636465666768696A6B6C6D6E6F"};
    struct octets plain = octets_of("00112233445566778899AABBCCDDEEFF"), key = octets_of(own[2]);
    (void)state;
    for (int fixed = 0; fixed < 2; fixed++) {
        struct begun b;
        struct channel ch;
        struct cipher_key dek;
        uint8_t box[32], due[16];
        struct writer w = WRITER(box);
        begin(&b, SCP11A);
        dek = b.domain.keys.dek;
        if (fixed) {
            b.finish.dek = rig_keyset(b.p, DEK_ID, form, own);
            assert_ok(crypto_key(b.crypto, CIPHER_AES, octets_bytes(&key), &dek));
        }
        assert_ok(vault_open_scp11(b.p, &b.finish, &ch, &b.s));
        assert_ok(vault_dek_encrypt(b.p, (struct dek_place){{SESSION_ID, written(&b.s)}, &ch},
                                    (struct dek_data){octets_bytes(&plain), false}, &w));
        assert_ok(crypto_cbc(&dek, ENCRYPT, NULL, octets_bytes(&plain), due));
        assert_true(bytes_equal(written(&w), BYTES(due)));
        end(&b);
    }
}

static void another_card_s_answer_opens_nothing(void **state)
{
    struct begun b, other;
    struct channel ch = {.counter = 77};
    (void)state;
    begin(&b, SCP11A);
    begin(&other, SCP11A);
    b.finish.answer = other.finish.answer;
    assert_err(vault_open_scp11(b.p, &b.finish, &ch, &b.s), TSM_CRYPTOGRAM_WRONG);
    assert_int_equal(b.s.len, 0);
    assert_int_equal(ch.counter, 77);
    b.finish.sd = other.finish.sd; /* its certificate, too, but not its session */
    assert_err(vault_open_scp11(b.p, &b.finish, &ch, &b.s), TSM_CRYPTOGRAM_WRONG);
    end(&b);
    end(&other);
}

static void blobs_and_keys_are_not_taken_for_one_another(void **state)
{
    static const struct keyset_form form = {PROTOCOL_SCP03, 0x30, CIPHER_AES, 16};
    static const char *const keys[] = {"404142434445464748494A4B4C4D4E4F", "404142434445464748494A4B4C4D4E4F",
                                       "404142434445464748494A4B4C4D4E4F"};
    struct begun b;
    struct channel ch, none;
    struct keyset_facts facts;
    uint8_t box[64];
    struct writer w = WRITER(box);
    struct dek_data data = {BYTES_OF(box, 16), false};
    struct sealed_keyset session, statics;
    (void)state;
    begin(&b, SCP11A);
    assert_ok(vault_open_scp11(b.p, &b.finish, &ch, &b.s));
    session = (struct sealed_keyset){SESSION_ID, written(&b.s)};
    statics = rig_keyset(b.p, DEK_ID, form, keys);
    assert_int_not_equal(vault_keyset_facts(b.p, session, &facts), TSM_OK);
    assert_err(vault_dek_encrypt(b.p, (struct dek_place){statics, &ch}, data, &w), TSM_KEY_REFUSED);
    assert_err(vault_dek_encrypt(b.p, (struct dek_place){b.finish.ephemeral, &ch}, data, &w),
               TSM_KEY_REFUSED);
    session.id++;
    assert_err(vault_dek_encrypt(b.p, (struct dek_place){session, &ch}, data, &w), TSM_MAC_WRONG);
    b.finish.ephemeral.blob = written(&b.s);
    b.finish.ephemeral.id = SESSION_ID;
    assert_err(vault_open_scp11(b.p, &b.finish, &none, &b.s), TSM_KEY_REFUSED);
    end(&b);
}

static void a_static_key_that_is_missing_or_for_signatures_is_refused(void **state)
{
    struct begun b;
    struct channel ch;
    (void)state;
    begin(&b, SCP11A);
    b.finish.oce = "no-such-key";
    assert_err(vault_open_scp11(b.p, &b.finish, &ch, &b.s), TSM_KEY_MISSING);
    b.finish.oce = VAULT_KEY_SIGNING;
    assert_int_not_equal(vault_open_scp11(b.p, &b.finish, &ch, &b.s), TSM_OK);
    b.finish.oce = NULL;
    assert_err(vault_open_scp11(b.p, &b.finish, &ch, &b.s), TSM_KEY_REFUSED);
    assert_err(vault_make_oce(b.p, OCE), TSM_UNIQUE);
    end(&b);
}

static void terms_that_hold_no_session_start_none(void **state)
{
    struct begun b;
    struct scp11_start s = {&b.terms, EC_P256, EPHEMERAL_ID};
    size_t c, e;
    (void)state;
    begin(&b, SCP11A);
    c = b.c.len;
    e = b.e.len;
    b.terms.usage = 0x1C;
    assert_err(vault_start_scp11(b.p, &s, &b.c, &b.e), TSM_BAD_VALUE);
    b.terms.usage = 0x3C;
    s.curve = EC_CURVES;
    assert_err(vault_start_scp11(b.p, &s, &b.c, &b.e), TSM_UNSUPPORTED);
    s.curve = EC_P256;
    b.e.cap = b.e.len + 20; /* the blob does not fit */
    assert_err(vault_start_scp11(b.p, &s, &b.c, &b.e), TSM_NO_ROOM);
    assert_int_equal(b.c.len, c);
    assert_int_equal(b.e.len, e);
    end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_variant_opens_with_the_key_in_the_token),
        cmocka_unit_test(a_script_of_SCP11c_is_made_before_the_card_is_met),
        cmocka_unit_test(new_keys_go_under_the_session_dek_or_under_the_domain_s_own),
        cmocka_unit_test(another_card_s_answer_opens_nothing),
        cmocka_unit_test(blobs_and_keys_are_not_taken_for_one_another),
        cmocka_unit_test(a_static_key_that_is_missing_or_for_signatures_is_refused),
        cmocka_unit_test(terms_that_hold_no_session_start_none),
    };
    return cmocka_run_group_tests_name("scp11", tests, rig_setup, rig_teardown);
}
