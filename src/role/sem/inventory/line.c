/* SPDX-License-Identifier: Apache-2.0 */
/* Inventory lines: JSON by table, members judged alone and together. Station 1. Pure but for jansson. */
#include "role/sem/inventory/line.h"

#include <string.h>

#include "base/hex.h"
#include "order/states.h"

static const char *const protocols[] = {"scp80", "scp03", "scp02", NULL};
static const uint8_t protocol_of[] = {PROTOCOL_SCP80, PROTOCOL_SCP03, PROTOCOL_SCP02};
static const char *const algs[] = {"aes", "tdes", NULL};

#define AT(member) offsetof(struct import_line, member)
static const struct json_row rows[] = {
    {"iccid", JSON_TEXT, AT(names.iccid), 10, ICCID_MAX, JSON_OPTIONAL, NULL},
    {"seid", JSON_TEXT, AT(names.seid), 4, IDENT_MAX, JSON_OPTIONAL, NULL},
    {"eid", JSON_TEXT, AT(names.eid), 4, ICCID_MAX, JSON_OPTIONAL, NULL},
    {"cplc", JSON_TEXT, AT(names.cplc), 84, 84, JSON_OPTIONAL, NULL},
    {"msisdn", JSON_TEXT, AT(msisdn), 5, MSISDN_MAX, JSON_OPTIONAL, NULL},
    {"profile", JSON_TEXT, AT(profile), 1, PROFILE_NAME_MAX, JSON_OPTIONAL, NULL},
    {"protocol", JSON_ENUM, AT(protocol), 0, 0, JSON_OPTIONAL, protocols},
    {"alg", JSON_ENUM, AT(alg), 0, 0, JSON_OPTIONAL, algs},
    {"kvn", JSON_INT, AT(kvn), 1, 255, JSON_OPTIONAL, NULL},
    {"key_len", JSON_INT, AT(key_len), 8, 32, JSON_OPTIONAL, NULL},
    {"enc", JSON_TEXT, AT(enc), 32, 64, JSON_OPTIONAL, NULL},
    {"mac", JSON_TEXT, AT(mac), 32, 64, JSON_OPTIONAL, NULL},
    {"dek", JSON_TEXT, AT(dek), 32, 64, JSON_OPTIONAL, NULL},
    {"kic", JSON_TEXT, AT(enc), 32, 64, JSON_OPTIONAL, NULL},
    {"kid", JSON_TEXT, AT(mac), 32, 64, JSON_OPTIONAL, NULL},
    {"kik", JSON_TEXT, AT(dek), 32, 64, JSON_OPTIONAL, NULL},
    {"sealed", JSON_TEXT, AT(sealed), 32, 2 * LINE_KEYS_MAX, JSON_OPTIONAL, NULL},
    {"kcv", JSON_TEXT, AT(kcv), 6, 2 * LINE_KCVS_MAX, JSON_OPTIONAL, NULL},
    {"kdd", JSON_TEXT, AT(kdd), 20, 2 * GP_DIVERSIFICATION_LEN, JSON_OPTIONAL, NULL},
    {"subscription", JSON_ENUM, AT(around.subscription), 0, 0, JSON_OPTIONAL, subscription_words},
    {"device", JSON_ENUM, AT(around.device), 0, 0, JSON_OPTIONAL, device_words},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

void line_wipe(struct import_line *l)
{
    explicit_bzero(l, sizeof *l);
}

static bool is_upper_hex(const char *text)
{
    size_t n = strlen(text);
    return n % 2 == 0 && strspn(text, "0123456789ABCDEF") == n;
}

enum tsm_err se_names_check(const struct se_names *n)
{
    if (!se_names_first(n))
        return FAIL_FIELD(MISSING_FIELD, "iccid", "a secure element is named by iccid, seid, eid or cplc");
    if (n->iccid[0] && !text_is_digits(n->iccid, 10, ICCID_MAX))
        return FAIL_FIELD(BAD_FORM, "iccid", "an ICCID has 10 to %d decimal digits only", ICCID_MAX);
    if (n->eid[0] && !is_upper_hex(n->eid)) /* 32 digits [SGP.02 2.2.2]; older files have the embedded SE's */
        return FAIL_FIELD(BAD_FORM, "eid", "an EID is digits or upper-case hex of whole bytes");
    if (n->seid[0] && !is_upper_hex(n->seid))
        return FAIL_FIELD(BAD_FORM, "seid", "the identifier is upper-case hex");
    if (n->cplc[0] && (strlen(n->cplc) != 84 || !is_upper_hex(n->cplc)))
        return FAIL_FIELD(BAD_FORM, "cplc", "a CPLC is 42 octets in upper-case hex");
    return TSM_OK;
}

/* Either a whole key set or none of it. */
static enum tsm_err check_keys(const struct import_line *l)
{
    bool keys = l->sealed[0] || (l->enc[0] && l->mac[0] && l->dek[0]);
    if (!line_has_keys(l) && !l->kvn && !l->sealed[0] && !l->enc[0] && !l->mac[0] && !l->dek[0])
        return l->kcv[0]
                   ? FAIL_FIELD(MISSING_FIELD, "protocol", "check values stand for keys, and there are none")
                   : TSM_OK;
    if (!line_has_keys(l))
        return FAIL_FIELD(MISSING_FIELD, "protocol", "a key set has a protocol");
    if (!l->kvn)
        return FAIL_FIELD(MISSING_FIELD, "kvn", "a key set has a version");
    if (!keys)
        return FAIL_FIELD(MISSING_FIELD, "enc", "a key set has three keys, or one member 'sealed'");
    if (!l->profile[0])
        return FAIL_FIELD(MISSING_FIELD, "profile",
                          "an element with keys has a profile: keys are used by it");
    return TSM_OK;
}

enum tsm_err import_line_read(const json_t *object, struct import_line *out)
{
    __attribute__((cleanup(line_wipe))) struct import_line l = {
        .key_len = 16, .protocol = -1, .around = {-1, -1}};
    TRY(json_fill(object, rows, &l));
    TRY(se_names_check(&l.names));
    if (l.msisdn[0] && !text_is_digits(l.msisdn, 5, MSISDN_MAX))
        return FAIL_FIELD(BAD_FORM, "msisdn", "a number has decimal digits only");
    TRY(check_keys(&l));
    *out = l;
    return TSM_OK;
}

const char *se_names_first(const struct se_names *n)
{
    return n->iccid[0] ? n->iccid : n->seid[0] ? n->seid : n->eid[0] ? n->eid : n->cplc[0] ? n->cplc : NULL;
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

static enum tsm_err read_keys(const struct import_line *l, struct line_keys *out, struct writer *w)
{
    const char *const *field = key_fields[protocol_of[l->protocol] == PROTOCOL_SCP80];
    if (out->sealed)
        return hex_read(l->sealed, out->room, LINE_KEYS_MAX, &w->len) == TSM_OK
                   ? TSM_OK
                   : FAIL_FIELD(BAD_FORM, "sealed", "the sealed keys are no hexadecimal text");
    TRY(add_key(w, l->enc, l->key_len, field[0]));
    TRY(add_key(w, l->mac, l->key_len, field[1]));
    return add_key(w, l->dek, l->key_len, field[2]);
}

enum tsm_err import_line_keys(const struct import_line *l, struct line_keys *out)
{
    struct writer w = WRITER(out->room);
    size_t kdd = 0;
    out->sealed = l->sealed[0] != 0;
    TRY(read_keys(l, out, &w));
    if (hex_read(l->kdd, out->kdd, sizeof out->kdd, &kdd) != TSM_OK)
        return FAIL_FIELD(BAD_FORM, "kdd", "the diversification data is no hexadecimal text");
    out->row.form = (struct keyset_form){.protocol = protocol_of[l->protocol],
                                         .kvn = (uint8_t)l->kvn,
                                         .alg = l->alg ? CIPHER_TDES : CIPHER_AES,
                                         .key_len = (uint8_t)l->key_len};
    out->row.keys = written(&w);
    out->row.kdd = BYTES_OF(out->kdd, kdd);
    out->row.aad = bytes_of_text(se_names_first(&l->names));
    return TSM_OK;
}
