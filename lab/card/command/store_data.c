/* SPDX-License-Identifier: Apache-2.0 */
/* STORE DATA: block order, hand-over to the personalization target, keys and data objects of the domain
 * itself (stations 6 and 7, the card's side); pure; GPCS 2.3.1 7.3.2, 11.11. */
#include "card/command/command.h"
#include "card/command/key_dgi.h"
#include "card/casd/casd.h"
#include "card/model/registry.h"
#include "card/scp11/scp11.h"
#include "common/tlv.h"

#include <stdlib.h>
#include <string.h>

#define DGI_TLV                0x0070
#define DGI_TEMPLATE           0x00B9
#define DGI_SECRET             0x8113
#define ENCRYPTION_RFU         0x40
#define STRUCTURE_RFU          0x18
#define TAG_REFERENCE_TEMPLATE 0xA6 /* Amd F 7.8 to 7.10 */

void key_data_drop(struct channel *ch)
{
    if (ch->key_data == NULL)
        return;
    casd_drop_setup(ch->key_data);
    lab_wipe(ch->key_data, sizeof *ch->key_data);
    free(ch->key_data);
    ch->key_data = NULL;
}

void personalization_end(struct channel *ch)
{
    ch->perso = NULL;
    ch->store_blocks = 0;
    key_data_drop(ch);
}

/* DGI 8113 follows its template, one for each announced key; the value is always encrypted (Table 11-93). */
static uint16_t take_secret(struct key_data *k, const struct dgi *d)
{
    struct announced_key *a = &k->announced[k->received];
    uint8_t plain[SYM_MAX_KEY];
    uint8_t kcv[SYM_KCV_LEN];
    uint16_t sw = SW_WRONG_DATA;

    if (k->received == k->announced_count || d->len > sizeof plain || d->len < a->key.secret.len ||
        k->change.count == SD_MAX_KEYS)
        return SW_WRONG_DATA;
    memcpy(plain, d->value, d->len);
    if (d->encrypted || session_decrypt(k->session, d->value, d->len, plain)) {
        memcpy(a->key.secret.value, plain, a->key.secret.len);
        if (!sym_kcv(&a->key.secret, kcv))
            sw = SW_WRONG_DATA;
        else if (!lab_same(kcv, a->kcv, sizeof kcv))
            sw = SW_SECURITY_NOT_SATISFIED; /* 11.11.4.1 */
        else
            sw = SW_OK;
    }
    lab_wipe(plain, sizeof plain);
    if (sw != SW_OK)
        return sw;
    k->change.keys[k->change.count++] = a->key;
    k->received++;
    return SW_OK;
}

uint16_t key_data_take(void *key_data, const struct dgi *d)
{
    struct key_data *k = key_data;

    if (d->id == DGI_SECRET)
        return take_secret(k, d);
    if (casd_takes(d->id))
        return casd_take(k, d);
    if (k->received < k->announced_count)
        return SW_WRONG_DATA;
    if (d->id == DGI_TEMPLATE)
        return key_template_read(d->value, d->len, k) ? SW_OK : SW_WRONG_DATA;
    if (d->id == DGI_TLV)
        return objects_store(k->target, d->value, d->len);
    return SW_REFERENCE_NOT_FOUND;
}

/* BER-TLV objects may also be cut at command borders, so they are gathered until the last block. */
static uint16_t gather_objects(struct key_data *k, const struct store_data *s)
{
    if (s->len > OBJECTS_MAX - k->objects_len)
        return SW_NO_MEMORY;
    if (s->len > 0)
        memcpy(k->objects + k->objects_len, s->data, s->len);
    k->objects_len += s->len;
    if ((s->p1 & STORE_LAST) == 0)
        return SW_OK;
    if (k->objects_len > 0 && k->objects[0] == TAG_REFERENCE_TEMPLATE)
        return scp11_store(k->target, k->session, k->objects, k->objects_len);
    return objects_store(k->target, k->objects, k->objects_len);
}

static uint16_t finish_keys(struct job *j, struct key_data *k)
{
    if (k->received < k->announced_count)
        return SW_WRONG_DATA;
    if (k->setup != NULL)
        return k->change.count == 0 ? casd_finish(j, k) : SW_WRONG_DATA;
    if (k->change.count == 0)
        return SW_OK;
    k->change.load_or_update = true;
    return sd_change_keys(k->target, &k->change);
}

/* The data is for a security domain: the one at work or, as its parent's target, a new one. */
static uint16_t store_in_domain(struct job *j, struct sd *target, const struct store_data *s)
{
    struct key_data *k;
    uint16_t sw;

    if (j->ch->key_data == NULL)
        j->ch->key_data = calloc(1, sizeof *j->ch->key_data);
    k = j->ch->key_data;
    if (k == NULL)
        return SW_NO_MEMORY;
    k->target = target;
    k->session = &j->ch->session;
    if ((s->p1 & STORE_STRUCTURE) != STORE_STRUCTURE_DGI)
        return k->stream.open || k->received < k->announced_count ? SW_WRONG_DATA : gather_objects(k, s);
    if (k->objects_len != 0)
        return SW_WRONG_DATA;
    sw = dgi_feed(&k->stream, s, key_data_take, k);
    return sw == SW_OK && (s->p1 & STORE_LAST) != 0 ? finish_keys(j, k) : sw;
}

static uint16_t hand_over(struct job *j, const struct store_data *s)
{
    struct app *target = j->ch->perso != NULL ? j->ch->perso : j->sd->self;

    if (app_is_locked(target))
        return SW_CONDITIONS_NOT_SATISFIED;
    if (target->sd != NULL)
        return store_in_domain(j, target->sd, s);
    return target->native->store(target, s);
}

uint16_t sd_store_data(struct job *j)
{
    struct store_data s = {
        .p1 = j->cmd.p1,
        .first = j->ch->store_blocks == 0,
        .data = j->cmd.data,
        .len = j->cmd.lc,
        .session = &j->ch->session,
        .job = j,
    };
    uint16_t sw;

    if (j->cmd.p2 != (j->ch->store_blocks & 0xFF) || (s.p1 & STRUCTURE_RFU) == STRUCTURE_RFU ||
        (s.p1 & STORE_ENCRYPTION) == ENCRYPTION_RFU)
        sw = SW_WRONG_P1P2;
    else
        sw = hand_over(j, &s);
    /* 11.11.3.1: there is an answer, and the command leaves no room for one. */
    if (!sw_is_error(sw) && j->reply->len > 0 && (s.p1 & STORE_CASE_4) == 0)
        sw = SW_WRONG_P1P2;
    if (sw == SW_OK && (s.p1 & STORE_LAST) == 0) {
        j->ch->store_blocks++;
        return SW_OK;
    }
    /* The counter starts again after the last block and after an error (11.11.2.2); only the last block ends
     * the personalization session. */
    j->ch->store_blocks = 0;
    key_data_drop(j->ch);
    if (sw == SW_OK)
        j->ch->perso = NULL;
    return sw;
}
