/* SPDX-License-Identifier: Apache-2.0 */
/* The entities of a path; lists, entities and files as answers: bodies are stored as they are answered.
 * Stations 1 and 2. Role. [TR-03165 4.1.6] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "role/sp/sptsm/call.h"

/* The nearest entity before that is of the parent's kind. */
static int64_t parent_of(const struct tr_call *c, size_t before, enum tr_kind kind)
{
    for (size_t i = before; i-- > 0;)
        if (c->kind[i] == kind)
            return c->row[i].id;
    return 0;
}

enum tsm_err find_path(struct tx *tx, struct tr_call *c)
{
    for (size_t i = 0; i < c->n; i++) {
        struct tr_wanted wanted = {c->party, parent_of(c, i, tr_entity(c->kind[i])->parent), c->kind[i],
                                   c->name[i]};
        enum tsm_err e = row_find(tx, &wanted, &c->row[i], NULL);
        if (e == TSM_NOT_FOUND)
            return refuse(&c->refusal, TR_NOT_EXISTING, tr_entity(c->kind[i])->name, c->name[i], NULL);
        TRY(e);
    }
    return TSM_OK;
}

enum tsm_err call_answer(struct tr_call *c, const json_t *entity)
{
    free(c->text);
    c->text = json_text(entity);
    NEED(c->text != NULL, NO_MEMORY);
    c->text_len = strlen(c->text);
    return TSM_OK;
}

static int64_t argument(const struct tr_call *c, char letter)
{
    switch (letter) {
    case 'p':
        return c->party;
    case 'k':
        return c->op->kind;
    case '1':
    case '2':
    case '3':
        return c->row[letter - '1'].id;
    default:
        return 0;
    }
}

static enum tsm_err query(struct tx *tx, const struct tr_call *c, struct rows *r)
{
    const char *letters = c->op->arguments;
    int64_t v[4] = {0};
    size_t n = strlen(letters);
    for (size_t i = 0; i < n; i++)
        v[i] = argument(c, letters[i]);
    switch (n) {
    case 1:
        return db_query(tx, r, c->op->statement, v[0]);
    case 2:
        return db_query(tx, r, c->op->statement, v[0], v[1]);
    case 3:
        return db_query(tx, r, c->op->statement, v[0], v[1], v[2]);
    default:
        return db_query(tx, r, c->op->statement, v[0], v[1], v[2], v[3]);
    }
}

/* A list that grows: "[", bodies with commas between, "]". */
static enum tsm_err put(FILE *out, const char *text)
{
    NEED(fputs(text, out) >= 0, NO_MEMORY);
    return TSM_OK;
}

static enum tsm_err list(struct tx *tx, struct tr_call *c)
{
    FILE *out = open_memstream(&c->text, &c->text_len);
    const char *before = "[";
    ROWS r = {0};
    enum tsm_err e = out ? query(tx, c, &r) : FAIL(NO_MEMORY, "no memory for a list");
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        e = put(out, before);
        if (e == TSM_OK)
            e = put(out, db_text(&r, 1));
        before = ",";
    }
    if (e == TSM_NOT_FOUND)
        e = put(out, *before == '[' ? "[]" : "]");
    if (out && fclose(out) != 0 && e == TSM_OK)
        e = FAIL(NO_MEMORY, "no memory for a list");
    return e;
}

static enum tsm_err entity(struct tx *tx, struct tr_call *c, int64_t id)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_TR_BY_ID, id));
    c->text = strdup(db_text(&r, 2));
    NEED(c->text != NULL, NO_MEMORY);
    c->text_len = strlen(c->text);
    return TSM_OK;
}

static enum tsm_err file(struct tx *tx, struct tr_call *c)
{
    JSON *body = NULL;
    struct tr_row row;
    ROWS r = {0};
    struct writer w;
    TRY(row_load(tx, call_row(c)->id, &row, &body));
    TRY(db_first(tx, &r, SQL_TR_FILE_GET, row.id));
    w = (struct writer){malloc(db_blob(&r, 1).len + 1), 0, db_blob(&r, 1).len};
    NEED(w.at != NULL, NO_MEMORY);
    write_span(&w, db_blob(&r, 1));
    c->text = (char *)w.at;
    c->text_len = w.len;
    c->binary = true;
    snprintf(c->file_name, sizeof c->file_name, "%s", json_member(body, "fileName"));
    return TSM_OK;
}

enum tsm_err read_answer(struct tx *tx, struct tr_call *c)
{
    switch (c->op->act) {
    case ACT_LIST:
        return list(tx, c);
    case ACT_ACCOUNT:
        return entity(tx, c, c->party);
    case ACT_BINARY:
        return file(tx, c);
    default:
        return entity(tx, c, call_row(c)->id);
    }
}
