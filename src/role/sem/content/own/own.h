/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Content that the owner brings to its elements of its own accord: a new version under whoever's applications
 * run on a load file (Amendment H), applications in its own domains, installed and removed. One element is
 * one work; many are a campaign. Stations 1, 5 and 6. Role. [capabilities S4, S17]
 */
#ifndef TSM_ROLE_SEM_CONTENT_OWN_OWN_H
#define TSM_ROLE_SEM_CONTENT_OWN_OWN_H

#include "role/sem/internal.h"

enum { OWN_BODY_MAX = 512 * 1024, OWN_FILE_MAX = 65535 };

struct turn;
struct arena;

/* What works of content are called in addresses and campaigns. */
enum own_content { OWN_UPGRADE, OWN_INSTALL, OWN_REMOVE, OWN_CONTENTS };
const char *own_content_word(enum own_content kind);
/* NOT_FOUND for another word. */
enum tsm_err own_content_of(const char *word, enum own_content *out);

/*
 * A wish as it is posted, made ready to be asked of elements (*ask, owned by the caller): its members are
 * known and readable, octets of a load file go into the owner's revisions and out of the wish, which names
 * them by their hash. UNKNOWN_FIELD, MISSING_FIELD, BAD_VALUE, BAD_FORM; NOT_FOUND for a hash of nothing that
 * the owner has.
 */
enum tsm_err own_content_take(struct tx *tx, int64_t owner, enum own_content kind, const json_t *wish,
                              json_t **ask);

/* A wish that was taken, asked of one element. */
struct own_begin {
    const struct element *el;
    enum own_content kind;
    int64_t campaign; /* 0: alone */
    const json_t *ask;
};
/* *answer as work_begin gives it; its "work" is "0" where nothing was to be done. */
enum tsm_err own_content_begin(struct sem *sem, struct tx *tx, const struct own_begin *b, json_t **answer);

/* The load file of a turn whose call names it by its hash alone; where the call has its octets, nothing. */
struct own_file {
    uint8_t *content, *descriptor; /* OWN_FILE_MAX + 3 octets each, in the arena of the turn; NULL: not so */
    size_t descriptor_len;
};
enum tsm_err own_file_room(struct turn *t, struct arena *arena);
/* Its octets become facts.load_file; NOT_FOUND. */
enum tsm_err own_file_load(struct turn *t, struct tx *tx);

/* POST /api/v1/secure-elements/{ref}/upgrades, installations, removals: 202 with the work. */
enum tsm_err sem_post_upgrade(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_post_installation(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_post_removal(void *app, struct http_request *q, struct http_reply *reply);

#endif
