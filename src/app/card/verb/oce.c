/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm card oce-make`: SK.OCE.ECKA in the vault, and the public half that an authority certifies. App.
 * [AmdF 3.2]
 */
#include "app/card/verb/verbs.h"
#include "base/hex.h"

enum { DER_ROOM = 128 };

/* SubjectPublicKeyInfo up to the point of P-256 [RFC 5480 2]. */
static const uint8_t spki[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
                               0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};

enum tsm_err card_oce_make(struct card *c)
{
    const char *name = card_operand(c, 0);
    uint8_t point[VAULT_OCE_POINT], room[DER_ROOM];
    struct writer der = WRITER(room);
    if (!c->ring.vault)
        return FAIL(MISSING_FIELD, "--vault pkcs11:token=.. says where the key is made");
    TRY(c->args->dry_run ? TSM_OK : vault_make_oce(c->ring.vault, name));
    if (c->args->dry_run)
        return TSM_OK;
    TRY(vault_oce_public(c->ring.vault, name, point));
    TRY(write_span(&der, BYTES(spki)));
    TRY(write_span(&der, BYTES(point)));
    json_object_set_new(c->doc, "name", json_string(name));
    card_set_hex(c->doc, "point", BYTES(point));
    card_set_hex(c->doc, "public_key", written(&der));
    card_done(c, "the key %s is in the vault; an authority that the card knows certifies its public half",
              name);
    return TSM_OK;
}
