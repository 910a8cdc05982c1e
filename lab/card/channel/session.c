/* SPDX-License-Identifier: Apache-2.0 */
/* The state of one secure channel session as the card keeps it, shared by SCP02, SCP03 and the over-the-air
 * door (station 7, the card's side); pure; GPCS 2.3.1 chapter 10, appendix E, Amd D. */
#include "card/channel/session.h"

bool session_decrypt(const struct session *s, const uint8_t *in, size_t n, uint8_t *out)
{
    if (s->dek.type == KEY_TYPE_AES)
        return sym_cbc_decrypt(&s->dek, NULL, in, n, out);
    return sym_ecb_decrypt(&s->dek, in, n, out);
}
