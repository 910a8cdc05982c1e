/* SPDX-License-Identifier: Apache-2.0 */
/* The Controlling Authority's domain of a card from the factory, its keys and certificates, and how they are
 * read (station 4, the card's side); edge; Amd F 1.4 6.1; see casd.h for what is known of the rest. */
#include "card/casd/casd.h"

#include "card/certificate/issue.h"
#include "card/certificate/trust.h"
#include "card/model/keys.h"
#include "card/model/registry.h"
#include "card/scp11/factory.h"
#include "common/tlv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUTHORITY       "tsm-lab CA-KLCC"
#define TAG_FORWARDED   0xBF30
#define TAG_LIST        0x5C
#define CASD_PRIVILEGES (PRIV_SECURITY_DOMAIN | PRIV_TRUSTED_PATH | PRIV_GLOBAL_SERVICE)

/* GP UICC Configuration, from memory: not checked. */
static const uint8_t casd_aid[] = {0xA0, 0x00, 0x00, 0x01, 0x51, 0x53, 0x50, 0x43, 0x41, 0x53, 0x44, 0x00};

/* GPCS 11.1.9: key agreement, verification of signatures, encipherment. */
static const uint8_t usage_ecka[] = {0x00, 0x80}, usage_aut[] = {0x82}, usage_ct[] = {0x88};

struct sd *casd_of(const struct card *c)
{
    for (size_t i = 0; i < c->app_count; i++)
        if (c->apps[i]->sd != NULL && c->apps[i]->sd->casd != NULL)
            return c->apps[i]->sd;
    return NULL;
}

void casd_free(struct sd *sd)
{
    if (sd->casd != NULL)
        rsa_free(sd->casd->decipher);
    free(sd->casd);
    sd->casd = NULL;
}

static void put(struct sd *sd, size_t slot, uint8_t kid, const struct asym_key *key)
{
    sd->asym[slot] = (struct asym_entry){.kvn = KVN_CASD, .kid = kid, .key = *key};
}

static bool certify(struct sd *sd, const struct asym_key *key, const struct octets *usage, struct out *o)
{
    struct asym_key own, trusted;
    const struct issue what = {
        .authority = &own,
        .authority_name = AUTHORITY,
        .key = key,
        .subject = {.at = sd->card->kdd, .len = KDD_LEN},
        .usage = *usage,
    };
    bool ok = factory_authority(ECC_P256, &own, &trusted) && issue_gp(&what, o);

    lab_wipe(&own, sizeof own);
    return ok;
}

/* An elliptic curve pair in the domain and its certificate. */
static bool make_pair(struct sd *sd, size_t slot, uint8_t kid, const struct octets *usage, struct out *o)
{
    struct asym_key own, key;
    bool ok = ecka_generate(ECC_P256, &own) && ecka_public_of(&own, &key) && certify(sd, &key, usage, o);

    if (ok)
        put(sd, slot, kid, &own);
    lab_wipe(&own, sizeof own);
    return ok;
}

static bool make_keys(struct sd *sd)
{
    struct octets ecka = {usage_ecka, sizeof usage_ecka}, aut = {usage_aut, sizeof usage_aut},
                  ct = {usage_ct, sizeof usage_ct};
    struct casd *casd = sd->casd;
    struct asym_key key;
    struct out o;
    bool ok;

    out_init(&o, casd->certificates, sizeof casd->certificates);
    casd->decipher = rsa_generate();
    ok = casd->decipher != NULL && rsa_public(casd->decipher, &key) &&
         make_pair(sd, 0, KID_CASD_ECKA, &ecka, &o) && make_pair(sd, 1, KID_CASD_AUT, &aut, &o) &&
         certify(sd, &key, &ct, &o);
    if (ok)
        put(sd, 2, KID_CASD_CT, &key);
    casd->certificates_len = o.len;
    return ok;
}

/* The authority of the providers' certificates is that of off-card certificates. */
static bool take_authority(struct sd *sd, const char *path)
{
    struct trusted t[TRUST_MAX];

    if (path == NULL)
        return true;
    if (trust_read(path, t) == 0)
        return false;
    put(sd, 3, KID_CASD_CA, &t[0].key);
    return true;
}

bool casd_factory(struct card *c, const struct card_config *cfg)
{
    struct aid aid;
    struct app *a;

    if (!cfg->casd)
        return true;
    aid_set(&aid, casd_aid, sizeof casd_aid);
    a = registry_add_app(c, &aid, c->elfs[0], CASD_PRIVILEGES);
    if (a == NULL)
        return false;
    a->module = c->elfs[0]->modules[0];
    a->owner = card_isd(c);
    a->state = APP_PERSONALIZED;
    /* No protocol and no TAR: without keys of its own it would open with the issuer's, from which the
     * Controlling Authority is independent (GPCS 4.2.3). */
    a->sd->casd = calloc(1, sizeof *a->sd->casd);
    if (a->sd->casd != NULL && make_keys(a->sd) && take_authority(a->sd, cfg->oce_ca))
        return true;
    fprintf(stderr, "card: the Controlling Authority's domain cannot be made\n");
    return false;
}

uint16_t casd_get_data(struct job *j, uint16_t tag)
{
    const struct sd *casd = casd_of(j->card);
    size_t mark;

    if (casd == NULL || (tag == TAG_CERTIFICATE && casd != j->sd))
        return SW_FUNCTION_NOT_SUPPORTED;
    if (tag == TAG_CERTIFICATE) {
        out_bytes(j->reply, casd->casd->certificates, casd->casd->certificates_len);
        return j->cmd.lc == 0 ? SW_OK : SW_WRONG_DATA;
    }
    if (tag != TAG_FORWARDED)
        return SW_FUNCTION_NOT_SUPPORTED;
    /* The tag list asks for the certificates: 5C 02 7F21. */
    if (j->cmd.lc != 4 || lab_number(j->cmd.data, 4) != (TAG_LIST << 24 | 0x02 << 16 | TAG_CERTIFICATE))
        return SW_WRONG_DATA;
    mark = out_open(j->reply, TAG_FORWARDED);
    out_bytes(j->reply, casd->casd->certificates, casd->casd->certificates_len);
    out_close(j->reply, mark);
    return SW_OK;
}
