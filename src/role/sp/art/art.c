/* SPDX-License-Identifier: Apache-2.0 */
/* Card art that is given: judged, named by its octets, stored. Stations 1 to 3. Role. [capability P10; RFC
 * 9110 8.8.3, RFC 8246] */
#include "role/sp/art/art.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sign/sign.h"
#include "base/hex.h"
#include "role/sp/art/picture.h"
#include "role/sp/life/subject.h"
#include "role/sp/orders/order_api.h"

/* A picture that is given. */
struct art {
    int64_t party;
    char hash[ART_HASH_TEXT];
    struct art_words words;
    struct picture picture;
    struct bytes octets;
    bool fresh;
};

bool art_locale_is_right(const char *text)
{
    enum { FIRST_MIN = 2, PART_MAX = 8 };
    size_t n = 0;
    bool first = true;
    for (;; text++) {
        if (*text && *text != '-') {
            if (!isalnum((unsigned char)*text) || (first && !isalpha((unsigned char)*text)) || ++n > PART_MAX)
                return false;
            continue;
        }
        if (n < (first ? FIRST_MIN : 1))
            return false;
        if (!*text)
            return true;
        n = 0;
        first = false;
    }
}

enum tsm_err art_hash(struct bytes octets, char out[ART_HASH_TEXT])
{
    uint8_t digest[SHA256_LEN];
    TRY(sha256_of(octets, digest));
    hex_text(BYTES(digest), out);
    for (char *p = out; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return TSM_OK;
}

static enum tsm_err read_text(const struct http_request *q, const char *name, char *out, size_t cap)
{
    enum tsm_err e = http_query_param(q, name, out, cap);
    if (e != TSM_MISSING_FIELD)
        return e;
    err_clear();
    *out = 0;
    return TSM_OK;
}

enum tsm_err art_words_read(const struct http_request *q, struct art_words *out)
{
    json_t *title;
    TRY(read_text(q, "service", out->service, sizeof out->service));
    TRY(read_text(q, "locale", out->locale, sizeof out->locale));
    TRY(read_text(q, "title", out->title, sizeof out->title));
    if (out->locale[0] && !art_locale_is_right(out->locale))
        return FAIL_FIELD(BAD_FORM, "locale", "the locale is no language tag like de or pt-BR");
    title = json_string(out->title); /* UTF-8 */
    if (!title)
        return FAIL_FIELD(BAD_FORM, "title", "the title is no UTF-8 text");
    json_decref(title);
    return TSM_OK;
}

/* By its name or by the id that the administration interface gave it. */
static enum tsm_err know_service(struct tx *tx, const struct art *a)
{
    int64_t service;
    return a->words.service[0] ? subject_service(tx, a->party, a->words.service, &service) : TSM_OK;
}

static enum tsm_err store_art(struct tx *tx, void *arg)
{
    struct art *a = arg;
    char detail[ART_HASH_TEXT + 16];
    ROWS r = {0};
    enum tsm_err e;
    TRY(know_service(tx, a));
    e = db_first(tx, &r, SQL_ART_FIND, a->party, a->hash, a->words.locale, a->words.service);
    a->fresh = e == TSM_NOT_FOUND;
    if (!a->fresh)
        return e;
    TRY(db_exec(tx, SQL_ART_ADD, a->party, store_id(tx_store(tx)), a->hash, a->words.locale, a->words.service,
                (int64_t)a->picture.width, (int64_t)a->picture.height, (int64_t)a->octets.len, tx_now(tx),
                a->picture.type, a->words.title, a->octets));
    snprintf(detail, sizeof detail, "{\"hash\":\"%s\"}", a->hash);
    return audit_add(tx, &(struct audit_leaf){a->party, BYTES_NONE, "card-art.stored", detail});
}

enum tsm_err sp_post_card_art(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sp *sp = app;
    struct art a = {.octets = q->body};
    struct caller who;
    TRY(sp_caller(sp, q, &who));
    TRY(art_words_read(q, &a.words));
    TRY(picture_read(q->body, &a.picture));
    if (strcmp(q->content_type, a.picture.type) != 0)
        return FAIL_FIELD(WRONG_TYPE, "Content-Type", "the octets are %s", a.picture.type);
    a.party = who.party;
    TRY(art_hash(a.octets, a.hash));
    TRY(store_write(sp->c.store, store_art, &a));
    TRY(http_reply_json(reply, a.fresh ? 201 : 200,
                        json_pack("{ss ss sI sI sI ss ss ss}", "hash", a.hash, "type", a.picture.type,
                                  "width", (json_int_t)a.picture.width, "height",
                                  (json_int_t)a.picture.height, "bytes", (json_int_t)a.octets.len, "locale",
                                  a.words.locale, "service", a.words.service, "title", a.words.title)));
    return http_reply_header(reply, "Location", "/api/v1/card-art/%s", a.hash);
}
