/* SPDX-License-Identifier: Apache-2.0 */
/* DAP blocks made and found again, and what is refused: another file, another key, a hash too weak, a block
 * that is missing. Unit test of gp/delegated/dap.h. [GPCS C.2, C.3, 11.6.2.3] */
#include <string.h>

#include "gp/command/load.h"
#include "gp/delegated/dap.h"
#include "rig.h"

enum { ROOM = 2048 };

#define PROVIDER  "F04F54534DD00001"
#define AUTHORITY "F04F54534DA00001"

static uint8_t code[300];

static struct octets hash_of(enum hash_alg alg)
{
    struct octets o = {.len = 0};
    struct writer w = WRITER(o.at);
    memset(code, 0xC5, sizeof code);
    assert_ok(lfdb_hash(alg, BYTES(code), &w));
    o.len = w.len;
    return o;
}

/* A load file with these blocks in front, as LOAD cuts it. */
static struct bytes load_file_of(struct bytes blocks, uint8_t *out)
{
    struct writer w = {out, 0, ROOM};
    assert_ok(write_span(&w, blocks));
    assert_ok(write_span(&w, HEX("C482012C")));
    assert_ok(write_span(&w, BYTES(code)));
    return written(&w);
}

static void every_scheme_signs_a_load_file(void **state)
{
    struct octets hash = hash_of(HASH_SHA512);
    (void)state;
    for (int key = 0; key < RIG_KEYS; key++) {
        struct gp_signer s = rig_signer((enum rig_key)key);
        uint8_t made[ROOM], file[ROOM];
        struct writer w = WRITER(made);
        struct load_file f;
        struct dap d;
        assert_ok(dap_make(&s, HEX(PROVIDER), octets_bytes(&hash), &w));
        assert_ok(load_file_read(load_file_of(written(&w), file), &f));
        assert_int_equal(f.blocks, 1);
        assert_ok(load_file_dap(&f, HEX(PROVIDER), &d));
        assert_ok(dap_check(&s, &d, octets_bytes(&hash)));
        assert_ok(dap_file_check(octets_bytes(&hash), f.data));
    }
}

static void a_dap_over_another_file_is_refused(void **state)
{
    struct octets hash = hash_of(HASH_SHA256), other;
    struct gp_signer s = rig_signer(RIG_P256);
    uint8_t made[ROOM], room[HASH_LEN_MAX], file[ROOM];
    struct writer w = WRITER(made), h = WRITER(room);
    struct load_file f;
    struct dap d;
    (void)state;
    assert_ok(dap_make(&s, HEX(PROVIDER), octets_bytes(&hash), &w));
    code[150] ^= 1; /* the file that goes to the card is another one */
    assert_ok(load_file_read(load_file_of(written(&w), file), &f));
    assert_ok(load_file_dap(&f, HEX(PROVIDER), &d));
    assert_err(dap_file_check(octets_bytes(&hash), f.data), TSM_CONFLICT);
    assert_ok(lfdb_hash(HASH_SHA256, f.data, &h));
    other.len = h.len;
    memcpy(other.at, room, h.len);
    assert_err(dap_check(&s, &d, octets_bytes(&other)), TSM_MAC_WRONG);
}

static void a_dap_of_another_key_is_refused(void **state)
{
    struct octets hash = hash_of(HASH_SHA512);
    (void)state;
    for (int key = 0; key < RIG_KEYS; key++) {
        struct gp_signer s = rig_signer((enum rig_key)key),
                         other = rig_signer((enum rig_key)((key + 1) % RIG_KEYS));
        uint8_t made[SIGNATURE_MAX];
        struct writer w = WRITER(made);
        struct bytes input = octets_bytes(&hash);
        assert_ok(gp_signature_write(&s, &input, 1, &w));
        assert_err(dap_check(&other, &(struct dap){HEX(PROVIDER), written(&w)}, input), TSM_MAC_WRONG);
        made[0] ^= 0x80;
        assert_err(dap_check(&s, &(struct dap){HEX(PROVIDER), written(&w)}, input), TSM_MAC_WRONG);
    }
}

/* Table C-3: the hash of the block is never weaker than the one inside the signature. */
static void a_hash_weaker_than_the_scheme_is_refused(void **state)
{
    static const struct {
        enum rig_key key;
        enum hash_alg weakest;
    } rows[] = {{RIG_DES, HASH_SHA1},
                {RIG_AES, HASH_SHA256},
                {RIG_RSA_1024, HASH_SHA1},
                {RIG_RSA_2048, HASH_SHA256},
                {RIG_P256, HASH_SHA256},
                {RIG_P384, HASH_SHA384},
                {RIG_BRAINPOOL_P512, HASH_SHA512}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct gp_signer s = rig_signer(rows[i].key);
        for (int alg = 0; alg < HASH_ALGS; alg++) {
            struct octets hash = hash_of((enum hash_alg)alg);
            uint8_t made[ROOM];
            struct writer w = WRITER(made);
            assert_err(dap_make(&s, HEX(PROVIDER), octets_bytes(&hash), &w),
                       alg < (int)rows[i].weakest ? TSM_KEY_REFUSED : TSM_OK);
        }
    }
    assert_err(dap_file_check(HEX("00112233"), BYTES(code)), TSM_BAD_LENGTH);
}

