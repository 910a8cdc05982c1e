/* SPDX-License-Identifier: Apache-2.0 */
/* What the listener refuses at the addresses of the administration interface before it is called, as the
 * guideline tells errors. Station 1. Role. [TR-03165 4.1.4.19, 4.1.5] */
#include "role/sp/sptsm/model/refusal.h"
#include "role/sp/sptsm/serve.h"

enum {
    STATUS_BAD = 400,
    STATUS_NOWHERE = 404,
    STATUS_TOO_LONG = 413,
    STATUS_FAILED = 500,
    STATUS_BUSY = 503
};

static bool is_form(const struct http_head *head)
{
    uint8_t room[HTTP_MEDIA_TYPE_MAX];
    struct writer texts = WRITER(room);
    const char *type = "";
    if (!head || http_media_type(head, &texts, &type) != TSM_OK)
        return false;
    return bytes_equal(bytes_of_text(type), bytes_of_text("multipart/form-data"));
}

/* Of a body in chunks nobody knows the end: it has more than was taken. */
static void refuse_body(const struct http_head *head, struct refusal *r)
{
    if (is_form(head))
        refuse_size(r, head->has_length ? head->content_length : SPTSM_BODY_MAX + 1);
    else
        refuse(r, TR_INVALID_REQUEST, "request body too long", NULL, NULL);
}

/* The statuses are the guideline's where it has one for the case, else HTTP's own: 405, 414, 431 and the like
 * are met by clients that do not speak HTTP as this listener does. */
enum tsm_err sptsm_tell(const struct http_refusal *why, struct http_reply *reply)
{
    struct refusal r = {.category = TR_NO_REFUSAL};
    int status = why->status == STATUS_TOO_LONG ? STATUS_BAD : why->status;
    if (status == STATUS_NOWHERE) {
        http_reply_drop(reply);
        reply->status = STATUS_NOWHERE;
        return TSM_OK;
    }
    if (why->status == STATUS_TOO_LONG)
        refuse_body(why->head, &r);
    else
        refuse(&r, status == STATUS_FAILED || status == STATUS_BUSY ? TR_INTERNAL : TR_INVALID_REQUEST,
               why->detail, NULL, NULL);
    return http_reply_json(reply, status, refusal_json(&r));
}
