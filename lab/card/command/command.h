/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of a security domain and of the OPEN, each a function of one job that returns a status word
 * (station 10, the card's side); pure; GPCS 2.3.1 chapter 11. */
#ifndef LAB_CARD_COMMAND_COMMAND_H
#define LAB_CARD_COMMAND_COMMAND_H

#include "card/model/model.h"

#define INS_GET_RESPONSE   0xC0
#define INS_MANAGE_CHANNEL 0x70
#define INS_SELECT         0xA4
#define INS_GET_DATA       0xCA
#define INS_GET_DATA_ODD   0xCB
#define INS_PUT_KEY        0xD8
#define INS_STORE_DATA     0xE2
#define INS_DELETE         0xE4
#define INS_INSTALL        0xE6
#define INS_LOAD           0xE8
#define INS_SET_STATUS     0xF0
#define INS_GET_STATUS     0xF2

/* P1.b8 of INSTALL, DELETE and PUT KEY: more commands follow (11.1.5.1), gathered by channel/chain.h. */
#define P1_MORE_COMMANDS 0x80

/* OPEN */
uint16_t select_by_name(struct job *j);
uint16_t manage_channel(struct job *j);
/* Selects what a reset selects on a channel (6.4.2.1.1). */
void select_implicitly(struct card *c, struct channel *ch);
/* Ends the application session: secure channel, personalization target, partial load, continuation. */
void channel_clear(struct card *c, struct channel *ch);
/* Ends the personalization session: target, block counter, what a run has gathered (11.11.1, 11.11.2.2). */
void personalization_end(struct channel *ch);

/* A security domain's commands; the guard of channel/secure.h has already passed. */
uint16_t sd_get_data(struct job *j);
uint16_t sd_get_status(struct job *j);
uint16_t sd_set_status(struct job *j);
uint16_t sd_put_key(struct job *j);
uint16_t sd_store_data(struct job *j);
uint16_t sd_install(struct job *j);
uint16_t sd_load(struct job *j);
uint16_t sd_delete(struct job *j);

/* Appends the value of a data object as GET DATA would return it; false when the domain has none. */
bool sd_data_object(struct card *c, struct sd *sd, uint16_t tag, struct out *o);

/* The answer of a command without confirmation data: a single byte 00 (11.1.6). */
void no_confirmation(struct job *j);

#endif
