/* SPDX-License-Identifier: Apache-2.0 */
/* The over-the-air door of the laboratory's card: which domain listens where, its keys and counters, commands
 * in its owner's name (TS 102 225, TS 102 226 8.2.1, GPCS 2.3.1 11.11.4). */
#include "cap.h"
#include "desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define KIC "00112233445566778899AABBCCDDEEFF"
#define KID "0123456789ABCDEF0123456701234567"
#define KIK "404142434445464748494A4B4C4D4E4F"
#define NEW "0F0E0D0C0B0A09080706050403020100"

/* kaoh/globalplatform installDataTest.c build_uicc_system_specific_params_toolkit: TAR D50103, SPI1 at least
 * 1E. */
#define EA_VALUE "800D010014000202011E03D501030081180001000010A0000000871002FFFFFFFF8900000100010000"
/* ... build_sim_specific_params: TAR D50101, no security level. */
#define CA_VALUE "010001011000010003D50101"

static const uint8_t tar_isd[3] = {0x00, 0x00, 0x00};
static const uint8_t tar_uicc[3] = {0xD5, 0x01, 0x03};
static const uint8_t tar_sim[3] = {0xD5, 0x01, 0x01};

static struct card *uicc(uint8_t type)
{
    struct card_config cfg = {.scp80_kvn = 1, .scp80_type = type};

    assert_true(lab_hex_read(KIC, cfg.kic, sizeof cfg.kic, &cfg.kic_len));
    assert_true(lab_hex_read(KID, cfg.kid, sizeof cfg.kid, &cfg.kid_len));
    assert_true(lab_hex_read(KIK, cfg.kik, sizeof cfg.kik, &cfg.kik_len));
    return card_new(&cfg);
}

static char data[8192];

/* One command as the owner of the domain behind the TAR. */
static uint16_t remote(struct card *c, const uint8_t tar[3], uint8_t kvn, const char *hex)
{
    static uint8_t out[CARD_MAX_RAPDU];
    uint8_t in[300];
    struct sd *sd = card_sd_by_tar(c, tar);
    size_t n;

    assert_non_null(sd);
    if (!lab_hex_read(hex, in, sizeof in, &n))
        fail_msg("not hex: %s", hex);
    n = card_remote(c, sd, kvn, in, n, out);
    assert_in_range(n, 2, sizeof data / 2);
    lab_hex_write(out, n - 2, data);
    return (uint16_t)lab_number(out + n - 2, 2);
}

/* INSTALL [for install and make selectable] of DOMAIN with SCP80 and the given toolkit parameters. */
static uint16_t create(struct card *c, const char *aid, const char *toolkit)
{
    char command[600], body[500];
    char parameters[300];

    snprintf(parameters, sizeof parameters, "C90481028000%s", toolkit);
    snprintf(body, sizeof body, "07" SD_PACKAGE "08" SD_MODULE "%02zX%s0180%02zX%s00", strlen(aid) / 2, aid,
             strlen(parameters) / 2, parameters);
    snprintf(command, sizeof command, "80E60C00%02zX%s00", strlen(body) / 2, body);
    return remote(c, tar_isd, 1, command);
}

static void under_kik(const char *kik, uint8_t type, const char *value, char *to)
{
    struct sym_key k = {.type = type, .len = 16};
    uint8_t b[32];
    size_t n;

    assert_true(lab_hex_read(kik, k.value, 16, &n));
    assert_true(lab_hex_read(value, b, sizeof b, &n));
    assert_true(type == KEY_TYPE_AES ? sym_cbc_encrypt(&k, NULL, b, n, b) : sym_ecb_encrypt(&k, b, n, b));
    lab_hex_write(b, n, to);
}

/* The three keys of version kvn for the domain, encrypted under the issuer's KIK. */
static uint16_t hand_over_keys(struct card *c, uint8_t kvn)
{
    char command[500], cipher[65], kcv[7];
    uint16_t sw = remote(c, tar_isd, 1, "80E620000D000007" DOMAIN "00000000");

    if (sw != 0x9000)
        return sw;
    kcv_of(KEY_TYPE_AES, NEW, kcv);
    under_kik(KIK, KEY_TYPE_AES, NEW, cipher);
    snprintf(command, sizeof command,
             "80E28800%02X00B930B7108001888101108301%02X96010097020003B9088201018403%sB9088201028403%"
             "sB9088201038403%s811310%s811310%s811310%s",
             3 + 0x30 + 3 * 19, kvn, kcv, kcv, kcv, cipher, cipher, cipher);
    return remote(c, tar_isd, 1, command);
}

