/* SPDX-License-Identifier: Apache-2.0 */
/* From a request to its operation and back to a reply, with errors as the TR has them. Stations 1 and 2.
 * Role. [TR-03165 4.1.1, 4.1.5, 4.1.6] */
#include "role/sp/sptsm/serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "role/sp/sptsm/call.h"

static bool is_reading(const struct tr_operation *op)
{
    return op->act == ACT_LIST || op->act == ACT_GET || op->act == ACT_ACCOUNT || op->act == ACT_BINARY;
}

static bool is_upload(const struct tr_operation *op)
{
    return op->act == ACT_UPLOAD || op->act == ACT_OVERWRITE;
}

static bool has_body(const struct tr_operation *op)
{
    return op->act == ACT_CREATE || op->act == ACT_MODIFY || op->act == ACT_LINK || op->act == ACT_UNLINK ||
           is_upload(op);
}

/* --- finding the operation --- */

static enum tsm_err read_names(struct tr_call *c, const struct http_params *names)
{
    for (size_t i = 0; i < names->n && i < SPTSM_PATH_MAX; i++) {
        const struct tr_name *known = tr_names;
        while (known->name && !bytes_equal(names->at[i].name, bytes_of_text(known->name)))
            known++;
        c->kind[c->n] = known->kind;
        if (http_decode(names->at[i].value, false, c->name[c->n], sizeof c->name[0]) != TSM_OK)
            c->name[c->n][0] = 0; /* no entity has such a name */
        c->n++;
    }
    return TSM_OK;
}

/* *known is false when nothing is at this address. */
static enum tsm_err find_operation(struct tr_call *c, bool *known)
{
    const char *method = c->request->method;
    struct bytes path = bytes_of_text(c->request->path);
    struct http_params names;
    bool other;
    *known = true;
    TRY(bytes_part(path, strlen(SPTSM_BASE) - 1, path.len - strlen(SPTSM_BASE) + 1, &path));
    c->op = tr_operation_find(strcmp(method, "HEAD") ? method : "GET", path, &names, &other);
    if (c->op)
        return read_names(c, &names);
    *known = other;
    return other ? call_refuse(c, TR_INVALID_REQUEST, "method not supported") : TSM_OK;
}

/* --- bodies --- */

static enum tsm_err read_json(struct tr_call *c)
{
    enum tsm_err e;
    if (c->request->body.len == 0)
        return call_refuse(c, TR_INVALID_REQUEST, "request body missing");
    if (strcmp(c->request->content_type, "application/json") != 0)
        return call_refuse(c, TR_INVALID_REQUEST, "unsupported content type");
    if (c->request->body.len > SPTSM_JSON_MAX)
        return call_refuse(c, TR_INVALID_REQUEST, "request body too long");
    e = json_read(c->request->body, &c->given);
    return e == TSM_OK || e == TSM_NO_MEMORY
               ? e
               : call_refuse(c, TR_INVALID_REQUEST, "request body is not valid JSON");
}

static enum tsm_err read_body(struct tr_call *c)
{
    const char *coding = http_header(c->request, "Content-Encoding");
    if (!has_body(c->op))
        return c->request->body.len ? call_refuse(c, TR_INVALID_REQUEST, "request body not allowed") : TSM_OK;
    if (coding && strcasecmp(coding, "identity") != 0)
        return call_refuse(c, TR_INVALID_REQUEST, "unsupported content coding");
    return is_upload(c->op) ? upload_read(c) : read_json(c);
}

/* --- the work --- */

static enum tsm_err read_unit(struct tx *tx, void *arg)
{
    struct tr_call *c = arg;
    TRY(session_find(tx, c));
    TRY(read_body(c));
    TRY(find_path(tx, c));
    return read_answer(tx, c);
}

static enum tsm_err session_unit(struct tx *tx, void *arg)
{
    return session_find(tx, arg);
}

static enum tsm_err write_unit(struct tx *tx, void *arg)
{
    struct tr_call *c = arg;
    c->refusal.category = TR_NO_REFUSAL;
    TRY(find_path(tx, c));
    return write_change(tx, c);
}

static enum tsm_err work(struct tr_call *c)
{
    if (c->op->act == ACT_AUTHENTICATE)
        return session_begin(c);
    if (is_reading(c->op))
        return store_read(c->sp->c.store, read_unit, c);
    TRY(store_read(c->sp->c.store, session_unit, c));
    TRY(read_body(c));
    TRY(gate_judge(c));
    return store_write(c->sp->c.store, write_unit, c);
}

/* --- replies --- */

/* A file name in a quoted string: what would end it, or lead into a folder, becomes an underscore. */
static void plain_name(char *name)
{
    for (char *at = name; *at; at++)
        if (*at == '"' || *at == '\\' || *at == '/' || (unsigned char)*at < ' ' || (unsigned char)*at >= 0x7F)
            *at = '_';
}

static enum tsm_err reply_refusal(struct tr_call *c, struct http_reply *reply)
{
    TRY(http_reply_json(reply, refusal_status(c->refusal.category), refusal_json(&c->refusal)));
    return reply->status == 401 ? http_reply_header(reply, "WWW-Authenticate", "Bearer") : TSM_OK;
}

static enum tsm_err reply_answer(struct tr_call *c, struct http_reply *reply)
{
    if (c->op->act == ACT_DELETE) {
        reply->status = 204;
        return TSM_OK;
    }
    reply->status = 200;
    reply->type = c->binary ? "application/octet-stream" : "application/json";
    reply->body = c->text;
    reply->size = c->text_len;
    c->text = NULL;
    if (!c->binary)
        return TSM_OK;
    plain_name(c->file_name);
    return http_reply_header(reply, "Content-Disposition", "attachment; filename=\"%s\"", c->file_name);
}

static enum tsm_err answer(struct tr_call *c, struct http_reply *reply)
{
    bool known;
    enum tsm_err e = find_operation(c, &known);
    if (!known) {
        reply->status = 404;
        return TSM_OK;
    }
    if (e == TSM_OK)
        e = work(c);
    if (e == TSM_OK)
        return reply_answer(c, reply);
    if (c->refusal.category == TR_NO_REFUSAL)
        refuse_internal(&c->refusal, e);
    return reply_refusal(c, reply);
}

enum tsm_err sptsm_handle(void *app, struct http_request *q, struct http_reply *reply)
{
    struct tr_call *c = calloc(1, sizeof *c);
    enum tsm_err e;
    NEED(c != NULL, NO_MEMORY);
    c->sp = app;
    c->request = q;
    e = answer(c, reply);
    upload_drop(c);
    json_decref(c->given);
    free(c->text);
    free(c);
    return e;
}
