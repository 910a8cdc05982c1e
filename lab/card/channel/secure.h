/* SPDX-License-Identifier: Apache-2.0 */
/* Secure channel commands and the guard around every other command of a security domain (station 7, the
 * card's side); pure but for the card's random numbers; GPCS 2.3.1 10.2, E.1.6, E.5, Amd D 5.6, 7.1. */
#ifndef LAB_CARD_CHANNEL_SECURE_H
#define LAB_CARD_CHANNEL_SECURE_H

#include "card/model/model.h"

#define INS_INITIALIZE_UPDATE     0x50
#define INS_EXTERNAL_AUTHENTICATE 0x82

uint16_t initialize_update(struct job *j);
uint16_t external_authenticate(struct job *j);

/* Checks an incoming command against the session's level and strips its protection. A failure aborts the
 * session. */
uint16_t secure_unwrap(struct job *j);
/* Protects the response; false = internal error. */
bool secure_protect(struct job *j, uint16_t sw);
/* Largest plain response that still fits a short APDU at the session's level. */
size_t secure_room(const struct session *s);
/* Wipes the plain data field of the last command. */
void secure_drop_plain(struct card *c);
/* Forgets keys and state. */
void secure_end(struct session *s);
/* True when the off-card entity is authenticated (GPCS Table 11-2: AUTHENTICATED; scp11_allows judges those
 * who are not the owner). */
bool secure_authenticated(const struct channel *ch);

#endif
