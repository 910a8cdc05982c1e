/* SPDX-License-Identifier: Apache-2.0 */
/* What an SCP11 session may do: the replayable SCP11c, and the authorizations of a certificate whose subject
 * does not own the domain (station 10, the card's side); pure; Amd F 1.4 4.6, Annex B, GPCS 2.3.1 Table 11-2.
 */
#include "card/scp11/scp11.h"

#include "card/applet/applet.h"
#include "card/channel/secure.h"
#include "card/command/command.h"
#include "card/content/install.h"
#include "card/model/registry.h"
#include "common/tlv.h"

#include <string.h>

/* Table B-1. */
#define TAG_REGISTRY      0xE3
#define TAG_SYSTEM        0xEF
#define TAG_ANY_PREFIX    0x8A /* deprecated: applications and load files */
#define TAG_APP_PREFIX    0x90
#define TAG_ELF_PREFIX    0x91
#define TAG_PRIVILEGES    0xC5
#define TAG_DATA_GROUPS   0x8B
#define TAG_DATA_OBJECTS  0x8C
#define TAG_DELETE_PREFIX 0x8E

#define TAG_AID         0x4F
#define P1_FOR_LOAD     0x02
#define P1_FOR_INSTALL  0x04
#define P1_SELECTABLE   0x08
#define P1_REGISTRY     0x40
#define FIELD_ELF       0
#define FIELD_APP       2
#define FIELD_PRIVILEGE 3
#define DGI_ID_LEN      2

/* One template of the certificate's BF20. */
static bool rights_of(const struct oce_identity *who, uint32_t template, struct tlv *to)
{
    return who->has_rights && tlv_find(who->rights, who->rights_len, template, to);
}

/* True when an object with this tag is a prefix of the AID. */
static bool prefix_allows(const struct tlv *rights, uint32_t tag, const struct field *aid)
{
    struct tlv t = {0};

    while (t.end < rights->len && tlv_read(rights->value, rights->len, t.end, &t))
        if (t.tag == tag && t.len >= AID_MIN && t.len <= aid->len && memcmp(t.value, aid->at, t.len) == 0)
            return true;
    return false;
}

static bool privileges_allow(const struct tlv *rights, const struct field *asked)
{
    struct tlv t;
    uint32_t wanted;

    if (!tlv_find(rights->value, rights->len, TAG_PRIVILEGES, &t) || t.len != PRIVILEGES_LEN ||
        (asked->len != 1 && asked->len != PRIVILEGES_LEN))
        return false;
    wanted = (uint32_t)lab_number(asked->at, asked->len) << (asked->len == 1 ? 16 : 0);
    return (wanted & ~(uint32_t)lab_number(t.value, t.len)) == 0;
}

static bool may_install(const struct job *j, const struct oce_identity *who)
{
    bool load = j->cmd.p1 == P1_FOR_LOAD;
    struct field f[INSTALL_FIELDS];
    struct tlv rights;

    if (!rights_of(who, TAG_REGISTRY, &rights) ||
        !install_fields(&j->cmd, load ? LOAD_FIELDS : INSTALL_FIELDS, f))
        return false;
    if (load)
        return prefix_allows(&rights, TAG_ELF_PREFIX, &f[FIELD_ELF]) ||
               prefix_allows(&rights, TAG_ANY_PREFIX, &f[FIELD_ELF]);
    if (!prefix_allows(&rights, TAG_APP_PREFIX, &f[FIELD_APP]) &&
        !prefix_allows(&rights, TAG_ANY_PREFIX, &f[FIELD_APP]))
        return false;
    if ((j->cmd.p1 & (P1_FOR_INSTALL | P1_SELECTABLE)) != 0 ||
        (j->cmd.p1 == P1_REGISTRY && f[FIELD_PRIVILEGE].len != 0))
        return privileges_allow(&rights, &f[FIELD_PRIVILEGE]);
    return true;
}

