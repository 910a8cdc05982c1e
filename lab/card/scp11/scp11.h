/* SPDX-License-Identifier: Apache-2.0 */
/* SCP11 on the card: variants, keys, what hangs on them, who has been recognised, the commands (station 7,
 * the card's side); pure but for the card's random numbers; Amd F 1.4. */
#ifndef LAB_CARD_SCP11_SCP11_H
#define LAB_CARD_SCP11_SCP11_H

#include "card/model/model.h"
#include "card/certificate/certificate.h"

#define INS_PERFORM_SECURITY_OPERATION 0x2A
#define INS_INTERNAL_AUTHENTICATE                                            \
    0x88 /* MUTUAL AUTHENTICATE has the instruction of EXTERNAL AUTHENTICATE \
          */

/* Parameter "i", Tables 4-1 and 4-2. */
#define SCP11_I_A      0x01
#define SCP11_I_B      0x02
#define SCP11_I_KEEPS  0x04 /* PK.OCE.ECKA is stored persistently */
#define SCP11_I_CHAINS 0x08
#define SCP11_I_C      0x10
#define SCP11_I_C_BF20 0x20
#define SCP11_I_S16    0x40
#define SCP11_I_MORE   0x80 /* the second byte is there */
#define SCP11_I2_BF20  0x01 /* for SCP11a */
#define SCP11_I2_X509  0x02
#define SCP11_I2_NO_GP 0x04

/* Key identifiers, 5.1. */
#define KID_CA_KLOC      0x10
#define KID_SD_A         0x11
#define KID_SD_B         0x13
#define KID_SD_C         0x15
#define KID_CA_KLOC_MORE 0x20
#define KID_CA_KLOC_LAST 0x2F

#define SCP11_MAX_LINKS SD_MAX_ASYM
#define SCP11_LIST_MAX  256
#define SCP11_STORE_MAX 3072

/* What is known of an off-card entity by its certificate. */
struct oce_identity {
    bool known;
    struct sd *domain; /* that has recognised it */
    struct asym_key key;
    uint8_t subject[SUBJECT_MAX];
    size_t subject_len;
    bool has_rights;
    uint8_t rights[AUTHORIZATIONS_MAX]; /* value of BF20 */
    size_t rights_len;
};

/* A channel's dealings with an off-card entity: the certificate that is being sent, the chain so far. */
struct oce {
    uint8_t part[SCP11_STORE_MAX];
    size_t part_len;
    bool chained; /* the key of an intermediate authority has been verified */
    struct asym_key issuer;
    struct oce_identity identity; /* for the next MUTUAL AUTHENTICATE */
    struct oce_identity session;  /* of the open session */
};

/* What hangs on one key of a domain: the names of its authority, the certificates to it, who may use it. */
struct scp11_link {
    uint8_t kvn, kid; /* kvn 0 = free */
    uint8_t ca[CA_IDENTIFIER_MAX];
    size_t ca_len;
    uint8_t *store; /* contents of BF21 */
    size_t store_len;
    bool listed;
    uint8_t list[SCP11_LIST_MAX]; /* contents of 70 */
    size_t list_len;
    uint16_t list_counter;
};

struct scp11 {
    struct scp11_link links[SCP11_MAX_LINKS];
    struct oce_identity kept;   /* option SCP11_I_KEEPS */
    uint8_t owner[SUBJECT_MAX]; /* 5F20 of INSTALL [for install] */
    size_t owner_len;           /* 0: whoever the domain's authority has certified */
};

/* The option that a protocol's name asks for: "scp11a", "scp11b", "scp11c" or "scp11", then "-s16", "-x509",
 * "-kept". */
bool scp11_option_by_name(const char *name, struct scp_option *to);

bool scp11_is_private(const struct asym_entry *e);
bool scp11_is_authority(const struct asym_entry *e);
/* The record of a domain, made when it is asked for the first time; NULL when memory ends. */
struct scp11 *scp11_of(struct sd *sd);
/* What hangs on a key; with `make` a free one is taken. NULL when there is none. */
struct scp11_link *scp11_link(struct sd *sd, uint8_t kvn, uint8_t kid, bool make);
/* The key that an authority's identifier is linked to: KID_CA_KLOC = any public key of a CA-KLOC, 0 = any
 * private key, else the private key with this identifier. NULL when there is none. */
struct asym_entry *scp11_by_authority(struct sd *sd, const struct octets *name, uint8_t kid);
bool scp11_set_owner(struct sd *sd, const uint8_t *id, size_t n);
/* A key was deleted or replaced: what hung on it goes (7.8, 7.10), but an updated authority keeps its list.
 */
void scp11_key_gone(struct sd *sd, uint8_t kvn, uint8_t kid, bool replaced);
void scp11_free(struct sd *sd);
void scp11_drop_oce(struct channel *ch);
/* Another command came: a certificate or chain that is not complete is forgotten. */
void scp11_interrupt(struct channel *ch);

/* Commands. */
uint16_t perform_security_operation(struct job *j);
/* MUTUAL AUTHENTICATE (SCP11a, c) and INTERNAL AUTHENTICATE (SCP11b). */
uint16_t scp11_authenticate(struct job *j);
/* STORE DATA whose BER-TLV begins with A6: certificate store, allowlist, CA identifier (7.8 to 7.10). */
uint16_t scp11_store(struct sd *sd, const struct session *s, const uint8_t *at, size_t n);
/* GET DATA of BF21, 0083, FF33 and FF34 (7.2 to 7.4); SW_FUNCTION_NOT_SUPPORTED for another tag. */
uint16_t scp11_get_data(struct job *j, uint16_t tag);
/* What SCP11c forbids (4.6) and what the authorizations of the certificate allow (Annex B). SW_OK for
 * sessions of another protocol; a refusal ends the session. */
uint16_t scp11_allows(struct job *j);

#endif
