/* SPDX-License-Identifier: Apache-2.0 */
/* Secured packets of many cards, and new keys and sensitive data under a DEK, against published values. Unit
 * test of vault/operation/channel/scp80.c and vault/operation/newkeys.c. */
#include "vault/operation/operation.h"

#include <stdio.h>
#include <string.h>

#include "ota/packet/spi.h"
#include "rig.h"

enum { ID = 31 };
static const struct keyset_form scp80_form = {PROTOCOL_SCP80, 0x01, CIPHER_AES, 16};
static const struct keyset_form scp03_form = {PROTOCOL_SCP03, 0x30, CIPHER_AES, 16};
static const char *const keys_128[] = {"404142434445464748494A4B4C4D4E4F", "404142434445464748494A4B4C4D4E4F",
                                       "404142434445464748494A4B4C4D4E4F"};
static const char *const fresh_128[] = {"0F0E0D0C0B0A09080706050403020100",
                                        "0F0E0D0C0B0A09080706050403020100",
                                        "0F0E0D0C0B0A09080706050403020100"};

static struct scp80_command command_of(const json_t *row, const struct octets *data)
{
    struct scp80_command c = {.kic = vector_octets(row, "kic").at[0],
                              .kid = vector_octets(row, "kid").at[0],
                              .cc_len = (uint8_t)vector_number(row, "cc_len"),
                              .data = octets_bytes(data)};
    struct octets counter = vector_octets(row, "cntr"), spi = vector_octets(row, "spi"),
                  tar = vector_octets(row, "tar");
    memcpy(c.spi, spi.at, sizeof c.spi);
    memcpy(c.tar, tar.at, sizeof c.tar);
    for (size_t i = 0; i < counter.len; i++)
        c.counter = c.counter << 8 | counter.at[i];
    return c;
}

/* SCP80 key sets hold keys of one algorithm and length. */
static bool keyset_of(struct vault_party *p, uint64_t id, const json_t *row, struct sealed_keyset *out)
{
    struct octets kic = vector_octets(row, "kic_key"), kid = vector_octets(row, "kid_key");
    unsigned alg = vector_octets(row, "kid").at[0] & 0x0F, cipher = vector_octets(row, "kic").at[0] & 0x0F;
    const char *const hex[] = {vector_text(row, "kic_key"), vector_text(row, "kid_key"),
                               vector_text(row, "kid_key")};
    struct keyset_form form = {PROTOCOL_SCP80, 1, alg == ALG_AES ? CIPHER_AES : CIPHER_TDES,
                               (uint8_t)kid.len};
    if (kic.len != kid.len || kid.len == 0 || (alg == ALG_AES) != (cipher == ALG_AES))
        return false;
    *out = rig_keyset(p, id, form, hex);
    return true;
}

static void published_packets_of_many_cards_are_made_in_one_call(void **state)
{
    enum { JOBS = 64 };
    static struct scp80_job jobs[JOBS];
    static const char *due[JOBS];
    static struct octets data[JOBS];
    static uint8_t box[JOBS * 300];
    struct writer w = WRITER(box);
    struct vectors v = vectors_open("vectors-ota.json");
    struct vault_party *p = rig_party("operator");
    size_t n = 0, at = 0;
    (void)state;
    for (json_t *row; (row = vectors_next(&v, "scp80_commands", NULL, &at)) != NULL && n < JOBS;) {
        if (!vector_has(row, "expected_packet") || !vector_text(row, "cc_prefix") ||
            !keyset_of(p, 100 + n, row, &jobs[n].keys))
            continue;
        data[n] = vector_octets(row, "secured_data");
        jobs[n].command = command_of(row, &data[n]);
        due[n++] = vector_text(row, "expected_packet");
    }
    assert_true(n >= 2);
    jobs[1].keys.id++; /* one card's blob is not its own: the others go on */
    assert_ok(vault_wrap_scp80(p, jobs, n, &w));
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(jobs[i].err, i == 1 ? TSM_MAC_WRONG : TSM_OK);
        if (i != 1)
            assert_hex(jobs[i].packet, due[i]);
    }
    print_message("# %zu packets\n", n);
    vectors_close(&v);
}