static bool may_delete(const struct job *j, const struct oce_identity *who)
{
    struct tlv rights, name;
    struct field aid;

    if (!tlv_read(j->cmd.data, j->cmd.lc, 0, &name))
        return false;
    if (name.tag != TAG_AID)
        return true; /* keys: SCP11c has been refused before */
    aid = (struct field){.at = name.value, .len = name.len};
    return rights_of(who, TAG_SYSTEM, &rights) && prefix_allows(&rights, TAG_DELETE_PREFIX, &aid);
}

/* Every group of a whole DGI run is in the list of two-byte identifiers. */
static bool groups_allowed(const struct job *j, const struct tlv *list)
{
    size_t at = 0;

    while (at + DGI_ID_LEN < j->cmd.lc) {
        bool found = false;

        for (size_t i = 0; i + DGI_ID_LEN <= list->len; i += DGI_ID_LEN)
            found = found || memcmp(list->value + i, j->cmd.data + at, DGI_ID_LEN) == 0;
        if (!found)
            return false;
        at += DGI_ID_LEN + 1 + j->cmd.data[at + DGI_ID_LEN];
    }
    return at == j->cmd.lc;
}

static bool objects_allowed(const struct job *j, const struct tlv *list)
{
    struct tlv t = {0};

    while (t.end < j->cmd.lc) {
        uint8_t tag[4];
        struct out o;
        bool found = false;

        if (!tlv_read(j->cmd.data, j->cmd.lc, t.end, &t))
            return false;
        out_init(&o, tag, sizeof tag);
        out_tag(&o, t.tag);
        for (size_t i = 0; i + o.len <= list->len; i++)
            found = found || memcmp(list->value + i, tag, o.len) == 0;
        if (!found)
            return false;
    }
    return true;
}

/* The lists bind data for a domain, not for an application. They are judged on whole runs: data for a domain
 * must come in one command here. */
static bool may_store(const struct job *j, const struct oce_identity *who)
{
    bool groups = (j->cmd.p1 & STORE_STRUCTURE) == STORE_STRUCTURE_DGI;
    struct tlv rights, list;

    if (j->ch->perso != NULL && j->ch->perso->sd == NULL)
        return true;
    if (j->ch->store_blocks != 0 || (j->cmd.p1 & STORE_LAST) == 0 || !rights_of(who, TAG_SYSTEM, &rights) ||
        !tlv_find(rights.value, rights.len, groups ? TAG_DATA_GROUPS : TAG_DATA_OBJECTS, &list))
        return false;
    return groups ? groups_allowed(j, &list) : objects_allowed(j, &list);
}

static bool is_delete_key(const struct job *j)
{
    return j->cmd.ins == INS_DELETE && j->cmd.lc > 0 && j->cmd.data[0] != TAG_AID;
}

/* Table B-2 for a subject that is not the owner. */
static bool authorized(const struct job *j, const struct oce_identity *who)
{
    switch (j->cmd.ins) {
    case INS_INSTALL:
        return may_install(j, who);
    case INS_DELETE:
        return may_delete(j, who);
    case INS_STORE_DATA:
        return may_store(j, who);
    case INS_GET_STATUS:
        return j->ch->session.variant != SCP11_C;
    default:
        return true;
    }
}

uint16_t scp11_allows(struct job *j)
{
    const struct session *s = &j->ch->session;
    const struct oce_identity *who = j->ch->oce == NULL ? NULL : &j->ch->oce->session;
    bool allowed = true;

    if (s->phase != SESSION_OPEN || s->scp != SCP11)
        return SW_OK;
    if (s->variant == SCP11_C &&
        (j->cmd.ins == INS_PUT_KEY || j->cmd.ins == INS_SET_STATUS || is_delete_key(j)))
        allowed = false;
    if (allowed && s->authentication == AUTHENTICATED_ANY) {
        /* B.1: authorizations speak only where the domain has Authorized Management; else Table 11-2 holds.
         */
        if (who == NULL || !who->has_rights || !app_has(j->sd->self, PRIV_AUTHORIZED_MANAGEMENT))
            return SW_SECURITY_NOT_SATISFIED;
        allowed = authorized(j, who);
    }
    if (allowed)
        return SW_OK;
    secure_end(&j->ch->session); /* the session is terminated */
    return SW_CONDITIONS_NOT_SATISFIED;
}
