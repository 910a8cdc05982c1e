/* SPDX-License-Identifier: Apache-2.0 */
/* PERFORM SECURITY OPERATION: our certificates on their way into a card, as a row of commands. Stations 5
 * and 7. Pure. [AmdF 7.5] */
#ifndef TSM_GP_SCP11_PSO_H
#define TSM_GP_SCP11_PSO_H

#include "gp/apdu/apdu.h"

/* How a certificate above one command goes on in the next; data of the card profile. The standard's way is
 * b8 of P1; cards that were built after ISO 7816-4 want the chaining bit of the class, some both, some one
 * extended command. */
enum pso_style { PSO_CHAIN_P1, PSO_CHAIN_CLASS, PSO_CHAIN_BOTH, PSO_EXTENDED };

/* Certificates back to back, of one form, CERT.OCE.ECKA last; borrowed. `ca_kvn` and `ca_kid` name
 * PK.CA-KLOC.ECDSA; kvn 0 lets the card find it by the first certificate's issuer. `block_max` 0 is 255; less
 * inside another secure channel. */
struct pso_chain {
    struct bytes certificates;
    uint8_t ca_kvn, ca_kid;
    enum pso_style style;
    size_t block_max;
};
struct pso_plan {
    struct pso_chain chain;
    size_t certificates, commands;
};
enum { PSO_COMMANDS_MAX = 64 };

/* BAD_VALUE for numbers above 7F, a block above 255, two forms or what is no certificate; MISSING_FIELD for
 * an empty chain, TOO_LONG above CERTIFICATE_CHAIN_MAX or PSO_COMMANDS_MAX. The certificates are not
 * verified. */
enum tsm_err pso_plan_make(const struct pso_chain *chain, struct pso_plan *out);
/* Appends command n, 0 to commands-1; NOT_FOUND else. Each must be answered 9000; 6600, 6640, 6A80, 6A86,
 * 6A87 and 6A88 tell of the certificate or its chain, not of the link (sw_text). */
enum tsm_err pso_plan_command(const struct pso_plan *p, size_t n, struct writer *capdu);

#endif
