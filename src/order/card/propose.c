/* SPDX-License-Identifier: Apache-2.0 */
/* A profile for a card that no profile knows, from what the card says and, marked so, from custom. Station 4.
 * Pure. [GPCS Appendix H, Table 11-16] */
#include <stdio.h>

#include "base/hex.h"
#include "gp/channel/init_update.h"
#include "gp/keys/putkey.h"
#include "order/card/match.h"

/* What most cards have [GP Common Implementation Configuration; not checked against its text]. */
#define ISD_AID     "A000000151000000"
#define SSD_PACKAGE "A0000001515350"
#define SSD_MODULE  "A000000151535041"

enum {
    PROTOCOL_SCP80 = 0x80,
    KIND_OCTETS = 10, /* of the CPLC: fabricator, type, operating system, its date and level */
    MEMORY_GUESS = 65536,
    COMMAND_MAX = 255,
    COMMAND_MIN = 32,
    KVN_INITIAL = 0xFF,
    TYPE_TDES_LAST = 0x84,
};

struct proposal {
    json_t *profile, *assumed;
};

static void set_text(struct proposal *p, const char *member, const char *text)
{
    json_object_set_new(p->profile, member, json_string(text));
}

static void set_number(struct proposal *p, const char *member, json_int_t n)
{
    json_object_set_new(p->profile, member, json_integer(n));
}

static void assume(struct proposal *p, const char *member, const char *why)
{
    json_object_set_new(p->assumed, member, json_string(why));
}

/* The kind of chip and operating system names the profile and knows its cards again; serial and dates of the
 * single card stand behind and are left out. */
static void propose_name(struct proposal *p, const struct card_sight *s)
{
    char name[PROFILE_NAME_MAX + 1], pattern[2 * KIND_OCTETS + 1];
    struct bytes kind;
    if (s->has_cplc && bytes_part(s->cplc_value, 0, KIND_OCTETS, &kind) == TSM_OK) {
        snprintf(name, sizeof name, "card-%04X-%04X-%04X-%04X", s->cplc.fabricator, s->cplc.ic_type,
                 s->cplc.os, s->cplc.os_level);
        set_text(p, "name", name);
        set_text(p, "cplc", hex_text(kind, pattern));
        return;
    }
    set_text(p, "name", "card-unknown");
    assume(p, "name", "the card gives no production data (9F7F): it will not be known again");
}

static void propose_domains(struct proposal *p, const struct card_sight *s)
{
    char aid[2 * 16 + 1];
    bool told = s->isd_aid.len >= 5 && s->isd_aid.len <= 16;
    set_text(p, "isd_aid", told ? hex_text(s->isd_aid, aid) : ISD_AID);
    if (!told)
        assume(p, "isd_aid", "not in the answer to SELECT; the usual one");
    set_text(p, "ssd_package", SSD_PACKAGE);
    set_text(p, "ssd_module", SSD_MODULE);
    assume(p, "ssd_package", "the usual one; see the list of load files");
    assume(p, "ssd_module", "the usual one; see the list of load files");
}

/* The strongest that is offered: SCP03, SCP02, SCP80. */
static uint8_t choose_protocol(const struct card_sight *s, uint8_t *i)
{
    static const uint8_t order[] = {SCP03, SCP02, PROTOCOL_SCP80};
    for (size_t n = 0; n < sizeof order; n++)
        if (card_sight_offers(s, order[n], i))
            return order[n];
    return 0;
}

static uint8_t level_of(uint8_t protocol, uint8_t i)
{
    if (protocol == SCP03 && i & SCP03_I_R_ENCRYPTION)
        return 0x33;
    return i & (protocol == SCP03 ? SCP03_I_R_MAC : SCP02_I_R_MAC) ? 0x13 : 0x03;
}

static void propose_channel(struct proposal *p, const struct card_sight *s)
{
    uint8_t i = 0x70, protocol = choose_protocol(s, &i);
    if (protocol == 0) {
        protocol = SCP03;
        assume(p, "protocol", "neither 66 nor 67 names one");
        assume(p, "i", "neither 66 nor 67 tells it");
    }
    set_text(p, "bearer", protocol == PROTOCOL_SCP80 ? "sms" : "seram");
    set_number(p, "protocol", protocol);
    if (protocol != PROTOCOL_SCP80) {
        set_number(p, "i", i);
        set_number(p, "level", level_of(protocol, i));
    }
}

static bool is_for(const struct sight_keyset *k, json_int_t protocol)
{
    if (protocol == PROTOCOL_SCP80)
        return k->kvn >= 1 && k->kvn <= 15;
    return protocol == SCP03 ? k->type == GP_KEY_AES : k->type >= GP_KEY_TDES && k->type <= TYPE_TDES_LAST;
}

/* Versions by custom: 01-0F SCP80, 20-2F SCP02, 30-3F SCP03 [GPCS 11.8.2 note; GP UICC Configuration]. */
static void propose_versions(struct proposal *p, const struct card_sight *s)
{
    json_int_t protocol = json_integer_value(json_object_get(p->profile, "protocol")), isd = 0;
    json_int_t first = protocol == PROTOCOL_SCP80 ? 2 : protocol == SCP03 ? 0x30 : 0x20;
    for (size_t i = 0; i < s->sets && isd == 0; i++)
        if (is_for(&s->set[i], protocol))
            isd = s->set[i].kvn;
    if (isd == 0)
        assume(p, "isd_kvn", "the key information (E0) names no set for this protocol");
    isd = isd ? isd : protocol == PROTOCOL_SCP80 ? 1 : KVN_INITIAL;
    set_number(p, "isd_kvn", isd);
    set_number(p, "first_kvn", first);
    set_number(p, "own_kvn", first + 1);
    assume(p, "first_kvn", "by custom for this protocol");
    assume(p, "own_kvn", "by custom for this protocol");
}

static void propose_sizes(struct proposal *p, const struct card_sight *s)
{
    json_int_t max = s->max_data >= COMMAND_MIN && s->max_data <= COMMAND_MAX ? s->max_data : COMMAND_MAX;
    json_int_t memory = s->has_resources ? (json_int_t)s->resources.free_nonvolatile : MEMORY_GUESS;
    set_number(p, "memory", memory < PROFILE_MEMORY_MAX ? memory : PROFILE_MEMORY_MAX);
    assume(p, "memory", s->has_resources ? "what is free now (FF21)" : "the card gives no FF21: a guess");
    set_number(p, "command_max", max);
    if (s->max_data == 0)
        assume(p, "command_max", "9F65 is not in the answer to SELECT");
}

json_t *profile_propose(const struct card_sight *s)
{
    struct proposal p = {json_object(), json_object()};
    if (p.profile && p.assumed) {
        propose_name(&p, s);
        propose_channel(&p, s);
        propose_domains(&p, s);
        propose_versions(&p, s);
        propose_sizes(&p, s);
    }
    return json_pack("{so so}", "profile", p.profile, "assumed", p.assumed);
}
