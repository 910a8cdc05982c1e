/* SPDX-License-Identifier: Apache-2.0 */
/* The published GlobalPlatform vectors that stand beside the tree: one test each. Unit test of gp/. */
#include <stdio.h>
#include <string.h>

#include "../rows.h"
#include "gp/channel/protocol.h"
#include "gp/cap/cap.h"
#include "gp/command/put_key.h"
#include "gp/keys/diversify.h"
#include "gp/keys/kcv.h"
#include "gp/keys/wrapkey.h"
#include "rig.h"
#include "vector_rows.h"

enum { ROOM = 1024 };

static struct cipher_key key_in(const json_t *v, const char *name, enum cipher_alg alg)
{
    return key_of(alg, vector_text(v, name));
}

static void scp03_kdf_row(void **state)
{
    const json_t *v = *state;
    struct cipher_key key = key_in(v, "inputs.key", CIPHER_AES);
    struct octets context = vector_octets(v, "inputs.context");
    uint8_t out[32], kcv[GP_KCV_LEN];
    size_t len = (size_t)vector_number(v, "inputs.L_bits") / 8;
    assert_ok(scp03_kdf(&key, vector_octets(v, "inputs.constant").at[0], octets_bytes(&context), out, len));
    assert_hex(BYTES_OF(out, len), vector_text(v, "expected.derived"));
    if (!vector_has(v, "expected.kcv_aes"))
        return;
    key = key_in(v, "expected.derived", CIPHER_AES);
    assert_ok(gp_kcv(&key, GP_KCV_STANDARD, kcv));
    assert_hex(BYTES(kcv), vector_text(v, "expected.kcv_aes"));
}

/* A card that answers with this challenge: channel_check_challenge accepts it and no other. */
static void scp03_challenge_row(void **state)
{
    const json_t *v = *state;
    struct static_keys keys = keys_of(CIPHER_AES, vector_text(v, "inputs.key_enc"), NULL, NULL);
    struct octets challenge = vector_octets(v, "expected.card_challenge"),
                  aid = vector_octets(v, "inputs.aid");
    struct octets sequence = vector_octets(v, "inputs.seq");
    struct init_update iu = {.protocol = SCP03, .i = 0x71, .challenge = octets_bytes(&challenge)};
    iu.cryptogram = iu.challenge; /* only its length counts here */
    memcpy(iu.sequence, sequence.at, sizeof iu.sequence);
    assert_ok(channel_check_challenge(&iu, &keys, octets_bytes(&aid)));
    challenge.at[0] ^= 1;
    assert_err(channel_check_challenge(&iu, &keys, octets_bytes(&aid)), TSM_CRYPTOGRAM_WRONG);
}

/* The four session keys by constant, through the whole channel: sequence and challenges decide nothing else.
 */
static void scp02_key_row(void **state)
{
    const json_t *v = *state;
    struct static_keys keys = keys_of(CIPHER_TDES, vector_text(v, "inputs.key"), NULL, NULL);
    struct octets sequence = vector_octets(v, "inputs.seq");
    struct channel ch = {.protocol = SCP02, .i = SCP02_I_DEFAULT, .challenge_len = 8};
    struct session_keys s;
    const struct cipher_key *key;
    uint8_t kcv[GP_KCV_LEN];
    ch.sequence[1] = sequence.at[0];
    ch.sequence[2] = sequence.at[1];
    assert_ok(channel_rederive(&ch, &keys, &s));
    switch (vector_octets(v, "inputs.constant").at[1]) {
    case 0x82:
        key = &s.enc;
        break;
    case 0x81:
        key = &s.dek;
        break;
    case 0x02:
        key = &s.rmac;
        break;
    default:
        key = &s.mac;
    }
    assert_hex(secret_bytes(&key->value), vector_text(v, "expected.session_key"));
    assert_ok(gp_kcv(key, GP_KCV_STANDARD, kcv));
    assert_hex(BYTES(kcv), vector_text(v, "expected.kcv_3des"));
}

static void kcv_row(void **state)
{
    const json_t *v = *state;
    bool aes = strncmp(vector_text(v, "inputs.type"), "AES", 3) == 0;
    struct cipher_key key = key_in(v, "inputs.key", aes ? CIPHER_AES : CIPHER_TDES);
    uint8_t kcv[GP_KCV_LEN];
    assert_ok(gp_kcv(&key, GP_KCV_STANDARD, kcv));
    assert_hex(BYTES(kcv), vector_text(v, "expected.kcv"));
}

/* With a sequence: under the session DEK of SCP02; else under the key given, AES or TDES as the row says. */
static void put_key_row(void **state)
{
    const json_t *v = *state;
    const char *alg = vector_has(v, "inputs.alg") ? vector_text(v, "inputs.alg") : "";
    enum cipher_alg is = strncmp(alg, "AES", 3) == 0 ? CIPHER_AES : CIPHER_TDES;
    struct cipher_key dek = key_in(v, "inputs.dek", is);
    struct octets key = vector_octets(v, "inputs.new_key");
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    if (vector_has(v, "inputs.seq")) {
        struct static_keys keys = keys_of(CIPHER_TDES, vector_text(v, "inputs.dek"), NULL, NULL);
        struct octets sequence = vector_octets(v, "inputs.seq");
        struct channel ch = {.protocol = SCP02, .i = SCP02_I_DEFAULT, .challenge_len = 8};
        struct session_keys s;
        ch.sequence[1] = sequence.at[0];
        ch.sequence[2] = sequence.at[1];
        assert_ok(channel_rederive(&ch, &keys, &s));
        if (vector_has(v, "expected.session_dek"))
            assert_hex(secret_bytes(&s.dek.value), vector_text(v, "expected.session_dek"));
        dek = s.dek;
    }
    assert_ok(gp_wrap_key(&dek, octets_bytes(&key), &w));
    assert_hex(written(&w), vector_text(v, "expected.ciphertext"));
}

