/* SPDX-License-Identifier: Apache-2.0 */
/* Options of `tsm card` by table: a row says the name, how its value is read and where it goes. App. */
#include "app/card/args.h"

#include <getopt.h>
#include <stdlib.h>

#include "app/key_arg.h"
#include "app/file/text_file.h"
#include "base/hex.h"

enum take {
    TAKE_TEXT,
    TAKE_FLAG,
    TAKE_OCTET,
    TAKE_HEX,
    TAKE_KEYS, /* all three, or the name of a set in the vault */
    TAKE_ENC,
    TAKE_MAC,
    TAKE_DEK,
    TAKE_NAME,
    TAKE_KDF,
    TAKE_LEVEL,
    TAKE_SCP,
    TAKE_SIGNER,
};

#define AT(member) offsetof(struct card_args, member)
static const struct {
    const char *name;
    enum take how;
    size_t at;
} table[] = {
    {"reader", TAKE_TEXT, AT(reader)},
    {"scp", TAKE_SCP, AT(scp)},
    {"key", TAKE_KEYS, AT(key)},
    {"enc", TAKE_ENC, AT(key)},
    {"mac", TAKE_MAC, AT(key)},
    {"dek", TAKE_DEK, AT(key)},
    {"keyset", TAKE_NAME, AT(key)},
    {"kdf", TAKE_KDF, AT(key)},
    {"kdd", TAKE_HEX, AT(kdd)},
    {"kvn", TAKE_OCTET, AT(kvn)},
    {"level", TAKE_LEVEL, AT(level)},
    {"oce-key", TAKE_TEXT, AT(scp11.oce_key)},
    {"oce-chain", TAKE_TEXT, AT(scp11.oce_chain)},
    {"card-ca", TAKE_TEXT, AT(scp11.card_ca)},
    {"chaining", TAKE_TEXT, AT(scp11.chaining)},
    {"bits", TAKE_TEXT, AT(scp11.bits)},
    {"ca-kvn", TAKE_OCTET, AT(scp11.ca_kvn)},
    {"ca-kid", TAKE_OCTET, AT(scp11.ca_kid)},
    {"host-id", TAKE_HEX, AT(scp11.host_id)},
    {"vault", TAKE_TEXT, AT(vault)},
    {"pin", TAKE_TEXT, AT(pin)},
    {"domain", TAKE_HEX, AT(domain)},
    {"profiles", TAKE_TEXT, AT(profiles)},
    {"profile", TAKE_TEXT, AT(profile)},
    {"dry-run", TAKE_FLAG, AT(dry_run)},
    {"json", TAKE_FLAG, AT(json)},
    {"verbose", TAKE_FLAG, AT(verbose)},
    {"help", TAKE_FLAG, AT(help)},
    {"new-key", TAKE_KEYS, AT(fresh)},
    {"new-enc", TAKE_ENC, AT(fresh)},
    {"new-mac", TAKE_MAC, AT(fresh)},
    {"new-dek", TAKE_DEK, AT(fresh)},
    {"new-keyset", TAKE_NAME, AT(fresh)},
    {"new-kdf", TAKE_KDF, AT(fresh)},
    {"new-kvn", TAKE_OCTET, AT(new_kvn)},
    {"replace", TAKE_OCTET, AT(replace)},
    {"single", TAKE_SIGNER, AT(single)},
    {"kid", TAKE_OCTET, AT(kid)},
    {"package", TAKE_HEX, AT(package)},
    {"module", TAKE_HEX, AT(module)},
    {"instance", TAKE_HEX, AT(instance)},
    {"privileges", TAKE_HEX, AT(privileges)},
    {"params", TAKE_HEX, AT(params)},
    {"to", TAKE_HEX, AT(to)},
    {"related", TAKE_FLAG, AT(related)},
    {"card", TAKE_FLAG, AT(whole_card)},
    {"hash", TAKE_FLAG, AT(hash)},
    {"install", TAKE_FLAG, AT(install)},
    {"block", TAKE_OCTET, AT(block)},
    {"form", TAKE_TEXT, AT(form)},
    {"token", TAKE_TEXT, AT(token)},
    {"token-key", TAKE_SIGNER, AT(token_key)},
    {"dap", TAKE_TEXT, AT(dap)},
    {"dap-key", TAKE_SIGNER, AT(dap_key)},
    {"dap-domain", TAKE_HEX, AT(dap_domain)},
    {"receipt-key", TAKE_SIGNER, AT(receipt_key)},
    {"last", TAKE_TEXT, AT(last)},
    {"sign-tdes", TAKE_FLAG, AT(sign_tdes)},
    {"hash-alg", TAKE_TEXT, AT(hash_alg)},
    {"confirm", TAKE_TEXT, AT(confirm)},
    {"quota", TAKE_TEXT, AT(quota)},
    {"quota-volatile", TAKE_TEXT, AT(quota_volatile)},
};
enum { ROWS = sizeof table / sizeof table[0], FIRST_LETTER = 256 };

