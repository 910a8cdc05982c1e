/* SPDX-License-Identifier: Apache-2.0 */
/* INSTALL in its parts: the LV fields, the parameters, the privileges, one function per role (station 10, the
 * card's side); pure; GPCS 2.3.1 9.3, 9.4, 11.5. */
#ifndef LAB_CARD_CONTENT_INSTALL_H
#define LAB_CARD_CONTENT_INSTALL_H

#include "card/contactless/contactless.h"
#include "card/model/registry.h"

#define INSTALL_MAX_FIELDS 6
#define INSTALL_FIELDS     6
#define LOAD_FIELDS        5

struct field {
    const uint8_t *at;
    size_t len;
};

/* Install parameters (Table 11-49) after checking. */
struct install_parameters {
    struct field specific; /* value of C9 */
    bool has_specific;
    struct field crt;                 /* contents of B6 */
    struct memory_terms terms;        /* C8, D8, C7, D7 */
    uint32_t grant, ram_grant;        /* 83, 82: of a security domain */
    struct cl_parameters contactless; /* A0, A1 */
    bool has_implicit;
    uint8_t implicit;
    uint8_t tars[SD_MAX_TARS][TAR_LEN];
    uint8_t tar_count;
    bool has_msl;
    uint8_t msl;
    bool restricts;                /* D9 */
    uint32_t minimum, ram_minimum; /* C6 + C8 and C7 of INSTALL [for load] */
};

/* Exactly `count` LV fields that fill the data field; the last two may have BER lengths. */
bool install_fields(const struct capdu *cmd, size_t count, struct field *fields);
bool install_parameters_read(const struct field *f, bool for_load, struct install_parameters *p);
/* Toolkit parameters of TS 102 226 8.2.1.3.2.1 (tag CA) and 8.2.1.3.2.2.1 (EA/80): TARs and minimum security
 * level. */
bool toolkit_read(const struct field *f, bool uicc, struct install_parameters *p);
/* Security domain parameters in C9 (GlobalPlatform configurations). Fills the domain; returns a status word.
 */
uint16_t sd_parameters_apply(struct sd *sd, const struct install_parameters *p);

/* Reads 1 or 3 bytes and checks that the card grants them (6.6.2, Table H-5). Returns a status word. */
uint16_t privileges_read(const struct field *f, bool is_sd, uint32_t *to);
#define PRIVILEGES_FOR_SD                                                                                   \
    (PRIV_SECURITY_DOMAIN | PRIV_CARD_LOCK | PRIV_CARD_TERMINATE | PRIV_CARD_RESET | PRIV_TRUSTED_PATH |    \
     PRIV_AUTHORIZED_MANAGEMENT | PRIV_GLOBAL_DELETE | PRIV_GLOBAL_LOCK | PRIV_GLOBAL_REGISTRY | PRIV_DAP | \
     PRIV_MANDATED_DAP | PRIV_DELEGATED_MANAGEMENT | PRIV_TOKEN_VERIFICATION | PRIV_RECEIPT |               \
     PRIV_FINAL_APPLICATION)
/* Global Services it has none. */
#define PRIVILEGES_FOR_APP                                                                            \
    (PRIV_CARD_RESET | PRIV_TRUSTED_PATH | PRIV_FINAL_APPLICATION | PRIV_CVM | PRIV_SELF_ACTIVATION | \
     PRIV_PRIVACY_TRUSTED)
/* Checks that the privileges of which there is only one are free for an entry below `owner`: Card Reset and
 * Final Application on the card, Token Verification and Receipt Generation in a sub-hierarchy. */
uint16_t privileges_free(const struct card *c, const struct app *owner, uint32_t gained);
/* Gives `a` these privileges; what only one may have leaves the issuer's domain or falls back to it. */
void privileges_move(struct app *a, uint32_t value);

/* True when `target` takes content that the domain `asking` brings: of the same hierarchy, personalised, not
 * locked, its policy allows it (9.4.1). */
bool sd_accepts(const struct app *target, const struct app *asking);
/* True when the domain `asking` may take content away from `owner`, or delete it there. */
bool sd_lets_go(const struct app *owner, const struct app *asking);
bool sd_lets_delete(const struct app *owner, const struct app *asking);

uint16_t install_for_load(struct job *j);
uint16_t install_for_install(struct job *j);
uint16_t install_for_make_selectable(struct job *j);
uint16_t install_for_extradition(struct job *j);
uint16_t install_for_personalization(struct job *j);
uint16_t install_for_registry_update(struct job *j);

#endif
