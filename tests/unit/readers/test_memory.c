/* SPDX-License-Identifier: Apache-2.0 */
/* Readers of outside bytes without memory: right bytes are never called wrong for want of it, and nothing is
 * left behind. Test code; stations 1, 4 and 10. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sign/sign.h"
#include "emv/script/script.h"
#include "link/cap/archive.h"
#include "link/seram/seram_message.h"
#include "role/sp/bulk/wish.h"
#include "role/sp/token/message.h"
#include "role/sp/tsmapi/wire/request.h"
#include "role/sp/verify/setting.h"
#include "scarce.h"
#include "vault/jose/jwe.h"
#include "vault/jose/jwk.h"

enum { FILE_ROOM = 1 << 16, JWE_ROOM = 1024 };

/* The generator of P-256 [SP 800-186, 3.2.1.3], uncompressed: a point that is on the curve. */
static const uint8_t generator[P256_POINT] = {
    0x04, 0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2,
    0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F,
    0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE,
    0x33, 0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5};

static uint8_t room[FILE_ROOM];
static char jwe[JWE_ROOM];

static struct content {
    uint8_t at[FILE_ROOM];
    size_t len;
} archive, script;

static bool read_content(const char *path, struct content *to)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    to->len = fread(to->at, 1, sizeof to->at, f);
    fclose(f);
    return to->len > 0;
}

static enum tsm_err seal_jwe(void)
{
    struct writer w = WRITER(room);
    json_t *key;
    enum tsm_err e;
    TRY(jwk_write(generator, &key));
    e = vault_jwe_seal(key, (struct jwe_content){.plain = bytes_of_text("5413330089010434")}, &w);
    json_decref(key);
    TRY(e);
    snprintf(jwe, sizeof jwe, "%.*s", (int)w.len, (const char *)room);
    return TSM_OK;
}

static enum tsm_err check_jwe(void)
{
    return vault_jwe_check(bytes_of_text(jwe));
}

static enum tsm_err digest_archive(void)
{
    uint8_t digest[SHA256_LEN];
    return sha256_of(BYTES_OF(archive.at, archive.len), digest);
}

static enum tsm_err read_archive(void)
{
    struct cap_file cap = {.owned = {NULL}};
    enum tsm_err e = cap_archive_read(BYTES_OF(archive.at, archive.len), &cap);
    cap_file_free(&cap);
    return e;
}

static enum tsm_err read_report(void)
{
    static const char report[] =
        "{\"localAgentStatus\": {\"localAgentStatusEnum\": \"PROCESSED\", \"executedSeRamCommands\": 1},"
        " \"ramResponses\": [{\"ramResponseType\": \"seRamResponse\", \"listOfRAPDU\": [\"9000\"]}]}";
    static struct seram_report out;
    return seram_report_read(bytes_of_text(report), WRITER(room), &out);
}

static enum tsm_err read_card(void)
{
    struct card_record out;
    return card_record_read(
        bytes_of_text(
            "{\"pan\":\"5413330089010434\",\"expiry\":\"3012\",\"effective\":\"2611\",\"service_code\":"
            "\"201\",\"cardholder\":\"A/B\"}"),
        &out);
}

static enum tsm_err read_script(void)
{
    static struct perso_script out;
    return perso_script_read(BYTES_OF(script.at, script.len), &out);
}

static enum tsm_err read_request(void)
{
    static struct api_request out;
    struct api_reading r = {.document = NULL};
    enum tsm_err e = api_request_read(
        bytes_of_text(
            "{\"device\":{\"callerId\":\"5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e\",\"secureComponents\":"
            "[{\"reader\":\"eSE1\",\"cplc\":\"9f7f\"}]},\"serviceId\":\"910bbd5a-1749-4737-b855-"
            "a520f1bc9da4\",\"version\":\"1.0.x\"}"),
        METHOD_CHECK_DEPLOYMENT, &out, &r);
    json_decref(r.document);
    return e;
}

static enum tsm_err read_wish(void)
{
    struct bulk_wish w;
    enum tsm_err e = bulk_wish_read(
        bytes_of_text(
            "{\"operation\":\"update\",\"service\":\"s\",\"version\":\"2.0.0\",\"select\":{\"version\":"
            "\"1.0.0\"}}"),
        &w);
    bulk_wish_drop(&w);
    return e;
}

static enum tsm_err read_token_answer(void)
{
    struct token_answer a;
    return token_answer_read(bytes_of_text("{\"status\":\"declined\",\"reason\":\"no\"}"), &a);
}

static enum tsm_err read_setting(void)
{
    struct verify_setting s;
    return verify_setting_read(bytes_of_text("{\"kind\":\"hook\",\"url\":\"https://bank.example/known\"}"),
                               &s);
}

static void right_bytes_are_never_called_wrong(void **state)
{
    static const struct {
        const char *name;
        enum tsm_err (*read)(void);
    } rows[] = {{"a JWE is sealed", seal_jwe},   {"a JWE", check_jwe},
                {"a digest", digest_archive},    {"a CAP archive", read_archive},
                {"a SERAM report", read_report}, {"a card record", read_card},
                {"a script", read_script},       {"a request of an app", read_request},
                {"a campaign", read_wish},       {"an answer of a token service", read_token_answer},
                {"a setting", read_setting}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scarce_sweep sweep = {0};
        enum tsm_err e = rows[i].read();
        if (e != TSM_OK)
            fail_msg("%s: %s %s", rows[i].name, err_text(e), err_cause());
        while (scarce_next(&sweep)) {
            unsigned shortages = json_shortages();
            e = rows[i].read();
            scarce_end(&sweep);
            /* What a handler or a unit that had no memory for a document says does not count. */
            if (e != TSM_OK && !err_may_retry(e) && e != TSM_CRYPTO_FAILED && json_shortages() == shortages)
                fail_msg("%s, allocation %u: %s %s", rows[i].name, sweep.n, err_text(e), err_cause());
        }
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(right_bytes_are_never_called_wrong)};
    if (argc < 3 || !read_content(argv[1], &archive) || !read_content(argv[2], &script) || !scarce_set_up())
        return 1;
    return cmocka_run_group_tests_name("readers without memory", tests, NULL, NULL);
}
