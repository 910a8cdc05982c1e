/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm keyblock wrap | unwrap | info`: key blocks made, opened and read by hand, with keys that one holds
 * oneself. App. [ANSI X9.143, ISO 20038] */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/key_arg.h"
#include "app/tsm.h"
#include "base/hex.h"
#include "emv/keyblock/keyblock.h"
#include "emv/keyblock/rules.h"
#include "vault/vault.h"

static const char usage[] =
    "usage: tsm keyblock wrap   --kbpk KEY --key KEY --usage XX --algorithm A|T|D|H --mode M --export E|S|N\n"
    "                           [--version B|D|E] [--key-version XX] [--option ID=TEXT]... [--short]\n"
    "       tsm keyblock unwrap --kbpk KEY BLOCK     (for laboratory keys: prints the key)\n"
    "       tsm keyblock info   BLOCK [--json]       (the head; proves nothing)\n"
    "KEY is fd:N, @file or, for laboratory keys, hex. --short pads up to a cipher block only, which tells "
    "the\n"
    "length of the key.\n";

enum { PADDING_MAX = 64, KEY_ROOM = 2 * KEYBLOCK_KEY_MAX + 1 };

struct args {
    struct secret kbpk, key;
    struct keyblock_header header;
    bool shortest, json;
    const char *block;
};

static void args_drop(struct args *a)
{
    explicit_bzero(a, sizeof *a);
}

static const struct option rows[] = {
    {"kbpk", required_argument, NULL, 'k'},
    {"key", required_argument, NULL, 'K'},
    {"usage", required_argument, NULL, 'u'},
    {"algorithm", required_argument, NULL, 'a'},
    {"mode", required_argument, NULL, 'm'},
    {"export", required_argument, NULL, 'e'},
    {"version", required_argument, NULL, 'v'},
    {"key-version", required_argument, NULL, 'n'},
    {"option", required_argument, NULL, 'o'},
    {"short", no_argument, NULL, 's'},
    {"json", no_argument, NULL, 'j'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static enum tsm_err letters(const char *arg, size_t n, char *out)
{
    NEED(strlen(arg) == n, BAD_FORM);
    memcpy(out, arg, n);
    return TSM_OK;
}

static enum tsm_err add_option(struct keyblock_header *h, const char *arg)
{
    struct keyblock_option *o = &h->option[h->options_n];
    NEED(h->options_n < KEYBLOCK_OPTIONS_MAX, TOO_LONG);
    NEED(strlen(arg) > 2 && arg[2] == '=', BAD_FORM);
    TRY(letters((const char[]){arg[0], arg[1], 0}, 2, o->id));
    o->data = bytes_of_text(arg + 3);
    h->options_n++;
    return TSM_OK;
}

static enum tsm_err take(struct args *a, int id, char *arg)
{
    struct keyblock_header *h = &a->header;
    switch (id) {
    case 'k':
        return key_arg_read(arg, &a->kbpk);
    case 'K':
        return key_arg_read(arg, &a->key);
    case 'u':
        return letters(arg, 2, h->usage);
    case 'n':
        return letters(arg, 2, h->key_version);
    case 'a':
        return letters(arg, 1, &h->algorithm);
    case 'm':
        return letters(arg, 1, &h->mode);
    case 'e':
        return letters(arg, 1, &h->exportability);
    case 'v':
        return letters(arg, 1, &h->version);
    case 'o':
        return add_option(h, arg);
    default:
        a->shortest |= id == 's';
        a->json |= id == 'j';
        return TSM_OK;
    }
}

/* -1 when all is well, else the exit status. */
static int read_args(int argc, char **argv, struct args *a)
{
    int id, row = 0;
    a->header = (struct keyblock_header){.version = 'D', .key_version = "00", .reserved = "00"};
    optind = 1;
    while ((id = getopt_long(argc, argv, "", rows, &row)) != -1) {
        enum tsm_err e = TSM_OK;
        if (id == 'h' || id == '?') {
            fputs(usage, id == 'h' ? stdout : stderr);
            return id == 'h' ? TSM_EXIT_OK : TSM_EXIT_USAGE;
        }
        e = take(a, id, optarg);
        if (e != TSM_OK) {
            fprintf(stderr, "tsm: --%s: %s\n", rows[row].name, err_text(e));
            return TSM_EXIT_USAGE;
        }
    }
    a->block = optind < argc ? argv[optind] : NULL;
    return optind + 1 >= argc ? -1 : TSM_EXIT_USAGE;
}

static int wrong_use(void)
{
    fputs(usage, stderr);
    return TSM_EXIT_USAGE;
}

static enum tsm_err kbpk_of(const struct args *a, char version, struct crypto *c, struct cipher_key *out)
{
    enum cipher_alg alg = version == 'D' || version == 'E' ? CIPHER_AES : CIPHER_TDES;
    return crypto_key(c, alg, secret_bytes(&a->kbpk), out);
}

static enum tsm_err wrap(const struct args *a, struct crypto *c)
{
    static char text[KEYBLOCK_TEXT_MAX + 1];
    uint8_t padding[PADDING_MAX];
    size_t n = keyblock_padding(&a->header, a->key.len, !a->shortest);
    struct keyblock_plain plain = {&a->header, secret_bytes(&a->key), BYTES_OF(padding, n)};
    struct writer w = {(uint8_t *)text, 0, KEYBLOCK_TEXT_MAX};
    CIPHER_KEY kbpk = {0};
    TRY(keyblock_rules_check(keyblock_policy_of(&a->header), a->key.len));
    NEED(n <= sizeof padding, TOO_LONG);
    TRY(vault_random(padding, n));
    TRY(kbpk_of(a, a->header.version, c, &kbpk));
    TRY(keyblock_wrap(&kbpk, c, &plain, &w));
    puts(text);
    return TSM_OK;
}

static enum tsm_err unwrap(const struct args *a, struct crypto *c)
{
    static uint8_t key[KEYBLOCK_TEXT_MAX / 2];
    static char text[KEY_ROOM];
    struct writer w = WRITER(key);
    struct keyblock_header h;
    CIPHER_KEY kbpk = {0};
    TRY(kbpk_of(a, a->block[0], c, &kbpk));
    TRY(keyblock_unwrap(&kbpk, c, bytes_of_text(a->block), &h, &w));
    NEED(w.len <= KEYBLOCK_KEY_MAX, TOO_LONG);
    puts(hex_text(written(&w), text));
    explicit_bzero(key, sizeof key);
    explicit_bzero(text, sizeof text);
    return TSM_OK;
}

/* One line: name and text, or a member of the JSON object. */
static void say(const struct args *a, const char *name, struct bytes text)
{
    if (a->json)
        printf(", \"%s\": \"%.*s\"", name, (int)text.len, (const char *)text.at);
    else
        printf("%-14s %.*s\n", name, (int)text.len, (const char *)text.at);
}

static void say_options(const struct args *a, const struct keyblock_header *h)
{
    for (size_t i = 0; i < h->options_n; i++) {
        char name[] = "option XX";
        memcpy(&name[sizeof name - 3], h->option[i].id, 2);
        if (!a->json || (!memchr(h->option[i].data.at, '"', h->option[i].data.len) &&
                         !memchr(h->option[i].data.at, '\\', h->option[i].data.len)))
            say(a, name, h->option[i].data);
    }
}

static enum tsm_err info(const struct args *a)
{
    struct keyblock_parts p;
    const char *words;
    TRY(keyblock_split(bytes_of_text(a->block), &p));
    words = keyblock_usage_text(p.header.usage);
    printf(a->json ? "{\"length\": %zu" : "length         %zu\n", strlen(a->block));
    say(a, "version", BYTES_OF((const uint8_t *)&p.header.version, 1));
    say(a, "usage", bytes_of_text(p.header.usage));
    say(a, "meaning", bytes_of_text(words ? words : "not in the standard's table"));
    say(a, "algorithm", BYTES_OF((const uint8_t *)&p.header.algorithm, 1));
    say(a, "mode", BYTES_OF((const uint8_t *)&p.header.mode, 1));
    say(a, "key_version", bytes_of_text(p.header.key_version));
    say(a, "exportability", BYTES_OF((const uint8_t *)&p.header.exportability, 1));
    say_options(a, &p.header);
    if (a->json)
        puts("}");
    return TSM_OK;
}

static int run(int argc, char **argv, enum tsm_err (*verb)(const struct args *a, struct crypto *c),
               bool block)
{
    __attribute__((cleanup(args_drop))) struct args a = {.block = NULL};
    struct crypto *c = NULL;
    int status = read_args(argc, argv, &a);
    enum tsm_err e;
    if (status >= 0)
        return status == TSM_EXIT_USAGE ? wrong_use() : status;
    if (a.kbpk.len == 0 || (a.block != NULL) != block || (!block && a.key.len == 0))
        return wrong_use();
    e = crypto_new(&c);
    if (e == TSM_OK)
        e = verb(&a, c);
    crypto_free(c);
    return e == TSM_OK ? TSM_EXIT_OK : tsm_failed(e);
}

static int wrap_verb(int argc, char **argv)
{
    return run(argc, argv, wrap, false);
}

static int unwrap_verb(int argc, char **argv)
{
    return run(argc, argv, unwrap, true);
}

static int info_verb(int argc, char **argv)
{
    struct args a = {.block = NULL};
    int status = read_args(argc, argv, &a);
    enum tsm_err e;
    if (status >= 0 || !a.block)
        return status == TSM_EXIT_OK ? status : wrong_use();
    e = info(&a);
    return e == TSM_OK ? TSM_EXIT_OK : tsm_failed(e);
}

const struct tsm_command tsm_keyblock_commands[] = {
    {"keyblock", "wrap", wrap_verb, "a key block of X9.143 (TR-31) from a key"},
    {"keyblock", "unwrap", unwrap_verb, "the key of a key block"},
    {"keyblock", "info", info_verb, "the head of a key block"},
    {NULL, NULL, NULL, NULL},
};
