/* SPDX-License-Identifier: Apache-2.0 */
/* Options of the offline tools of delegated management, by table. Edge. */
#include "app/delegated/args.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "app/key_arg.h"
#include "app/tsm.h"
#include "base/hex.h"

enum { PEM_FILE_MAX = 16384, BLOCK_DEFAULT = 255, OCTETS_TEXT = 2 * 4096 + 1 };

enum option_id {
    OPT_LOAD_FILE,
    OPT_APPLICATION,
    OPT_DOMAIN,
    OPT_NEW_DOMAIN,
    OPT_PRIVILEGES,
    OPT_PARAMETERS,
    OPT_UNIQUE,
    OPT_TOKEN_ID,
    OPT_HASH,
    OPT_KEY,
    OPT_ALG,
    OPT_PEM,
    OPT_CAP,
    OPT_FOR,
    OPT_HASH_ALG,
    OPT_COUNTER,
    OPT_LAST,
    OPT_BLOCK,
    OPT_RAW,
    OPT_HELP
};

/* Where the options go whose value is octets. */
#define AT(member) offsetof(struct dm_args, member)
static const size_t octets_at[OPT_KEY] = {
    [OPT_LOAD_FILE] = AT(load_file),   [OPT_APPLICATION] = AT(application), [OPT_DOMAIN] = AT(domain),
    [OPT_NEW_DOMAIN] = AT(new_domain), [OPT_PRIVILEGES] = AT(privileges),   [OPT_PARAMETERS] = AT(parameters),
    [OPT_UNIQUE] = AT(unique),         [OPT_TOKEN_ID] = AT(token_id),       [OPT_HASH] = AT(hash),
};

#define TAKES(name, id)                   \
    {                                     \
        name, required_argument, NULL, id \
    }