/* A packet of pySim's test set (sja5, 3DES) without the vector file. */
static void a_published_packet_is_made(void **state)
{
    static const char *const hex[] = {"300102030405060708090A0B0C0D0E0F", "301102030405060708090A0B0C0D0E0F",
                                      "301102030405060708090A0B0C0D0E0F"};
    struct vault_party *p = rig_party("operator");
    struct octets data = octets_of("00A40004023F00");
    struct scp80_job job = {
        rig_keyset(p, ID, (struct keyset_form){PROTOCOL_SCP80, 3, CIPHER_TDES, 16}, hex),
        {.spi = {0x06, 0x19}, .kic = 0x35, .kid = 0x35, .tar = {0xB0, 0, 0x11}, .data = octets_bytes(&data)},
        BYTES_NONE,
        TSM_OK};
    uint8_t box[128];
    struct writer w = WRITER(box);
    (void)state;
    assert_ok(vault_wrap_scp80(p, &job, 1, &w));
    assert_int_equal(job.err, TSM_OK);
    assert_hex(job.packet, "00201506193535B00011AE733256918D050B87C94FBFE12E4DC402F262C41CF67F2F");
    job.keys = rig_keyset(p, ID, scp03_form, keys_128);
    assert_ok(vault_wrap_scp80(p, &job, 1, &w));
    assert_int_equal(job.err, TSM_KEY_REFUSED);
    assert_int_equal(job.packet.len, 0);
}

/* An answer of a sysmoISIM-SJA5 card recorded by pySim. */
static void a_recorded_proof_of_receipt_is_opened(void **state)
{
    static const char *const hex[] = {"200102030405060708090A0B0C0D0E0F", "201102030405060708090A0B0C0D0E0F",
                                      "201102030405060708090A0B0C0D0E0F"};
    struct vault_party *p = rig_party("operator");
    struct octets body =
        octets_of("027100002412B00011EBC6B497E2CAD7AEDF36ACE0E3A29B38853F0FE9CCDE81913BE5702B73ABCE1F");
    struct por_job job = {.keys = rig_keyset(p, ID, scp80_form, hex),
                          .terms = {0x19, 0x22, 0x22, 0},
                          .body = octets_bytes(&body)};
    uint8_t box[128];
    struct writer w = WRITER(box);
    (void)state;
    assert_ok(vault_unwrap_por(p, &job, 1, &w));
    assert_int_equal(job.err, TSM_OK);
    assert_true(job.response.secured);
    assert_hex(job.response.data, "016132");
    body.at[body.len - 1] ^= 1;
    assert_ok(vault_unwrap_por(p, &job, 1, &w));
    assert_int_equal(job.err, TSM_MAC_WRONG);
}

/* The recorded PUT KEY of GlobalPlatformPro: three times 0F..00 under the DEK 40..4F, key version 31. */
static void put_key_carries_a_sealed_key_set(void **state)
{
    struct vault_party *p = rig_party("operator");
    struct channel ch = {.protocol = SCP03, .i = 0x70, .kvn = 0x30, .level = 0x33, .challenge_len = 8};
    struct new_keys k = {
        {rig_keyset(p, ID, scp03_form, keys_128), &ch},
        rig_keyset(p, ID + 1, (struct keyset_form){PROTOCOL_SCP03, 0x31, CIPHER_AES, 16}, fresh_128),
        GP_LAYOUT_LENGTH_INSIDE,
        0,
        GP_KCV_STANDARD};
    uint8_t box[128], answer[PUTKEY_ANSWER_MAX];
    struct writer w = WRITER(box), due = WRITER(answer);
    (void)state;
    assert_ok(vault_put_key_body(p, &k, &w, &due));
    assert_hex(written(&w),
               "31881110FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA881110FAC3AF9FB177982EABA2E63D9EF03986"
               "03C1CCDA881110FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA");
    assert_hex(written(&due), "31C1CCDAC1CCDAC1CCDA");
    k.dek.channel = NULL;
    assert_err(vault_put_key_body(p, &k, &w, &due), TSM_KEY_REFUSED); /* no KIK in an SCP03 key set */
}

