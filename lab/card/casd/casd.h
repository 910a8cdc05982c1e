/* SPDX-License-Identifier: Apache-2.0 */
/* The Controlling Authority's security domain: certificates that prove the card to a provider, and the set-up
 * of a domain's first keys in a way that hides them from whoever carries the commands (station 6, the card's
 * side); pure but for random numbers.
 *
 * The text of GlobalPlatform Amendment A was not at hand. What is known of it: that the format of
 * CERT.CASD.ECKA is that of CERT.SD.ECKA and that DGIs 00DE, 00A6 and 7F49 carry the scenarios (Amd
 * F 1.4 6.1, Annex B); the derivation of B.4.4 and B.4.5 (GPCS 2.3.1); from public clients the contents of
 * 00A6, 7F49 and 8010 for scenarios 2B and 3, the shared information and the receipt. Not checked against any
 * text: the domain's AID, how GET DATA 7F21 tells several certificates, BF30, the certificate of an
 * RSA key, and of scenario 1 everything but its DGIs. */
#ifndef LAB_CARD_CASD_CASD_H
#define LAB_CARD_CASD_CASD_H

#include "card/applet/dgi.h"
#include "card/casd/rsa.h"
#include "card/command/key_dgi.h"
#include "card/model/model.h"

#define KVN_CASD      0x74 /* knowledge of the field */
#define KID_CASD_ECKA 0x01
#define KID_CASD_AUT  0x02
#define KID_CASD_CT   0x03
#define KID_CASD_CA   0x10 /* authority of the providers' certificates */

#define CASD_CERTIFICATES_MAX 2048

/* What makes a domain the Controlling Authority's. */
struct casd {
    struct rsa_pair *decipher; /* SK.CASD.CT */
    uint8_t certificates[CASD_CERTIFICATES_MAX];
    size_t certificates_len;
};

/* The card's Controlling Authority domain, NULL when it has none. */
struct sd *casd_of(const struct card *c);
/* Installs it below the issuer's domain; false and a message when something fails. */
bool casd_factory(struct card *c, const struct card_config *cfg);
void casd_free(struct sd *sd);

/* GET DATA 7F21 in the domain itself and BF30 in every other one; SW_FUNCTION_NOT_SUPPORTED for other tags.
 */
uint16_t casd_get_data(struct job *j, uint16_t tag);

/* Confidential set-up in a run of STORE DATA: true for the groups that belong to it. */
bool casd_takes(uint16_t dgi);
uint16_t casd_take(struct key_data *k, const struct dgi *d);
/* At the last block: the keys are in the domain, or nothing has changed; the answer is in the reply. */
uint16_t casd_finish(struct job *j, struct key_data *k);
void casd_drop_setup(struct key_data *k);

#endif
