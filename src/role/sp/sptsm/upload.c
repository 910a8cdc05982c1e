/* SPDX-License-Identifier: Apache-2.0 */
/* Uploads: one file and its name as multipart/form-data, judged by their kind, stored as they came. Stations
 * 1 to 3. Role. [TR-03165 4.1.6.5.2, .4; 4.1.6.7.2, .4; 4.1.6.8.2, .4] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "role/sp/sptsm/call.h"
#include "role/sp/sptsm/keep/adopt.h"
#include "role/sp/sptsm/keep/certificate.h"
#include "role/sp/sptsm/keep/elf.h"
#include "role/sp/sptsm/model/form.h"
#include "role/sp/sptsm/release/release.h"

static enum tsm_err wrong_type(struct tr_call *c)
{
    return call_refuse(c, TR_FILE_TYPE, tr_entity(c->op->kind)->types);
}

/* --- the form --- */

/* Parts are attributes of their own: the TR has two. */
static enum tsm_err strange_part(struct tr_call *c, const char *name)
{
    bool known = tr_attribute(tr_entity(c->op->kind)->attributes, name) != NULL;
    if (known)
        return call_refuse(c, c->op->act == ACT_UPLOAD ? TR_AUTOMATIC : TR_NOT_EDITABLE, name);
    return call_refuse(c, TR_UNKNOWN, name);
}

static enum tsm_err keep_name(struct tr_call *c, struct bytes text)
{
    struct writer w = {(uint8_t *)c->upload.name, 0, SPTSM_NAME_ROOM - 1};
    json_t *checked = json_stringn((const char *)text.at, text.len); /* UTF-8 */
    bool fine = checked && write_span(&w, text) == TSM_OK && !memchr(text.at, 0, text.len) &&
                form_characters(json_string_value(checked)) <= TR_TEXT_MAX;
    json_decref(checked);
    if (!fine)
        return refuse(&c->refusal, TR_INVALID_FORMAT, "", tr_entity(c->op->kind)->part_name,
                      "text of at most 255 characters");
    c->upload.name[w.len] = 0;
    c->upload.has_name = w.len > 0;
    return TSM_OK;
}

static enum tsm_err take_part(struct tr_call *c, const struct multipart_part *p)
{
    const struct tr_entity_row *row = tr_entity(c->op->kind);
    if (!strcmp(p->name, row->part_name))
        return p->body.len ? keep_name(c, p->body) : TSM_OK;
    if (strcmp(p->name, row->part_file) != 0)
        return strange_part(c, p->name);
    if (c->upload.has_file)
        return call_refuse(c, TR_TOO_MANY_FILES, NULL);
    c->upload.file = *p;
    c->upload.has_file = true;
    return TSM_OK;
}

static enum tsm_err read_parts(struct tr_call *c)
{
    const char *type = http_header(c->request, "Content-Type");
    struct multipart m;
    struct multipart_part p;
    enum tsm_err e;
    if (strcmp(c->request->content_type, "multipart/form-data") != 0)
        return call_refuse(c, TR_INVALID_REQUEST, "unsupported content type");
    e = multipart_begin(type ? type : "", c->request->body, &m);
    while (e == TSM_OK && (e = multipart_next(&m, &p)) == TSM_OK)
        TRY(take_part(c, &p));
    return e == TSM_NOT_FOUND ? TSM_OK
                              : call_refuse(c, TR_INVALID_REQUEST, "the multipart body is malformed");
}

/* --- the file --- */

static enum tsm_err read_cap(struct tr_call *c)
{
    struct tr_upload *u = &c->upload;
    struct crypto *crypto;
    enum tsm_err e = cap_archive_read(u->file.body, &u->cap);
    if (e == TSM_TOO_LONG)
        return refuse_size(&c->refusal, cap_archive_size(u->file.body));
    if (e != TSM_OK)
        return err_may_retry(e) ? e : wrong_type(c);
    TRY(crypto_new(&crypto));
    e = cap_lfdb_hash(&u->cap.cap, crypto, u->hash);
    crypto_free(crypto);
    return e;
}

static enum tsm_err read_certificate(struct tr_call *c)
{
    return certificate_is_right(c->upload.file.body) ? TSM_OK : wrong_type(c);
}

static enum tsm_err read_file(struct tr_call *c)
{
    struct tr_upload *u = &c->upload;
    if (u->file.body.len > SPTSM_FILE_MAX)
        return refuse_size(&c->refusal, u->file.body.len);
    if (u->file.body.len == 0)
        return call_refuse(c, TR_MISSING_FILE, NULL);
    if (!u->has_name && u->file.has_filename && u->file.filename[0])
        TRY(keep_name(c, bytes_of_text(u->file.filename)));
    if (c->op->kind == TR_ELF)
        return read_cap(c);
    return c->op->kind == TR_CERTIFICATE ? read_certificate(c) : TSM_OK;
}

enum tsm_err upload_read(struct tr_call *c)
{
    if (c->request->body.len == 0)
        return call_refuse(c, TR_INVALID_REQUEST, "request body missing");
    TRY(read_parts(c));
    if (c->upload.has_file)
        return read_file(c);
    return c->op->act == ACT_OVERWRITE && c->upload.has_name ? TSM_OK : call_refuse(c, TR_MISSING_FILE, NULL);
}

void upload_drop(struct tr_call *c)
{
    cap_file_free(&c->upload.cap);
}

/* --- storing --- */

