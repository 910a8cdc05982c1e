/* SPDX-License-Identifier: Apache-2.0 */
/* The issuer's answer to an authorisation request of a laboratory scheme, and `tsm-lab bank verify`.
 * Edge in main alone. [EMV 4.3 Book 2 8.1, 8.2] */
#include "bank/cryptogram/verify.h"

#include "bank/bank.h"
#include "bank/input.h"
#include "handset/hex.h"

#include <getopt.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

enum { IAD_MAX = 32, ATC = 2, MAX_VALUE = 255, PAN_BYTES = 10, NUMBER = 4 };

static const uint8_t approved[BANK_ARC] = {'0', '0'};

/* The value of a tag; -1 when missing, no hex or longer than cap. */
static ssize_t read_tag(const json_t *data, const char *tag, uint8_t *out, size_t cap)
{
    const char *hex = json_string_value(json_object_get(data, tag));
    return hex ? hs_hex_read(hex, out, cap) : -1;
}

static bool read_exact(const json_t *data, const char *tag, uint8_t *out, size_t len)
{
    return read_tag(data, tag, out, len) == (ssize_t)len;
}

/* The digits of 5A, F filled on the right, and of 5F34 ("" when missing). */
static bool read_pan(const json_t *data, char pan[BANK_MAX_PAN + 1], char psn[3])
{
    const char *hex = json_string_value(json_object_get(data, "5A"));
    const char *sequence = json_string_value(json_object_get(data, "5F34"));
    size_t n = hex ? strspn(hex, "0123456789") : 0;
    if (n == 0 || n > BANK_MAX_PAN || strlen(hex) > n + 1 || (hex[n] && hex[n] != 'F') ||
        (sequence && strlen(sequence) != 2))
        return false;
    snprintf(pan, BANK_MAX_PAN + 1, "%.*s", (int)n, hex);
    snprintf(psn, 3, "%s", sequence ? sequence : "");
    return true;
}

/* Values of the list that all our schemes share, then AIP, ATC and what the scheme covers of 9F10. */
static const char *collect(const json_t *data, struct bank_verdict *v, uint8_t *out, size_t *len)
{
    static const struct {
        const char *tag;
        size_t len;
    } list[] = {{"9F02", 6}, {"9F03", 6}, {"9F1A", 2},      {"95", 5}, {"5F2A", 2},
                {"9A", 3},   {"9C", 1},   {"9F37", NUMBER}, {"82", 2}, {"9F36", ATC}};
    uint8_t iad[IAD_MAX];
    ssize_t iad_len = read_tag(data, "9F10", iad, sizeof iad);
    size_t n = 0;
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        if (!read_exact(data, list[i].tag, out + n, list[i].len))
            return "the transaction lacks a data element of the cryptogram, or one has a wrong length";
        n += list[i].len;
    }
    v->scheme = iad_len > 0 ? bank_scheme_of(iad, (size_t)iad_len) : NULL;
    if (!v->scheme)
        return "the issuer application data (9F10) are missing, or of no scheme that is known here";
    memcpy(out + n, iad + v->scheme->covered_at, v->scheme->covered_len);
    v->dki = iad[v->scheme->cvn_at - 1];
    *len = n + v->scheme->covered_len;
    return NULL;
}

/* The diversification value of the session key: counter, and in the older method the number at the end. */
static bool read_r(const json_t *data, const struct bank_scheme *scheme, uint8_t r[BANK_BLOCK])
{
    return read_exact(data, "9F36", r, ATC) && (scheme->session != BANK_BY_COUNTER_AND_NUMBER ||
                                                read_exact(data, "9F37", r + BANK_BLOCK - NUMBER, NUMBER));
}

/* The ICC key of the number in the request, and the key of its cryptogram. */
static const char *cryptogram_key(const uint8_t *imk, const json_t *data, struct bank_verdict *v,
                                  uint8_t key[BANK_KEY])
{
    char pan[BANK_MAX_PAN + 1], psn[3];
    uint8_t mk[BANK_KEY], r[BANK_BLOCK] = {0}, lab[BANK_KEY];
    if (!read_pan(data, pan, psn))
        return "the transaction lacks the card number (5A), or it is malformed";
    if (!imk && hs_hex_read(v->scheme->imk_ac, lab, sizeof lab) != BANK_KEY)
        return "the keys cannot be derived";
    v->option = v->scheme->derivation == BANK_DERIVE_B && strlen(pan) > BANK_OPTION_A_DIGITS ? BANK_OPTION_B
                                                                                             : BANK_OPTION_A;
    bool done = read_r(data, v->scheme, r) && bank_icc_key(v->option, imk ? imk : lab, pan, psn, mk);
    if (done && v->scheme->session == BANK_CARD_KEY)
        memcpy(key, mk, BANK_KEY);
    else
        done = done && bank_session_key(mk, r, key);
    v->atc = (unsigned)r[0] << 8 | r[1];
    explicit_bzero(mk, sizeof mk);
    explicit_bzero(pan, sizeof pan);
    return done ? NULL : "the keys cannot be derived";
}

