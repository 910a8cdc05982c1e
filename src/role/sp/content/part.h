/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A flavor's content in parts: each is one load file and the applications that are made from it together. An
 * order installs and removes part by part. Station 6. Role. [TR-03165 4.1.4.4, 4.1.4.7]
 *
 * Load files stand in the order of loading (a library before those that import it), applications in the order
 * of their priority. A part is loaded when its first application is due, the files before it in front of it;
 * removal goes the other way, one part a load file.
 */
#ifndef TSM_ROLE_SP_CONTENT_PART_H
#define TSM_ROLE_SP_CONTENT_PART_H

#include "role/sp/process.h"

enum { FLAVOR_FILES_MAX = 8, PARTS_MAX = FLAVOR_FILES_MAX + PLAN_APPLICATIONS_MAX };

/* Applications are borrowed from the flavor; those that the owner keeps for all are not among them. */
struct part {
    size_t file;
    bool again; /* an earlier part of this order has loaded it */
    const json_t *application[PLAN_APPLICATIONS_MAX];
    size_t n;
};
struct parts {
    struct part at[PARTS_MAX];
    size_t n;
};
/* TOO_LONG beyond the limits, BAD_VALUE for an application of a load file that the flavor does not have. */
enum tsm_err parts_of(const json_t *flavor, bool removal, struct parts *out);

/* The part that the order is at, by its step. */
enum tsm_err part_now(const struct turn *t, struct part *out, bool *last);
/* Goes on to the next part, what was kept for the former is forgotten: true. False behind the last one: then
 * the order is at the first again. */
bool part_next(struct turn *t, bool removal);

/* The load file of a part; spans live in the job's arena. NOT_FOUND where the provider has it no more. */
struct part_file {
    struct bytes aid, hash, content, descriptor;
};
enum tsm_err part_file_load(struct turn *t, const struct part *part, struct part_file *out);

/* An application in the words of a call to the owner; owned by the caller, NULL without memory. */
json_t *application_call(const json_t *application);
/* ... and as a fact of a plan. */
enum tsm_err application_fact(struct turn *t, const json_t *application, struct plan_application *out);

#endif
