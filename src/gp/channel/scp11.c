/* SPDX-License-Identifier: Apache-2.0 */
/* Secure messaging of Secure Channel Protocol '11': that of SCP03, with the receipt as the first chaining
 * value, and without the commands that a replayed script must not repeat. Stations 7 and 10. Pure.
 * [AmdF 4.6, 5.3.2] */
#include "gp/channel/protocol.h"
#include "gp/scp11/scp11.h"

enum { DELETE_KEY_KVN = 0xD2, DELETE_KEY_KID = 0xD0 };

/* DELETE [key] begins with the number of the key or of its version [GPCS Table 11-23]. */
static bool deletes_keys(const struct apdu *plain)
{
    return plain->ins == INS_DELETE && plain->data.len &&
           (plain->data.at[0] == DELETE_KEY_KVN || plain->data.at[0] == DELETE_KEY_KID);
}

static enum tsm_err wrap(struct channel *ch, const struct session_keys *keys, const struct apdu *plain,
                         struct writer *capdu, struct channel_expect *expect)
{
    bool replayed = (ch->i & SCP11_VARIANT_BITS) == SCP11C;
    if (replayed && (plain->ins == INS_PUT_KEY || plain->ins == INS_SET_STATUS || deletes_keys(plain)))
        return FAIL(NOT_ALLOWED,
                    "a session of SCP11c can be replayed: it must not put or delete keys or set a "
                    "status");
    return scp03.wrap(ch, keys, plain, capdu, expect);
}

static enum tsm_err unwrap(struct channel *ch, const struct session_keys *keys,
                           const struct channel_expect *expect, const struct rapdu *answer,
                           struct writer *plain)
{
    return scp03.unwrap(ch, keys, expect, answer, plain);
}

const struct channel_protocol scp11 = {
    .wrap = wrap,
    .unwrap = unwrap,
    .cipher_block = CIPHER_BLOCK_MAX,
};
