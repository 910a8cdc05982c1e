/* SPDX-License-Identifier: Apache-2.0 */
/* One line of an inventory file: a secure element with its names, and one of its key sets. Station 1. Pure
 * but for jansson. */
#ifndef TSM_ROLE_SEM_INVENTORY_LINE_H
#define TSM_ROLE_SEM_INVENTORY_LINE_H

#include "gp/keys/diversify.h"
#include "role/sem/internal.h"
#include "vault/keys/handover.h"

enum {
    LINE_KEYS_MAX = 3 * 32 + 28,
    LINE_KCVS_MAX = KEYSET_KEYS * GP_KCV_LEN,
    LINE_MASTERS_MAX = 160,
    ICCID_MAX = 32,
    IIN_MAX = 16,
    MSISDN_MAX = 15
};

/* Every name of an element; "" where it has none of the kind. */
struct se_names {
    char iccid[ICCID_MAX + 1], seid[IDENT_MAX + 1], eid[ICCID_MAX + 1], cplc[IDENT_MAX + 1],
        cin[IDENT_MAX + 1]; /* tag 45, behind tag 42 where a line has that, too */
};
/* Whose subscription and device the element is in: order/states.h. */
struct se_around {
    int subscription, device; /* -1: the line does not say */
};

struct import_line {
    struct se_names names;
    char bound[IDENT_MAX + 1]; /* the first name as the line writes it: sealed keys are bound to it */
    char msisdn[MSISDN_MAX + 1], imsi[MSISDN_MAX + 1], iin[IIN_MAX + 1], profile[PROFILE_NAME_MAX + 1];
    char master[LINE_MASTERS_MAX + 1]; /* one name in the owner's token, or three with commas between */
    char enc[65], mac[65], dek[65], sealed[2 * LINE_KEYS_MAX + 1], kcv[2 * LINE_KCVS_MAX + 1];
    char kdd[2 * GP_DIVERSIFICATION_LEN + 1];
    struct se_around around;
    int protocol, alg, kdf; /* -1: no key set, not said, no derivation; see the words in the source */
    int64_t kvn, key_len;   /* key_len 0: as long as the keys are */
};

/* A line without protocol, version and keys registers the element alone; then the profile may be missing,
 * too, until the element is identified. Every refusal names the member. Keys are to be wiped by line_wipe. */
enum tsm_err import_line_read(const json_t *object, struct import_line *out);
/* May a line have a member of this name? */
bool import_line_knows(const char *name);
void line_wipe(struct import_line *l);
static inline bool line_has_keys(const struct import_line *l)
{
    return l->protocol >= 0;
}
/* Every name by itself, and at least one: the form only. Hex becomes upper-case, and the F that fills an
 * ICCID up to whole octets on the card [TS 102 221 13.2] goes. */
enum tsm_err se_names_read(struct se_names *n);
/* The key set of the line; `room` receives the key bytes, the row's spans point there and into the line.
 * `sealed`: they are under the file key. Derived ones have no bytes: the masters are named in `master`. */
struct line_keys {
    uint8_t room[LINE_KEYS_MAX], kdd[GP_DIVERSIFICATION_LEN];
    char names[LINE_MASTERS_MAX + 1];
    const char *master[KEYSET_KEYS];
    struct import_row row;
    enum gp_kdf kdf;
    bool sealed, derived;
};
enum tsm_err import_line_keys(const struct import_line *line, struct line_keys *out);
/* The name that stands first, for messages and as AAD: iccid, seid, eid, cplc, cin. */
const char *se_names_first(const struct se_names *n);

#endif
