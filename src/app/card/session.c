/* SPDX-License-Identifier: Apache-2.0 */
/* The secure channel of one run: which protocol, which keys, opened at the first try or not at all. Stations
 * 5, 7 and 10. App. [GPCS App. E, AmdD 7.1] */
#include <stdio.h>

#include "app/card/card.h"
#include "base/hex.h"
#include "gp/apdu/ins.h"
#include "gp/scp11/scp11.h"

static const struct scp_choice assumed = {
    .protocol = SCP03, .i = 0x70, .has_i = true}; /* plans without a card */

/* SCP11 was not named, but what it needs: with a key of ours a, or c where the card has no a; else b. */
static struct scp_choice choose_variant(const struct card *c)
{
    struct scp_choice s = {.protocol = SCP11, .variant = c->args->scp11.oce_key ? SCP11A : SCP11B};
    if (c->args->scp11.oce_key && card_sight_offers(&c->sight, SCP11, &s.i) && !(s.i & SCP11_I_A))
        s.variant = SCP11C;
    return s;
}

/* --scp, else the profile, else what the card offers, SCP03 before SCP02. */
static struct scp_choice choose(const struct card *c)
{
    struct scp_choice s = c->args->scp;
    if (s.has_i || s.protocol == SCP11)
        return s;
    if (!s.protocol && (c->args->scp11.oce_key || c->args->scp11.card_ca))
        return choose_variant(c);
    if (!s.s16 && c->profile && (c->profile->protocol == SCP02 || c->profile->protocol == SCP03) &&
        (!s.protocol || s.protocol == c->profile->protocol))
        return (struct scp_choice){
            .protocol = (uint8_t)c->profile->protocol, .i = (uint8_t)c->profile->scp_i, .has_i = true};
    if (s.protocol)
        s.has_i = !s.s16 && card_sight_offers(&c->sight, s.protocol, &s.i);
    else if (card_sight_offers(&c->sight, SCP03, &s.i))
        s = (struct scp_choice){.protocol = SCP03, .i = s.i, .has_i = true};
    else if (card_sight_offers(&c->sight, SCP02, &s.i))
        s = (struct scp_choice){.protocol = SCP02, .i = s.i, .has_i = true};
    if (!c->reader && !s.protocol)
        return assumed;
    if (!c->reader && !s.has_i)
        s.i |= s.protocol == SCP03 ? assumed.i : SCP02_I_DEFAULT;
    return s;
}

static bool wants_s16(const struct scp_choice *s)
{
    return s->s16 || (s->protocol == SCP03 && s->has_i && s->i & SCP03_I_S16);
}

/* A kept set says its own version; else --kvn, else the card chooses. */
static enum tsm_err choose_kvn(struct card *c, uint8_t *kvn)
{
    const struct key_source *s = &c->args->key;
    *kvn = c->args->kvn.given ? c->args->kvn.value : 0;
    if (c->args->kvn.given || !s->name || s->kdf != GP_KDF_NONE)
        return TSM_OK;
    TRY(keyring_find(&c->ring, s, &(struct keyset_wish){.protocol = 0}, &c->keys));
    *kvn = c->keys.form.kvn;
    return TSM_OK;
}

static enum tsm_err initialize(struct card *c, uint8_t kvn, struct bytes host, struct rapdu *out)
{
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room);
    TRY(channel_start(kvn, host, &w));
    c->opening = true;
    TRY(card_send(c, &(struct card_request){.plain = written(&w), .look = true, .also_fine = SW_NOT_FOUND},
                  out));
    if (out->sw == SW_NOT_FOUND)
        return FAIL(KEY_MISSING, "the card has no key version %02X for a secure channel", kvn);
    return TSM_OK;
}

/* What was asked for and what the card speaks must be the same, or keys would be tried in the wrong protocol.
 */
static enum tsm_err hold_to_choice(const struct card *c, const struct scp_choice *s, struct init_update *iu)
{
    if (c->args->scp.protocol && iu->protocol != s->protocol)
        return FAIL(CONFLICT, "the card speaks SCP%02X with key version %02X, --scp says SCP%02X",
                    iu->protocol, iu->kvn, s->protocol);
    if (iu->protocol == SCP02)
        iu->i = s->protocol == SCP02 && s->has_i ? s->i : SCP02_I_DEFAULT;
    else if (c->args->scp.has_i && (iu->i & ~SCP03_I_S16) != (s->i & ~SCP03_I_S16))
        return FAIL(CONFLICT, "the card speaks SCP03 i=%02X, --scp says i=%02X", iu->i, s->i);
    return TSM_OK;
}

/* --level, else the profile's, else the strongest that i allows. */
static uint8_t level_of(const struct card *c, uint8_t protocol, uint8_t i)
{
    if (c->args->level.given)
        return c->args->level.value;
    if (c->profile && c->profile->protocol == protocol)
        return (uint8_t)c->profile->level;
    if (protocol == SCP03 && i & SCP03_I_R_ENCRYPTION)
        return 0x33;
    return i & (protocol == SCP03 ? SCP03_I_R_MAC : SCP02_I_R_MAC) ? 0x13 : 0x03;
}

static const char *kdf_word(enum gp_kdf kdf)
{
    static const char *const words[] = {"none", "emv", "visa2", "kdf3"};
    return words[kdf];
}

