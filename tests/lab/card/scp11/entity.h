/* SPDX-License-Identifier: Apache-2.0 */
/* An off-card entity of SCP11 for the tests of the card: its authority in a file, its certificate, the
 * opening of a session on a desk; edge (writes a file); Amd F 1.4 7.5, 7.6. */
#ifndef TESTS_LAB_CARD_SCP11_ENTITY_H
#define TESTS_LAB_CARD_SCP11_ENTITY_H

#include "card/certificate/issue.h"
#include "desk.h"

#define CERTIFICATE_HEX 2048
#define FACTORY_VERSION 3

struct entity {
    char folder[64], ca_path[96];
    struct asym_key authority, own;
    char certificate[CERTIFICATE_HEX]; /* 7F21 of the entity */
};

/* What a session shall be. */
struct wish {
    char variant; /* 'a', 'b' or 'c' */
    uint8_t usage, key_len, kvn;
};

/* A temporary folder with the authority's PEM file; entity_close removes it. */
void entity_open(struct entity *e);
void entity_close(struct entity *e);
/* A card of the protocol that trusts the entity's authority; keys of SCP03 are 40..4F. */
struct desk *entity_desk(const struct entity *e, const char *scp);
/* PERFORM SECURITY OPERATION with the entity's certificate in one command. */
uint16_t entity_show(struct desk *d, const struct entity *e, uint8_t kvn);
/* MUTUAL or INTERNAL AUTHENTICATE as hex, with the point of an ephemeral key. */
void entity_command(const struct wish *w, const struct asym_key *ephemeral, char *to);
/* The whole opening; checks the receipt; the desk's session is then open. */
uint16_t entity_session(struct desk *d, const struct entity *e, const struct wish *w);

#endif
