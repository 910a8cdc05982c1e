/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm card readers | info | auth`: what is there, what the card says of itself, whether it knows the key.
 * Station 4. App. [GPCS 11.3.3, Appendix H] */
#include <stdio.h>

#include "app/card/verb/verbs.h"
#include "gp/keys/putkey.h"

enum { VERSION_ROOM = 48 };

enum tsm_err card_readers(struct card *c)
{
    struct pcsc_readers r;
    json_t *list = json_array();
    json_object_set_new(c->doc, "readers", list);
    TRY(pcsc_list(&r));
    for (size_t i = 0; i < r.n; i++)
        json_array_append_new(list, json_pack("{si ss ss}", "index", (int)i, "name", r.at[i].name, "card",
                                              r.at[i].has_card ? "present" : "none"));
    return TSM_OK;
}

static json_t *cplc_json(const struct gp_cplc *p)
{
    const struct {
        const char *member;
        uint32_t value;
        int digits;
    } rows[] = {
        {"fabricator", p->fabricator, 4},
        {"ic_type", p->ic_type, 4},
        {"os", p->os, 4},
        {"os_date", p->os_date, 4},
        {"os_level", p->os_level, 4},
        {"fabrication_date", p->fabrication_date, 4},
        {"serial", p->serial, 8},
        {"batch", p->batch, 4},
    };
    json_t *o = json_object();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        json_object_set_new(o, rows[i].member, json_sprintf("%0*X", rows[i].digits, (unsigned)rows[i].value));
    return o;
}

static json_t *protocols_json(const struct card_sight *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->card.protocols; i++)
        json_array_append_new(
            list, json_sprintf("SCP%02X i=%02X", s->card.protocol[i].protocol, s->card.protocol[i].i));
    return list;
}

static const char *key_word(uint8_t type)
{
    static const struct {
        uint8_t type;
        const char *word;
    } words[] = {{GP_KEY_TDES, "TDES"},        {GP_KEY_PSK_TLS, "PSK"},     {GP_KEY_AES, "AES"},
                 {GP_KEY_RSA_EXPONENT, "RSA"}, {GP_KEY_RSA_MODULUS, "RSA"}, {GP_KEY_ECC_PUBLIC, "ECC"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].type == type)
            return words[i].word;
    return "other";
}

json_t *card_sets_json(const struct card_sight *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->sets; i++) {
        const struct sight_keyset *k = &s->set[i];
        json_t *o =
            json_pack("{ss si si}", "type", key_word(k->type), "bits", k->length * 8, "keys", (int)k->keys);
        card_set_hex(o, "kvn", BYTES_OF(&k->kvn, 1));
        json_array_append_new(list, o);
    }
    return list;
}

/* "2.3.1": the arcs behind {globalPlatform 2} [GPCS H.1.1]. */
static void set_version(json_t *doc, struct bytes arcs)
{
    char text[VERSION_ROOM] = "";
    size_t len = 0;
    for (size_t i = 0; i < arcs.len && len + 5 < sizeof text; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%u", i ? "." : "", arcs.at[i]);
    if (len)
        json_object_set_new(doc, "globalplatform", json_string(text));
}

/* Known: the exact profile. Else every profile that contradicts nothing, and one proposed for the card. */
static json_t *profile_json(const struct card *c)
{
    static const char *const words[] = {"unknown", "known", "several"};
    json_t *o = json_pack("{ss}", "match", words[c->match.kind]), *fits = json_array();
    if (c->match.kind == MATCH_ONE) {
        json_object_set_new(o, "name", json_string(c->catalogue[c->match.index].name));
        json_decref(fits);
        return o;
    }
    for (size_t i = 0; i < c->profiles; i++) {
        struct profile_fit f;
        profile_fit(&c->catalogue[i], &c->sight, &f);
        if (f.fit != FIT_NOT)
            json_array_append_new(fits, json_string(c->catalogue[i].name));
    }
    json_object_set_new(o, "not_contradicted", fits);
    json_object_set_new(o, "proposal", profile_propose(&c->sight));
    return o;
}

static void set_memory(json_t *doc, const struct card_sight *s)
{
    if (!s->has_resources)
        return;
    json_object_set_new(doc, "applications", json_integer(s->resources.applications));
    json_object_set_new(doc, "free_nonvolatile", json_integer(s->resources.free_nonvolatile));
    json_object_set_new(doc, "free_volatile", json_integer(s->resources.free_volatile));
}

enum tsm_err card_info(struct card *c)
{
    const struct card_sight *s = &c->sight;
    json_t *faults = json_array();
    if (!c->reader) {
        json_decref(faults);
        return TSM_OK;
    }
    card_set_hex(c->doc, "atr", pcsc_atr(c->reader));
    card_set_hex(c->doc, "isd_aid", s->isd_aid);
    set_version(c->doc, s->card.version);
    json_object_set_new(c->doc, "protocols", protocols_json(s));
    json_object_set_new(c->doc, "keysets", card_sets_json(s));
    if (s->has_cplc)
        json_object_set_new(c->doc, "cplc", cplc_json(&s->cplc));
    if (s->issuer.len)
        card_set_hex(c->doc, "issuer", s->issuer);
    if (s->image.len)
        card_set_hex(c->doc, "image", s->image);
    if (s->max_data)
        json_object_set_new(c->doc, "max_data", json_integer(s->max_data));
    set_memory(c->doc, s);
    for (size_t i = 0; i < s->faults; i++)
        json_array_append_new(faults, json_string(s->fault[i]));
    json_object_set_new(c->doc, "unreadable", faults);
    json_object_set_new(c->doc, "profile", profile_json(c));
    return TSM_OK;
}

enum tsm_err card_auth(struct card *c)
{
    card_tell_channel(c);
    return TSM_OK;
}
