/* SPDX-License-Identifier: Apache-2.0 */
/* A card record from envelope to envelope. Station 6. Edge. [RFC 7516] */
#include "vault/operation/forward.h"

#include "emv/perso/intake.h"
#include "vault/memory.h"
#include "vault/vault.h"

struct desk {
    uint8_t json[CARD_RECORD_JSON_MAX];
    struct card_record card;
};

static void desk_clear(struct desk **d)
{
    locked_free(*d, sizeof **d);
}

enum tsm_err vault_card_forward(struct vault_party *p, struct bytes jwe, const json_t *recipient,
                                struct writer *out)
{
    __attribute__((cleanup(desk_clear))) struct desk *d = NULL;
    struct writer json;
    TRY(locked_new(sizeof *d, (void **)&d));
    json = WRITER(d->json);
    TRY(vault_jwe_open(p, VAULT_KEY_INTAKE, jwe, &json));
    TRY(card_record_read(written(&json), &d->card));
    return vault_jwe_seal(recipient, (struct jwe_content){.plain = written(&json), .cty = NULL}, out);
}
