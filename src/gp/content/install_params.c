/* SPDX-License-Identifier: Apache-2.0 */
/* The parameters field of INSTALL. Stations 5 and 10. Pure. [GPCS 11.5.2.3.7] */
#include "gp/content/install_params.h"

#include "gp/tlv.h"

enum { ANY = 65535 };

#define AT(member) offsetof(struct install_params, member)
#define MEMORY(tag, to)                                   \
    {                                                     \
        tag, TLV_MEMORY, AT(to), 2, 4, TLV_OPTIONAL, NULL \
    }
#define OCTETS(tag, to, n)                               \
    {                                                    \
        tag, TLV_BYTES, AT(to), 1, n, TLV_OPTIONAL, NULL \
    }
#define GROUP(tag, rows)                            \
    {                                               \
        tag, TLV_GROUP, 0, 0, 0, TLV_OPTIONAL, rows \
    }

static const struct tlv_field token_template[] = {
    OCTETS(0x42, token_iin, ANY),
    OCTETS(0x45, token_image, ANY),
    OCTETS(0x5F20, token_provider, ANY),
    OCTETS(0x93, token_number, ANY),
    {0},
};

static const struct tlv_field load_system[] = {
    /* Table 11-48 */
    MEMORY(0xC6, code_minimum), MEMORY(0xC8, nonvolatile_memory), MEMORY(0xC7, volatile_memory),
    OCTETS(0xCD, format_id, 1), OCTETS(0xDD, format_params, ANY), {0},
};
static const struct tlv_field load_table[] = {GROUP(0xEF, load_system), GROUP(0xB6, token_template), {0}};

static const struct tlv_field install_system[] = {
    /* Table 11-49 */
    MEMORY(0xC8, nonvolatile_memory),
    MEMORY(0xC7, volatile_memory),
    OCTETS(0xCB, global_service, ANY),
    MEMORY(0xD7, volatile_reserved),
    MEMORY(0xD8, nonvolatile_reserved),
    MEMORY(0x82, granted_volatile),
    MEMORY(0x83, granted_nonvolatile),
    OCTETS(0xCA, sim_toolkit, ANY),
    {0xCF, TLV_MANY, AT(implicit_selection), 1, 1, TLV_OPTIONAL, NULL},
    OCTETS(0xA0, contactless, ANY),
    {0},
};
static const struct tlv_field install_table[] = {
    {0xC9, TLV_BYTES, AT(application), 0, ANY, TLV_NEEDED, NULL},
    GROUP(0xEF, install_system),
    OCTETS(0xEA, uicc, ANY),
    GROUP(0xB6, token_template),
    {0},
};

static const struct tlv_field selectable_system[] = {
    /* Table 11-50 */
    {0xCF, TLV_MANY, AT(implicit_selection), 1, 1, TLV_OPTIONAL, NULL},
    {0},
};
static const struct tlv_field selectable_table[] = {
    GROUP(0xEF, selectable_system), GROUP(0xB6, token_template), {0}};

static const struct tlv_field extradition_table[] = {GROUP(0xB6, token_template), {0}}; /* Table 11-51 */

static const struct tlv_field update_system[] = {
    /* Table 11-52 */
    {0xCF, TLV_MANY, AT(implicit_selection), 1, 1, TLV_OPTIONAL, NULL},
    OCTETS(0xCB, global_service, ANY),
    {0xD9, TLV_NUMBER, AT(restrict_functions), 1, 1, TLV_OPTIONAL, NULL},
    {0},
};
static const struct tlv_field update_table[] = {GROUP(0xEF, update_system), GROUP(0xB6, token_template), {0}};

static const struct tlv_field *const tables[] = {
    [PARAMS_FOR_LOAD] = load_table,
    [PARAMS_FOR_INSTALL] = install_table,
    [PARAMS_FOR_MAKE_SELECTABLE] = selectable_table,
    [PARAMS_FOR_EXTRADITION] = extradition_table,
    [PARAMS_FOR_REGISTRY_UPDATE] = update_table,
};

enum tsm_err install_params_write(enum install_params_for variant, const struct install_params *p,
                                  struct writer *w)
{
    NEED((size_t)variant < sizeof tables / sizeof tables[0], BAD_VALUE);
    return tlv_put(w, tables[variant], p);
}

enum tsm_err install_params_read(enum install_params_for variant, struct bytes field,
                                 struct install_params *out)
{
    struct install_params p = {0};
    NEED((size_t)variant < sizeof tables / sizeof tables[0], BAD_VALUE);
    TRY(tlv_fill(field, tables[variant], &p, TLV_SKIP_UNKNOWN));
    *out = p;
    return TSM_OK;
}