static const struct option rows[] = {
    TAKES("load-file", OPT_LOAD_FILE),
    TAKES("application", OPT_APPLICATION),
    TAKES("domain", OPT_DOMAIN),
    TAKES("new-domain", OPT_NEW_DOMAIN),
    TAKES("privileges", OPT_PRIVILEGES),
    TAKES("parameters", OPT_PARAMETERS),
    TAKES("unique", OPT_UNIQUE),
    TAKES("token-id", OPT_TOKEN_ID),
    TAKES("hash", OPT_HASH),
    TAKES("key", OPT_KEY),
    TAKES("alg", OPT_ALG),
    TAKES("pem", OPT_PEM),
    TAKES("cap", OPT_CAP),
    TAKES("for", OPT_FOR),
    TAKES("hash-alg", OPT_HASH_ALG),
    TAKES("counter", OPT_COUNTER),
    TAKES("last", OPT_LAST),
    TAKES("block", OPT_BLOCK),
    {"raw", no_argument, NULL, OPT_RAW},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static enum tsm_err read_number(const char *text, long max, long *out)
{
    char *end;
    long v = strtol(text, &end, 0);
    NEED(text[0] && *end == 0 && v >= 0 && v <= max, BAD_FORM);
    *out = v;
    return TSM_OK;
}

static enum tsm_err read_hash_alg(const char *text, enum hash_alg *out)
{
    static const char *const words[HASH_ALGS] = {"sha1", "sha256", "sha384", "sha512"};
    for (int i = 0; i < HASH_ALGS; i++)
        if (strcmp(words[i], text) == 0) {
            *out = (enum hash_alg)i;
            return TSM_OK;
        }
    return FAIL(BAD_VALUE, "the hash is sha1, sha256, sha384 or sha512");
}

static enum tsm_err read_numbers(struct dm_args *a, int id, const char *arg)
{
    long v;
    TRY(read_number(arg, id == OPT_BLOCK ? BLOCK_DEFAULT : UINT16_MAX, &v));
    if (id == OPT_COUNTER) {
        a->has_counter = true;
        a->counter = (uint16_t)v;
    } else if (id == OPT_LAST) {
        a->last = (int32_t)v;
    } else {
        a->block_max = (size_t)v;
    }
    return TSM_OK;
}

static enum tsm_err read_word(struct dm_args *a, int id, char *arg)
{
    switch (id) {
    case OPT_ALG:
        NEED(strcmp(arg, "aes") == 0 || strcmp(arg, "tdes") == 0, BAD_VALUE);
        a->alg = arg[0] == 'a' ? CIPHER_AES : CIPHER_TDES;
        return TSM_OK;
    case OPT_FOR:
        a->has_for = true;
        return receipt_for_read(arg, &a->receipt_for);
    case OPT_HASH_ALG:
        return read_hash_alg(arg, &a->hash_alg);
    case OPT_PEM:
        a->pem = arg;
        return TSM_OK;
    case OPT_CAP:
        a->cap = arg;
        return TSM_OK;
    default:
        a->raw = true;
        return TSM_OK;
    }
}

static enum tsm_err take(struct dm_args *a, int id, char *arg)
{
    if (id < OPT_KEY) {
        struct arg_octets *o = (struct arg_octets *)((char *)a + octets_at[id]);
        return hex_read(arg, o->at, sizeof o->at, &o->len);
    }
    if (id == OPT_KEY)
        return key_arg_read(arg, &a->key);
    return id == OPT_COUNTER || id == OPT_LAST || id == OPT_BLOCK ? read_numbers(a, id, arg)
                                                                  : read_word(a, id, arg);
}

static int wrong_use(const char *usage)
{
    fputs(usage, stderr);
    return TSM_EXIT_USAGE;
}

int args_read(int argc, char **argv, const char *usage, struct dm_args *out)
{
    const char *verb = argc > 1 ? argv[1] : "";
    int id, row = 0;
    if (strcmp(verb, "--help") == 0) {
        fputs(usage, stdout);
        return TSM_EXIT_OK;
    }
    if (strcmp(verb, "sign") != 0 && strcmp(verb, "verify") != 0)
        return wrong_use(usage);
    *out = (struct dm_args){.signs = verb[0] == 's',
                            .alg = CIPHER_AES,
                            .hash_alg = HASH_SHA256,
                            .last = RECEIPT_NONE_YET,
                            .block_max = BLOCK_DEFAULT};
    optind = 2;
    while ((id = getopt_long(argc, argv, "", rows, &row)) != -1) {
        enum tsm_err e;
        if (id == OPT_HELP) {
            fputs(usage, stdout);
            return TSM_EXIT_OK;
        }
        if (id == '?')
            return wrong_use(usage);
        e = take(out, id, optarg);
        if (e != TSM_OK) {
            fprintf(stderr, "tsm: --%s: %s\n", rows[row].name, err_text(e));
            return TSM_EXIT_USAGE;
        }
    }
    out->operand = argv + optind;
    out->operands = argc - optind;
    return out->key.len == 0 && !out->pem ? wrong_use(usage) : -1;
}

void args_drop(struct dm_args *a)
{
    explicit_bzero(a, sizeof *a);
}

/* A private key may be in it: the copy is wiped. */
static enum tsm_err read_pem(const char *path, struct sign_key *out)
{
    char text[PEM_FILE_MAX];
    FILE *f = fopen(path, "rb");
    size_t n;
    enum tsm_err e;
    if (!f)
        return FAIL(IO, "%.100s: %s", path, strerror(errno));
    setbuf(f, NULL); /* no second copy in the library's buffer */
    n = fread(text, 1, sizeof text, f);
    fclose(f);
    e = n < sizeof text ? sign_key_read(BYTES_OF((const uint8_t *)text, n), out)
                        : FAIL(TOO_LONG, "%.100s is no key file", path);
    explicit_bzero(text, sizeof text);
    return e;
}

enum tsm_err arg_signer_open(struct dm_args *a, struct arg_signer *out)
{
    if (a->pem) {
        NEED(a->key.len == 0, CONFLICT);
        TRY(read_pem(a->pem, &out->pair));
        return gp_signer_pair(&out->pair, &out->signer);
    }
    TRY(crypto_new(&out->crypto));
    TRY(crypto_key(out->crypto, a->alg, secret_bytes(&a->key), &out->secret));
    return gp_signer_secret(&out->secret, &out->signer);
}

void arg_signer_drop(struct arg_signer *s)
{
    cipher_key_wipe(&s->secret);
    sign_key_free(&s->pair);
    if (s->crypto)
        crypto_forget(s->crypto);
    crypto_free(s->crypto);
}

enum tsm_err arg_operand(const struct dm_args *a, int n, struct arg_octets *out)
{
    if (n >= a->operands)
        return FAIL(MISSING_FIELD, "operand %d is missing", n + 1);
    return hex_read(a->operand[n], out->at, sizeof out->at, &out->len);
}

void print_octets(const char *name, struct bytes b)
{
    char text[OCTETS_TEXT];
    if (2 * b.len < sizeof text)
        printf("%-10s %s\n", name, hex_text(b, text));
}
