/* SPDX-License-Identifier: Apache-2.0 */
/* The tiny card behind both protections: a registry of one application, key versions, a memory. Test code. */
#include <string.h>

#include "cards.h"
#include "gp/apdu/ins.h"
#include "gp/command/get_status.h"

const char card_key[] = "404142434445464748494A4B4C4D4E4F";

void card_make(struct card *c)
{
    struct octets key = octets_of(card_key);
    memset(c, 0, sizeof *c);
    assert_ok(crypto_new(&c->crypto));
    assert_ok(crypto_key(c->crypto, CIPHER_AES, octets_bytes(&key), &c->keys.kic));
    c->keys.kid = c->keys.kic;
    c->statics = (struct static_keys){c->keys.kic, c->keys.kic, c->keys.kic};
    c->life = LIFE_SELECTABLE;
    c->versions[c->n_versions++] = 2;
}

void card_free(struct card *c)
{
    crypto_free(c->crypto);
}

char card_letter(uint8_t ins)
{
    static const struct {
        uint8_t ins;
        char letter;
    } rows[] = {{INS_SELECT, 's'},
                {INS_INITIALIZE_UPDATE, 'u'},
                {INS_EXTERNAL_AUTHENTICATE, 'e'},
                {INS_INSTALL, 'i'},
                {INS_LOAD, 'l'},
                {INS_STORE_DATA, 'd'},
                {INS_PUT_KEY, 'k'},
                {INS_DELETE, 'x'},
                {INS_SET_STATUS, 't'},
                {INS_GET_STATUS, 'g'},
                {INS_GET_DATA, 'a'}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].ins == ins)
            return rows[i].letter;
    return '?';
}

static void remember(struct card *c, struct bytes data)
{
    assert_true(c->used + data.len <= sizeof c->memory);
    memcpy(c->memory + c->used, data.at, data.len);
    c->used += data.len;
}

static void tell_registry(const struct card *c, struct bytes asked, struct writer *answer)
{
    struct octets aid = octets_of(c->aid ? c->aid : ""), entry;
    struct bytes wanted = BYTES_OF(asked.at + 2, asked.at[1]); /* 4F, length, AID, then 5C */
    if (!c->aid || (wanted.len && !bytes_equal(octets_bytes(&aid), wanted))) {
        assert_ok(write_u16(answer, SW_NOT_FOUND));
        return;
    }
    entry = rig_entry(c->aid, c->life);
    assert_ok(write_span(answer, octets_bytes(&entry)));
    assert_ok(write_u16(answer, SW_OK));
}

static void tell_keys(const struct card *c, struct writer *answer)
{
    struct octets list = rig_keys(c->versions, c->n_versions);
    assert_ok(write_span(answer, octets_bytes(&list)));
    assert_ok(write_u16(answer, SW_OK));
}

static void change(struct card *c, const struct apdu *a)
{
    if (a->ins == INS_SET_STATUS)
        c->life = a->p2;
    if (a->ins == INS_LOAD || a->ins == INS_STORE_DATA)
        remember(c, a->data);
    if (a->ins == INS_PUT_KEY)
        c->versions[c->n_versions++] = 3;
    if (a->ins == INS_DELETE && a->data.at[0] == 0xD2) {
        c->versions[0] = 3;
        c->n_versions = 1;
    } else if (a->ins == INS_DELETE) {
        c->aid = NULL;
    }
}

void card_execute(struct card *c, struct bytes capdu, struct writer *answer)
{
    char letter[2] = {0};
    struct apdu a;
    assert_ok(apdu_read(capdu, &a));
    if (c->refuse && c->refuse == a.ins) {
        assert_ok(write_u16(answer, c->sw));
        return;
    }
    if (c->hidden && (a.ins == INS_DELETE || (a.ins == INS_GET_STATUS && a.data.at[1] > 0))) {
        assert_ok(write_u16(answer, SW_NOT_FOUND));
        return;
    }
    letter[0] = card_letter(a.ins);
    assert_true(strlen(c->log) + 1 < sizeof c->log);
    strcat(c->log, letter);
    if (a.ins == INS_GET_STATUS) {
        tell_registry(c, a.data, answer);
    } else if (a.ins == INS_GET_DATA) {
        tell_keys(c, answer);
    } else {
        change(c, &a);
        assert_ok(write_u16(answer, SW_OK));
    }
}
