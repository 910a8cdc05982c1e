/* SPDX-License-Identifier: Apache-2.0 */
/* One line of an inventory file: a secure element and one of its key sets, from JSON or CSV. Station 1. Pure
 * but for jansson. */
#ifndef TSM_ROLE_SEM_IMPORT_LINE_H
#define TSM_ROLE_SEM_IMPORT_LINE_H

#include "role/sem/internal.h"
#include "vault/keys/handover.h"

enum { LINE_KEYS_MAX = 3 * 32 + 28, CSV_COLUMNS_MAX = 20 };

struct import_line {
    char iccid[33], seid[IDENT_MAX + 1], msisdn[17], profile[PROFILE_NAME_MAX + 1];
    char enc[65], mac[65], dek[65], sealed[2 * LINE_KEYS_MAX + 1], kcv[19];
    int protocol, alg; /* see the words in the source */
    int64_t kvn, key_len;
};

/* What was read, ready for the vault; keys are wiped by the caller. */
enum tsm_err import_line_read(const json_t *object, struct import_line *out);
/* The key set of the line; `room` receives the key bytes. `*sealed`: they are under the file key. */
enum tsm_err import_line_keys(const struct import_line *line, uint8_t room[LINE_KEYS_MAX],
                              struct import_row *row, bool *sealed);
/* The identifier that names the element, for messages and as AAD. */
const char *import_line_name(const struct import_line *line);

/* CSV: the first line names the columns; a data line becomes the same JSON object. */
struct csv_head {
    char names[CSV_COLUMNS_MAX][24];
    size_t n;
};
enum tsm_err csv_head_read(struct bytes line, struct csv_head *out);
enum tsm_err csv_line_read(const struct csv_head *head, struct bytes line, json_t **out);

#endif
