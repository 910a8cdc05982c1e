/* SPDX-License-Identifier: Apache-2.0 */
/* One command of content management, with a token before it and a receipt behind. Stations 5, 6 and 10. App.
 * [GPCS 9.1.3] */
#include "app/card/delegated/delegated.h"

enum { WITH_TOKEN_ROOM = GP_TOKEN_INPUT_MAX + GP_TOKEN_MAX };

enum tsm_err card_manage(struct card *c, struct bytes plain, const struct receipt_event *event)
{
    uint8_t room[WITH_TOKEN_ROOM];
    struct writer with = WRITER(room);
    const char *remark = c->remark;
    struct rapdu answer;
    TRY(card_with_token(c, plain, &with));
    TRY(card_send(c, &(struct card_request){.plain = written(&with), .changes = true}, &answer));
    if (!event)
        return TSM_OK;
    c->remark = "the card has done it; its receipt is not accepted";
    TRY(card_take_receipt(c, event, answer.data));
    c->remark = remark;
    return TSM_OK;
}
