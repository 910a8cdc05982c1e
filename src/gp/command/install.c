/* SPDX-License-Identifier: Apache-2.0 */
/* INSTALL in all its variants, from one table of their fields. Stations 5 and 10. Pure. [GPCS 11.5.2.3] */
#include "gp/command/install.h"

#include "gp/command/command.h"
#include "gp/tlv.h"

enum { FIELDS_MAX = 6, HASH_MAX = 0x7F, LENGTH_128 = 0x80, LONG_MAX = 65535 };

/* The fields of the data field; EMPTY is an octet 00 that stands for none. */
enum field {
    END,
    EMPTY,
    LOAD_FILE,
    LOAD_FILE_OR_NONE,
    MODULE_OR_NONE,
    APPLICATION,
    APPLICATION_OR_NONE,
    DOMAIN,
    DOMAIN_OR_NONE,
    HASH,
    PRIVILEGES,
    PRIVILEGES_OR_NONE,
    PARAMETERS,
    TOKEN,
};

struct form {
    size_t member, min, max;
    bool or_none;
    bool long_length; /* BER length, in which one octet 80 may mean 128 */
};
#define AT(member) offsetof(struct gp_install, member)
static const struct form forms[] = {
    [LOAD_FILE] = {AT(load_file), AID_MIN, AID_MAX, false, false},
    [LOAD_FILE_OR_NONE] = {AT(load_file), AID_MIN, AID_MAX, true, false},
    [MODULE_OR_NONE] = {AT(module), AID_MIN, AID_MAX, true, false},
    [APPLICATION] = {AT(application), AID_MIN, AID_MAX, false, false},
    [APPLICATION_OR_NONE] = {AT(application), AID_MIN, AID_MAX, true, false},
    [DOMAIN] = {AT(domain), AID_MIN, AID_MAX, false, false},
    [DOMAIN_OR_NONE] = {AT(domain), AID_MIN, AID_MAX, true, false},
    [HASH] = {AT(hash), 0, HASH_MAX, true, false},
    [PRIVILEGES] = {AT(privileges), 1, 3, false, false},
    [PRIVILEGES_OR_NONE] = {AT(privileges), 1, 3, true, false},
    [PARAMETERS] = {AT(parameters), 0, LONG_MAX, true, true},
    [TOKEN] = {AT(token), 0, LONG_MAX, true, true},
};

#define FIELDS_OF_LOAD                                     \
    {                                                      \
        LOAD_FILE, DOMAIN_OR_NONE, HASH, PARAMETERS, TOKEN \
    }
#define FIELDS_OF_INSTALL                                                             \
    {                                                                                 \
        LOAD_FILE_OR_NONE, MODULE_OR_NONE, APPLICATION, PRIVILEGES, PARAMETERS, TOKEN \
    }

static const struct variant {
    uint8_t p1, p2;
    enum field fields[FIELDS_MAX + 1];
} variants[] = {
    {INSTALL_FOR_LOAD, INSTALL_P2_NONE, FIELDS_OF_LOAD},                               /* 11-42 */
    {INSTALL_FOR_LOAD_INSTALL_AND_MAKE_SELECTABLE, INSTALL_P2_BEGIN, FIELDS_OF_LOAD},  /* 11-42 */
    {INSTALL_FOR_INSTALL, INSTALL_P2_NONE, FIELDS_OF_INSTALL},                         /* 11-43 */
    {INSTALL_FOR_INSTALL_AND_MAKE_SELECTABLE, INSTALL_P2_NONE, FIELDS_OF_INSTALL},     /* 11-43 */
    {INSTALL_FOR_LOAD_INSTALL_AND_MAKE_SELECTABLE, INSTALL_P2_END, FIELDS_OF_INSTALL}, /* 11-43 */
    {INSTALL_FOR_MAKE_SELECTABLE,
     INSTALL_P2_NONE, /* 11-44 */
     {EMPTY, EMPTY, APPLICATION, PRIVILEGES, PARAMETERS, TOKEN}},
    {INSTALL_FOR_EXTRADITION,
     INSTALL_P2_NONE,
     {DOMAIN, EMPTY, APPLICATION, EMPTY, PARAMETERS, TOKEN}}, /* 11-45 */
    {INSTALL_FOR_REGISTRY_UPDATE,
     INSTALL_P2_NONE, /* 11-46 */
     {DOMAIN_OR_NONE, EMPTY, APPLICATION_OR_NONE, PRIVILEGES_OR_NONE, PARAMETERS, TOKEN}},
    {INSTALL_FOR_PERSONALIZATION,
     INSTALL_P2_NONE,
     {EMPTY, EMPTY, APPLICATION, EMPTY, EMPTY, EMPTY}}, /* 11-47 */
};