/* Amendment D, Table 8-1: the strength of the key itself asks, when it is an AES key. */
static void an_AES_key_signs_a_hash_as_strong_as_itself(void **state)
{
    static const struct {
        const char *key;
        enum hash_alg weakest;
    } rows[] = {{"404142434445464748494A4B4C4D4E4F", HASH_SHA256},
                {"404142434445464748494A4B4C4D4E4F5051525354555657", HASH_SHA384},
                {"404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F", HASH_SHA512}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct gp_signer s = rig_secret(CIPHER_AES, rows[i].key);
        struct octets signature = octets_of("00112233445566778899AABBCCDDEEFF");
        struct dap d = {HEX(PROVIDER), octets_bytes(&signature)};
        for (int alg = 0; alg < HASH_ALGS; alg++) {
            struct octets hash = hash_of((enum hash_alg)alg);
            bool weak = alg < (int)rows[i].weakest;
            uint8_t made[ROOM];
            struct writer w = WRITER(made);
            assert_err(dap_make(&s, d.domain, octets_bytes(&hash), &w), weak ? TSM_KEY_REFUSED : TSM_OK);
            assert_err(dap_check(&s, &d, octets_bytes(&hash)), weak ? TSM_KEY_REFUSED : TSM_MAC_WRONG);
        }
    }
}

static void the_blocks_of_provider_and_authority_are_told_apart(void **state)
{
    struct octets hash = hash_of(HASH_SHA256);
    struct gp_signer provider = rig_signer(RIG_P256), authority = rig_signer(RIG_RSA_2048);
    uint8_t made[ROOM], file[ROOM];
    struct writer w = WRITER(made);
    struct load_file f;
    struct dap d;
    (void)state;
    assert_ok(dap_make(&provider, HEX(PROVIDER), octets_bytes(&hash), &w));
    assert_ok(load_file_read(load_file_of(written(&w), file), &f));
    assert_err(load_file_dap(&f, HEX(AUTHORITY), &d), TSM_NOT_FOUND); /* mandated, and not there */
    assert_non_null(strstr(err_cause(), AUTHORITY));
    assert_ok(dap_make(&authority, HEX(AUTHORITY), octets_bytes(&hash), &w));
    assert_ok(load_file_read(load_file_of(written(&w), file), &f));
    assert_int_equal(f.blocks, 2);
    assert_ok(load_file_dap(&f, HEX(AUTHORITY), &d));
    assert_ok(dap_check(&authority, &d, octets_bytes(&hash)));
    assert_err(dap_check(&provider, &d, octets_bytes(&hash)), TSM_MAC_WRONG);
}

static void what_is_no_load_file_is_refused(void **state)
{
    static const struct {
        const char *file;
        enum tsm_err due;
    } rows[] = {
        {"", TSM_MISSING_FIELD},
        {"E20C4F05F000000001C303AABBCC", TSM_MISSING_FIELD},
        {"E20C4F05F0000000018103AABBCCC401AA", TSM_UNKNOWN_FIELD},
        {"E2074F05F000000001C401AA", TSM_MISSING_FIELD},
        {"E20C4F05F000000001C303AABBCCE20C4F05F000000001C303AABBCCC401AA", TSM_DUPLICATE_TAG},
        {"E20B4F04F0000000C303AABBCCC401AA", TSM_BAD_LENGTH},
        {"C400", TSM_MISSING_FIELD},
        {"C401AAC401AA", TSM_TRAILING_BYTES},
        {"C402AA", TSM_SHORT_INPUT},
        {"D3080000000000000000C401AA", TSM_BAD_VALUE},
        {"D401AA", TSM_OK},
        {"D3080000000000000000D401AA", TSM_OK},
        {"C501AA", TSM_BAD_VALUE},
    };
    struct load_file f;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_err(load_file_read(HEX(rows[i].file), &f), rows[i].due);
}

static void more_blocks_than_the_limit_are_refused(void **state)
{
    uint8_t file[ROOM];
    struct writer w = WRITER(file);
    struct load_file f;
    (void)state;
    for (unsigned i = 0; i <= DAP_BLOCKS_MAX; i++) {
        const uint8_t aid[] = {0xF0, 0, 0, 0, (uint8_t)i};
        assert_ok(load_dap_write(BYTES(aid), HEX("AABB"), &w));
    }
    assert_ok(write_span(&w, HEX("C401AA")));
    assert_err(load_file_read(written(&w), &f), TSM_TOO_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scheme_signs_a_load_file),
        cmocka_unit_test(a_dap_over_another_file_is_refused),
        cmocka_unit_test(a_dap_of_another_key_is_refused),
        cmocka_unit_test(a_hash_weaker_than_the_scheme_is_refused),
        cmocka_unit_test(an_AES_key_signs_a_hash_as_strong_as_itself),
        cmocka_unit_test(the_blocks_of_provider_and_authority_are_told_apart),
        cmocka_unit_test(what_is_no_load_file_is_refused),
        cmocka_unit_test(more_blocks_than_the_limit_are_refused),
    };
    return cmocka_run_group_tests_name("delegated/dap", tests, rig_setup, rig_teardown);
}
