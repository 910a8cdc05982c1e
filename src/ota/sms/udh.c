/* SPDX-License-Identifier: Apache-2.0 */
/* The user data header of a short message. Stations 8 and 10. Pure. [TS 23.040 9.2.3.24] */
#include "ota/sms/udh.h"

#include "ota/sms/segment.h"

static enum tsm_err read_concat(bool wide, struct bytes value, struct udh *u)
{
    struct reader r = READER(value);
    uint8_t ref;
    NEED(!u->concatenated, DUPLICATE_TAG);
    NEED(value.len == (wide ? 4u : 3u), BAD_LENGTH);
    if (wide) {
        TRY(read_u16(&r, &u->ref));
    } else {
        TRY(read_u8(&r, &ref));
        u->ref = ref;
    }
    TRY(read_u8(&r, &u->total));
    TRY(read_u8(&r, &u->part));
    NEED(u->part >= 1 && u->part <= u->total, BAD_VALUE);
    u->concatenated = true;
    return TSM_OK;
}

static enum tsm_err read_element(struct reader *r, struct udh *u)
{
    struct bytes value;
    uint8_t element;
    TRY(read_u8(r, &element));
    TRY(read_lv(r, &value));
    switch (element) {
    case UDH_CONCAT_8:
        return read_concat(false, value, u);
    case UDH_CONCAT_16:
        return read_concat(true, value, u);
    case ELEMENT_COMMAND:
        u->command = true;
        return TSM_OK;
    case ELEMENT_RESPONSE:
        u->response = true;
        return TSM_OK;
    default:
        return TSM_OK;
    }
}

enum tsm_err udh_read(struct bytes user_data, struct udh *out, struct bytes *rest)
{
    struct reader r = READER(user_data), elements;
    struct udh u = {.total = 1, .part = 1};
    struct bytes header;
    TRY(read_lv(&r, &header));
    elements = READER(header);
    for (size_t n = 0; elements.left.len; n++) {
        NEED(n < UDH_ELEMENTS_MAX, BAD_VALUE);
        TRY(read_element(&elements, &u));
    }
    *out = u;
    *rest = r.left;
    return TSM_OK;
}

enum tsm_err udh_open(struct writer *w, size_t *mark)
{
    TRY(write_u8(w, 0));
    *mark = w->len;
    return TSM_OK;
}

enum tsm_err udh_write(struct writer *w, uint8_t element, struct bytes value)
{
    struct writer at = *w;
    TRY(write_u8(&at, element));
    TRY(write_lv(&at, value));
    *w = at;
    return TSM_OK;
}

enum tsm_err udh_close(struct writer *w, size_t mark)
{
    struct writer length = {w->at, mark - 1, mark};
    size_t len = w->len - mark;
    NEED(len <= 255, TOO_LONG);
    return write_u8(&length, (unsigned)len);
}
