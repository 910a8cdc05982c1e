/* SPDX-License-Identifier: Apache-2.0 */
/* A provider's load files: judged by the gate when they come, kept in every revision. Stations 1 to 4. Role.
 * [capability S18; TR-03165 executable load files] */
#ifndef TSM_ROLE_SP_CONTENT_LOAD_FILE_H
#define TSM_ROLE_SP_CONTENT_LOAD_FILE_H

#include "http/server.h"
#include "order/admission/judge.h"
#include "store/store.h"

enum { LOAD_FILE_PROFILES_MAX = 16, LOAD_FILES_SHOWN = 100, PROFILES_TEXT_MAX = 512 };

/* What a provider gives. */
struct load_file_offer {
    struct store *store;
    int64_t party;
    struct bytes file;                /* CAP archive or joined components */
    const struct cap_package *beside; /* loaded before it, by the same flavor; may be NULL */
    size_t n_beside;
    const char
        *profiles; /* names with commas between; "": those of the provider's flavors that name the package */
};
/* What became of it. */
struct load_file_result {
    bool admitted, fresh; /* fresh: this revision was not there before */
    char package[33], hash[65];
    uint8_t major, minor;
    size_t bytes;
    char profile[PROFILE_NAME_MAX + 1]; /* the one that it was judged for last; "" for the file alone */
    char names[PROFILES_TEXT_MAX];      /* what it was judged for, commas between */
    struct admission_case *judged;      /* the last judgement; owned: load_file_result_drop */
};

/*
 * Judges and stores, with its audit leaf in the same transaction: also a refusal leaves one. A refused file
 * is no failure: see admitted. NOT_FOUND for an unknown profile; TOO_LONG; DATABASE.
 */
enum tsm_err load_file_take(const struct load_file_offer *offer, struct load_file_result *out);
void load_file_result_drop(struct load_file_result *r);
/* {package, version, hash, bytes, profiles}; owned by the caller. */
json_t *load_file_json(const struct load_file_result *r);

/* POST and GET /api/v1/load-files, GET /api/v1/load-files/{hash}. */
enum tsm_err sp_post_load_file(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sp_list_load_files(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sp_get_load_file(void *app, struct http_request *q, struct http_reply *reply);

#endif
