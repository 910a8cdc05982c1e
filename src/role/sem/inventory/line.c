/* SPDX-License-Identifier: Apache-2.0 */
/* Inventory lines: JSON by table, members judged alone and together. Station 1. Pure but for jansson. */
#include "role/sem/inventory/line.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "order/states.h"

static const char *const protocols[] = {"scp80", "scp03", "scp02", NULL};
static const uint8_t protocol_of[] = {PROTOCOL_SCP80, PROTOCOL_SCP03, PROTOCOL_SCP02};
static const char *const algs[] = {"aes", "tdes", NULL};
static const char *const kdfs[] = {"emv", "visa2", "kdf3", NULL};
static const enum gp_kdf kdf_of[] = {GP_KDF_EMV, GP_KDF_VISA2, GP_KDF_KDF3};
/* What the keys of a set are called: GP's words, and those of TS 102 225. */
static const char *const key_fields[][3] = {{"enc", "mac", "dek"}, {"kic", "kid", "kik"}};
enum { KEY_LEN_USUAL = 16, IMSI_MIN = 6, SEAL_ROOM = 12 + 16 /* nonce and tag */ };

#define AT(member) offsetof(struct import_line, member)
static const struct json_row rows[] = {
    {"iccid", JSON_TEXT, AT(names.iccid), 10, ICCID_MAX, JSON_OPTIONAL, NULL},
    {"seid", JSON_TEXT, AT(names.seid), 4, IDENT_MAX, JSON_OPTIONAL, NULL},
    {"eid", JSON_TEXT, AT(names.eid), 4, ICCID_MAX, JSON_OPTIONAL, NULL},
    {"cplc", JSON_TEXT, AT(names.cplc), 84, 84, JSON_OPTIONAL, NULL},
    {"cin", JSON_TEXT, AT(names.cin), 2, IDENT_MAX - IIN_MAX, JSON_OPTIONAL, NULL},
    {"iin", JSON_TEXT, AT(iin), 2, IIN_MAX, JSON_OPTIONAL, NULL},
    {"msisdn", JSON_TEXT, AT(msisdn), 5, MSISDN_MAX, JSON_OPTIONAL, NULL},
    {"imsi", JSON_TEXT, AT(imsi), IMSI_MIN, MSISDN_MAX, JSON_OPTIONAL, NULL},
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
    {"master", JSON_TEXT, AT(master), 1, LINE_MASTERS_MAX, JSON_OPTIONAL, NULL},
    {"kdf", JSON_ENUM, AT(kdf), 0, 0, JSON_OPTIONAL, kdfs},
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

/* Names in hex are kept in upper case. */
static bool to_hex(char *text)
{
    size_t n = strlen(text);
    for (char *c = text; *c; c++)
        if (*c >= 'a' && *c <= 'f')
            *c = (char)(*c - 'a' + 'A');
    return n % 2 == 0 && strspn(text, "0123456789ABCDEF") == n;
}

static void drop_fill(char *iccid)
{
    size_t n = strlen(iccid);
    if (n && (iccid[n - 1] == 'F' || iccid[n - 1] == 'f'))
        iccid[n - 1] = 0;
}

enum tsm_err se_names_read(struct se_names *n)
{
    if (!se_names_first(n))
        return FAIL_FIELD(MISSING_FIELD, "iccid",
                          "a secure element is named by iccid, seid, eid, cplc or cin");
    drop_fill(n->iccid);
    if (n->iccid[0] && !text_is_digits(n->iccid, 10, ICCID_MAX))
        return FAIL_FIELD(BAD_FORM, "iccid", "an ICCID has 10 to %d decimal digits only", ICCID_MAX);
    if (!to_hex(n->eid)) /* 32 digits [SGP.02 2.2.2]; older files have the embedded SE's */
        return FAIL_FIELD(BAD_FORM, "eid", "an EID is digits or hex of whole octets");
    if (!to_hex(n->seid))
        return FAIL_FIELD(BAD_FORM, "seid", "the identifier is hex of whole octets");
    if (!to_hex(n->cplc) || (n->cplc[0] && strlen(n->cplc) != 84))
        return FAIL_FIELD(BAD_FORM, "cplc", "a CPLC is 42 octets in hex");
    if (!to_hex(n->cin))
        return FAIL_FIELD(BAD_FORM, "cin", "a card image number is hex of whole octets");
    return TSM_OK;
}

static bool has_clear(const struct import_line *l)
{
    return l->enc[0] || l->mac[0] || l->dek[0];
}

/* In words of the protocol: which of the three is missing. */
static enum tsm_err clear_keys_missing(const struct import_line *l)
{
    const char *const *field = key_fields[protocol_of[l->protocol] == PROTOCOL_SCP80];
    return FAIL_FIELD(MISSING_FIELD,
                      field[!l->enc[0]   ? 0
                            : !l->mac[0] ? 1
                                         : 2],
                      "a key set has %s, %s and %s, or one member 'sealed', or 'master'", field[0], field[1],
                      field[2]);
}

/* Exactly one of the three ways in which keys come. */
static enum tsm_err check_source(const struct import_line *l)
{
    if (has_clear(l) + (l->sealed[0] != 0) + (l->master[0] != 0) > 1)
        return FAIL_FIELD(BAD_VALUE, l->master[0] ? "master" : "sealed",
                          "the keys come in more than one way");
    if (l->master[0] && l->kdf < 0)
        return FAIL_FIELD(MISSING_FIELD, "kdf", "keys from a master have a method: emv, visa2 or kdf3");
    if (l->master[0] && strlen(l->kdd) != 2 * GP_DIVERSIFICATION_LEN)
        return FAIL_FIELD(MISSING_FIELD, "kdd",
                          "keys from a master need the card's diversification data, %d octets",
                          GP_DIVERSIFICATION_LEN);
    if (!l->master[0] && !l->sealed[0] && !(l->enc[0] && l->mac[0] && l->dek[0]))
        return clear_keys_missing(l);
    return TSM_OK;
}

/* A line that means keys and brings none would leave an element without them. */
static enum tsm_err check_none(const struct import_line *l)
{
    if (l->kdf >= 0)
        return FAIL_FIELD(MISSING_FIELD, "master", "a method makes keys from a master, and none is named");
    return l->kcv[0]
               ? FAIL_FIELD(MISSING_FIELD, "protocol", "check values stand for keys, and there are none")
               : TSM_OK;
}

/* Either a whole key set or none of it. */
static enum tsm_err check_keys(const struct import_line *l)
{
    if (!line_has_keys(l) && !l->kvn && !l->sealed[0] && !l->master[0] && !has_clear(l))
        return check_none(l);
    if (!line_has_keys(l))
        return FAIL_FIELD(MISSING_FIELD, "protocol", "a key set has a protocol");
    if (!l->kvn)
        return FAIL_FIELD(MISSING_FIELD, "kvn", "a key set has a version");
    TRY(check_source(l));
    if (!l->profile[0])
        return FAIL_FIELD(MISSING_FIELD, "profile",
                          "an element with keys has a profile: keys are used by it");
    return TSM_OK;
}

/* The maker's number stands before the card's: the two together are one card's alone [GPCS H.2]. */
static enum tsm_err join_cin(struct import_line *l)
{
    char cin[IDENT_MAX + 1];
    if (!to_hex(l->iin))
        return FAIL_FIELD(BAD_FORM, "iin", "an issuer identification number is hex of whole octets");
    if (l->iin[0] && !l->names.cin[0])
        return FAIL_FIELD(MISSING_FIELD, "cin", "an issuer identification number stands with a cin");
    memcpy(cin, l->names.cin, sizeof cin);
    snprintf(l->names.cin, sizeof l->names.cin, "%s%.*s", l->iin, IDENT_MAX - IIN_MAX, cin);
    return TSM_OK;
}

bool import_line_knows(const char *name)
{
    if (!strcmp(name, "file_key"))
        return true;
    for (const struct json_row *r = rows; r->name; r++)
        if (!strcmp(r->name, name))
            return true;
    return false;
}

enum tsm_err import_line_read(const json_t *object, struct import_line *out)
{
    __attribute__((cleanup(line_wipe))) struct import_line l = {
        .protocol = -1, .alg = -1, .kdf = -1, .around = {-1, -1}};
    TRY(json_fill(object, rows, &l));
    if (se_names_first(&l.names))
        snprintf(l.bound, sizeof l.bound, "%s", se_names_first(&l.names));
    TRY(se_names_read(&l.names));
    TRY(join_cin(&l));
    if (l.imsi[0] && !text_is_digits(l.imsi, IMSI_MIN, MSISDN_MAX))
        return FAIL_FIELD(BAD_FORM, "imsi", "an IMSI has decimal digits only");
    if (l.msisdn[0] && !text_is_digits(l.msisdn, 5, MSISDN_MAX))
        return FAIL_FIELD(BAD_FORM, "msisdn", "a number has decimal digits only");
    TRY(check_keys(&l));
    *out = l;
    return TSM_OK;
}

const char *se_names_first(const struct se_names *n)
{
    const char *const all[] = {n->iccid, n->seid, n->eid, n->cplc, n->cin};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i][0])
            return all[i];
    return NULL;
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

