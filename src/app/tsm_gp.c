/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `tsm gp session | wrap | kcv | diversify`: secure channels and keys offline, so that one wrong key is found
 * before a card counts it as a failure. Keys are told by their check values alone. Edge. [GPCS App. E,
 * Amendment D]
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/delegated/verbs.h"
#include "app/key_arg.h"
#include "app/tsm.h"
#include "base/hex.h"
#include "gp/channel/channel.h"
#include "gp/command/describe.h"
#include "gp/keys/diversify.h"
#include "gp/keys/kcv.h"

enum { HEX_ROOM = 2 * APDU_SHORT_MAX, LINE_ROOM = 2 * HEX_ROOM + 1, ANSWER_MAX = 64 };

/* Everything that the four verbs may be told. Keys are wiped by gp_verb. */
struct gp_options {
    struct secret key[3]; /* --key fills all; --enc --mac --dek one each */
    bool has_key;
    enum cipher_alg alg; /* --alg */
    enum gp_kdf kdf;
    enum gp_kcv_rule kcv_rule;
    uint8_t host[S16_LEN], answer[ANSWER_MAX], kdd[GP_DIVERSIFICATION_LEN];
    size_t host_len, answer_len, kdd_len;
    uint8_t level, i;
    bool has_i;
    char **command; /* operands */
    int commands;
};