/* fileName is automatic: given, the file's own, or made from the package. */
static void set_name(const struct tr_call *c, json_t *body)
{
    static const char *const fallbacks[TR_KINDS] = {
        [TR_SCRIPT] = "script.pers", [TR_CERTIFICATE] = "certificate.pem"};
    char package[ELF_NAME_ROOM];
    if (c->upload.has_name) {
        json_object_set_new(body, "fileName", json_string(c->upload.name));
    } else if (c->op->act == ACT_UPLOAD && c->op->kind == TR_ELF) {
        elf_package_name(&c->upload.cap.cap, package);
        json_object_set_new(body, "fileName", json_sprintf("%.200s.cap", package));
    } else if (c->op->act == ACT_UPLOAD) {
        json_object_set_new(body, "fileName", json_string(fallbacks[c->op->kind]));
    }
}

static enum tsm_err set_facts(struct tx *tx, const struct tr_call *c, json_t *body)
{
    char now[TR_TIME_TEXT];
    set_name(c, body);
    if (!c->upload.has_file)
        return TSM_OK;
    json_object_set_new(body, "uploadDate", json_string(adopt_time(tx_now(tx), now)));
    return c->op->kind == TR_ELF ? elf_describe(&c->upload.cap.cap, body) : TSM_OK;
}

static struct bytes hash_of(const struct tr_call *c)
{
    return c->op->kind == TR_ELF ? BYTES(c->upload.hash) : BYTES_NONE;
}

static enum tsm_err store_new(struct tx *tx, struct tr_call *c)
{
    struct tr_row row = {.id = store_id(tx_store(tx)), .party = c->party, .kind = c->op->kind};
    char now[TR_TIME_TEXT];
    struct judging j = {
        .kind = row.kind,
        .create = true,
        .assigned =
            {[FROM_UID] = row.uid, [FROM_PROVIDER] = c->provider, [FROM_NOW] = adopt_time(tx_now(tx), now)},
        .refusal = &c->refusal};
    JSON *none = json_object(), *body = NULL;
    TRY(row_uid(row.uid));
    TRY(judge_body(&j, none, NULL, &body));
    TRY(set_facts(tx, c, body));
    TRY(change_keep(tx, c, &(struct tr_change){&row, body, true}));
    TRY(db_exec(tx, SQL_TR_FILE_SET, row.id, hash_of(c), c->upload.file.body));
    if (row.kind == TR_SCRIPT)
        return release_script(tx, &row, true, c->upload.file.body);
    for (size_t i = 0; row.kind == TR_ELF && i < c->upload.cap.cap.applets; i++)
        TRY(adopt_module(tx, &row, c->upload.cap.cap.applet[i].aid));
    return TSM_OK;
}

static bool has_applet(const struct cap *cap, const char *aid)
{
    uint8_t octets[16];
    size_t n;
    if (hex_read(aid, octets, sizeof octets, &n) != TSM_OK)
        return false;
    for (size_t i = 0; i < cap->applets; i++)
        if (bytes_equal(cap->applet[i].aid, BYTES_OF(octets, n)))
            return true;
    return false;
}

static bool has_module(const struct tr_items *modules, struct bytes aid)
{
    char text[2 * 16 + 1];
    hex_text(aid, text);
    for (size_t i = 0; i < modules->n; i++)
        if (!strcmp(json_member(modules->at[i].body, "aid"), text))
            return true;
    return false;
}

static enum tsm_err take_module(struct tx *tx, struct tr_call *c, int64_t id)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_TR_USER, id);
    if (e == TSM_OK)
        return call_refuse(c, TR_INVALID_REQUEST,
                           "the file lacks an ExecutableModule that is referenced in a Flavor");
    return e == TSM_NOT_FOUND ? row_delete(tx, id) : e;
}

/* Modules keep their ids as long as their AIDs stay. */
static enum tsm_err change_modules(struct tx *tx, struct tr_call *c, const struct tr_row *row)
{
    const struct cap *cap = &c->upload.cap.cap;
    ITEMS modules = {NULL, 0};
    TRY(items_of_one(tx, SQL_TR_MODULES, row->id, &modules));
    for (size_t i = 0; i < modules.n; i++)
        if (!has_applet(cap, json_member(modules.at[i].body, "aid")))
            TRY(take_module(tx, c, modules.at[i].id));
    for (size_t i = 0; i < cap->applets; i++)
        if (!has_module(&modules, cap->applet[i].aid))
            TRY(adopt_module(tx, row, cap->applet[i].aid));
    return TSM_OK;
}

static enum tsm_err store_again(struct tx *tx, struct tr_call *c)
{
    const struct tr_row *row = call_row(c);
    char published[UID_ROOM];
    JSON *body = NULL;
    struct tr_row same;
    TRY(change_published_by(tx, row, published));
    if (row->kind == TR_ELF && published[0] && c->upload.has_file)
        return refuse(&c->refusal, TR_PUBLISHED, tr_entity(row->kind)->name, published, NULL);
    TRY(row_load(tx, row->id, &same, &body));
    TRY(set_facts(tx, c, body));
    if (c->upload.has_file) {
        TRY(db_exec(tx, SQL_TR_FILE_SET, row->id, hash_of(c), c->upload.file.body));
        if (row->kind == TR_ELF)
            TRY(change_modules(tx, c, row));
        if (row->kind == TR_SCRIPT)
            TRY(release_script(tx, row, false, c->upload.file.body));
    }
    return change_keep(tx, c, &(struct tr_change){row, body, false});
}

enum tsm_err upload_store(struct tx *tx, struct tr_call *c)
{
    return c->op->act == ACT_UPLOAD ? store_new(tx, c) : store_again(tx, c);
}
