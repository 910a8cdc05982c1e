/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts: the card's signed answer to a command that a token has allowed (station 10, the card's side);
 * pure; GPCS 2.3.1 9.1.3.6, 11.1.6, C.5. */
#include "card/delegated/receipt.h"

#include "card/command/command.h"
#include "card/delegated/authority.h"
#include "card/delegated/signature.h"
#include "common/tlv.h"

#include <stdlib.h>

#define LAST_CONFIRMATION 32767 /* the counter never starts again (C.5) */
#define COUNTER_LEN       2
#define UNIQUE_MAX        64
#define DATA_MAX          128 /* confirmation data */
#define BODY_MAX          255 /* 11.2.3.1: the whole answer in 256 bytes */
#define ITEM_HEAD         3

#define TAG_ISSUER_NUMBER 0x42
#define TAG_IMAGE_NUMBER  0x45

/* The domain that makes the receipt; NULL when none is due. */
static struct sd *maker(const struct job *j)
{
    if (!j->delegated || j->card->quirks.no_receipts)
        return NULL;
    return authority_holder(j->card, j->sd->self, PRIV_RECEIPT);
}

/* Table 11-14; false when the domain has no identity or it is too long. */
static bool confirmation_data(const struct job *j, struct sd *sd, struct out *o)
{
    uint8_t unique[UNIQUE_MAX];
    struct out u;

    out_init(&u, unique, sizeof unique);
    sd_data_object(j->card, sd, TAG_ISSUER_NUMBER, &u);
    sd_data_object(j->card, sd, TAG_IMAGE_NUMBER, &u);
    if (u.full || u.len == 0)
        return false;
    if (j->card->faults.receipt_other_card)
        unique[u.len - 1] ^= 0x01;
    out_number(o, COUNTER_LEN, 1);
    out_number(o, sd->confirmations + (j->card->quirks.receipts_from_1 ? 1U : 0U), COUNTER_LEN);
    out_lv(o, unique, u.len);
    if (j->token_id != NULL)
        out_lv(o, j->token_id, j->token_id_len);
    return !o->full;
}

bool receipt_possible(const struct job *j)
{
    struct sd *sd = maker(j);
    uint8_t data[DATA_MAX];
    struct signing_key key;
    struct out o;

    if (sd == NULL)
        return true;
    key = signature_key(sd, KVN_RECEIPT);
    out_init(&o, data, sizeof data);
    return signature_can_make(&key) && sd->confirmations < LAST_CONFIRMATION && confirmation_data(j, sd, &o);
}

/* Confirmation data, then each item with its length; returns the signature's length, 0 on failure. */
static size_t sign(struct sd *sd, const struct out *data, const struct field *items, size_t count,
                   uint8_t signature[ASYM_MAX_SIGNATURE])
{
    struct signing_key key = signature_key(sd, KVN_RECEIPT);
    size_t n, room = data->len;
    uint8_t *input;
    struct out o;

    for (size_t i = 0; i < count; i++)
        room += ITEM_HEAD + items[i].len;
    input = malloc(room);
    if (input == NULL)
        return 0;
    out_init(&o, input, room);
    out_bytes(&o, data->at, data->len);
    for (size_t i = 0; i < count; i++)
        out_lv(&o, items[i].at, items[i].len);
    n = signature_make(&key, input, o.len, signature);
    free(input);
    return n;
}

void receipt_answer(struct job *j, const struct field *items, size_t count)
{
    struct sd *sd = maker(j);
    uint8_t at[DATA_MAX], body_at[BODY_MAX], signature[ASYM_MAX_SIGNATURE];
    struct out data, body;
    size_t n;

    if (sd == NULL)
        return;
    out_init(&data, at, sizeof at);
    out_init(&body, body_at, sizeof body_at);
    if (!confirmation_data(j, sd, &data))
        return;
    n = sign(sd, &data, items, count, signature);
    if (!j->card->faults.receipt_replay)
        sd->confirmations++;
    if (n == 0 || j->card->faults.receipt_missing)
        return;
    if (j->card->faults.receipt_wrong)
        signature[0] ^= 0x01;
    out_lv(&body, signature, n);
    out_bytes(&body, data.at, data.len);
    out_lv(j->reply, body.at, body.len);
}

struct field receipt_name(const struct aid *aid)
{
    return aid == NULL ? (struct field){0} : (struct field){.at = aid->value, .len = aid->len};
}
