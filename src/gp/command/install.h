/* SPDX-License-Identifier: Apache-2.0 */
/* INSTALL in all its variants. The answer is a confirmation (content/confirmation.h). Stations 5 and 10.
 * Pure. [GPCS 11.5] */
#ifndef TSM_GP_COMMAND_INSTALL_H
#define TSM_GP_COMMAND_INSTALL_H

#include "gp/content/confirmation.h"
#include "gp/content/install_params.h"

/* P1 [GPCS Table 11-41] and P2. */
enum install_for {
    INSTALL_FOR_LOAD = 0x02,
    INSTALL_FOR_INSTALL = 0x04,
    INSTALL_FOR_MAKE_SELECTABLE = 0x08,
    INSTALL_FOR_INSTALL_AND_MAKE_SELECTABLE = 0x0C,
    INSTALL_FOR_LOAD_INSTALL_AND_MAKE_SELECTABLE = 0x0E, /* first with P2 01 (as for load), last with P2 03 */
    INSTALL_FOR_EXTRADITION = 0x10,
    INSTALL_FOR_PERSONALIZATION = 0x20,
    INSTALL_FOR_REGISTRY_UPDATE = 0x40,
};
enum { INSTALL_P2_NONE = 0x00, INSTALL_P2_BEGIN = 0x01, INSTALL_P2_END = 0x03 };

/* Privileges as one 24-bit number, byte 1 first [GPCS Tables 11-7 to 11-9]. */
enum gp_privilege {
    PRIVILEGE_SECURITY_DOMAIN = 0x800000,
    PRIVILEGE_DAP_VERIFICATION = 0xC00000,
    PRIVILEGE_DELEGATED_MANAGEMENT = 0xA00000,
    PRIVILEGE_CARD_LOCK = 0x100000,
    PRIVILEGE_CARD_TERMINATE = 0x080000,
    PRIVILEGE_CARD_RESET = 0x040000,
    PRIVILEGE_CVM_MANAGEMENT = 0x020000,
    PRIVILEGE_MANDATED_DAP = 0xC10000,
    PRIVILEGE_TRUSTED_PATH = 0x008000,
    PRIVILEGE_AUTHORIZED_MANAGEMENT = 0x004000,
    PRIVILEGE_TOKEN_VERIFICATION = 0x002000,
    PRIVILEGE_GLOBAL_DELETE = 0x001000,
    PRIVILEGE_GLOBAL_LOCK = 0x000800,
    PRIVILEGE_GLOBAL_REGISTRY = 0x000400,
    PRIVILEGE_FINAL_APPLICATION = 0x000200,
    PRIVILEGE_GLOBAL_SERVICE = 0x000100,
    PRIVILEGE_RECEIPT_GENERATION = 0x000080,
    PRIVILEGE_CIPHERED_LOAD = 0x000040,
    PRIVILEGE_CONTACTLESS_ACTIVATION = 0x000020,
    PRIVILEGE_CONTACTLESS_SELF_ACTIVATION = 0x000010,
    PRIVILEGE_PRIVACY_TRUSTED = 0x000008,
};

/*
 * One INSTALL. Which members a variant has, in wire order:
 *   load: load_file, domain (empty: the one that gets the command), hash, parameters, token
 *   install (and make selectable): load_file, module, application, privileges, parameters, token
 *   make selectable: application, privileges, parameters, token
 *   extradition: domain (the new one), application (or a load file), parameters, token
 *   registry update: domain, application, privileges, parameters, token
 *   personalization: application
 * All spans are borrowed; a member that the variant does not have must be empty. `privileges` has 1 or 3
 * octets (0 in registry update), see privileges_write.
 */
struct gp_install {
    uint8_t p1, p2;
    struct bytes load_file, module, application, domain, hash, privileges, parameters, token;
};

/* Appends the whole command. BAD_VALUE for a P1 that is no variant, BAD_LENGTH for a member outside its
 * lengths or one that the variant does not have, TOO_LONG above 255 octets of data (use fewer parameters,
 * or gp/delegated/chain.h: cards that chain INSTALL are rare). */
enum tsm_err install_write(const struct gp_install *i, struct writer *capdu);
/* Appends the data field alone, of any length: whole, for a command that is cut into a chain, or up to the
 * token and its length, which is what a token is made over [GPCS C.4]. Errors as install_write. */
enum install_part { INSTALL_WHOLE, INSTALL_BEFORE_TOKEN };
enum tsm_err install_data_write(const struct gp_install *i, enum install_part part, struct writer *data);
/* Reads the data field of a command with this P1 and P2. */
enum tsm_err install_read(uint8_t p1, uint8_t p2, struct bytes data, struct gp_install *out);

/* 24 bits as 3 octets; as 1 octet when `short_form` is set and the others are zero (cards before 2.2). */
enum tsm_err privileges_write(uint32_t privileges, bool short_form, struct writer *w);
/* 1 or 3 octets; BAD_LENGTH else. */
enum tsm_err privileges_read(struct bytes octets, uint32_t *out);

#endif
