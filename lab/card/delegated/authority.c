/* SPDX-License-Identifier: Apache-2.0 */
/* Who may change card content and on whose word: the owner of a managing domain, or anybody with a token of
 * the domain that verifies tokens (station 6, the card's side); pure; GPCS 2.3.1 9.1.3, 9.2.3, C.4. */
#include "card/delegated/authority.h"

#include "card/command/command.h"
#include "card/delegated/receipt.h"
#include "card/delegated/signature.h"
#include "card/model/registry.h"
#include "common/tlv.h"

#include <stdlib.h>

#define TOKEN_HEAD 5 /* P1, P2 and a length of one or three bytes */

#define TAG_ISSUER_NUMBER 0x42
#define TAG_IMAGE_NUMBER  0x45
#define TAG_TOKEN_NUMBER  0x93
#define TOKEN_NUMBER_MAX  32
#define MAX_IDENTITY      SD_MAX_OBJECT_LEN

/* On whose word the domain at work changes content. */
enum mandate { MANDATE_NONE, MANDATE_OWNER, MANDATE_TOKEN };

static enum mandate mandate_of(const struct job *j)
{
    const struct app *self = j->sd->self;

    if (self != card_isd(j->card) && self->state != APP_PERSONALIZED)
        return MANDATE_NONE;
    /* 9.1.3.2: others than the owner come here only with what their certificate allows (Amd F B.1, judged by
     * scp11/rules.c); that they come with a token instead is an option this card leaves out. */
    if (app_has(self, PRIV_AUTHORIZED_MANAGEMENT))
        return MANDATE_OWNER;
    return app_has(self, PRIV_DELEGATED_MANAGEMENT) ? MANDATE_TOKEN : MANDATE_NONE;
}

/* Where the sub-hierarchy of `a` starts: the nearest domain with Authorized Management from `a` upwards. */
static const struct app *hierarchy_start(const struct app *a)
{
    while (a != NULL && !app_has(a, PRIV_AUTHORIZED_MANAGEMENT))
        a = a->owner;
    return a;
}

struct sd *authority_holder(const struct card *c, const struct app *asking, uint32_t privilege)
{
    const struct app *start = hierarchy_start(asking);

    for (size_t i = 0; start != NULL && i < c->app_count; i++) {
        struct app *a = c->apps[i];
        bool able = a == card_isd(c) || (a->state == APP_PERSONALIZED && a->sd != NULL);

        if (able && app_has(a, privilege) && hierarchy_start(a) == start)
            return a->sd;
    }
    return NULL;
}

struct authorization authority_of_install(const struct job *j, const struct field *f, size_t count,
                                          const struct install_parameters *p)
{
    const struct field *last = &f[count - 2];

    return (struct authorization){
        .token = f[count - 1], .covered = (size_t)(last->at + last->len - j->cmd.data), .crt = p->crt};
}

/* What the token says of its verifier must be so, when it says anything (Table 11-23). */
static bool names_verifier(const struct job *j, struct sd *verifier, const struct field *crt)
{
    static const uint16_t names[] = {TAG_ISSUER_NUMBER, TAG_IMAGE_NUMBER};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        uint8_t own[MAX_IDENTITY];
        struct tlv t;
        struct out o;

        if (!tlv_find(crt->at, crt->len, names[i], &t))
            continue;
        out_init(&o, own, sizeof own);
        if (!sd_data_object(j->card, verifier, names[i], &o) || o.len != t.len ||
            !lab_same(own, t.value, t.len))
            return false;
    }
    return true;
}

static bool take_number(struct job *j, const struct field *crt)
{
    struct tlv t;

    if (!tlv_find(crt->at, crt->len, TAG_TOKEN_NUMBER, &t))
        return true;
    j->token_id = t.value;
    j->token_id_len = t.len;
    return t.len > 0 && t.len <= TOKEN_NUMBER_MAX;
}

/* Tables C-4 to C-9 are one rule: P1, P2, the length as it is without the token, the data up to the token. */
static bool token_holds(const struct job *j, const struct signing_key *key, const struct authorization *a)
{
    size_t room = TOKEN_HEAD + a->covered;
    uint8_t *input = malloc(room);
    struct out o;
    bool ok;

    if (input == NULL)
        return false;
    out_init(&o, input, room);
    out_bytes(&o, (const uint8_t[]){j->cmd.p1, j->cmd.p2}, 2);
    out_number(&o, a->covered, a->covered > APDU_SHORT_MAX_LC ? 3 : 1);
    out_bytes(&o, j->cmd.data, a->covered);
    ok = signature_verify(key, input, o.len, a->token.at, a->token.len);
    free(input);
    return ok;
}

static bool token_verified(struct job *j, const struct authorization *a)
{
    struct sd *verifier = authority_holder(j->card, j->sd->self, PRIV_TOKEN_VERIFICATION);
    struct signing_key key;

    if (verifier == NULL || a->token.len == 0 || j->card->faults.token_refused)
        return false;
    key = signature_key(verifier, KVN_TOKEN);
    return signature_key_present(&key) && names_verifier(j, verifier, &a->crt) && token_holds(j, &key, a);
}

uint16_t authority_check(struct job *j, const struct authorization *a)
{
    switch (mandate_of(j)) {
    case MANDATE_OWNER:
        return a->token.len == 0 ? SW_OK : SW_CONDITIONS_NOT_SATISFIED;
    case MANDATE_TOKEN:
        if (!take_number(j, &a->crt))
            return SW_WRONG_DATA;
        if (!token_verified(j, a))
            return j->card->quirks.token_9484 ? SW_ALGORITHM_NOT_SUPPORTED : SW_CONDITIONS_NOT_SATISFIED;
        j->delegated = app_has(j->sd->self, PRIV_DELEGATED_MANAGEMENT);
        return receipt_possible(j) ? SW_OK : SW_CONDITIONS_NOT_SATISFIED;
    default:
        return SW_CONDITIONS_NOT_SATISFIED;
    }
}

bool authority_takes_hash(const struct job *j, const struct authorization *a, size_t hash_len)
{
    struct sd *verifier;
    struct signing_key key;

    if (a->token.len == 0)
        return true;
    verifier = authority_holder(j->card, j->sd->self, PRIV_TOKEN_VERIFICATION);
    if (verifier == NULL || hash_len == 0)
        return false;
    key = signature_key(verifier, KVN_TOKEN);
    return signature_takes_hash(&key, hash_len);
}