static enum tsm_err read_clear(const struct import_line *l, struct writer *w, int64_t len)
{
    const char *const *field = key_fields[protocol_of[l->protocol] == PROTOCOL_SCP80];
    TRY(add_key(w, l->enc, len, field[0]));
    TRY(add_key(w, l->mac, len, field[1]));
    return add_key(w, l->dek, len, field[2]);
}

/* All three from one master, or each from its own. */
static enum tsm_err read_masters(const struct import_line *l, struct line_keys *out)
{
    size_t n = 0;
    char *rest = out->names, *name;
    memcpy(out->names, l->master, sizeof out->names);
    while (n < KEYSET_KEYS && (name = strtok_r(rest, ", ", &rest)) != NULL)
        out->master[n++] = name;
    if ((n != 1 && n != KEYSET_KEYS) || strtok_r(rest, ", ", &rest))
        return FAIL_FIELD(BAD_VALUE, "master", "a key set comes from one master, or from three");
    for (; n < KEYSET_KEYS; n++)
        out->master[n] = out->master[0];
    return TSM_OK;
}

/* As long as the keys are that the line brings; masters do not tell. */
static int64_t key_len_of(const struct import_line *l)
{
    size_t sealed = strlen(l->sealed) / 2;
    return l->key_len           ? l->key_len
           : l->enc[0]          ? (int64_t)strlen(l->enc) / 2
           : sealed > SEAL_ROOM ? (int64_t)(sealed - SEAL_ROOM) / KEYSET_KEYS
                                : KEY_LEN_USUAL;
}

