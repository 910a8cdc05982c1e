/* SPDX-License-Identifier: Apache-2.0 */
/* The LV fields and the TLV parameters of INSTALL (station 10, the card's side); pure; GPCS 2.3.1 11.5.2.3,
 * Tables 11-48 to 11-52, TS 102 226 8.2.1.3.2. */
#include "card/content/install.h"

#include "common/tlv.h"

#include <string.h>

#define LENGTH_128_SHORT 0x80 /* 11.5.2.3.1: length 128 may be coded on one byte */
#define TWO_BYTE_MAX     0x7FFF

#define TAG_SPECIFIC     0xC9
#define TAG_SYSTEM       0xEF
#define TAG_UICC         0xEA
#define TAG_SIM          0xCA
#define TAG_TOKEN_CRT    0xB6
#define TAG_RESTRICT     0xD9
#define TAG_CODE         0xC6
#define TAG_NV_DATA      0xC8
#define TAG_NV_RESERVE   0xD8
#define TAG_V_DATA       0xC7
#define TAG_V_RESERVE    0xD7
#define TAG_IMPLICIT     0xCF
#define TAG_GRANT        0x83
#define TAG_RAM_GRANT    0x82
#define TAG_UICC_TOOLKIT 0x80

bool install_fields(const struct capdu *cmd, size_t count, struct field *fields)
{
    size_t at = 0;

    for (size_t i = 0; i < count; i++) {
        bool ber = i + 2 >= count;
        size_t len, behind;

        if (at >= cmd->lc)
            return false;
        if (ber && cmd->data[at] == LENGTH_128_SHORT) {
            len = LENGTH_128_SHORT;
            behind = at + 1;
        } else if (!tlv_length(cmd->data, cmd->lc, at, &len, &behind) || (!ber && len > 0x7F)) {
            return false;
        }
        if (len > cmd->lc - behind)
            return false;
        fields[i] = (struct field){.at = cmd->data + behind, .len = len};
        at = behind + len;
    }
    return at == cmd->lc;
}

/* A memory value: two bytes up to 32767, four above (11.5.2.3.7). */
static bool memory_value(const struct tlv *t, uint32_t *to)
{
    if (t->len != 2 && t->len != 4)
        return false;
    *to = (uint32_t)lab_number(t->value, t->len);
    return t->len == 4 || *to <= TWO_BYTE_MAX;
}

/* Where a memory value of Tables 11-48 and 11-49 goes; the last two are of the UICC configuration. */
static uint32_t *memory_parameter(uint32_t tag, bool for_load, struct install_parameters *p)
{
    switch (tag) {
    case TAG_CODE:
    case TAG_NV_DATA:
        return for_load ? &p->minimum : &p->terms.quota;
    case TAG_V_DATA:
        return for_load ? &p->ram_minimum : &p->terms.ram_quota;
    case TAG_NV_RESERVE:
        return &p->terms.reserved;
    case TAG_V_RESERVE:
        return &p->terms.ram_reserved;
    case TAG_GRANT:
        return &p->grant;
    default:
        return &p->ram_grant;
    }
}

static bool take_memory(const struct tlv *t, bool for_load, struct install_parameters *p)
{
    uint32_t *to = memory_parameter(t->tag, for_load, p);
    bool adds = to == &p->minimum;
    uint32_t value = 0;

    if (!memory_value(t, &value))
        return false;
    if (t->tag == TAG_CODE && !for_load)
        return true; /* not of Table 11-49 */
    /* Code and data come from the same memory here: the minima add up (11.5.2.3.7). */
    *to = !adds ? value : value > UINT32_MAX - *to ? UINT32_MAX : *to + value;
    return true;
}

static bool system_parameter(const struct tlv *t, bool for_load, struct install_parameters *p)
{
    struct field f = {.at = t->value, .len = t->len};

    switch (t->tag) {
    case TAG_CODE:
    case TAG_NV_DATA:
    case TAG_NV_RESERVE:
    case TAG_V_DATA:
    case TAG_V_RESERVE:
    case TAG_GRANT:
    case TAG_RAM_GRANT:
        return take_memory(t, for_load, p);
    case TAG_IMPLICIT:
        if (t->len != 1)
            return false;
        p->has_implicit = true;
        p->implicit = t->value[0];
        return true;
    case TAG_RESTRICT:
        p->restricts = true;
        return t->len == 1;
    case TAG_CL_PROTOCOL:
    case TAG_CL_USER:
        return cl_parameters_read(t, &p->contactless);
    case TAG_SIM:
        return toolkit_read(&f, false, p);
    default:
        return true; /* other system parameters may be ignored (11.5.2.3.7) */
    }
}

static bool system_parameters(const struct tlv *ef, bool for_load, struct install_parameters *p)
{
    struct tlv t = {0};

    while (t.end < ef->len)
        if (!tlv_read(ef->value, ef->len, t.end, &t) || !system_parameter(&t, for_load, p))
            return false;
    return true;
}

static bool uicc_parameters(const struct tlv *ea, struct install_parameters *p)
{
    struct tlv t;
    struct field f;

    if (!tlv_is_sequence(ea->value, ea->len))
        return false;
    if (!tlv_find(ea->value, ea->len, TAG_UICC_TOOLKIT, &t))
        return true;
    f = (struct field){.at = t.value, .len = t.len};
    return toolkit_read(&f, true, p);
}

bool install_parameters_read(const struct field *f, bool for_load, struct install_parameters *p)
{
    struct tlv t = {0};
    bool ok = true;

    *p = (struct install_parameters){0};
    while (ok && t.end < f->len) {
        if (!tlv_read(f->at, f->len, t.end, &t))
            return false;
        switch (t.tag) {
        case TAG_SPECIFIC:
            ok = !for_load && !p->has_specific;
            p->has_specific = true;
            p->specific = (struct field){.at = t.value, .len = t.len};
            break;
        case TAG_SYSTEM:
            ok = system_parameters(&t, for_load, p);
            break;
        case TAG_UICC:
            ok = !for_load && uicc_parameters(&t, p);
            break;
        case TAG_TOKEN_CRT:
            ok = p->crt.len == 0 && tlv_is_sequence(t.value, t.len);
            p->crt = (struct field){.at = t.value, .len = t.len};
            break;
        default:
            ok = false;
        }
    }
    return ok;
}