static void put_key_apdu_row(void **state)
{
    const json_t *v = *state;
    struct cipher_key dek = key_in(v, "inputs.static_dek", CIPHER_AES);
    struct octets key = vector_octets(v, "inputs.new_keys"), plain = vector_octets(v, "expected.plain_capdu");
    struct octets answer = vector_octets(v, "expected.plain_rapdu");
    struct bytes value = octets_bytes(&key);
    struct gp_new_keys keys = {
        .kvn = plain.at[5], .alg = CIPHER_AES, .count = 3, .value = {value, value, value}};
    uint8_t out[ROOM], due[PUTKEY_ANSWER_MAX];
    struct writer w = WRITER(out), d = WRITER(due);
    keys.layout = strstr(vector_text(v, "note"), "11-70") ? GP_LAYOUT_LENGTH_INSIDE : GP_LAYOUT_BARE;
    assert_ok(put_key_write(&(struct put_key){.first_kid = 1, .keys = &keys}, &dek, &w, &d));
    assert_hex(written(&w), vector_text(v, "expected.plain_capdu"));
    if (answer.len > 2) /* one of the cards answers nothing but the status */
        assert_ok(putkey_check_answer(BYTES_OF(answer.at, answer.len - 2), written(&d)));
}

static void diversification_row(void **state)
{
    const json_t *v = *state;
    enum gp_kdf method;
    struct octets kdd = vector_octets(v, "inputs.kdd");
    struct cipher_key master;
    struct secret out;
    assert_ok(gp_kdf_of_name(vector_text(v, "inputs.method"), &method));
    master = key_in(v, "inputs.master", method == GP_KDF_KDF3 ? CIPHER_AES : CIPHER_TDES);
    assert_ok(
        gp_diversify(method, &master, kdd.at, (enum gp_key_id)vector_number(v, "inputs.key_index"), &out));
    assert_hex(secret_bytes(&out), vector_text(v, "expected.key"));
}

static void lfdb_hash_row(void **state)
{
    const json_t *v = *state;
    struct octets lfdb = vector_octets(v, "inputs.lfdb");
    struct bytes part = octets_bytes(&lfdb);
    uint8_t hash[SHA256_LEN];
    struct cap cap;
    bool with_descriptor = strstr(vector_text(v, "id"), "with-descriptor") != NULL;
    assert_ok(crypto_sha256(rig_crypto(), &part, 1, hash));
    assert_hex(BYTES(hash), vector_text(v, "expected.sha256"));
    assert_ok(cap_read_joined(part, &cap)); /* the same octets are the components in load order */
    assert_ok(cap_lfdb_hash(&cap, rig_crypto(), hash));
    if (!with_descriptor)
        assert_hex(BYTES(hash), vector_text(v, "expected.sha256"));
    assert_string_equal(cap_java_card(&cap), "2.2.1");
    assert_int_equal(cap.component[CAP_DESCRIPTOR].len != 0, with_descriptor);
}

static void block_size_row(void **state)
{
    const json_t *v = *state;
    const char *id = vector_text(v, "id");
    struct channel ch = {.protocol = strstr(id, "scp03") ? SCP03 : SCP02, .level = LEVEL_C_MAC};
    ch.challenge_len = (uint8_t)vector_number(v, "inputs.mac");
    if (vector_number(v, "inputs.pad_block"))
        ch.level |= LEVEL_C_DECRYPTION;
    assert_int_equal(channel_block_max(&ch), vector_number(v, "expected.max_plain"));
}

static const struct {
    const char *kind;
    CMUnitTestFunction run;
} kinds[] = {
    {"scp03_kdf", scp03_kdf_row},
    {"scp03_card_challenge", scp03_challenge_row},
    {"scp03_session", session_row},
    {"scp02_session", session_row},
    {"scp02_session_key", scp02_key_row},
    {"scp02_rmac", scp02_rmac_row},
    {"kcv", kcv_row},
    {"put_key", put_key_row},
    {"put_key_apdu", put_key_apdu_row},
    {"key_diversification_3des", diversification_row},
    {"key_diversification_kdf3", diversification_row},
    {"install_parameters", install_parameters_row},
    {"store_data_keys", store_data_keys_row},
    {"get_status_response", get_status_row},
    {"card_discovery", card_discovery_row},
    {"load_block_size", block_size_row},
    {"lfdb_hash", lfdb_hash_row},
};

static void the_vector_file_is_there(void **state)
{
    struct vectors v = vectors_open("vectors-gp.json");
    (void)state;
    vectors_close(&v);
}

static void add_rows(struct row_tests *rows, const struct vectors *v, size_t k)
{
    size_t at = 0;
    const json_t *row;
    while ((row = vectors_next(v, "vectors", kinds[k].kind, &at)))
        if (strstr(vector_text(row, "id"), "blocksize-scp01") == NULL) /* SCP01 is not spoken */
            rows_add(rows, "vector ", vector_text(row, "id"), kinds[k].run, row);
}

int main(void)
{
    static struct row_tests rows;
    struct vectors v = {NULL};
    int failed;
    rows_add(&rows, "the_vector_file_is_there", "", the_vector_file_is_there, NULL);
    if (vectors_load("vectors-gp.json", &v))
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
            add_rows(&rows, &v, k);
    failed = rows_run(&rows, "gp/vectors", rig_setup, rig_teardown);
    json_decref(v.document);
    return failed;
}