static void the_issuer_listens_on_zero_and_others_are_unknown(void **state)
{
    struct ota_key kic, kid, kik;
    struct card *c = uicc(KEY_TYPE_AES);
    struct sd *isd = card_sd_by_tar(c, tar_isd);

    (void)state;
    assert_non_null(isd);
    assert_null(card_sd_by_tar(c, tar_uicc));
    assert_int_equal(card_ota_msl(isd), 0x16);
    assert_int_equal(card_ota_keys(isd, 1, &kic, &kid, &kik), 0);
    assert_int_equal(kic.alg, 0x88);
    assert_int_equal(kic.value[15], 0xFF);
    assert_int_equal(kid.value[15], 0x67);
    assert_int_equal(kik.value[15], 0x4F);
    assert_int_equal(card_ota_keys(isd, 2, &kic, &kid, &kik), -1);
    assert_int_equal(card_ota_keys(isd, 0xFF, &kic, &kid, &kik), -1);
    assert_non_null(card_ota_counter(isd, 1));
    *card_ota_counter(isd, 1) = 0xFFFFFFFFFF;
    assert_true(*card_ota_counter(isd, 1) == 0xFFFFFFFFFF);
    assert_null(card_ota_counter(isd, 2));
    card_free(c);
}

static void a_card_without_scp80_keys_has_no_door(void **state)
{
    struct card_config cfg = {0};
    struct card *c = card_new(&cfg);

    (void)state;
    assert_null(card_sd_by_tar(c, tar_isd));
    card_free(c);
}

static void a_domain_listens_on_the_tar_of_its_toolkit_parameters(void **state)
{
    struct card *c = uicc(KEY_TYPE_AES);
    char ea[200], ef[200];

    (void)state;
    snprintf(ea, sizeof ea, "EA%02zX" EA_VALUE, strlen(EA_VALUE) / 2);
    snprintf(ef, sizeof ef, "EF%02zXCA%02zX" CA_VALUE, strlen(CA_VALUE) / 2 + 2, strlen(CA_VALUE) / 2);
    assert_int_equal(create(c, DOMAIN, ea), 0x9000);
    assert_string_equal(data, "00");
    assert_int_equal(card_ota_msl(card_sd_by_tar(c, tar_uicc)), 0x1E);
    assert_int_equal(create(c, "F04F5453440002", ef), 0x9000);
    assert_int_equal(card_ota_msl(card_sd_by_tar(c, tar_sim)), 0x16);
    assert_int_equal(create(c, "F04F5453440003", ef), 0x6A80); /* the TAR is taken */
    assert_int_equal(create(c, "F04F5453440003", "EA0480020100"), 0x6A80);
    assert_int_equal(create(c, "F04F5453440003", "EF05CA03010001"), 0x6A80);
    card_free(c);
}

static void a_domain_answers_under_its_parents_keys_until_it_has_its_own(void **state)
{
    struct ota_key kic, kid, kik;
    struct card *c = uicc(KEY_TYPE_AES);
    char ea[200];
    struct sd *sd;

    (void)state;
    snprintf(ea, sizeof ea, "EA%02zX" EA_VALUE, strlen(EA_VALUE) / 2);
    assert_int_equal(create(c, DOMAIN, ea), 0x9000);
    sd = card_sd_by_tar(c, tar_uicc);
    assert_int_equal(card_ota_keys(sd, 1, &kic, &kid, &kik), 0);
    assert_ptr_equal(card_ota_counter(sd, 1), card_ota_counter(card_sd_by_tar(c, tar_isd), 1));
    assert_int_equal(hand_over_keys(c, 0x02), 0x9000);
    assert_int_equal(card_ota_keys(sd, 1, &kic, &kid, &kik), -1);
    assert_int_equal(card_ota_keys(sd, 2, &kic, &kid, &kik), 0);
    assert_int_equal(kic.value[0], 0x0F);
    assert_true(*card_ota_counter(sd, 2) == 0);
    assert_int_equal(hand_over_keys(c, 0x03), 0x6985);
    assert_int_equal(remote(c, tar_uicc, 2, "80CA00E000"), 0x9000);
    assert_string_equal(data, "E012C00401028810C00402028810C00403028810");
    assert_int_equal(remote(c, tar_uicc, 2, "80F24002024F0000"), 0x9000);
    assert_non_null(strstr(data, "9F70010F"));
    card_free(c);
}

