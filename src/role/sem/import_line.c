/* SPDX-License-Identifier: Apache-2.0 */
/* Inventory lines: JSON by table, CSV by its heading. Station 1. Pure but for jansson. */
#include "role/sem/import_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"

static const char *const protocols[] = {"scp80", "scp03", "scp02", NULL};
static const uint8_t protocol_of[] = {PROTOCOL_SCP80, PROTOCOL_SCP03, PROTOCOL_SCP02};
static const char *const algs[] = {"aes", "tdes", NULL};

#define AT(member) offsetof(struct import_line, member)
static const struct json_row rows[] = {
    {"iccid", JSON_TEXT, AT(iccid), 10, 32, JSON_OPTIONAL, NULL},
    {"seid", JSON_TEXT, AT(seid), 4, IDENT_MAX, JSON_OPTIONAL, NULL},
    {"eid", JSON_TEXT, AT(seid), 4, IDENT_MAX, JSON_OPTIONAL, NULL},
    {"msisdn", JSON_TEXT, AT(msisdn), 5, 16, JSON_OPTIONAL, NULL},
    {"profile", JSON_TEXT, AT(profile), 1, PROFILE_NAME_MAX, JSON_NEEDED, NULL},
    {"protocol", JSON_ENUM, AT(protocol), 0, 0, JSON_NEEDED, protocols},
    {"alg", JSON_ENUM, AT(alg), 0, 0, JSON_OPTIONAL, algs},
    {"kvn", JSON_INT, AT(kvn), 1, 255, JSON_NEEDED, NULL},
    {"key_len", JSON_INT, AT(key_len), 8, 32, JSON_OPTIONAL, NULL},
    {"enc", JSON_TEXT, AT(enc), 32, 64, JSON_OPTIONAL, NULL},
    {"mac", JSON_TEXT, AT(mac), 32, 64, JSON_OPTIONAL, NULL},
    {"dek", JSON_TEXT, AT(dek), 32, 64, JSON_OPTIONAL, NULL},
    {"kic", JSON_TEXT, AT(enc), 32, 64, JSON_OPTIONAL, NULL},
    {"kid", JSON_TEXT, AT(mac), 32, 64, JSON_OPTIONAL, NULL},
    {"kik", JSON_TEXT, AT(dek), 32, 64, JSON_OPTIONAL, NULL},
    {"sealed", JSON_TEXT, AT(sealed), 32, 2 * LINE_KEYS_MAX, JSON_OPTIONAL, NULL},
    {"kcv", JSON_TEXT, AT(kcv), 6, 18, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

static void line_wipe(struct import_line *l)
{
    explicit_bzero(l, sizeof *l);
}

enum tsm_err import_line_read(const json_t *object, struct import_line *out)
{
    __attribute__((cleanup(line_wipe))) struct import_line l = {.key_len = 16};
    TRY(json_fill(object, rows, &l));
    if (!l.iccid[0] && !l.seid[0])
        return FAIL_FIELD(MISSING_FIELD, "iccid", "a secure element is named by iccid, seid or eid");
    if (l.iccid[0] && !text_is_digits(l.iccid, 10, 32))
        return FAIL_FIELD(BAD_FORM, "iccid", "an ICCID has decimal digits only");
    if (l.msisdn[0] && !text_is_digits(l.msisdn, 5, 16))
        return FAIL_FIELD(BAD_FORM, "msisdn", "a number has decimal digits only");
    if (l.seid[0] && (strspn(l.seid, "0123456789ABCDEF") != strlen(l.seid) || strlen(l.seid) % 2))
        return FAIL_FIELD(BAD_FORM, "seid", "the identifier is upper-case hex");
    if (!l.sealed[0] && (!l.enc[0] || !l.mac[0] || !l.dek[0]))
        return FAIL_FIELD(MISSING_FIELD, "enc", "a key set has three keys, or one member 'sealed'");
    *out = l;
    return TSM_OK;
}

const char *import_line_name(const struct import_line *l)
{
    return l->iccid[0] ? l->iccid : l->seid;
}

static enum tsm_err add_key(struct writer *w, const char *hex, int64_t len, const char *field)
{
    uint8_t key[32];
    size_t n;
    enum tsm_err e = hex_read(hex, key, sizeof key, &n);
    if (e != TSM_OK)
        e = FAIL_FIELD(BAD_FORM, field, "the key is no hexadecimal text");
    else if ((int64_t)n != len)
        e = FAIL_FIELD(BAD_LENGTH, field, "the key does not have %lld bytes", (long long)len);
    if (e == TSM_OK)
        e = write_span(w, BYTES_OF(key, n));
    explicit_bzero(key, sizeof key);
    return e;
}

/* What the keys of a set are called: GP's words, and those of TS 102 225. */
static const char *const key_fields[][3] = {{"enc", "mac", "dek"}, {"kic", "kid", "kik"}};

enum tsm_err import_line_keys(const struct import_line *l, uint8_t room[LINE_KEYS_MAX],
                              struct import_row *row, bool *sealed)
{
    const char *const *field = key_fields[protocol_of[l->protocol] == PROTOCOL_SCP80];
    struct writer w = {room, 0, LINE_KEYS_MAX};
    *sealed = l->sealed[0] != 0;
    if (*sealed) {
        if (hex_read(l->sealed, room, LINE_KEYS_MAX, &w.len) != TSM_OK)
            return FAIL_FIELD(BAD_FORM, "sealed", "the sealed keys are no hexadecimal text");
    } else {
        TRY(add_key(&w, l->enc, l->key_len, field[0]));
        TRY(add_key(&w, l->mac, l->key_len, field[1]));
        TRY(add_key(&w, l->dek, l->key_len, field[2]));
    }
    row->form = (struct keyset_form){.protocol = protocol_of[l->protocol],
                                     .kvn = (uint8_t)l->kvn,
                                     .alg = l->alg ? CIPHER_TDES : CIPHER_AES,
                                     .key_len = (uint8_t)l->key_len};
    row->keys = written(&w);
    row->aad = bytes_of_text(import_line_name(l));
    return TSM_OK;
}

/* The next field up to a comma; quotes are not needed by any value here and are refused. */
static bool next_field(struct bytes *line, struct bytes *field)
{
    size_t n = 0;
    if (!line->at)
        return false;
    while (n < line->len && line->at[n] != ',')
        n++;
    *field = BYTES_OF(line->at, n);
    *line = n < line->len ? BYTES_OF(line->at + n + 1, line->len - n - 1) : BYTES_NONE;
    return true;
}

enum tsm_err csv_head_read(struct bytes line, struct csv_head *out)
{
    struct csv_head h = {.n = 0};
    struct bytes f;
    while (next_field(&line, &f)) {
        NEED(h.n < CSV_COLUMNS_MAX && f.len < sizeof h.names[0], TOO_LONG);
        snprintf(h.names[h.n++], sizeof h.names[0], "%.*s", (int)f.len, (const char *)f.at);
    }
    *out = h;
    return TSM_OK;
}

enum tsm_err csv_line_read(const struct csv_head *head, struct bytes line, json_t **out)
{
    json_t *o = json_object();
    struct bytes f;
    for (size_t i = 0; o && next_field(&line, &f); i++) {
        json_t *v;
        if (i >= head->n || memchr(f.at, '"', f.len)) {
            json_decref(o);
            return FAIL(BAD_FORM, "the line has more fields than the heading, or quotes");
        }
        if (f.len == 0)
            continue;
        v = json_stringn((const char *)f.at, f.len);
        if (v && (!strcmp(head->names[i], "kvn") || !strcmp(head->names[i], "key_len")) &&
            text_is_digits(json_string_value(v), 1, 3)) {
            json_int_t number = strtol(json_string_value(v), NULL, 10);
            json_decref(v);
            v = json_integer(number);
        }
        json_object_set_new(o, head->names[i], v);
    }
    NEED(o != NULL, NO_MEMORY);
    *out = o;
    return TSM_OK;
}