void bank_verify(const uint8_t *imk_ac, const json_t *data, struct bank_verdict *out)
{
    uint8_t input[MAX_VALUE], key[BANK_KEY], arqc[BANK_BLOCK], expected[BANK_BLOCK];
    struct bank_verdict v = {0};
    size_t len = 0;
    v.why = collect(data, &v, input, &len);
    if (!v.why)
        v.why = cryptogram_key(imk_ac, data, &v, key);
    if (!v.why && !read_exact(data, "9F26", arqc, sizeof arqc))
        v.why = "the transaction lacks the cryptogram (9F26)";
    if (!v.why && (!bank_mac3(key, input, len, v.scheme->padding, expected) ||
                   CRYPTO_memcmp(expected, arqc, sizeof arqc) != 0))
        v.why = "the ARQC is wrong";
    if (!v.why && !bank_arpc1(key, arqc, approved, v.arpc))
        v.why = "the ARPC cannot be computed";
    v.right = !v.why;
    explicit_bzero(key, sizeof key);
    explicit_bzero(expected, sizeof expected);
    *out = v;
}

/* ---- the verb ---- */

static void print_verdict(const struct bank_verdict *v)
{
    char arpc[2 * BANK_BLOCK + 1], tag91[2 * (2 + BANK_BLOCK + BANK_ARC) + 1];
    hs_hex_write(v->arpc, sizeof v->arpc, arpc);
    snprintf(tag91, sizeof tag91, "910A%s%02X%02X", arpc, approved[0], approved[1]);
    json_t *all = json_pack("{s:b,s:s*}", "right", v->right, "reason", v->why);
    if (v->right)
        json_object_update_new(all, json_pack("{s:i,s:s,s:s,s:i,s:i,s:s,s:s}", "cvn", (int)v->scheme->cvn,
                                              "scheme", v->scheme->name, "udk_option",
                                              v->option == BANK_OPTION_A ? "A" : "B", "dki", (int)v->dki,
                                              "atc", (int)v->atc, "arpc", arpc, "tag91", tag91));
    json_dumpf(all, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(all);
}

/* The key on the command line is a laboratory key at best: it is taken out of the process list at once. */
static bool read_key(char *arg, uint8_t imk[BANK_KEY])
{
    char text[2 * BANK_KEY + 2];
    bool named = strchr(arg, ':') || arg[0] == '@';
    if (named) {
        if (!bank_read_secret(arg, text, sizeof text))
            return false;
    } else {
        snprintf(text, sizeof text, "%s", arg);
        memset(arg, '*', strlen(arg));
        fprintf(stderr, "bank: a key on the command line is for the laboratory only\n");
    }
    bool good = hs_hex_read(text, imk, BANK_KEY) == BANK_KEY;
    explicit_bzero(text, sizeof text);
    return good;
}

int bank_verify_main(int argc, char **argv)
{
    static const struct option long_options[] = {
        {"imk-ac", required_argument, NULL, 'k'}, {"transaction", required_argument, NULL, 't'}, {0}};
    uint8_t imk[BANK_KEY];
    const char *file = NULL;
    bool good = true, given = false;
    optind = 0; /* other verbs of the same process may have read options before */
    for (int id; good && (id = getopt_long(argc, argv, "", long_options, NULL)) != -1;) {
        if (id == 't')
            file = optarg;
        else
            good = given = id == 'k' && read_key(optarg, imk);
    }
    if (!good || !file || optind < argc) {
        fprintf(stderr,
                "usage: tsm-lab bank verify --transaction FILE|- [--imk-ac HEX|fd:N|@FILE|env:NAME]\n");
        return BANK_USAGE;
    }
    struct bank_verdict v;
    json_t *transaction = bank_read_json(file);
    const json_t *issuer = json_object_get(transaction, "issuer");
    bank_verify(given ? imk : NULL, issuer ? issuer : transaction, &v);
    explicit_bzero(imk, sizeof imk);
    print_verdict(&v);
    json_decref(transaction);
    return v.right ? BANK_RIGHT : BANK_WRONG;
}