static void the_provider_puts_its_own_keys_under_the_handed_over_kik(void **state)
{
    struct card *c = uicc(KEY_TYPE_AES);
    char ea[200], command[300], cipher[65], kcv[7];

    (void)state;
    snprintf(ea, sizeof ea, "EA%02zX" EA_VALUE, strlen(EA_VALUE) / 2);
    assert_int_equal(create(c, DOMAIN, ea), 0x9000);
    assert_int_equal(hand_over_keys(c, 0x02), 0x9000);
    kcv_of(KEY_TYPE_AES, KIC, kcv);
    under_kik(NEW, KEY_TYPE_AES, KIC, cipher);
    snprintf(command, sizeof command, "80D800814603881110%s03%s881110%s03%s881110%s03%s00", cipher, kcv,
             cipher, kcv, cipher, kcv);
    assert_int_equal(remote(c, tar_uicc, 2, command), 0x9000);
    assert_int_equal(remote(c, tar_uicc, 3, "80CA00E000"), 0x9000);
    /* The old version can go once the new one is in use. */
    assert_int_equal(remote(c, tar_uicc, 2, "80E4000003D2010200"), 0x6985);
    assert_int_equal(remote(c, tar_uicc, 3, "80E4000003D2010200"), 0x9000);
    assert_int_equal(remote(c, tar_uicc, 2, "80CA00E000"), 0x6A88);
    card_free(c);
}

static void triple_des_keys_decrypt_in_ecb(void **state)
{
    struct card *c = uicc(KEY_TYPE_DES);
    char command[300], cipher[65], kcv[7];

    (void)state;
    kcv_of(KEY_TYPE_DES, NEW, kcv);
    under_kik(KIK, KEY_TYPE_DES, NEW, cipher);
    snprintf(command, sizeof command, "80D8008143028010%s03%s8010%s03%s8010%s03%s00", cipher, kcv, cipher,
             kcv, cipher, kcv);
    assert_int_equal(remote(c, tar_isd, 1, command), 0x9000);
    assert_int_equal(remote(c, tar_isd, 2, "80CA00E000"), 0x9000);
    assert_non_null(strstr(data, "C00401028010"));
    card_free(c);
}

static void a_load_goes_on_over_several_packets_of_one_owner(void **state)
{
    struct card *c = uicc(KEY_TYPE_AES);

    (void)state;
    assert_int_equal(remote(c, tar_isd, 1, "80E602000A05" APP_PACKAGE "0000000000"), 0x9000);
    assert_int_equal(remote(c, tar_isd, 1, "80E8000002C41F00"), 0x9000);
    assert_int_equal(remote(c, tar_isd, 1, "80E880011F" CAP "00"), 0x9000);
    assert_int_equal(remote(c, tar_isd, 1, "80F22002074F05" APP_PACKAGE "00"), 0x9000);
    /* No selection and no channels over the air. */
    assert_int_equal(remote(c, tar_isd, 1, "00A4040000"), 0x6D00);
    assert_int_equal(remote(c, tar_isd, 1, "0070000001"), 0x6D00);
    card_free(c);
}

static void a_locked_domain_refuses_over_the_air_too(void **state)
{
    struct card *c = uicc(KEY_TYPE_AES);
    char ea[200];

    (void)state;
    snprintf(ea, sizeof ea, "EA%02zX" EA_VALUE, strlen(EA_VALUE) / 2);
    assert_int_equal(create(c, DOMAIN, ea), 0x9000);
    assert_int_equal(remote(c, tar_isd, 1, "80F0408007" DOMAIN), 0x9000);
    assert_int_equal(remote(c, tar_uicc, 1, "80CA00E000"), 0x6985);
    assert_int_equal(remote(c, tar_isd, 1, "80F0400007" DOMAIN), 0x9000);
    assert_int_equal(remote(c, tar_uicc, 1, "80CA00E000"), 0x9000);
    assert_int_equal(remote(c, tar_isd, 1, "80E40000094F07" DOMAIN "00"), 0x9000);
    assert_null(card_sd_by_tar(c, tar_uicc));
    card_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_issuer_listens_on_zero_and_others_are_unknown),
        cmocka_unit_test(a_card_without_scp80_keys_has_no_door),
        cmocka_unit_test(a_domain_listens_on_the_tar_of_its_toolkit_parameters),
        cmocka_unit_test(a_domain_answers_under_its_parents_keys_until_it_has_its_own),
        cmocka_unit_test(the_provider_puts_its_own_keys_under_the_handed_over_kik),
        cmocka_unit_test(triple_des_keys_decrypt_in_ecb),
        cmocka_unit_test(a_load_goes_on_over_several_packets_of_one_owner),
        cmocka_unit_test(a_locked_domain_refuses_over_the_air_too),
    };

    return cmocka_run_group_tests_name("lab card: over the air", tests, NULL, NULL);
}
