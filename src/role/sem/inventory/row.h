/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a line of an import does to the inventory, in the import's transaction: a new element, a change, or
 * nothing. A line that is refused leaves nothing behind. Station 1. Role. [capability S1]
 */
#ifndef TSM_ROLE_SEM_INVENTORY_ROW_H
#define TSM_ROLE_SEM_INVENTORY_ROW_H

#include "role/sem/inventory/line.h"

/* A line whose keys the vault has taken in. */
struct ready_line {
    struct import_line line; /* without keys */
    int64_t number, keyset;
    uint8_t protocol, kcvs[KEYSET_KEYS][GP_KCV_LEN];
    uint8_t blob[SEALED_KEYSET_MAX];
    size_t blob_len;
};

/* What the lines of one import share. */
struct importer {
    struct sem *sem;
    int64_t owner;
    struct vault_party *vault;
    struct {
        char name[PROFILE_NAME_MAX + 1];
        int64_t id;
        bool retired;
    } profile; /* the last that was looked up */
};

enum row_end { ROW_UNCHANGED, ROW_ADDED, ROW_CHANGED };
/* Errors that may be retried are ours; any other refuses the line, with field and cause. */
enum tsm_err inventory_row(struct tx *tx, struct importer *im, const struct ready_line *row,
                           enum row_end *end);

/* A line with its keys through the vault: under the file key (an empty one: none came), or in clear, which a
 * laboratory takes. `out` holds no keys whatever is returned. */
enum tsm_err import_line_take(const struct importer *im, struct sealed_keyset file_key, const json_t *object,
                              struct ready_line *out);
/* The same for a known element and a line without keys; the names of the line are added to its own. */
enum tsm_err inventory_change(struct tx *tx, struct importer *im, int64_t se, const struct ready_line *row);

/* An element as it stands. */
struct standing {
    int64_t id, profile, state, subscription, device, successor;
    struct se_names names;
    char msisdn[MSISDN_MAX + 1], imsi[MSISDN_MAX + 1], profile_name[PROFILE_NAME_MAX + 1];
};
enum tsm_err standing_load(struct tx *tx, int64_t se, struct standing *out);
/* As its owner sees it; owned by the caller. */
json_t *standing_json(const struct standing *s);
enum tsm_err standing_store(struct tx *tx, const struct standing *s);
/* CONFLICT where another of the owner's elements answers under this number, or has this IMSI; "" is free. */
enum tsm_err msisdn_is_free(struct tx *tx, int64_t owner, const char *msisdn, int64_t se);
enum tsm_err imsi_is_free(struct tx *tx, int64_t owner, const char *imsi, int64_t se);
/* The element that one of the names is of, 0 where none is: CONFLICT where they are of several elements, or
 * of another owner's, who is not told. An ICCID is found with its check digit or without. */
enum tsm_err names_find(struct tx *tx, int64_t owner, const struct se_names *names, int64_t *se);
/* Names that `s` lacks are added; CONFLICT where it has another of a kind. *changed is set if one was. */
enum tsm_err names_merge(struct se_names *s, const struct se_names *more, bool *changed);
/* A number or IMSI as it is shown where it is not needed: its last four digits. */
enum { MSISDN_MASKED = 24 };
const char *msisdn_masked(const char *msisdn, char out[MSISDN_MASKED]);

#endif
