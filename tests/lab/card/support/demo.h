/* SPDX-License-Identifier: Apache-2.0 */
/* The demonstration load file on a desk: loading it from its CAP file, installing and personalising its
 * applications (EMV CPS 1.1); edge (reads the CAP file). */
#ifndef TESTS_LAB_CARD_DEMO_H
#define TESTS_LAB_CARD_DEMO_H

#include "desk.h"

#define DEMO_PACKAGE "F04F54534D0001"
#define DEMO_PAYMENT "F04F54534D000101"
#define DEMO_PPSE    "F04F54534D000102"
#define PPSE_AID     "325041592E5359532E4444463031"
#define PAY_AID      "F04F54534D0001010001"

#define CDOL1 "9F02069F03069F1A0295055F2A029A039C019F3704"

/* Path of demo-payment.cap, the test's first argument; NULL = the tests that need it are skipped. */
extern const char *demo_cap_path;

/* A session is open in the issuer's domain; loads the file and installs the application. */
void demo_load(struct desk *d);
/* The same with the Descriptor component, which some loaders send, too. */
void demo_load_described(struct desk *d);
uint16_t demo_install(struct desk *d, const char *module, const char *aid);
/* The same behaviour without the CAP file: only the unit under test. */

struct demo_card {
    const char *udk[3]; /* AC, MAC, ENC in hex */
    const char *fci;    /* contents of A5 */
    const char *aip, *iad;
};

/* INSTALL [for personalization] and the run of STORE DATA; stops at the first refusal. */
uint16_t demo_personalise(struct desk *d, const char *aid, const struct demo_card *c);
/* One STORE DATA. */
uint16_t demo_store(struct desk *d, unsigned p1, unsigned block, const char *groups);
/* DGI id, length, value as hex; the buffer is static and lives until the call after the next seven. */
const char *dgi(const char *id, const char *value);

#endif
