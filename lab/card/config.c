/* SPDX-License-Identifier: Apache-2.0 */
/* The names of protocols, quirks and faults that a card can be given (no station); pure. */
#include "card/config.h"

#include "card/scp11/scp11.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NAMES   256
#define DEFAULT_SCP "scp03-i70"

static const struct {
    const char *name;
    struct scp_option option;
} protocols[] = {
    {"scp02-i15", {SCP02, 0x15, 0}}, {"scp02-i55", {SCP02, 0x55, 0}},     {"scp02-i35", {SCP02, 0x35, 0}},
    {"scp02-i75", {SCP02, 0x75, 0}}, {"scp03-i00", {SCP03, 0x00, 0}},     {"scp03-i10", {SCP03, 0x10, 0}},
    {"scp03-i20", {SCP03, 0x20, 0}}, {"scp03-i30", {SCP03, 0x30, 0}},     {"scp03-i60", {SCP03, 0x60, 0}},
    {"scp03-i70", {SCP03, 0x70, 0}}, {"scp03-i60-s16", {SCP03, 0x61, 0}}, {"scp03-i70-s16", {SCP03, 0x71, 0}},
    {"scp02", {SCP02, 0x55, 0}},     {"scp03", {SCP03, 0x70, 0}},
};

const char *card_scp_names(void)
{
    return "  scp03-i00 -i10 -i20 -i30 -i60 -i70 -i60-s16 -i70-s16   AES; scp03 is -i70\n"
           "  scp02-i15 -i55 -i35 -i75                               two-key triple DES (i35, i75 with "
           "R-MAC);\n"
           "                                                         scp02 is -i55\n"
           "  scp11a scp11b scp11c scp11, with -s16 -x509 -kept      elliptic curves: one variant or all; "
           "S16; X.509 "
           "only;\n"
           "                                                         the entity's key is kept; SCP03 i70 "
           "beside it\n";
}

const char *card_quirk_names(void)
{
    return "  counter-only-with-data  the SCP03 encryption counter steps only for commands with data\n"
           "  put-key-1171            PUT KEY takes only component blocks without inner length (Table "
           "11-71)\n"
           "  legacy-status           GET STATUS knows only the old LV form, TLV is refused with 6A86\n"
           "  small-buffer            data fields of at most 128 bytes, as 9F65 in the FCI says\n"
           "  no-confirmation         INSTALL, LOAD and DELETE answer without the byte 00\n"
           "  padded-empty            an encrypted empty data field is taken\n"
           "  no-chaining             a command with P1.b8 (more commands) is refused with 6A86\n"
           "  no-receipts             the issuer's policy makes no receipts; no receipt key is needed\n"
           "  receipts-from-1         the first receipt has the number 0001 instead of 0000\n"
           "  token-9484              a missing or wrong token is refused with 9484 instead of 6985\n"
           "  sd-chain                the SCP11 certificate store holds an intermediate authority's "
           "certificate "
           "too\n"
           "  split-status            GET STATUS cuts a long list in the middle of an entry\n"
           "  no-version              load files have no version: asked for it, GET STATUS answers 6A88\n";
}

const char *card_fault_names(void)
{
    return "  mac            every R-MAC is wrong\n"
           "  truncate       every answer with data lacks its last byte\n"
           "  cryptogram     the card cryptogram, or the receipt of SCP11, is wrong\n"
           "  certificate    the certificates of SCP11 have a wrong signature\n"
           "  silent-N       the N-th command is executed, its answer is lost\n"
           "  6F00-N         the N-th command fails with 6F00 before it is executed\n"
           "  crash-put-key  the power fails right after the first successful PUT KEY\n"
           "  crash-store-data  the power fails right after the first run of STORE DATA that is to be "
           "answered\n"
           "  token-refused  every token is refused\n"
           "  receipt-missing  a delegated command is executed and counted, but answers 00\n"
           "  receipt-wrong    every receipt has a wrong signature\n"
           "  receipt-replay   every receipt has the same number\n"
           "  receipt-other-card  every receipt is right, but of a card with another number\n";
}

bool config_scp(const char *name, struct scp_option *to)
{
    if (name == NULL)
        name = DEFAULT_SCP;
    for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++) {
        if (strcmp(protocols[i].name, name) != 0)
            continue;
        *to = protocols[i].option;
        return true;
    }
    if (scp11_option_by_name(name, to))
        return true;
    fprintf(stderr, "card: unknown protocol \"%s\"; known are\n%s", name, card_scp_names());
    return false;
}

static bool set_quirk(const char *name, void *to)
{
    struct quirks *q = to;
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        {"counter-only-with-data", &q->counter_only_with_data},
        {"put-key-1171", &q->put_key_1171},
        {"legacy-status", &q->legacy_status},
        {"small-buffer", &q->small_buffer},
        {"no-confirmation", &q->no_confirmation},
        {"padded-empty", &q->padded_empty},
        {"no-chaining", &q->no_chaining},
        {"no-receipts", &q->no_receipts},
        {"receipts-from-1", &q->receipts_from_1},
        {"token-9484", &q->token_9484},
        {"sd-chain", &q->sd_chain},
        {"split-status", &q->split_status},
        {"no-version", &q->no_version},
    };

    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(flags[i].name, name) != 0)
            continue;
        *flags[i].flag = true;
        return true;
    }
    fprintf(stderr, "card: unknown quirk \"%s\"; known are\n%s", name, card_quirk_names());
    return false;
}

/* "silent-12": the number behind the prefix, at least 1. */
static bool numbered(const char *name, const char *prefix, uint32_t *to)
{
    size_t n = strlen(prefix);
    unsigned long value;
    char *end;

    if (strncmp(name, prefix, n) != 0 || name[n] < '1' || name[n] > '9')
        return false;
    value = strtoul(name + n, &end, 10);
    if (*end != '\0' || value > UINT32_MAX)
        return false;
    *to = (uint32_t)value;
    return true;
}

static bool set_fault(const char *name, void *to)
{
    struct faults *f = to;
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        {"mac", &f->mac},
        {"truncate", &f->truncate},
        {"cryptogram", &f->cryptogram},
        {"certificate", &f->certificate},
        {"crash-put-key", &f->crash_put_key},
        {"crash-store-data", &f->crash_store_data},
        {"token-refused", &f->token_refused},
        {"receipt-missing", &f->receipt_missing},
        {"receipt-wrong", &f->receipt_wrong},
        {"receipt-replay", &f->receipt_replay},
        {"receipt-other-card", &f->receipt_other_card},
    };

    if (numbered(name, "silent-", &f->silent_at) || numbered(name, "6F00-", &f->error_at))
        return true;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(flags[i].name, name) != 0)
            continue;
        *flags[i].flag = true;
        return true;
    }
    fprintf(stderr, "card: unknown fault \"%s\"; known are\n%s", name, card_fault_names());
    return false;
}

static bool each_name(const char *names, bool (*set)(const char *name, void *to), void *to)
{
    char copy[MAX_NAMES];
    char *rest = NULL;

    if (names == NULL)
        return true;
    if (strlen(names) >= sizeof copy) {
        fprintf(stderr, "card: too many names\n");
        return false;
    }
    strcpy(copy, names);
    for (char *name = strtok_r(copy, ",", &rest); name != NULL; name = strtok_r(NULL, ",", &rest))
        if (!set(name, to))
            return false;
    return true;
}

bool config_quirks(const char *names, struct quirks *to)
{
    return each_name(names, set_quirk, to);
}

bool config_faults(const char *names, struct faults *to)
{
    return each_name(names, set_fault, to);
}
