/* SPDX-License-Identifier: Apache-2.0 */
/* Load files that the owner brings itself: kept once, named by their hash in the works of many elements.
 * Stations 1 and 5. Role. [capability S17] */
#include <stdlib.h>

#include "base/sign/sign.h"
#include "base/hex.h"
#include "gp/cap/cap.h"
#include "role/sem/content/own/take.h"
#include "role/sem/work.h"

enum { FILE_ROOM = OWN_FILE_MAX + 3, CONTENT_COLUMN = 3, DESCRIPTOR_COLUMN = 4 };

/* Octets as they are posted. */
struct offered {
    uint8_t *room;
    size_t len, descriptor;
    uint8_t hash[SHA256_LEN];
    struct cap cap;
};

static struct bytes content_of(const struct offered *o)
{
    return BYTES_OF(o->room, o->len);
}

static enum tsm_err read_octets(const json_t *file, struct offered *o)
{
    size_t n;
    TRY(json_member_hex(file, "content", o->room, OWN_FILE_MAX, &o->len));
    if (json_object_get(file, "descriptor"))
        TRY(json_member_hex(file, "descriptor", o->room + o->len, FILE_ROOM, &o->descriptor));
    TRY(sha256_of(content_of(o), o->hash));
    if (cap_read_joined(BYTES_OF(o->room, o->len + o->descriptor), &o->cap) != TSM_OK)
        return FAIL_FIELD(BAD_VALUE, "content", "the octets are no load file data block");
    if (json_object_get(file, "package")) {
        uint8_t aid[16];
        TRY(json_member_hex(file, "package", aid, sizeof aid, &n));
        if (!bytes_equal(BYTES_OF(aid, n), o->cap.package.aid))
            return FAIL_FIELD(BAD_VALUE, "package",
                              "the load file holds another package than it is named by");
    }
    return TSM_OK;
}

static enum tsm_err name_file(json_t *file, struct bytes package, struct bytes hash)
{
    char aid[33], hex[2 * SHA256_LEN + 1];
    json_object_clear(file);
    json_object_set_new(file, "package", json_string(hex_text(package, aid)));
    json_object_set_new(file, "hash", json_string(hex_text(hash, hex)));
    return json_object_set_new(file, "stored", json_true()) == 0 ? TSM_OK : FAIL(NO_MEMORY, "no memory");
}

static enum tsm_err keep(struct tx *tx, int64_t owner, const struct offered *o)
{
    struct bytes descriptor = BYTES_OF(o->room + o->len, o->descriptor);
    TRY(db_exec(tx, SQL_REVISION_ADD, store_id(tx_store(tx)), owner, o->cap.package.aid, BYTES(o->hash),
                (int64_t)o->cap.package.major, (int64_t)o->cap.package.minor, content_of(o), descriptor,
                tx_now(tx)));
    return descriptor.len ? db_exec(tx, SQL_REVISION_DESCRIBE, owner, BYTES(o->hash), descriptor) : TSM_OK;
}

static enum tsm_err take_octets(struct tx *tx, int64_t owner, json_t *file, const uint8_t *said, size_t n)
{
    struct offered *o = calloc(1, sizeof *o);
    enum tsm_err e = TSM_NO_MEMORY;
    NEED(o != NULL, NO_MEMORY);
    o->room = malloc(2 * FILE_ROOM);
    if (o->room)
        e = read_octets(file, o);
    if (e == TSM_OK && n && !bytes_equal(BYTES_OF(said, n), BYTES(o->hash)))
        e = FAIL_FIELD(BAD_VALUE, "hash", "the hash is not that of the load file");
    if (e == TSM_OK)
        e = keep(tx, owner, o);
    if (e == TSM_OK)
        e = name_file(file, o->cap.package.aid, BYTES(o->hash));
    free(o->room);
    free(o);
    return e;
}

/* What a provider's deployment brought is named by the package that its octets hold. */
static enum tsm_err package_of_hash(struct tx *tx, int64_t owner, struct bytes hash, uint8_t aid[16],
                                    size_t *n)
{
    struct cap cap;
    enum tsm_err e;
    {
        ROWS r = {0};
        e = db_first(tx, &r, SQL_REVISION_BY_HASH, owner, hash);
        if (e == TSM_OK)
            return bytes_keep(db_blob(&r, 0), aid, 16, n);
    }
    if (e != TSM_NOT_FOUND)
        return e;
    ROWS r = {0};
    e = db_first(tx, &r, SQL_ADMITTED_GET, owner, hash);
    if (e == TSM_NOT_FOUND)
        return FAIL_FIELD(NOT_FOUND, "hash",
                          "the owner has no load file of this hash: send its octets as content");
    TRY(e);
    TRY(cap_read_joined(db_blob(&r, 0), &cap));
    return bytes_keep(cap.package.aid, aid, 16, n);
}

enum tsm_err own_file_take(struct tx *tx, int64_t owner, json_t *file)
{
    uint8_t hash[SHA256_LEN], aid[16];
    size_t n = 0, len;
    if (json_object_get(file, "hash"))
        TRY(json_member_hex(file, "hash", hash, sizeof hash, &n));
    if (json_object_get(file, "content"))
        return take_octets(tx, owner, file, hash, n);
    if (n != sizeof hash)
        return FAIL_FIELD(MISSING_FIELD, "load_file",
                          "a load file is named by its hash, or given as content");
    TRY(package_of_hash(tx, owner, BYTES(hash), aid, &len));
    return name_file(file, BYTES_OF(aid, len), BYTES(hash));
}

enum tsm_err own_file_room(struct turn *t, struct arena *arena)
{
    if (!json_is_true(json_object_get(json_object_get(t->body, "load_file"), "stored")))
        return TSM_OK;
    if (t->call)
        return FAIL_FIELD(UNKNOWN_FIELD, "stored", "the octets of a provider's load file come with its call");
    t->own.content = arena_get(arena, FILE_ROOM);
    t->own.descriptor = arena_get(arena, FILE_ROOM);
    return t->own.content && t->own.descriptor ? TSM_OK : FAIL(NO_MEMORY, "no memory for a load file");
}

enum tsm_err own_file_load(struct turn *t, struct tx *tx)
{
    struct bytes hash = t->facts.load_hash;
    size_t n;
    enum tsm_err e;
    if (!t->own.content)
        return TSM_OK;
    {
        ROWS r = {0};
        e = db_first(tx, &r, SQL_REVISION_BY_HASH, t->el.owner, hash);
        if (e == TSM_OK) {
            TRY(bytes_keep(db_blob(&r, CONTENT_COLUMN), t->own.content, FILE_ROOM, &n));
            TRY(bytes_keep(db_blob(&r, DESCRIPTOR_COLUMN), t->own.descriptor, FILE_ROOM,
                           &t->own.descriptor_len));
        }
    }
    if (e == TSM_NOT_FOUND) {
        ROWS r = {0};
        e = db_first(tx, &r, SQL_ADMITTED_GET, t->el.owner, hash);
        if (e == TSM_OK)
            TRY(bytes_keep(db_blob(&r, 0), t->own.content, FILE_ROOM, &n));
    }
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "the owner has the load file of this hash no more");
    TRY(e);
    t->facts.load_file = BYTES_OF(t->own.content, n);
    return TSM_OK;
}