static const struct option rows[] = {
    {"key", required_argument, NULL, 'k'},    {"enc", required_argument, NULL, 'e'},
    {"mac", required_argument, NULL, 'm'},    {"dek", required_argument, NULL, 'd'},
    {"alg", required_argument, NULL, 'a'},    {"kdf", required_argument, NULL, 'f'},
    {"kdd", required_argument, NULL, 'K'},    {"host", required_argument, NULL, 'H'},
    {"answer", required_argument, NULL, 'A'}, {"level", required_argument, NULL, 'l'},
    {"i", required_argument, NULL, 'i'},      {"zero", no_argument, NULL, 'z'},
    {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
};

static int usage(FILE *to, int status)
{
    fputs(
        "usage: tsm gp session --key KEY | --enc KEY --mac KEY --dek KEY  --host HEX --answer HEX\n"
        "                      [--level HH] [--i HH (SCP02)] [--kdf none|emv|visa2|kdf3]\n"
        "         derives the session keys of an INITIALIZE UPDATE (host challenge and answer without "
        "status),\n"
        "         verifies the card and prints EXTERNAL AUTHENTICATE\n"
        "       tsm gp wrap ... COMMAND...      the same, then each plain command protected\n"
        "       tsm gp kcv --key KEY [--alg aes|tdes] [--zero]\n"
        "       tsm gp diversify --key KEY --kdf emv|visa2|kdf3 --kdd HEX   check values of the card's keys\n"
        "  KEY is fd:N, @FILE or hex (laboratory keys only)\n",
        to);
    return status;
}

static enum tsm_err read_octet(const char *text, uint8_t *out)
{
    size_t n;
    TRY(hex_read(text, out, 1, &n));
    NEED(n == 1, BAD_FORM);
    return TSM_OK;
}

static enum tsm_err read_keys(struct gp_options *o, char *arg, size_t from, size_t to)
{
    TRY(key_arg_read(arg, &o->key[from]));
    for (size_t n = from + 1; n < to; n++)
        o->key[n] = o->key[from];
    o->has_key = true;
    return TSM_OK;
}

static enum tsm_err read_alg(const char *text, enum cipher_alg *out)
{
    NEED(strcmp(text, "aes") == 0 || strcmp(text, "tdes") == 0, BAD_VALUE);
    *out = text[0] == 'a' ? CIPHER_AES : CIPHER_TDES;
    return TSM_OK;
}

static enum tsm_err read_option(struct gp_options *o, int letter, char *arg)
{
    switch (letter) {
    case 'k':
        return read_keys(o, arg, 0, 3);
    case 'e':
        return read_keys(o, arg, 0, 1);
    case 'm':
        return read_keys(o, arg, 1, 2);
    case 'd':
        return read_keys(o, arg, 2, 3);
    case 'a':
        return read_alg(arg, &o->alg);
    case 'f':
        return gp_kdf_of_name(arg, &o->kdf);
    case 'K':
        return hex_read(arg, o->kdd, sizeof o->kdd, &o->kdd_len);
    case 'H':
        return hex_read(arg, o->host, sizeof o->host, &o->host_len);
    case 'A':
        return hex_read(arg, o->answer, sizeof o->answer, &o->answer_len);
    case 'l':
        return read_octet(arg, &o->level);
    case 'i':
        o->has_i = true;
        return read_octet(arg, &o->i);
    default:
        o->kcv_rule = GP_KCV_AES_ZERO;
        return TSM_OK;
    }
}

static void print_hex(const char *before, struct bytes b)
{
    char text[LINE_ROOM];
    printf("%s%s\n", before, hex_text(b, text));
}

static enum tsm_err print_kcv(const char *before, const struct cipher_key *key, enum gp_kcv_rule rule)
{
    uint8_t kcv[GP_KCV_LEN];
    TRY(gp_kcv(key, rule, kcv));
    print_hex(before, BYTES(kcv));
    return TSM_OK;
}

/* The card key number kid: the key given, or what the method derives from it. */
static enum tsm_err card_key(const struct gp_options *o, struct crypto *c, enum cipher_alg alg,
                             enum gp_key_id kid, struct cipher_key *out)
{
    CIPHER_KEY master = {0};
    SECRET value = {0};
    TRY(crypto_key(c, alg, secret_bytes(&o->key[kid - 1]), &master));
    TRY(gp_diversify(o->kdf, &master, o->kdd, kid, &value));
    return crypto_key(c, alg, secret_bytes(&value), out);
}

static const char *const key_words[] = {"ENC        ", "MAC        ", "DEK        "};

static enum tsm_err open_session(struct gp_options *o, struct crypto *c, struct channel *ch,
                                 struct session_keys *keys)
{
    struct init_update iu;
    STATIC_KEYS statics = {0};
    struct cipher_key *const members[] = {&statics.enc, &statics.mac, &statics.dek};
    enum cipher_alg alg;
    TRY(gp_init_update_read(BYTES_OF(o->answer, o->answer_len), &iu));
    if (iu.protocol == SCP02 && o->has_i)
        iu.i = o->i;
    memcpy(o->kdd, iu.kdd, sizeof o->kdd);
    alg = iu.protocol == SCP02 ? CIPHER_TDES : CIPHER_AES;
    printf("protocol   SCP%02X i=%02X%s\nversion    %02X\n", iu.protocol, iu.i,
           iu.cryptogram.len == S16_LEN ? " S16" : "", iu.kvn);
    print_hex("kdd        ", BYTES(iu.kdd));
    if (iu.has_sequence)
        print_hex("counter    ", BYTES(iu.sequence));
    for (size_t n = 0; n < 3; n++) {
        TRY(card_key(o, c, alg, (enum gp_key_id)(GP_KEY_ENC + n), members[n]));
        TRY(print_kcv(key_words[n], members[n], GP_KCV_STANDARD));
    }
    TRY(channel_open(&iu, BYTES_OF(o->host, o->host_len), &statics, o->level, ch, keys));
    puts("card       proved the key");
    return TSM_OK;
}

/* Prints EXTERNAL AUTHENTICATE, then each command in words, plain, and protected. */
static enum tsm_err session(struct gp_options *o, struct crypto *c)
{
    struct channel ch;
    SESSION_KEYS keys = {0};
    uint8_t out[HEX_ROOM];
    struct writer w = WRITER(out);
    TRY(open_session(o, c, &ch, &keys));
    TRY(channel_authenticate(&ch, &keys, &w));
    print_hex("send       ", written(&w));
    for (int n = 0; n < o->commands; n++) {
        uint8_t plain[APDU_SHORT_MAX];
        size_t len;
        struct apdu apdu;
        struct channel_expect expect;
        char line[GP_DESCRIBE_MAX];
        TRY(hex_read(o->command[n], plain, sizeof plain, &len));
        TRY(apdu_read(BYTES_OF(plain, len), &apdu));
        w.len = 0;
        TRY(channel_wrap(&ch, &keys, &apdu, &w, &expect));
        gp_describe(BYTES_OF(plain, len), line, sizeof line);
        printf("%s\n", line);
        print_hex("send       ", written(&w));
    }
    return TSM_OK;
}

static enum tsm_err run_session(struct gp_options *o, struct crypto *c)
{
    if (o->commands)
        return FAIL(BAD_VALUE, "a session takes no commands; wrap does");
    return session(o, c);
}

static enum tsm_err run_wrap(struct gp_options *o, struct crypto *c)
{
    if (o->commands == 0)
        return FAIL(MISSING_FIELD, "no command to protect");
    return session(o, c);
}

static enum tsm_err run_kcv(struct gp_options *o, struct crypto *c)
{
    CIPHER_KEY key = {0};
    NEED(o->commands == 0, BAD_VALUE);
    TRY(crypto_key(c, o->alg, secret_bytes(&o->key[0]), &key));
    return print_kcv("", &key, o->kcv_rule);
}

static enum tsm_err run_diversify(struct gp_options *o, struct crypto *c)
{
    enum cipher_alg alg = o->kdf == GP_KDF_KDF3 ? CIPHER_AES : CIPHER_TDES;
    NEED(o->commands == 0 && o->kdf != GP_KDF_NONE, BAD_VALUE);
    NEED(o->kdd_len == sizeof o->kdd, BAD_LENGTH);
    for (size_t n = 0; n < 3; n++) {
        CIPHER_KEY key = {0};
        TRY(card_key(o, c, alg, (enum gp_key_id)(GP_KEY_ENC + n), &key));
        TRY(print_kcv(key_words[n], &key, o->kcv_rule));
    }
    return TSM_OK;
}

/* Reads the command line; -1 when all is well, else the exit status. */
static int read_line(int argc, char **argv, struct gp_options *o)
{
    int letter, row = 0;
    while ((letter = getopt_long(argc, argv, "", rows, &row)) != -1) {
        enum tsm_err e;
        if (letter == 'h')
            return usage(stdout, TSM_EXIT_OK);
        if (letter == '?')
            return usage(stderr, TSM_EXIT_USAGE);
        e = read_option(o, letter, optarg);
        if (e != TSM_OK) {
            fprintf(stderr, "tsm: --%s: %s\n", rows[row].name, err_text(e));
            return TSM_EXIT_USAGE;
        }
    }
    o->command = argv + optind;
    o->commands = argc - optind;
    return o->has_key ? -1 : usage(stderr, TSM_EXIT_USAGE);
}

static int gp_verb(int argc, char **argv, enum tsm_err (*run)(struct gp_options *o, struct crypto *c))
{
    struct gp_options o = {.alg = CIPHER_AES, .level = LEVEL_C_MAC};
    struct crypto *c = NULL;
    int status = read_line(argc, argv, &o);
    enum tsm_err e = TSM_OK;
    if (status < 0) {
        e = crypto_new(&c);
        if (e == TSM_OK)
            e = run(&o, c);
        crypto_free(c);
        status = e == TSM_OK ? TSM_EXIT_OK : tsm_failed(e);
    }
    explicit_bzero(&o, sizeof o);
    return status;
}

static int gp_session(int argc, char **argv)
{
    return gp_verb(argc, argv, run_session);
}
static int gp_wrap(int argc, char **argv)
{
    return gp_verb(argc, argv, run_wrap);
}
static int gp_kcv_verb(int argc, char **argv)
{
    return gp_verb(argc, argv, run_kcv);
}
static int gp_diversify_verb(int argc, char **argv)
{
    return gp_verb(argc, argv, run_diversify);
}

const struct tsm_command tsm_gp_commands[] = {
    {"gp", "session", gp_session, "verify an INITIALIZE UPDATE offline and make EXTERNAL AUTHENTICATE"},
    {"gp", "wrap", gp_wrap, "protect plain commands for such a session"},
    {"gp", "kcv", gp_kcv_verb, "key check value"},
    {"gp", "diversify", gp_diversify_verb, "check values of the keys of one card"},
    {"gp", "token", gp_token_verb, "sign, verify: the owner's token for a command of delegated management"},
    {"gp", "receipt", gp_receipt_verb, "sign, verify: a card's receipt of such a command"},
    {"gp", "dap", gp_dap_verb, "sign, verify: the signature in front of a load file"},
    {NULL, NULL, NULL, NULL},
};
