/* SPDX-License-Identifier: Apache-2.0 */
/* The parameters field of INSTALL, written and read by one table a variant. Stations 5 and 10. Pure.
 * [GPCS 11.5.2.3.7, Tables 11-48 to 11-53] */
#ifndef TSM_GP_CONTENT_INSTALL_PARAMS_H
#define TSM_GP_CONTENT_INSTALL_PARAMS_H

#include "base/bytes.h"

/*
 * All members; empty spans and zeros are left out. Memory values are octets, written in 2 octets up to 32767
 * and in 4 above. Which members a variant knows stands beside each; others are not written. All spans are
 * borrowed.
 */
struct install_params {
    struct bytes application;      /* C9, install: given to the application; written even when empty */
    uint32_t code_minimum;         /* EF/C6, load */
    uint32_t volatile_memory;      /* EF/C7: minimum (load) or quota (install) */
    uint32_t nonvolatile_memory;   /* EF/C8: likewise */
    uint32_t volatile_reserved;    /* EF/D7, install */
    uint32_t nonvolatile_reserved; /* EF/D8, install */
    uint32_t
        granted_volatile; /* EF/82, install of a domain: for it and all below it [GP UICC Configuration] */
    uint32_t granted_nonvolatile;    /* EF/83: likewise */
    struct bytes sim_toolkit;        /* EF/CA, install: SIM File Access and Toolkit parameters [TS 102 226] */
    struct bytes implicit_selection; /* EF/CF, install, make selectable, registry update */
    struct bytes global_service;     /* EF/CB, install, registry update */
    struct bytes format_id;          /* EF/CD, load */
    struct bytes format_params;      /* EF/DD, load */
    uint32_t restrict_functions;     /* EF/D9, registry update [Table 11-53]: what is disabled for ever */
    struct bytes contactless;        /* EF/A0, install: contactless protocol parameters [Amendment C] */
    struct bytes uicc; /* EA, install: UICC system specific parameters [TS 102 226 8.2.1.3.2.2] */
    struct bytes token_iin, token_image, token_provider, token_number; /* B6/42 45 5F20 93 */
};

enum install_params_for {
    PARAMS_FOR_LOAD,
    PARAMS_FOR_INSTALL,
    PARAMS_FOR_MAKE_SELECTABLE,
    PARAMS_FOR_EXTRADITION,
    PARAMS_FOR_REGISTRY_UPDATE,
};

/* BAD_LENGTH for a member outside the lengths of its table. */
enum tsm_err install_params_write(enum install_params_for variant, const struct install_params *p,
                                  struct writer *w);
/* Unknown data objects are skipped, as the standard asks of cards. MISSING_FIELD when C9 is not there
 * (install). */
enum tsm_err install_params_read(enum install_params_for variant, struct bytes field,
                                 struct install_params *out);

#endif
