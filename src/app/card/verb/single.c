/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm card put-key --single`: one key of its own version, for tokens, receipts, DAP or an authority: the
 * public half of a pair, or a secret key. Station 5. App. [GPCS 11.8.2.3, 11.1.8] */
#include "app/card/delegated/delegated.h"
#include "app/card/verb/verbs.h"
#include "gp/certificate/curve.h"
#include "gp/apdu/ins.h"
#include "gp/keys/putkey.h"

enum { FIELD_ROOM = 1024, COMMAND_ROOM = FIELD_ROOM + 16, P256_POINT = 65, P384_POINT = 97, FIRST_KID = 1 };

/* The curve by the length of the point: of P-256 and the brainpool curve of that length, the first. */
static enum tsm_err public_field(const struct sign_key *key, uint8_t kvn, struct writer *field)
{
    uint8_t room[SIGN_PUBLIC_MAX];
    struct writer w = WRITER(room);
    struct sign_public p;
    struct bytes curve;
    TRY(sign_key_public(key, &w, &p));
    if (p.type == SIGN_RSA)
        return putkey_write_rsa_public(kvn, p.n, p.e, field);
    NEED(p.point.len == P256_POINT || p.point.len == P384_POINT, UNSUPPORTED);
    curve = curve_reference(p.point.len == P256_POINT ? EC_P256 : EC_P384);
    return putkey_write_ecc_public(kvn, p.point, curve.at[0], field);
}

static enum tsm_err secret_field(struct card *c, const struct cipher_key *key, struct writer *field,
                                 struct writer *due)
{
    struct gp_new_keys keys = {.kvn = c->args->new_kvn.value,
                               .alg = key->alg,
                               .layout = c->profile && c->profile->put_key_1171 ? GP_LAYOUT_BARE
                                                                                : GP_LAYOUT_LENGTH_INSIDE,
                               .count = 1,
                               .value = {secret_bytes(&key->value)}};
    if (c->ring.vault)
        return FAIL(UNSUPPORTED, "with --vault a single secret key cannot be put: leave --vault out");
    TRY(ring_has_dek(&c->channel));
    return putkey_write(&keys, &c->channel.session.dek, field, due);
}

static enum tsm_err field_of(struct card *c, struct writer *field, struct writer *due)
{
    CARD_SIGNER s = {.name = NULL};
    uint8_t kvn = c->args->new_kvn.value;
    TRY(card_signer_open(c, &c->args->single, &s));
    if (s.name)
        return vault_signing_field(c->ring.vault, s.name, kvn, field);
    return s.pair.ops ? public_field(&s.pair, kvn, field) : secret_field(c, &s.secret, field, due);
}

enum tsm_err put_single(struct card *c)
{
    uint8_t field_room[FIELD_ROOM], due_room[PUTKEY_ANSWER_MAX], room[COMMAND_ROOM];
    struct writer field = WRITER(field_room), due = WRITER(due_room), w = WRITER(room);
    uint8_t kid = c->args->kid.given ? c->args->kid.value : FIRST_KID;
    struct rapdu answer;
    struct apdu command;
    if (!c->args->new_kvn.given)
        return FAIL(MISSING_FIELD, "--new-kvn HH says the version of the key");
    TRY(field_of(c, &field, &due));
    command = (struct apdu){.cla = CLA_GP,
                            .ins = INS_PUT_KEY,
                            .p1 = c->args->replace.given ? c->args->replace.value : 0,
                            .p2 = kid,
                            .data = written(&field)};
    TRY(apdu_write(&command, &w)); /* an RSA key makes a chain of it */
    TRY(card_send(c, &(struct card_request){.plain = written(&w), .changes = true}, &answer));
    card_done(c, "the card took key version %02X identifier %02X", c->args->new_kvn.value, kid);
    if (c->args->dry_run || !due.len)
        return TSM_OK;
    c->remark = "the card says that it holds another key than was sent: do not use this version";
    TRY(putkey_check_answer(answer.data, written(&due)));
    c->remark = NULL;
    return TSM_OK;
}