static enum tsm_err variant_of(uint8_t p1, uint8_t p2, const struct variant **out)
{
    for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++)
        if (variants[i].p1 == p1 && variants[i].p2 == p2) {
            *out = &variants[i];
            return TSM_OK;
        }
    return FAIL(BAD_VALUE, "INSTALL with P1 %02X and P2 %02X has no meaning", p1, p2);
}

/* The only place where a member is found by its offset. */
static const struct bytes *member_of(const struct gp_install *i, const struct form *form)
{
    return (const struct bytes *)((const char *)i + form->member);
}

static enum tsm_err check(const struct form *form, struct bytes value)
{
    if (value.len == 0 && form->or_none)
        return TSM_OK;
    if (value.len < form->min || value.len > form->max)
        return FAIL(BAD_LENGTH, "a field of INSTALL has %zu octets, %zu to %zu are allowed", value.len,
                    form->min, form->max);
    NEED(form->max != 3 || value.len != 2, BAD_LENGTH); /* privileges: 1 or 3 */
    return TSM_OK;
}

enum tsm_err install_data_write(const struct gp_install *i, enum install_part part, struct writer *data)
{
    struct writer at = *data;
    const struct variant *v;
    size_t used = 0, token = part == INSTALL_BEFORE_TOKEN ? 0 : i->token.len;
    TRY(variant_of(i->p1, i->p2, &v));
    for (size_t n = 0; v->fields[n] != END; n++) {
        const struct form *form = &forms[v->fields[n]];
        struct bytes value = v->fields[n] == EMPTY ? BYTES_NONE : *member_of(i, form);
        if (v->fields[n] == TOKEN && part == INSTALL_BEFORE_TOKEN)
            continue;
        if (v->fields[n] != EMPTY)
            TRY(check(form, value));
        TRY(tlv_write_length(&at, value.len));
        TRY(write_span(&at, value));
        used += value.len;
    }
    NEED(used == i->load_file.len + i->module.len + i->application.len + i->domain.len + i->hash.len +
                     i->privileges.len + i->parameters.len + token,
         BAD_LENGTH);
    *data = at;
    return TSM_OK;
}

enum tsm_err install_write(const struct gp_install *i, struct writer *capdu)
{
    struct writer at = *capdu;
    size_t mark;
    TRY(command_open(&at, INS_INSTALL, i->p1, i->p2, &mark));
    TRY(install_data_write(i, INSTALL_WHOLE, &at));
    TRY(command_close(&at, mark, 0));
    *capdu = at;
    return TSM_OK;
}

static enum tsm_err read_value(struct reader *r, bool long_length, struct bytes *value)
{
    size_t len = LENGTH_128;
    if (!long_length)
        return read_lv(r, value);
    if (r->left.len && r->left.at[0] == LENGTH_128) {
        struct bytes skipped;
        TRY(read_span(r, 1, &skipped)); /* 128 on one octet, as the standard allows [GPCS 11.5.2.3] */
    } else {
        TRY(tlv_read_length(r, &len));
    }
    return read_span(r, len, value);
}

enum tsm_err install_read(uint8_t p1, uint8_t p2, struct bytes data, struct gp_install *out)
{
    struct reader r = READER(data);
    struct gp_install i = {.p1 = p1, .p2 = p2};
    const struct variant *v;
    TRY(variant_of(p1, p2, &v));
    for (size_t n = 0; v->fields[n] != END; n++) {
        const struct form *form = &forms[v->fields[n]];
        struct bytes value;
        TRY(read_value(&r, v->fields[n] != EMPTY && form->long_length, &value));
        if (v->fields[n] == EMPTY) {
            NEED(value.len == 0, BAD_LENGTH);
            continue;
        }
        TRY(check(form, value));
        *(struct bytes *)((char *)&i + form->member) = value;
    }
    TRY(read_end(&r));
    *out = i;
    return TSM_OK;
}

enum tsm_err privileges_write(uint32_t privileges, bool short_form, struct writer *w)
{
    NEED(privileges <= 0xFFFFFF, BAD_VALUE);
    return short_form && !(privileges & 0xFFFF) ? write_u8(w, privileges >> 16) : write_u24(w, privileges);
}

enum tsm_err privileges_read(struct bytes octets, uint32_t *out)
{
    struct reader r = READER(octets);
    uint8_t one;
    NEED(octets.len == 1 || octets.len == 3, BAD_LENGTH);
    if (octets.len == 3)
        return read_u24(&r, out);
    TRY(read_u8(&r, &one));
    *out = (uint32_t)one << 16;
    return TSM_OK;
}
