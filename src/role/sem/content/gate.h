/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's admission gate: no load file comes to an element that the owner has not judged itself, whatever
 * the provider's gate said. Stations 4 and 6. Role. [capability S18; docs/admission.md] */
#ifndef TSM_ROLE_SEM_CONTENT_GATE_H
#define TSM_ROLE_SEM_CONTENT_GATE_H

#include "order/admission/judge.h"
#include "role/sem/internal.h"

enum { GATE_AIDS_MAX = 1 + CAP_APPLETS_MAX, GATE_PREFIXES_MAX = 64, GATE_TEXT_MAX = 160 };

/* What an owner lays down; numbers are stored. */
enum admission_rule { RULE_HASH, RULE_PREFIX, RULE_ALLOW_LIST_ONLY, ADMISSION_RULES };

/* A load file as a provider sends it: {package, hash, content, descriptor}; spans of the caller. */
struct gate_file {
    int64_t owner, provider, se;      /* se: what is on it already may be imported; 0: none */
    const struct se_profile *profile; /* where it shall go */
    struct bytes package, hash, content, descriptor;
};

/* The judgement of one turn, until its commit. */
struct gate {
    bool judged; /* false: it was admitted before, nothing is to be written */
    bool admitted, listed;
    int64_t provider;
    uint8_t hash[SHA256_LEN], terms[SHA256_LEN], aid[GATE_AIDS_MAX][16];
    size_t aid_len[GATE_AIDS_MAX], aids; /* package first, then applets */
    struct bytes content;                /* borrowed from the file */
    char rule[8], text[GATE_TEXT_MAX];   /* why not */
};

/*
 * Judges it unless it was admitted before under the same terms; reads the database, writes nothing.
 * NOT_ADMITTED with the rule's id first in the cause; *out is filled then, too. BAD_VALUE when hash or
 * package are not those of the content.
 */
enum tsm_err owner_gate_judge(struct store *store, const struct gate_file *f, struct gate *out);
/* Admission, claims of AIDs and audit leaf, or the leaf of a refusal: in the transaction of what follows. */
enum tsm_err owner_gate_write(struct tx *tx, int64_t owner, struct bytes trace, const struct gate *g);

struct turn;
/* The same for a work that brings a load file, in its first turn; t->gate is written by its commit. */
enum tsm_err content_gate(struct turn *t, struct job *job);

/* Was this load file admitted for the provider, whatever profile? NOT_ADMITTED: it must be sent first. What
 * is asked before a token for INSTALL [for load] is signed. */
enum tsm_err gate_admitted(struct tx *tx, int64_t owner, int64_t provider, struct bytes hash);

/* GET, POST /api/v1/admissions, DELETE /api/v1/admissions/{id}. */
enum tsm_err sem_list_admissions(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_post_admission(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_delete_admission(void *app, struct http_request *q, struct http_reply *reply);

#endif
