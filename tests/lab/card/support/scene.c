/* SPDX-License-Identifier: Apache-2.0 */
/* Scenes that several tests of the card start from: a load file on the card, an application, a personalised
 * domain; pure; GPCS 2.3.1 9.3, 11.8. */
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct desk *opened(const struct card_config *cfg)
{
    struct desk *d = desk_new(cfg);

    assert_int_equal(open_session(d, 0, d->enc.type == KEY_TYPE_DES ? 0x03 : 0x33), 0x9000);
    return d;
}

uint16_t begin_load(struct desk *d, const char *domain, const char *hash)
{
    struct install f = {APP_PACKAGE, domain, hash, "", ""};

    return install(d, 0x02, &f);
}

void load_file(struct desk *d, const char *domain)
{
    assert_int_equal(begin_load(d, domain, ""), 0x9000);
    assert_int_equal(secure(d, "80E88000" LOAD_LEN LOAD_FILE "00"), 0x9000);
    assert_string_equal(d->data, "00");
}

uint16_t install_app(struct desk *d, uint8_t p1, const char *parameters)
{
    struct install f = {APP_PACKAGE, APP_MODULE, APP, "00", parameters};

    return install(d, p1, &f);
}

uint16_t target(struct desk *d, const char *aid)
{
    struct install f = {"", "", aid, "", ""};

    return install(d, 0x20, &f);
}

uint16_t put_three(struct desk *d, uint8_t replaced, uint8_t kvn, const char *block)
{
    return secure(d, "80D8%02X81%02zX%02X%s%s%s00", replaced, 1 + 3 * strlen(block) / 2, kvn, block, block,
                  block);
}

uint16_t put_aes(struct desk *d, uint8_t replaced, uint8_t kvn, const char *key, bool inner_length)
{
    char block[160];

    key_block(d, KEY_TYPE_AES, key, inner_length, block);
    return put_three(d, replaced, kvn, block);
}

void personalised_domain(struct desk *d, const char *aid)
{
    assert_int_equal(create_domain(d, aid, ""), 0x9000);
    assert_int_equal(select_aid(d, aid), 0x9000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(put_aes(d, 0, 0x30, NEW_KEY, true), 0x9000);
    assert_int_equal(select_aid(d, ISD), 0x9000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
}

unsigned long memory_now(struct desk *d)
{
    char digits[9];

    assert_int_equal(secure(d, "80CAFF2100"), 0x9000);
    memcpy(digits, strstr(d->data, "8204") + 4, 8);
    digits[8] = '\0';
    return strtoul(digits, NULL, 16);
}