static enum tsm_err take_octet(const char *text, struct card_octet *out)
{
    size_t n;
    TRY(hex_read(text, &out->value, 1, &n));
    NEED(n == 1, BAD_FORM);
    out->given = true;
    return TSM_OK;
}

static enum tsm_err take_hex(const char *text, struct card_hex *out)
{
    TRY(hex_read(text, out->at, sizeof out->at, &out->len));
    out->given = true;
    return TSM_OK;
}

static enum tsm_err take_keys(char *arg, struct key_source *out, size_t from, size_t to)
{
    TRY(key_arg_read(arg, &out->part[from]));
    for (size_t n = from; n < to; n++) {
        out->part[n] = out->part[from];
        out->given[n] = true;
    }
    return TSM_OK;
}

/* What is neither a place of a key nor hex is a name in the vault. */
static bool is_name(const char *arg)
{
    size_t n = strlen(arg);
    return !text_file_named(arg) && (n % 2 || strspn(arg, "0123456789ABCDEFabcdef") != n);
}

static enum tsm_err take_all_keys(char *arg, struct key_source *out)
{
    if (!is_name(arg))
        return take_keys(arg, out, 0, CARD_KEYS);
    out->name = arg;
    return TSM_OK;
}

static enum tsm_err take_signer(char *arg, struct signer_arg *out)
{
    out->given = true;
    if (!is_name(arg) && !text_file_named(arg))
        return key_arg_read(arg, &out->key);
    out->name = arg;
    return TSM_OK;
}

static enum tsm_err take(enum take how, char *arg, void *to)
{
    switch (how) {
    case TAKE_TEXT:
        *(const char **)to = arg;
        return TSM_OK;
    case TAKE_FLAG:
        *(bool *)to = true;
        return TSM_OK;
    case TAKE_OCTET:
        return take_octet(arg, to);
    case TAKE_HEX:
        return take_hex(arg, to);
    case TAKE_KEYS:
        return take_all_keys(arg, to);
    case TAKE_ENC:
    case TAKE_MAC:
    case TAKE_DEK:
        return take_keys(arg, to, (size_t)(how - TAKE_ENC), (size_t)(how - TAKE_ENC) + 1);
    case TAKE_NAME:
        ((struct key_source *)to)->name = arg;
        return TSM_OK;
    case TAKE_KDF:
        return gp_kdf_of_name(arg, &((struct key_source *)to)->kdf);
    case TAKE_SIGNER:
        return take_signer(arg, to);
    case TAKE_LEVEL:
        return level_word(arg, to);
    default:
        return scp_word(arg, to);
    }
}

/* A failure names its option; the value is not repeated, since it may be a key. */
static enum tsm_err take_row(size_t row, char *arg, struct card_args *a)
{
    char why[ERR_CAUSE_MAX + 1];
    enum tsm_err e = take(table[row].how, arg, (uint8_t *)a + table[row].at);
    if (e == TSM_OK)
        return TSM_OK;
    memcpy(why, err_cause(), strlen(err_cause()) + 1);
    return err_fail_field(e, table[row].name, "--%s: %.180s", table[row].name, why);
}

enum tsm_err card_args_read(int argc, char **argv, struct card_args *a)
{
    struct option options[ROWS + 1] = {0};
    int letter;
    for (size_t i = 0; i < ROWS; i++)
        options[i] =
            (struct option){table[i].name, table[i].how == TAKE_FLAG ? no_argument : required_argument, NULL,
                            FIRST_LETTER + (int)i};
    optind = 1;
    while ((letter = getopt_long(argc, argv, "vh", options, NULL)) != -1) {
        if (letter == '?')
            return FAIL(BAD_FORM, "an option that is not known here, or without its value");
        if (letter == 'v')
            a->verbose = true;
        else if (letter == 'h')
            a->help = true;
        else
            TRY(take_row((size_t)(letter - FIRST_LETTER), optarg, a));
    }
    a->operand = argv + optind;
    a->operands = argc - optind;
    return TSM_OK;
}

bool key_source_clear(const struct key_source *s)
{
    return s->given[0] || s->given[1] || s->given[2];
}

bool key_source_given(const struct key_source *s)
{
    return s->name != NULL || key_source_clear(s);
}
