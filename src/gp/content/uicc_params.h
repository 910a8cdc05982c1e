/* SPDX-License-Identifier: Apache-2.0 */
/* What a UICC asks of an application at INSTALL [for install]: toolkit and file access parameters, in the
 * template EA and in the older form CA. Stations 5 and 10. Pure. [TS 102 226 8.2.1.3.2] */
#ifndef TSM_GP_CONTENT_UICC_PARAMS_H
#define TSM_GP_CONTENT_UICC_PARAMS_H

#include "base/bytes.h"

enum { UICC_TARS_MAX = 8, UICC_MENUS_MAX = 8, UICC_ACCESS_MAX = 4, TAR_LEN = 3 };

struct uicc_menu {
    uint8_t position, identifier;
};

/* Toolkit application: EA/80, and CA after the access domain. `msl`: parameter octet and data, or empty. */
struct uicc_toolkit {
    uint8_t priority, timers, menu_text_max, channels, services; /* services: EA only */
    uint8_t menu_count;
    struct uicc_menu menu[UICC_MENUS_MAX];
    struct bytes msl;
    uint8_t tar_count;
    uint8_t tar[UICC_TARS_MAX][TAR_LEN];
};

/* Right to one file system: that of the UICC (aid empty) or of an ADF. `domain`: access domain parameter and
 * data, 00 = full access. */
struct uicc_access {
    struct bytes aid, domain, dap;
};

struct uicc_params {
    bool has_toolkit;
    struct uicc_toolkit toolkit; /* 80 */
    uint8_t access_count;        /* 81 */
    struct uicc_access access[UICC_ACCESS_MAX];
    uint8_t admin_count; /* 82: administrative access, same coding */
    struct uicc_access admin[UICC_ACCESS_MAX];
};

/* The value of EA. All spans are borrowed. */
enum tsm_err uicc_params_write(const struct uicc_params *p, struct writer *w);
enum tsm_err uicc_params_read(struct bytes value, struct uicc_params *out);

/* The value of CA [TS 102 226 8.2.1.3.2.1]: access domain, then the toolkit parameters up to the TARs. */
struct sim_params {
    struct bytes access_domain;
    struct uicc_toolkit toolkit;
};
enum tsm_err sim_params_write(const struct sim_params *p, struct writer *w);
/* Some coders leave the TAR field, or the security level and the TAR field, away at the end: accepted. */
enum tsm_err sim_params_read(struct bytes value, struct sim_params *out);

#endif