static enum tsm_err read_keys(const struct import_line *l, struct line_keys *out, struct writer *w)
{
    if (out->derived)
        return read_masters(l, out);
    if (!out->sealed)
        return read_clear(l, w, key_len_of(l));
    return hex_read(l->sealed, out->room, LINE_KEYS_MAX, &w->len) == TSM_OK
               ? TSM_OK
               : FAIL_FIELD(BAD_FORM, "sealed", "the sealed keys are no hexadecimal text");
}

/* A method is of one cipher; without one keys are AES unless the line says otherwise. */
static enum cipher_alg alg_of(const struct import_line *l)
{
    bool tdes = l->alg >= 0 ? l->alg > 0 : l->master[0] && kdf_of[l->kdf] != GP_KDF_KDF3;
    return tdes ? CIPHER_TDES : CIPHER_AES;
}

enum tsm_err import_line_keys(const struct import_line *l, struct line_keys *out)
{
    struct writer w = WRITER(out->room);
    size_t kdd = 0;
    out->sealed = l->sealed[0] != 0;
    out->derived = l->master[0] != 0;
    out->kdf = out->derived ? kdf_of[l->kdf] : GP_KDF_NONE;
    TRY(read_keys(l, out, &w));
    if (hex_read(l->kdd, out->kdd, sizeof out->kdd, &kdd) != TSM_OK)
        return FAIL_FIELD(BAD_FORM, "kdd", "the diversification data is no hexadecimal text");
    out->row.form = (struct keyset_form){.protocol = protocol_of[l->protocol],
                                         .kvn = (uint8_t)l->kvn,
                                         .alg = alg_of(l),
                                         .key_len = (uint8_t)key_len_of(l)};
    out->row.keys = written(&w);
    out->row.kdd = BYTES_OF(out->kdd, kdd);
    out->row.aad = bytes_of_text(l->bound);
    return TSM_OK;
}
