/* SPDX-License-Identifier: Apache-2.0 */
/* The names of protocols, quirks and faults that a card can be given (no station); pure. */
#include "card/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NAMES   256
#define DEFAULT_SCP "scp03-i70"

static const struct {
    const char *name;
    struct scp_option option;
} protocols[] = {
    {"scp02-i15", {SCP02, 0x15}}, {"scp02-i55", {SCP02, 0x55}},     {"scp02-i35", {SCP02, 0x35}},
    {"scp02-i75", {SCP02, 0x75}}, {"scp03-i00", {SCP03, 0x00}},     {"scp03-i10", {SCP03, 0x10}},
    {"scp03-i20", {SCP03, 0x20}}, {"scp03-i30", {SCP03, 0x30}},     {"scp03-i60", {SCP03, 0x60}},
    {"scp03-i70", {SCP03, 0x70}}, {"scp03-i60-s16", {SCP03, 0x61}}, {"scp03-i70-s16", {SCP03, 0x71}},
};

const char *card_scp_names(void)
{
    return "  scp03-i00 -i10 -i20 -i30 -i60 -i70 -i60-s16 -i70-s16   AES\n"
           "  scp02-i15 -i55 -i35 -i75                               two-key triple DES (i35, i75 with "
           "R-MAC)\n";
}

const char *card_quirk_names(void)
{
    return "  counter-only-with-data  the SCP03 encryption counter steps only for commands with data\n"
           "  put-key-1171            PUT KEY takes only component blocks without inner length (Table "
           "11-71)\n"
           "  legacy-status           GET STATUS knows only the old LV form, TLV is refused with 6A86\n"
           "  small-buffer            data fields of at most 128 bytes, as 9F65 in the FCI says\n"
           "  no-confirmation         INSTALL, LOAD and DELETE answer without the byte 00\n"
           "  padded-empty            an encrypted empty data field is taken\n";
}

const char *card_fault_names(void)
{
    return "  mac            every R-MAC is wrong\n"
           "  truncate       every answer with data lacks its last byte\n"
           "  cryptogram     the card cryptogram is wrong\n"
           "  silent-N       the N-th command is executed, its answer is lost\n"
           "  6F00-N         the N-th command fails with 6F00 before it is executed\n"
           "  crash-put-key  the power fails right after the first successful PUT KEY\n";
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
        {"crash-put-key", &f->crash_put_key},
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
