/* SPDX-License-Identifier: Apache-2.0 */
/* Options and files of `tsm sems`, by table. Edge. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/sems/sems.h"
#include "app/tsm.h"
#include "base/hex.h"

enum { PEM_MAX = 16384 };
enum option_id {
    OPT_SERIAL,
    OPT_ISSUER,
    OPT_ISSUER_KEY,
    OPT_HOLDER,
    OPT_DOMAIN,
    OPT_POINT,
    OPT_USAGE,
    OPT_OCTETS,
    OPT_PEM,
    OPT_CERTIFICATE,
    OPT_NUMBER,
    OPT_BLOCK,
    OPT_JSON,
    OPT_HELP
};
#define AT(member) offsetof(struct sems_args, member)
static const size_t octets_at[OPT_OCTETS] = {
    [OPT_SERIAL] = AT(serial), [OPT_ISSUER] = AT(issuer), [OPT_ISSUER_KEY] = AT(issuer_key),
    [OPT_HOLDER] = AT(holder), [OPT_DOMAIN] = AT(domain), [OPT_POINT] = AT(point),
    [OPT_USAGE] = AT(usage),
};
#define TAKES(name, id)                   \
    {                                     \
        name, required_argument, NULL, id \
    }
static const struct option rows[] = {
    TAKES("serial", OPT_SERIAL),
    TAKES("issuer", OPT_ISSUER),
    TAKES("issuer-key", OPT_ISSUER_KEY),
    TAKES("holder", OPT_HOLDER),
    TAKES("domain", OPT_DOMAIN),
    TAKES("point", OPT_POINT),
    TAKES("usage", OPT_USAGE),
    TAKES("pem", OPT_PEM),
    TAKES("certificate", OPT_CERTIFICATE),
    TAKES("number", OPT_NUMBER),
    TAKES("block", OPT_BLOCK),
    {"json", no_argument, NULL, OPT_JSON},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

int sems_usage(int status)
{
    fputs("usage: tsm sems certify  --pem ROOT-KEY --issuer HEX --issuer-key HEX --holder HEX --domain AID\n"
          "                         --point HEX [--serial HEX] [--usage HEX]\n"
          "       tsm sems build    --pem WRITER-KEY --certificate FILE --number N COMMANDS\n"
          "       tsm sems check    --pem ROOT-PUBLIC-KEY [--json] SCRIPT\n"
          "       tsm sems commands [--block N] SCRIPT\n"
          "  COMMANDS has one plain command in hex on a line; build prints a script, one frame on a line;\n"
          "  commands prints what an agent sends for it, which needs no key\n",
          status == TSM_EXIT_OK ? stdout : stderr);
    return status;
}

static enum tsm_err read_file(const char *path, size_t max, char **out, size_t *len)
{
    FILE *f = fopen(path, "rbe");
    char *text = malloc(max + 1);
    size_t n = f && text ? fread(text, 1, max + 1, f) : 0;
    if (f)
        fclose(f);
    if (!f || !text || n > max) {
        free(text);
        return !f ? FAIL(IO, "%s: %s", path, strerror(errno))
                  : FAIL(TOO_LONG, "%s has more than %zu octets", path, max);
    }
    text[n] = 0;
    *out = text;
    *len = n;
    return TSM_OK;
}

static enum tsm_err read_pem(const char *path, struct sign_key *out)
{
    char *text;
    size_t n;
    enum tsm_err e;
    TRY(read_file(path, PEM_MAX, &text, &n));
    sign_key_free(out);
    e = sign_key_read(BYTES_OF((const uint8_t *)text, n), out);
    explicit_bzero(text, n);
    free(text);
    return e;
}

enum tsm_err sems_lines_read(const char *path, struct sems_lines *out)
{
    char *text, *save = NULL;
    size_t n, number = 0;
    enum tsm_err e = TSM_OK;
    *out = (struct sems_lines){.lines = 0};
    TRY(read_file(path, SEMS_TEXT_MAX, &text, &n));
    out->room = malloc(n / 2 + 1);
    for (char *line = strtok_r(text, "\n", &save); out->room && line && e == TSM_OK;
         line = strtok_r(NULL, "\n", &save)) {
        size_t len;
        number++;
        line[strcspn(line, "\r# ")] = 0;
        if (!line[0])
            continue;
        if (out->lines == SEMS_COMMANDS_MAX)
            e = FAIL(TOO_LONG, "%s has more than %d lines", path, SEMS_COMMANDS_MAX);
        else if (hex_read(line, &out->room[out->octets], n / 2 - out->octets, &len) != TSM_OK)
            e = FAIL(BAD_FORM, "%s: line %zu is no hexadecimal text", path, number);
        else {
            out->line[out->lines++] = BYTES_OF(&out->room[out->octets], len);
            out->octets += len;
        }
    }
    free(text);
    if (e == TSM_OK && !out->room)
        e = FAIL(NO_MEMORY, "no memory for %s", path);
    if (e != TSM_OK) {
        free(out->room);
        out->room = NULL;
    }
    return e;
}

static enum tsm_err read_certificate(const char *path, struct sems_octets *out)
{
    struct sems_lines l;
    enum tsm_err e;
    TRY(sems_lines_read(path, &l));
    e = bytes_keep(BYTES_OF(l.room, l.octets), out->at, sizeof out->at, &out->len);
    free(l.room);
    return e;
}

static enum tsm_err read_number(const char *text, int64_t max, int64_t *out)
{
    if (!text_is_digits(text, 1, 10) || strtoll(text, NULL, 10) < 1 || strtoll(text, NULL, 10) > max)
        return FAIL(BAD_VALUE, "%.20s is no number from 1 to %lld", text, (long long)max);
    *out = strtoll(text, NULL, 10);
    return TSM_OK;
}

static enum tsm_err read_option(struct sems_args *a, int id, const char *arg)
{
    if (id < OPT_OCTETS) {
        struct sems_octets *to = (struct sems_octets *)((char *)a + octets_at[id]);
        return hex_read(arg, to->at, sizeof to->at, &to->len);
    }
    switch (id) {
    case OPT_PEM:
        return read_pem(arg, &a->key);
    case OPT_CERTIFICATE:
        return read_certificate(arg, &a->certificate);
    case OPT_NUMBER:
        return read_number(arg, UINT32_MAX, &a->number);
    case OPT_BLOCK:
        return read_number(arg, SEMS_BLOCK, &a->block);
    default:
        a->json = true;
        return TSM_OK;
    }
}

int sems_args_read(int argc, char **argv, struct sems_args *out)
{
    int id;
    *out = (struct sems_args){.block = SEMS_BLOCK};
    optind = 0;
    while ((id = getopt_long(argc, argv, "", rows, NULL)) != -1) {
        if (id == OPT_HELP)
            return sems_usage(TSM_EXIT_OK);
        if (id == '?')
            return sems_usage(TSM_EXIT_USAGE);
        if (read_option(out, id, optarg) != TSM_OK) {
            tsm_failed(TSM_BAD_VALUE);
            return TSM_EXIT_USAGE;
        }
    }
    if (argc - optind > 1)
        return sems_usage(TSM_EXIT_USAGE);
    out->file = argc - optind == 1 ? argv[optind] : NULL;
    return -1;
}

void sems_args_drop(struct sems_args *a)
{
    sign_key_free(&a->key);
}
