/* SPDX-License-Identifier: Apache-2.0 */
/* The published STORE DATA chain of EMV CPS, written as a personalisation script: keys derived and checked by
 * the script, records put together by its templates, the commands octet by octet. Unit test of emv/script. */
#include <string.h>

#include "../vectors.h"
#include "emv/script/play.h"
#include "emv_keys.h"

enum { CHAIN_BLOCK = 255, CHAIN_ROOM = 8192 };

static const char frame[] = "{\"name\":\"chain\",\"label\":\"Debit\",\"aid\":\"A0000000031010\","
                            "\"derive\":[{\"name\":\"ac\",\"how\":\"udk\",\"key\":\"imk_ac\"},"
                            "{\"name\":\"mac\",\"how\":\"udk\",\"key\":\"imk_smi\"},{\"name\":\"enc\","
                            "\"how\":\"udk\",\"key\":\"imk_smc\"},"
                            "{\"name\":\"ac_kcv\",\"how\":\"kcv\",\"with\":\"ac\"},{\"name\":\"mac_kcv\","
                            "\"how\":\"kcv\",\"with\":\"mac\"},"
                            "{\"name\":\"enc_kcv\",\"how\":\"kcv\",\"with\":\"enc\"}],\"steps\":[]}";

/* What the script derives, and what it says by templates; the other groupings stand as they are. */
static const struct {
    const char *id, *value;
} templates[] = {{"0201", "70( 5A({pan}) 5F34({psn}) 5F24(291231) )"},
                 {"9104", "82(1800) 94(0801010010010101)"},
                 {"9102", "A5( 50({label}) 87(01) )"},
                 {"8000", "{ac}{mac}{enc}"},
                 {"9000", "{ac_kcv}{mac_kcv}{enc_kcv}"},
                 {"9010", "03 03"}};

struct chain {
    const json_t *vector;
    struct crypto *crypto;
};

static void hex_key(struct crypto *c, const json_t *v, const char *path, struct cipher_key *out)
{
    struct octets o = vector_octets(v, path);
    assert_ok(crypto_key(c, CIPHER_TDES, octets_bytes(&o), out));
}

static enum tsm_err derive(void *self, const struct script_derivation *d, struct emv_card_id card,
                           struct bytes with, struct bytes over, struct writer *w)
{
    const struct chain *c = self;
    struct cipher_key key;
    uint8_t y[EMV_BLOCK], udk[EMV_KEY_LEN], kcv[EMV_KCV_LEN];
    char path[80];
    (void)over;
    if (d->how == HOW_KCV) {
        TRY(crypto_key(c->crypto, CIPHER_TDES, with, &key));
        TRY(emv_kcv(&key, kcv));
        return write_span(w, BYTES(kcv));
    }
    snprintf(path, sizeof path, "inputs.%s", d->key);
    hex_key(c->crypto, c->vector, path, &key);
    TRY(emv_diversification(EMV_OPTION_A, card, c->crypto, y));
    TRY(emv_udk(&key, y, udk));
    return write_span(w, BYTES(udk));
}

static const char *template_of(const char *id, const char *clear)
{
    for (size_t i = 0; i < sizeof templates / sizeof templates[0]; i++)
        if (!strcmp(templates[i].id, id))
            return templates[i].value;
    return clear;
}

static struct perso_script script;

static void read_script(const json_t *v)
{
    json_t *o = json_loads(frame, 0, NULL), *store = json_array(), *g;
    size_t i;
    char *text;
    json_array_foreach(vector_member(v, "inputs.groups"), i, g)
    {
        const char *id = json_string_value(json_object_get(g, "dgi"));
        json_array_append_new(store,
                              json_pack("{ss sb ss}", "id", id, "encrypted",
                                        json_is_true(json_object_get(g, "encrypted")), "value",
                                        template_of(id, json_string_value(json_object_get(g, "clear")))));
    }
    json_array_append_new(json_object_get(o, "steps"), json_pack("{ss so}", "name", "all", "store", store));
    text = json_dumps(o, 0);
    assert_ok(perso_script_read(bytes_of_text(text), &script));
    free(text);
    json_decref(o);
}

/* Enciphered under the session's data key, block by block, as CPS has it. */
static void encipher(const struct cipher_key *dek, struct script_output *out, uint8_t *room)
{
    for (size_t i = 0, at = 0; i < out->n; i++) {
        if (!out->dgi[i].encrypted)
            continue;
        assert_ok(crypto_ecb(dek, ENCRYPT, out->dgi[i].value, room + at));
        out->dgi[i].value = BYTES_OF(room + at, out->dgi[i].value.len);
        at += out->dgi[i].value.len;
    }
}

static void check_chain(const json_t *v, const json_t *session)
{
    static uint8_t room[CHAIN_ROOM], cipher[CHAIN_ROOM], commands[CHAIN_ROOM];
    static struct script_play p;
    struct chain chain = {.vector = v};
    struct script_keys keys = {&chain, derive, NULL};
    struct card_record card = {.psn = "00"};
    struct writer w = WRITER(room), c = WRITER(commands);
    struct script_output out;
    struct cps_plan plan;
    struct cipher_key dek;
    size_t i;
    const json_t *want;
    assert_ok(crypto_new(&chain.crypto));
    hex_key(chain.crypto, session, "expected.sku_dek", &dek);
    snprintf(card.pan, sizeof card.pan, "%s", vector_text(v, "inputs.pan"));
    read_script(v);
    p = (struct script_play){.script = &script, .keys = &keys, .v.in = {.card = &card}};
    assert_ok(script_write(&p, 0, &w, &out));
    encipher(&dek, &out, cipher);
    assert_ok(cps_plan_make(out.dgi, out.n, (struct cps_style){.block_max = CHAIN_BLOCK}, &c, &plan));
    json_array_foreach(vector_member(v, "expected.commands"), i, want)
    {
        struct octets o = octets_of(json_string_value(json_object_get(want, "capdu")));
        struct bytes head = BYTES_OF(o.at, 5);
        assert_true(i < plan.count);
        assert_int_equal(head.at[2], plan.at[i].p1);
        assert_int_equal(head.at[3], plan.at[i].p2);
        assert_int_equal(head.at[4], plan.at[i].data.len);
        assert_memory_equal(o.at + 5, plan.at[i].data.at, plan.at[i].data.len);
    }
    assert_int_equal(i, plan.count);
    crypto_free(chain.crypto);
    script_play_wipe(&p);
}

static void the_published_chain_comes_out_of_a_script(void **state)
{
    struct vectors v = vectors_open("vectors-payments.json"), s = vectors_open("vectors-payments.json");
    size_t at = 0, session_at = 0;
    const json_t *one, *session = vectors_next(&s, "vectors", "initialize_update", &session_at);
    (void)state;
    while ((one = vectors_next(&v, "vectors", "store_data_chain", &at)))
        check_chain(one, session);
    vectors_close(&v);
    vectors_close(&s);
    assert_true(at > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_published_chain_comes_out_of_a_script)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
