/* SPDX-License-Identifier: Apache-2.0 */
/* One request to the administration interface on its way from the path to the answer; what the files of this
 * folder share. Stations 1 to 3. Role. [TR-03165 4.1] */
#ifndef TSM_ROLE_SP_SPTSM_CALL_H
#define TSM_ROLE_SP_SPTSM_CALL_H

#include "http/message/multipart.h"
#include "link/cap/archive.h"
#include "role/sp/internal.h"
#include "role/sp/sptsm/keep/row.h"
#include "role/sp/sptsm/model/operation.h"

enum {
    SPTSM_PATH_MAX = 3,                    /* entities of a path */
    SPTSM_FILE_MAX = 512 * 1024,           /* octets of an uploaded file */
    SPTSM_JSON_MAX = 256 * 1024,           /* octets of any other body */
    SPTSM_NAME_ROOM = 4 * TR_TEXT_MAX + 1, /* a file name in UTF-8 */
    SPTSM_TOKEN_S = 900,                   /* life of a short-term token */
    SPTSM_TOKEN_BYTES = 32
};

/* An uploaded file and its parts. */
struct tr_upload {
    struct multipart_part file;
    char name[SPTSM_NAME_ROOM]; /* "" when none is told */
    bool has_name, has_file;
    struct cap_file cap; /* of load files; owned: upload_drop */
    uint8_t hash[SHA256_LEN];
};

struct tr_call {
    struct sp *sp;
    const struct tr_operation *op;
    struct http_request *request;
    struct refusal refusal;
    int64_t party;
    char provider[UID_ROOM]; /* the provider's own id */
    /* The path: names as they came, entities when they are found. */
    size_t n;
    enum tr_kind kind[SPTSM_PATH_MAX];
    char name[SPTSM_PATH_MAX][TR_TEXT_MAX + 1];
    struct tr_row row[SPTSM_PATH_MAX];
    json_t *given; /* a JSON body */
    struct tr_upload upload;
    /* The answer. */
    char *text; /* owned */
    size_t text_len;
    bool binary;
    char file_name[SPTSM_NAME_ROOM];
};

static inline enum tsm_err call_refuse(struct tr_call *c, enum tr_category category, const char *a)
{
    return refuse(&c->refusal, category, a, NULL, NULL);
}

/* The entity that the path ends in. */
static inline const struct tr_row *call_row(const struct tr_call *c)
{
    return &c->row[c->n - 1];
}

/* session.c: signing in with the long-term token; who stands behind a short-term one (1000 else). */
enum tsm_err session_begin(struct tr_call *c);
enum tsm_err session_find(struct tx *tx, struct tr_call *c);
/* read.c: the entities of the path (1009 else), each within the one before that is its parent. */
enum tsm_err find_path(struct tx *tx, struct tr_call *c);
/* Lists, entities, files. */
enum tsm_err read_answer(struct tx *tx, struct tr_call *c);
/* The entity as the answer. */
enum tsm_err call_answer(struct tr_call *c, const json_t *entity);
/* write.c: creates, modifies, deletes, links, publishes; in the caller's transaction. */
enum tsm_err write_change(struct tx *tx, struct tr_call *c);
/* upload.c: reads the form before the transaction (1011 to 1014), stores in it. */
enum tsm_err upload_read(struct tr_call *c);
enum tsm_err upload_store(struct tx *tx, struct tr_call *c);
void upload_drop(struct tr_call *c);
/* gate.c: load files of published flavors are judged for the profiles that they shall go to, before the
 * change. */
enum tsm_err gate_judge(struct tr_call *c);
/* link.c: what the body of a link operation makes of the attribute that holds the links; owned by the caller.
 */
enum tsm_err link_given(struct tr_call *c, const json_t *old, json_t **given);
/* The entity in hand after its change: rows, references, checks, audit leaf. */
struct tr_change {
    const struct tr_row *row;
    const json_t *body;
    bool fresh;
};
enum tsm_err change_keep(struct tx *tx, struct tr_call *c, const struct tr_change *change);
/* The published flavor that makes C attributes fast; "" when there is none. */
enum tsm_err change_published_by(struct tx *tx, const struct tr_row *row, char uid[UID_ROOM]);

#endif
