/* SPDX-License-Identifier: Apache-2.0 */
/* PUT KEY: adds or replaces keys. Station 5. Pure. [GPCS 11.8.2] */
#include "gp/command/put_key.h"

#include "gp/command/command.h"

enum { NUMBER_MAX = 0x7F };

enum tsm_err put_key_write(const struct put_key *p, const struct cipher_key *dek, struct writer *capdu,
                           struct writer *answer)
{
    struct writer at = *capdu, due = *answer;
    unsigned p2 = p->first_kid | (p->keys->count > 1 ? PUT_KEY_SEVERAL : 0u);
    size_t mark;
    NEED(p->replaces <= NUMBER_MAX, BAD_VALUE);
    NEED(p->keys->count >= 1 && p->first_kid + p->keys->count - 1 <= NUMBER_MAX, BAD_VALUE);
    TRY(command_open(&at, INS_PUT_KEY, p->replaces, (uint8_t)p2, &mark));
    TRY(putkey_write(p->keys, dek, &at, &due));
    TRY(command_close(&at, mark, 0));
    *capdu = at;
    *answer = due;
    return TSM_OK;
}

enum tsm_err put_key_write_field(uint8_t replaces, uint8_t kid, struct bytes field, struct writer *capdu)
{
    NEED(replaces <= NUMBER_MAX && kid != PUT_KEY_SEVERAL, BAD_VALUE);
    NEED(field.len != 0, BAD_LENGTH);
    return apdu_write(&(struct apdu){CLA_GP, INS_PUT_KEY, replaces, kid, field, 0}, capdu);
}
