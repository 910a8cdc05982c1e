/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to remote command scripts, and the outer objects of both. Station 10. Pure. [TS 102 226 5.2.2] */
#include "ota/remote/remote.h"

enum { SW_LEN = 2, INDEFINITE = 0x80, END_LEN = 2 };

static const uint8_t end_of_contents[END_LEN];

/* The content of `definite` L {..} or `indefinite` 80 {..} 00 00, which must be all of `in`. */
static enum tsm_err open_outer(struct bytes in, enum remote_tag definite, enum remote_tag indefinite,
                               struct remote_objects *out)
{
    struct reader r = READER(in);
    struct bytes content, end;
    uint8_t tag, form;
    size_t len;
    TRY(read_u8(&r, &tag));
    if (tag == definite) {
        TRY(ber_read_length(&r, &len));
        TRY(read_span(&r, len, &content));
        TRY(read_end(&r));
    } else {
        NEED(tag == indefinite, BAD_VALUE);
        TRY(read_u8(&r, &form));
        NEED(form == INDEFINITE, BAD_LENGTH);
        NEED(r.left.len >= END_LEN, SHORT_INPUT);
        TRY(read_span(&r, r.left.len - END_LEN, &content));
        TRY(read_span(&r, END_LEN, &end));
        NEED(bytes_equal(end, BYTES(end_of_contents)), SHORT_INPUT);
    }
    *out = (struct remote_objects){READER(content)};
    return TSM_OK;
}

enum tsm_err remote_open_script(struct bytes script, struct remote_objects *out)
{
    return open_outer(script, REMOTE_SCRIPT, REMOTE_SCRIPT_INDEFINITE, out);
}

enum tsm_err remote_next(struct remote_objects *o, struct ber *out)
{
    if (o->left.left.len == 0)
        return TSM_NOT_FOUND; /* the end is no failure to tell a cause of */
    return ber_read(&o->left, out);
}

static enum tsm_err r_apdu(struct bytes value, struct remote_answer *out)
{
    struct reader r = READER(value);
    struct remote_answer a;
    NEED(value.len >= SW_LEN, BAD_LENGTH);
    TRY(read_span(&r, value.len - SW_LEN, &a.data));
    TRY(read_u16(&r, &a.sw));
    *out = a;
    return TSM_OK;
}

static enum tsm_err open_compact(struct bytes answer, struct remote_answers *a)
{
    struct reader r = READER(answer);
    uint8_t count;
    TRY(read_u8(&r, &count));
    TRY(read_u16(&r, &a->last.sw));
    a->last.data = r.left;
    a->has_count = true;
    a->count = count;
    return TSM_OK;
}

enum tsm_err remote_answers_open(struct bytes answer, enum remote_format format, struct remote_answers *out)
{
    struct remote_answers a = {.format = format};
    if (format == REMOTE_COMPACT)
        TRY(open_compact(answer, &a));
    else
        TRY(open_outer(answer, REMOTE_ANSWER, REMOTE_ANSWER_INDEFINITE, &a.objects));
    *out = a;
    return TSM_OK;
}

/* The number of executed commands, one or more octets. */
static enum tsm_err take_count(struct remote_answers *a, struct bytes value)
{
    NEED(!a->has_count, DUPLICATE_TAG);
    NEED(value.len >= 1 && value.len <= 2, BAD_LENGTH);
    a->count = 0;
    for (size_t i = 0; i < value.len; i++)
        a->count = a->count << 8 | value.at[i];
    a->has_count = true;
    return TSM_OK;
}

/* An object that is no R-APDU: noted. */
static enum tsm_err take_other(struct remote_answers *a, const struct ber *object)
{
    switch (object->tag) {
    case REMOTE_COUNT:
        return take_count(a, object->value);
    case REMOTE_BAD_FORMAT:
        NEED(object->value.len == 1, BAD_LENGTH);
        NEED(a->bad_format == 0, DUPLICATE_TAG);
        a->bad_format = object->value.at[0];
        return TSM_OK;
    case REMOTE_CHAINING:
        a->chaining = object->value;
        return TSM_OK;
    case REMOTE_IMMEDIATE_ACTION:
        a->immediate = object->value;
        return TSM_OK;
    default:
        return FAIL(BAD_VALUE, "object %X does not belong into an answer", object->tag);
    }
}

enum tsm_err remote_answers_next(struct remote_answers *a, struct remote_answer *out)
{
    struct ber object;
    if (a->format == REMOTE_COMPACT) {
        if (a->done)
            return TSM_NOT_FOUND;
        a->done = true;
        *out = a->last;
        return TSM_OK;
    }
    for (;;) {
        enum tsm_err e = remote_next(&a->objects, &object);
        if (e != TSM_OK)
            return e;
        if (object.tag == REMOTE_R_APDU)
            return r_apdu(object.value, out);
        TRY(take_other(a, &object));
    }
}

enum tsm_err remote_outcome_read(struct bytes answer, enum remote_format format, struct remote_outcome *out)
{
    struct remote_outcome o = {0};
    struct remote_answers a;
    size_t seen = 0;
    enum tsm_err e;
    TRY(remote_answers_open(answer, format, &a));
    while ((e = remote_answers_next(&a, &o.last)) == TSM_OK)
        seen++;
    if (e != TSM_NOT_FOUND)
        return e;
    o.executed = a.has_count ? a.count : seen;
    o.bad_format = a.bad_format;
    *out = o;
    return TSM_OK;
}
