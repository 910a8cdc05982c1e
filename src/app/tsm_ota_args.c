/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of `tsm ota`, converted. App. */
#include "app/tsm_ota_args.h"

#include <getopt.h>
#include <stdlib.h>

#include "app/key_arg.h"
#include "base/hex.h"

enum { COUNTER_HEX_DIGITS = 10 };

enum option_id {
    OPT_SPI = 1,
    OPT_KIC,
    OPT_KID,
    OPT_TAR,
    OPT_COUNTER,
    OPT_KIC_KEY,
    OPT_KID_KEY,
    OPT_DATA,
    OPT_CC_LEN,
    OPT_STATUS,
    OPT_SEGMENTS,
    OPT_REF,
    OPT_RAW
};
static const struct option options[] = {
    {"spi", required_argument, NULL, OPT_SPI},
    {"kic", required_argument, NULL, OPT_KIC},
    {"kid", required_argument, NULL, OPT_KID},
    {"tar", required_argument, NULL, OPT_TAR},
    {"counter", required_argument, NULL, OPT_COUNTER},
    {"kic-key", required_argument, NULL, OPT_KIC_KEY},
    {"kid-key", required_argument, NULL, OPT_KID_KEY},
    {"data", required_argument, NULL, OPT_DATA},
    {"cc-len", required_argument, NULL, OPT_CC_LEN},
    {"status", required_argument, NULL, OPT_STATUS},
    {"segments", required_argument, NULL, OPT_SEGMENTS},
    {"ref", required_argument, NULL, OPT_REF},
    {"raw", no_argument, NULL, OPT_RAW},
    {NULL, 0, NULL, 0},
};

static enum tsm_err hex_exactly(const char *text, uint8_t *out, size_t n)
{
    size_t len;
    TRY(hex_read(text, out, n, &len));
    NEED(len == n, BAD_LENGTH);
    return TSM_OK;
}

static enum tsm_err number(const char *text, int base, uint64_t max, uint64_t *out)
{
    char *end;
    unsigned long long v = strtoull(text, &end, base);
    NEED(text[0] && text[0] != '-' && *end == 0 && v <= max, BAD_FORM);
    *out = v;
    return TSM_OK;
}

static enum tsm_err counter(const char *text, uint64_t *out)
{
    if (strncmp(text, "0x", 2) == 0 || strlen(text) == COUNTER_HEX_DIGITS)
        return number(text, 16, SCP80_COUNTER_MAX, out);
    return number(text, 10, SCP80_COUNTER_MAX, out);
}

static enum tsm_err order_of(const char *word, enum concat_order *out)
{
    static const char *const words[] = {
        [CONCAT_SPEC] = "spec", [CONCAT_CPI_FIRST] = "cpi-first", [CONCAT_CPI_ALL] = "cpi-all"};
    for (int i = CONCAT_SPEC; i <= CONCAT_CPI_ALL; i++)
        if (strcmp(word, words[i]) == 0) {
            *out = (enum concat_order)i;
            return TSM_OK;
        }
    return FAIL(BAD_FORM, "the order of segments is spec, cpi-first or cpi-all");
}

static enum tsm_err small(const char *text, uint8_t *out)
{
    uint64_t v;
    TRY(number(text, 0, UINT8_MAX, &v));
    *out = (uint8_t)v;
    return TSM_OK;
}

static enum tsm_err take(struct ota_job *j, int id, char *arg)
{
    switch (id) {
    case OPT_SPI:
        return hex_exactly(arg, j->command.spi, sizeof j->command.spi);
    case OPT_KIC:
        return hex_exactly(arg, &j->command.kic, 1);
    case OPT_KID:
        return hex_exactly(arg, &j->command.kid, 1);
    case OPT_TAR:
        return hex_exactly(arg, j->command.tar, SCP80_TAR_LEN);
    case OPT_COUNTER:
        return counter(arg, &j->command.counter);
    case OPT_KIC_KEY:
        return key_arg_read(arg, &j->kic);
    case OPT_KID_KEY:
        return key_arg_read(arg, &j->kid);
    case OPT_DATA:
        return hex_read(arg, j->data, sizeof j->data, &j->data_len);
    case OPT_CC_LEN:
        return small(arg, &j->command.cc_len);
    case OPT_STATUS:
        return hex_exactly(arg, &j->response.status, 1);
    case OPT_SEGMENTS:
        j->segments = true;
        return order_of(arg, &j->order);
    case OPT_REF:
        return small(arg, &j->ref);
    default:
        j->raw = true;
        return TSM_OK;
    }
}

enum tsm_err ota_args_read(int argc, char **argv, struct ota_job *j)
{
    int id;
    optind = 2;
    while ((id = getopt_long(argc, argv, "", options, NULL)) != -1) {
        NEED(id != '?', BAD_FORM);
        TRY(take(j, id, optarg));
    }
    NEED(optind == argc, BAD_FORM);
    return TSM_OK;
}
