/* SPDX-License-Identifier: Apache-2.0 */
/* STORE DATA and GET DATA of what hangs on SCP11 keys: certificate stores, allowlists, CA identifiers
 * (station 6, the card's side); pure; Amd F 1.4 7.2 to 7.4, 7.8 to 7.10. */
#include "card/scp11/scp11.h"

#include "card/model/keys.h"
#include "card/model/registry.h"
#include "common/tlv.h"

#include <stdlib.h>
#include <string.h>

#define TAG_CRT          0xA6
#define TAG_REFERENCE    0x83 /* key identifier, key version */
#define TAG_KIND         0x80 /* 0 CA-KLOC, 1 CA-KLCC */
#define TAG_STORE        0xBF21
#define TAG_LIST         0x70
#define TAG_COUNTER      0x92
#define TAG_KLOC_NAMES   0xFF33
#define TAG_KLCC_NAMES   0xFF34
#define TAG_KLOC_KEY     0x0083
#define LIST_COUNTER_MAX 32767

/* Contents of a control reference template. */
struct reference {
    bool has_key, has_name, has_kind, klcc;
    uint8_t kid, kvn;
    struct octets name;
};

static bool read_reference(const struct tlv *crt, struct reference *r)
{
    struct tlv t = {0};

    *r = (struct reference){0};
    while (t.end < crt->len) {
        if (!tlv_read(crt->value, crt->len, t.end, &t))
            return false;
        if (t.tag == TAG_REFERENCE && t.len == 2 && !r->has_key) {
            r->has_key = true;
            r->kid = t.value[0];
            r->kvn = t.value[1];
        } else if (t.tag == TAG_CA_IDENTIFIER && t.len >= 1 && t.len <= CA_IDENTIFIER_MAX && !r->has_name) {
            r->has_name = true;
            r->name = (struct octets){.at = t.value, .len = t.len};
        } else if (t.tag == TAG_KIND && t.len == 1 && t.value[0] <= 1 && !r->has_kind) {
            r->has_kind = true;
            r->klcc = t.value[0] == 1;
        } else {
            return false;
        }
    }
    return true;
}

/* All certificates in one format, whole, in either format (7.8). */
static bool is_store(const struct tlv *store)
{
    struct tlv t = {0};
    uint32_t format = 0;

    while (t.end < store->len) {
        if (!tlv_read(store->value, store->len, t.end, &t) || (format != 0 && t.tag != format))
            return false;
        format = t.tag;
    }
    return format == TAG_CERTIFICATE || format == TAG_X509;
}

static uint16_t put_store(struct sd *sd, const struct asym_entry *key, const struct tlv *store)
{
    struct scp11_link *l;
    uint8_t *copy;

    if (!scp11_is_private(key) || !is_store(store))
        return SW_WRONG_DATA;
    if (store->len > SCP11_STORE_MAX)
        return SW_NO_MEMORY;
    l = scp11_link(sd, key->kvn, key->kid, true);
    copy = malloc(store->len);
    if (l == NULL || copy == NULL ||
        (store->len > l->store_len &&
         !memory_take(sd->card, sd->self, (uint32_t)(store->len - l->store_len)))) {
        free(copy);
        return SW_NO_MEMORY;
    }
    if (store->len < l->store_len)
        memory_give(sd->card, sd->self, (uint32_t)(l->store_len - store->len));
    memcpy(copy, store->value, store->len);
    free(l->store);
    l->store = copy;
    l->store_len = store->len;
    return SW_OK;
}

static bool is_list(const struct tlv *list)
{
    struct tlv t = {0};

    while (t.end < list->len)
        if (!tlv_read(list->value, list->len, t.end, &t) || t.tag != TAG_SERIAL || t.len == 0)
            return false;
    return true;
}

/* Whoever was recognised before the list changed must show a certificate again (7.6.1, 7.9). */
static void forget_oce(struct sd *sd)
{
    struct card *c = sd->card;

    sd->scp11->kept.known = false;
    for (size_t i = 0; i < CARD_CHANNELS; i++)
        if (c->channels[i].oce != NULL && c->channels[i].oce->identity.domain == sd)
            c->channels[i].oce->identity.known = false;
}

/* `counter` is there in an SCP11c session and only there (7.9). */
static uint16_t put_list(struct sd *sd, const struct session *s, const struct asym_entry *key,
                         const struct tlv *counter, const struct tlv *list)
{
    bool replayable = s->scp == SCP11 && s->variant == SCP11_C;
    struct scp11_link *l;
    uint64_t n = 0;

    if (s->authentication != AUTHENTICATED_OWNER)
        return SW_SECURITY_NOT_SATISFIED;
    if (!scp11_is_authority(key) || !is_list(list) || replayable != (counter != NULL))
        return SW_WRONG_DATA;
    if (list->len > SCP11_LIST_MAX)
        return SW_NO_MEMORY;
    l = scp11_link(sd, key->kvn, key->kid, true);
    if (l == NULL)
        return SW_NO_MEMORY;
    if (counter != NULL) {
        n = counter->len == 2 ? lab_number(counter->value, 2) : 0;
        if (n > LIST_COUNTER_MAX || n <= l->list_counter || l->list_counter == LIST_COUNTER_MAX)
            return SW_WRONG_DATA;
        l->list_counter = (uint16_t)n;
    }
    l->listed = list->len > 0;
    l->list_len = list->len;
    if (list->len > 0)
        memcpy(l->list, list->value, list->len);
    forget_oce(sd);
    return SW_OK;
}

