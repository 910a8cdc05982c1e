/* SPDX-License-Identifier: Apache-2.0 */
/* What a security domain receives for itself by STORE DATA: key templates and keys in data groups, data
 * objects in BER-TLV (station 6, the card's side); pure; GPCS 2.3.1 11.11.2.3, 11.11.4. */
#ifndef LAB_CARD_COMMAND_KEY_DGI_H
#define LAB_CARD_COMMAND_KEY_DGI_H

#include "card/applet/dgi.h"
#include "card/model/keys.h"

#define KEY_TEMPLATE_MAX 12   /* keys announced by one DGI 00B9 */
#define OBJECTS_MAX      4096 /* a store of two certificates and more */

struct announced_key {
    struct key key; /* the value comes with DGI 8113 */
    uint8_t kcv[SYM_KCV_LEN];
};

struct setup;

struct key_data {
    struct dgi_stream stream;
    struct announced_key announced[KEY_TEMPLATE_MAX];
    size_t announced_count, received;
    struct key_change change; /* all keys of the run, applied at its last block */
    struct sd *target;
    const struct session *session;
    struct setup *setup; /* confidential set-up: casd/setup.h; NULL without */
    uint8_t objects[OBJECTS_MAX];
    size_t objects_len;
};

/* Wipes and frees what a run has gathered. */
void key_data_drop(struct channel *ch);
/* Takes one data group for d->target; a dgi_taker. */
uint16_t key_data_take(void *key_data, const struct dgi *d);
/* Reads DGI 00B9 in the form of Table 11-92 or with shared attributes in B7 (later releases). */
bool key_template_read(const uint8_t *at, size_t n, struct key_data *to);
/* Stores BER-TLV data objects; generated ones are refused. */
uint16_t objects_store(struct sd *sd, const uint8_t *at, size_t n);

#endif