/* kaoh/globalplatform, storeDataTest.c: keys 40.., 50.., 60.. under the DEK 00..0F. */
static void first_keys_go_into_a_domain_by_store_data(void **state)
{
    static const char *const current[] = {"000102030405060708090A0B0C0D0E0F",
                                          "000102030405060708090A0B0C0D0E0F",
                                          "000102030405060708090A0B0C0D0E0F"};
    static const char *const first[] = {"404142434445464748494A4B4C4D4E4F",
                                        "505152535455565758595A5B5C5D5E5F",
                                        "606162636465666768696A6B6C6D6E6F"};
    struct vault_party *p = rig_party("operator");
    struct new_keys k = {
        {rig_keyset(p, ID, scp80_form, current), NULL},
        rig_keyset(p, ID + 1, (struct keyset_form){PROTOCOL_SCP03, 1, CIPHER_AES, 16}, first),
        GP_LAYOUT_LENGTH_INSIDE,
        0,
        GP_KCV_STANDARD};
    struct store_form form = {STOREKEYS_SHARED, 0x01, 0x0003, {0, 0, 0}};
    uint8_t box[256];
    struct writer w = WRITER(box);
    (void)state;
    assert_ok(vault_store_keys_body(p, &k, &form, &w));
    assert_hex(
        written(&w),
        "00B930B71080018881011083010196010197020003B9088201018403504A77B9088201028403F2A8DFB9088201038403D7D0"
        "E4"
        "811310D533E59B45A153ED7E5E9C5DFCFD4AAA8113103EF0B1A5E3059DAB21FCE23A7B61C4CA811310ADDE68F7AD497268D3"
        "1A0DDD5C74B08F");
}

static void sensitive_data_go_out_under_the_dek(void **state)
{
    struct vault_party *p = rig_party("operator");
    struct dek_place kik = {rig_keyset(p, ID, scp80_form, keys_128), NULL};
    struct octets pin = octets_of("241234FFFFFFFFFF"), keys = octets_of("0F0E0D0C0B0A09080706050403020100");
    uint8_t box[128], clear[16];
    struct writer w = WRITER(box);
    struct crypto *c;
    struct cipher_key dek;
    (void)state;
    assert_ok(vault_dek_encrypt(p, kik, (struct dek_data){octets_bytes(&keys), false}, &w));
    assert_hex(written(&w), "FAC3AF9FB177982EABA2E63D9EF03986");
    assert_err(vault_dek_encrypt(p, kik, (struct dek_data){octets_bytes(&pin), false}, &w), TSM_BAD_LENGTH);
    w = WRITER(box);
    assert_ok(vault_dek_encrypt(p, kik, (struct dek_data){octets_bytes(&pin), true}, &w));
    assert_ok(crypto_new(&c));
    assert_ok(crypto_key(c, CIPHER_AES, HEX(keys_128[2]), &dek));
    assert_ok(crypto_cbc(&dek, DECRYPT, NULL, written(&w), clear));
    assert_hex(BYTES(clear), "241234FFFFFFFFFF8000000000000000");
    crypto_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_packets_of_many_cards_are_made_in_one_call),
        cmocka_unit_test(a_published_packet_is_made),
        cmocka_unit_test(a_recorded_proof_of_receipt_is_opened),
        cmocka_unit_test(put_key_carries_a_sealed_key_set),
        cmocka_unit_test(first_keys_go_into_a_domain_by_store_data),
        cmocka_unit_test(sensitive_data_go_out_under_the_dek),
    };
    return cmocka_run_group_tests_name("packets", tests, rig_setup, rig_teardown);
}
