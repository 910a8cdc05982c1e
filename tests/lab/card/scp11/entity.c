/* SPDX-License-Identifier: Apache-2.0 */
/* An off-card entity of SCP11 for the tests of the card: its authority in a file, its certificate, the
 * opening of a session on a desk; edge (writes a file); Amd F 1.4 7.5, 7.6. */
#include "entity.h"

#include "card/certificate/trust.h"
#include "common/tlv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define KID_OF(variant) ((variant) == 'a' ? 0x11 : (variant) == 'b' ? 0x13 : 0x15)

void entity_open(struct entity *e)
{
    struct asym_key key;
    struct issue what = {
        .authority = &e->authority, .authority_name = "test CA", .key = &key, .is_authority = true};
    uint8_t buffer[CERTIFICATE_HEX / 2];
    struct out o;

    *e = (struct entity){.folder = "/tmp/tsm-lab-test-XXXXXX"};
    assert_non_null(mkdtemp(e->folder));
    snprintf(e->ca_path, sizeof e->ca_path, "%s/ca.pem", e->folder);
    assert_true(ecka_from_label(ECC_P256, "test CA", &e->authority) && ecka_public_of(&e->authority, &key));
    out_init(&o, buffer, sizeof buffer);
    assert_true(issue_x509(&what, &o) && trust_write(e->ca_path, buffer, o.len));
    assert_true(ecka_generate(ECC_P256, &e->own) && ecka_public_of(&e->own, &key));
    what.is_authority = false;
    what.subject = (struct octets){.at = (const uint8_t *)"ENTITY", .len = 6};
    out_init(&o, buffer, sizeof buffer);
    assert_true(issue_gp(&what, &o));
    lab_hex_write(buffer, o.len, e->certificate);
}

void entity_close(struct entity *e)
{
    unlink(e->ca_path);
    rmdir(e->folder);
}

struct desk *entity_desk(const struct entity *e, const char *scp)
{
    struct card_config cfg = {.scp = scp, .oce_ca = e->ca_path};

    return desk_new(&cfg);
}

uint16_t entity_show(struct desk *d, const struct entity *e, uint8_t kvn)
{
    return plain(d, "802A%02X10%02zX%s00", kvn, strlen(e->certificate) / 2, e->certificate);
}

void entity_command(const struct wish *w, const struct asym_key *ephemeral, char *to)
{
    uint8_t parameter = w->variant == 'a' ? 0x01 : w->variant == 'b' ? 0x00 : 0x03;
    struct asym_key point;
    char hex[2 * ECKA_MAX_POINT + 1];

    assert_true(ecka_public_of(ephemeral, &point));
    lab_hex_write(point.value, point.len, hex);
    sprintf(to, "80%02X%02X%02X53A60D900211%02X9501%02X8001888101%02X5F4941%s00",
            w->variant == 'b' ? 0x88U : 0x82U, w->kvn, KID_OF(w->variant), parameter, w->usage, w->key_len,
            hex);
}

/* The card's static point out of its certificate. */
static void static_point(struct desk *d, const struct wish *w, struct asym_key *to)
{
    uint8_t store[CERTIFICATE_HEX / 2];
    struct certificate c;
    struct tlv t;
    size_t n;

    assert_int_equal(plain(d, "80CABF2106A6048302%02X%02X00", KID_OF(w->variant), w->kvn), 0x9000);
    assert_true(lab_hex_read(d->data, store, sizeof store, &n) && tlv_read(store, n, 0, &t));
    assert_true(certificate_read(t.value, t.len, &c));
    *to = c.key;
}

static void take_keys(struct desk *d, const struct wish *w, const uint8_t *material)
{
    struct sym_key *keys[] = {&d->s_enc, &d->s_mac, &d->s_rmac, &d->s_dek};

    for (size_t i = 0; i < 4; i++) {
        *keys[i] = (struct sym_key){.type = KEY_TYPE_AES, .len = w->key_len};
        memcpy(keys[i]->value, material + (i + 1) * w->key_len, w->key_len);
    }
    d->scp = 0x03; /* the messages are those of SCP03 */
    d->mac_len = 8;
    d->counter = 0;
    d->level = w->usage == 0x34 ? 0x11 : w->usage == 0x3C ? 0x33 : w->usage == 0x1C ? 0x03 : 0x13;
}

/* The answer's point and receipt; the receipt is checked and becomes the first chaining value. */
static void accept(struct desk *d, const struct wish *w, const char *command, const uint8_t *secret)
{
    uint8_t signed_data[512], answer[256], material[5 * SYM_MAX_KEY];
    const uint8_t info[] = {w->usage, KEY_TYPE_AES, w->key_len};
    const struct x963 from = {.secret = secret, .secret_len = 64, .info = info, .info_len = sizeof info};
    struct sym_key receipt = {.type = KEY_TYPE_AES, .len = w->key_len};
    size_t n, answer_len;

    assert_true(x963_derive(&from, material, 5 * (size_t)w->key_len));
    memcpy(receipt.value, material, w->key_len);
    assert_true(lab_hex_read(command, signed_data, sizeof signed_data, &n));
    n -= 6; /* header and Le */
    memmove(signed_data, signed_data + 5, n);
    assert_true(lab_hex_read(d->data, answer, sizeof answer, &answer_len));
    assert_int_equal(answer_len, 68 + 18);
    memcpy(signed_data + n, answer, 68);
    assert_true(aes_cmac(&receipt, signed_data, n + 68, d->chain));
    assert_memory_equal(answer + 70, d->chain, 16);
    take_keys(d, w, material);
}

uint16_t entity_session(struct desk *d, const struct entity *e, const struct wish *w)
{
    struct asym_key ephemeral, sd, point;
    uint8_t secret[2 * ECKA_MAX_SECRET], raw[256];
    char command[300];
    uint16_t sw;
    size_t n;

    static_point(d, w, &sd);
    if (w->variant != 'b')
        assert_int_equal(entity_show(d, e, w->kvn), 0x9000);
    assert_true(ecka_generate(ECC_P256, &ephemeral));
    entity_command(w, &ephemeral, command);
    sw = plain(d, "%s", command);
    if (sw != 0x9000)
        return sw;
    assert_true(lab_hex_read(d->data, raw, sizeof raw, &n) && ecka_point(ECC_P256, raw + 3, 65, &point));
    assert_true(ecka_agree(&ephemeral, &point, secret));
    assert_true(ecka_agree(w->variant == 'b' ? &ephemeral : &e->own, &sd, secret + 32));
    accept(d, w, command, secret);
    return sw;
}