static uint16_t put_name(struct sd *sd, const struct reference *r, const struct asym_entry *key)
{
    struct scp11_link *l;

    if (!r->has_name || (r->klcc ? !scp11_is_private(key) : !scp11_is_authority(key)))
        return SW_WRONG_DATA;
    l = scp11_link(sd, key->kvn, key->kid, true);
    if (l == NULL)
        return SW_NO_MEMORY;
    memcpy(l->ca, r->name.at, r->name.len);
    l->ca_len = r->name.len;
    return SW_OK;
}

uint16_t scp11_store(struct sd *sd, const struct session *s, const uint8_t *at, size_t n)
{
    struct tlv crt, first = {0}, second = {0};
    struct reference r;
    struct asym_entry *key;

    if (!tlv_read(at, n, 0, &crt) || crt.tag != TAG_CRT || !read_reference(&crt, &r) || !r.has_key)
        return SW_WRONG_DATA;
    key = sd_asym(sd, r.kvn, r.kid);
    if (key == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if (crt.end == n)
        return put_name(sd, &r, key);
    if (r.has_name || r.has_kind || !tlv_read(at, n, crt.end, &first))
        return SW_WRONG_DATA;
    if (first.tag == TAG_STORE && first.end == n)
        return put_store(sd, key, &first);
    if (first.tag == TAG_LIST && first.end == n)
        return put_list(sd, s, key, NULL, &first);
    if (first.tag == TAG_COUNTER && tlv_read(at, n, first.end, &second) && second.tag == TAG_LIST &&
        second.end == n)
        return put_list(sd, s, key, &first, &second);
    return SW_WRONG_DATA;
}

/* The template in the command's data field. */
static bool read_request(const struct job *j, struct reference *r)
{
    struct tlv crt;

    return tlv_read(j->cmd.data, j->cmd.lc, 0, &crt) && crt.tag == TAG_CRT && crt.end == j->cmd.lc &&
           read_reference(&crt, r) && r->has_key != r->has_name && !r->has_kind;
}

static uint16_t get_store(struct job *j, struct sd *owner)
{
    const struct asym_entry *key;
    const struct scp11_link *l;
    struct reference r;

    if (!read_request(j, &r))
        return SW_WRONG_DATA;
    key = r.has_key ? sd_asym(owner, r.kvn, r.kid) : scp11_by_authority(owner, &r.name, 0);
    l = key == NULL ? NULL : scp11_link(owner, key->kvn, key->kid, false);
    if (l == NULL || l->store == NULL)
        return SW_REFERENCE_NOT_FOUND;
    out_tlv(j->reply, TAG_STORE, l->store, l->store_len);
    if (j->card->faults.certificate && !j->reply->full)
        j->reply->at[j->reply->len - 1] ^= 0x01;
    return SW_OK;
}

static uint16_t get_authority_key(struct job *j, struct sd *owner)
{
    const struct asym_entry *key;
    struct reference r;

    if (!read_request(j, &r) || !r.has_name)
        return SW_WRONG_DATA;
    key = scp11_by_authority(owner, &r.name, KID_CA_KLOC);
    if (key == NULL)
        return SW_REFERENCE_NOT_FOUND;
    out_tlv(j->reply, TAG_REFERENCE, (const uint8_t[]){key->kid, key->kvn}, 2);
    return SW_OK;
}

static uint16_t list_names(struct job *j, struct sd *owner, uint16_t tag)
{
    size_t mark = out_open(j->reply, tag);

    for (size_t i = 0; owner->scp11 != NULL && i < SCP11_MAX_LINKS; i++) {
        const struct scp11_link *l = &owner->scp11->links[i];
        const struct asym_entry *key = sd_asym(owner, l->kvn, l->kid);

        if (key == NULL || l->ca_len == 0 || scp11_is_authority(key) != (tag == TAG_KLOC_NAMES))
            continue;
        out_tlv(j->reply, TAG_CA_IDENTIFIER, l->ca, l->ca_len);
        out_tlv(j->reply, TAG_REFERENCE, (const uint8_t[]){l->kid, l->kvn}, 2);
    }
    out_close(j->reply, mark);
    return SW_OK;
}

uint16_t scp11_get_data(struct job *j, uint16_t tag)
{
    struct sd *owner = sd_key_owner(j->sd);

    if (sd_option(j->sd, SCP11) == NULL)
        return SW_FUNCTION_NOT_SUPPORTED;
    switch (tag) {
    case TAG_STORE:
        return get_store(j, owner);
    case TAG_KLOC_KEY:
        return get_authority_key(j, owner);
    case TAG_KLOC_NAMES:
    case TAG_KLCC_NAMES:
        return j->cmd.lc == 0 ? list_names(j, owner, tag) : SW_WRONG_DATA;
    default:
        return SW_FUNCTION_NOT_SUPPORTED;
    }
}
