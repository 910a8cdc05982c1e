/* SPDX-License-Identifier: Apache-2.0 */
/* Scenes that several tests of the card start from: a load file on the card, an application, a personalised
 * domain; pure; GPCS 2.3.1 9.3, 11.8. */
#ifndef TESTS_LAB_CARD_SCENE_H
#define TESTS_LAB_CARD_SCENE_H

#include "cap.h"
#include "desk.h"

#define NEW_KEY "0F0E0D0C0B0A09080706050403020100"

/* A card with an open session at level 33 (SCP02: 03) in the issuer's domain. */
struct desk *opened(const struct card_config *cfg);
/* INSTALL [for load] of APP_PACKAGE. */
uint16_t begin_load(struct desk *d, const char *domain, const char *hash);
/* Loads the file of cap.h into a domain ("" = the issuer's). */
void load_file(struct desk *d, const char *domain);
/* INSTALL of APP with role P1 and install parameters. */
uint16_t install_app(struct desk *d, uint8_t p1, const char *parameters);
/* INSTALL [for personalization]. */
uint16_t target(struct desk *d, const char *aid);
/* A domain with keys NEW_KEY of version 30; the session is in the issuer's domain again. */
void personalised_domain(struct desk *d, const char *aid);
/* PUT KEY of three equal keys: `replaced` in P1, kvn in the data field. */
uint16_t put_three(struct desk *d, uint8_t replaced, uint8_t kvn, const char *block);
uint16_t put_aes(struct desk *d, uint8_t replaced, uint8_t kvn, const char *key, bool inner_length);
/* Bytes of free non-volatile memory as GET DATA FF21 tells. */
unsigned long memory_now(struct desk *d);

#endif