/* What was tried, so that the person need not try again to find out. */
static enum tsm_err say_wrong(const struct card *c, const struct init_update *iu)
{
    char kcv[KEYSET_KEYS][2 * GP_KCV_LEN + 1], kdd[2 * GP_KDD_LEN + 1];
    for (size_t i = 0; i < KEYSET_KEYS; i++)
        hex_text(BYTES(c->keys.kcvs[i]), kcv[i]);
    return FAIL(CRYPTOGRAM_WRONG,
                "tried key version %02X, SCP%02X i=%02X, derivation %s of %s, check values ENC %s MAC %s "
                "DEK %s; nothing was sent that the card counts",
                iu->kvn, iu->protocol, iu->i, kdf_word(c->args->key.kdf), hex_text(BYTES(iu->kdd), kdd),
                kcv[0], kcv[1], kcv[2]);
}

static enum tsm_err open_with(struct card *c, const struct init_update *iu, struct bytes host)
{
    struct scp_opening o = {.answer = iu,
                            .host_challenge = host,
                            .level = level_of(c, iu->protocol, iu->i),
                            .quirks = c->profile && c->profile->counter_only_with_data
                                          ? CHANNEL_QUIRK_COUNTER_ONLY_WITH_DATA
                                          : 0};
    uint8_t room[APDU_SHORT_MAX];
    struct writer external = WRITER(room);
    struct rapdu answer;
    enum tsm_err e = ring_open(&c->ring, &c->keys, &o, &c->channel, &external);
    if (e == TSM_CRYPTOGRAM_WRONG)
        return say_wrong(c, iu);
    TRY(e);
    c->remark =
        iu->protocol == SCP02 /* its cryptogram is made with the ENC key alone [GPCS E.4.2] */
            ? "the card proved the ENC key; the MAC key may be another. It counts this as a failed try"
            : "the card counts a refused EXTERNAL AUTHENTICATE as a failed try";
    TRY(card_send(c, &(struct card_request){.plain = written(&external)}, &answer));
    c->remark = NULL;
    c->open = c->ready = true;
    return TSM_OK;
}

/* Without a card: a state of the right sizes, keys as far as they are known. */
static enum tsm_err pretend(struct card *c, const struct scp_choice *s, uint8_t kvn)
{
    struct keyset_wish wish = {.protocol = s->protocol,
                               .kvn = kvn,
                               .kdd = c->args->kdd.len == sizeof c->kdd ? c->args->kdd.at : NULL};
    if (c->args->kdd.given)
        NEED(c->args->kdd.len == sizeof c->kdd, BAD_LENGTH);
    TRY(keyring_find(&c->ring, &c->args->key, &wish, &c->keys));
    c->channel.state = (struct channel){.protocol = s->protocol,
                                        .i = s->i,
                                        .kvn = kvn,
                                        .level = level_of(c, s->protocol, s->i),
                                        .challenge_len = wants_s16(s) ? S16_LEN : S8_LEN,
                                        .open = 1};
    c->ready = true;
    card_plan_add(
        c, BYTES(((uint8_t[]){CLA_GP | CLA_SECURE, INS_EXTERNAL_AUTHENTICATE, c->channel.state.level, 0})),
        false);
    return ring_pretend(&c->ring, &c->keys, &c->channel);
}

bool card_keyed(const struct card_args *a)
{
    return key_source_given(&a->key) || a->scp.protocol == SCP11 || a->scp11.oce_key || a->scp11.card_ca;
}

enum tsm_err card_authenticate(struct card *c)
{
    struct scp_choice s = choose(c);
    uint8_t host[S16_LEN], kvn;
    struct bytes challenge = BYTES_OF(host, wants_s16(&s) ? S16_LEN : S8_LEN);
    struct init_update iu;
    struct rapdu answer;
    if (s.protocol == SCP11)
        return card_open_scp11(c, &s);
    if (!key_source_given(&c->args->key))
        return FAIL(MISSING_FIELD, "no key: --key fd:N|@FILE|NAME or --keyset NAME");
    TRY(choose_kvn(c, &kvn));
    TRY(vault_random(host, sizeof host));
    TRY(initialize(c, kvn, challenge, &answer));
    if (!c->reader) {
        TRY(pretend(c, &s, kvn));
    } else {
        TRY(gp_init_update_read(answer.data, &iu));
        TRY(hold_to_choice(c, &s, &iu));
        memcpy(c->kdd, iu.kdd, sizeof c->kdd);
        c->has_kdd = true;
        TRY(keyring_find(&c->ring, &c->args->key,
                         &(struct keyset_wish){.protocol = iu.protocol, .kvn = iu.kvn, .kdd = c->kdd},
                         &c->keys));
        TRY(open_with(c, &iu, challenge));
    }
    if (c->args->dry_run)
        card_tell_channel(c);
    return TSM_OK;
}

void card_tell_channel(struct card *c)
{
    const struct channel *ch = &c->channel.state;
    json_t *o = json_object();
    const char *s16 = ch->challenge_len == S16_LEN ? " S16" : "";
    bool agreed = ch->protocol == SCP11;
    json_object_set_new(o, "protocol",
                        agreed ? json_sprintf("%s%s", scp11_name(ch->i & SCP11_VARIANT_BITS), s16)
                               : json_sprintf("SCP%02X i=%02X%s", ch->protocol, ch->i, s16));
    card_set_hex(o, "kvn", BYTES_OF(&ch->kvn, 1));
    card_set_hex(o, "level", BYTES_OF(&ch->level, 1));
    if (c->has_kdd)
        card_set_hex(o, "kdd", BYTES(c->kdd));
    json_object_set_new(o, "proved", json_boolean(agreed ? c->open : c->has_kdd));
    json_object_set_new(c->doc, "channel", o);
    if (agreed)
        json_object_set_new(o, "bits", json_integer(c->keys.form.key_len * 8));
    else
        json_object_set_new(c->doc, "keys", card_keyset_json(&c->keys, &c->args->key));
}
