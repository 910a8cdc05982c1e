/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Import of the owner's secure elements: idempotent, each refused line named. Lines are read and their keys
 * checked in one batch while the batch before is being stored; neither grows with the file. Station 1. Role.
 * [capability S1]
 */
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "role/sem/inventory/inventory.h"
#include "role/sem/inventory/row.h"
#include "role/sem/inventory/source.h"

/* Filled by the caller's thread, stored by the writer's; never both at once. */
struct batch {
    struct importer *im;
    struct ready_line *rows; /* IMPORT_BATCH */
    size_t n;
    bool under_way;
    sem_t stored;
    enum tsm_err result;
    char cause[ERR_CAUSE_MAX];
    int64_t ended[ROW_CHANGED + 1];
    json_t *refused; /* lines of this batch */
};

struct import {
    struct importer im;
    struct sealed_keyset file_key;
    uint8_t file_key_blob[128];
    struct batch batch[2], *filling;
    int64_t ended[ROW_CHANGED + 1], n_refused;
    json_t *refused;
};

static json_t *refusal(int64_t number, enum tsm_err e)
{
    json_t *o = json_pack("{sI ss}", "line", (json_int_t)number, "reason",
                          err_cause()[0] ? err_cause() : err_text(e));
    if (err_field()[0])
        json_object_set_new(o, "field", json_string(err_field()));
    return o;
}

/* The unit of work of one batch. */
static enum tsm_err store_rows(struct tx *tx, void *arg)
{
    struct batch *b = arg;
    char detail[120];
    memset(b->ended, 0, sizeof b->ended);
    json_array_clear(b->refused);
    for (size_t i = 0; i < b->n; i++) {
        enum row_end end;
        enum tsm_err e;
        err_clear();
        e = inventory_row(tx, b->im, &b->rows[i], &end);
        if (e != TSM_OK && err_may_retry(e))
            return e;
        if (e == TSM_OK)
            b->ended[end]++;
        else
            json_array_append_new(b->refused, refusal(b->rows[i].number, e));
    }
    if (b->ended[ROW_ADDED] == 0)
        return TSM_OK;
    snprintf(detail, sizeof detail, "{\"added\":%lld}", (long long)b->ended[ROW_ADDED]);
    return audit_add(tx, &(struct audit_leaf){b->im->owner, BYTES_NONE, "inventory.imported", detail});
}

static void batch_stored(void *arg, enum tsm_err result)
{
    struct batch *b = arg;
    b->result = result;
    snprintf(b->cause, sizeof b->cause, "%s", result == TSM_OK ? "" : err_cause());
    sem_post(&b->stored);
}

static void refuse(struct import *im, json_t *o)
{
    if (im->n_refused++ < IMPORT_REFUSED_SHOWN)
        json_array_append(im->refused, o);
}

/* Waits until the batch is stored; then it is empty. */
static enum tsm_err settle(struct import *im, struct batch *b)
{
    json_t *o;
    size_t i;
    if (!b->under_way)
        return TSM_OK;
    while (sem_wait(&b->stored) != 0) /* a signal came */
        continue;
    b->under_way = false;
    b->n = 0;
    if (b->result != TSM_OK)
        return err_fail(b->result, ERR_HERE, "%s", b->cause);
    for (i = 0; i <= ROW_CHANGED; i++)
        im->ended[i] += b->ended[i];
    json_array_foreach(b->refused, i, o) refuse(im, o);
    return TSM_OK;
}

/* Gives the batch to the writer and turns to the other one. */
static enum tsm_err hand_over(struct import *im)
{
    struct batch *b = im->filling, *other = b == &im->batch[0] ? &im->batch[1] : &im->batch[0];
    TRY(settle(im, other)); /* lines are stored in their order */
    if (b->n == 0)
        return TSM_OK;
    TRY(store_submit(im->im.sem->c.store, store_rows, b, 0, batch_stored));
    b->under_way = true;
    im->filling = other;
    return TSM_OK;
}

/* {"file_key": "<JWE>"} stands before the lines that are sealed under it. */
static enum tsm_err take_file_key(struct import *im, const json_t *o)
{
    const char *jwe = json_string_value(json_object_get(o, "file_key"));
    struct writer w = WRITER(im->file_key_blob);
    if (!jwe || json_object_size(o) != 1)
        return FAIL_FIELD(BAD_FORM, "file_key", "the file key is a compact JWE in an object of its own");
    im->file_key = (struct sealed_keyset){.id = (uint64_t)store_id(im->im.sem->c.store)};
    TRY(vault_import_key_file(im->im.vault, bytes_of_text(jwe), im->file_key.id, &w));
    im->file_key.blob = written(&w);
    return TSM_OK;
}

static void refuse_now(struct import *im, int64_t number, enum tsm_err e)
{
    json_t *o = refusal(number, e);
    refuse(im, o);
    json_decref(o);
}

/* One object: a line that is refused is told, only trouble of our own stops the import. */
static enum tsm_err take_object(struct import *im, const json_t *o, int64_t number)
{
    struct batch *b = im->filling;
    struct ready_line *row = &b->rows[b->n];
    enum tsm_err e;
    row->number = number;
    e = json_object_get(o, "file_key") ? take_file_key(im, o)
                                       : import_line_take(&im->im, im->file_key, o, row);
    if (e == TSM_OK && json_object_get(o, "file_key"))
        return TSM_OK;
    if (e == TSM_OK)
        return ++b->n == IMPORT_BATCH ? hand_over(im) : TSM_OK;
    if (err_may_retry(e))
        return e;
    refuse_now(im, number, e);
    return TSM_OK;
}

static enum tsm_err import_body(struct import *im, struct source *s)
{
    json_t *o;
    for (;;) {
        enum tsm_err e;
        err_clear();
        e = source_next(s, &o);
        if (e == TSM_NOT_FOUND)
            break;
        if (e != TSM_OK && (s->broken || err_may_retry(e)))
            return e;
        if (e != TSM_OK) {
            refuse_now(im, s->number, e);
            continue;
        }
        e = take_object(im, o, s->number);
        json_decref(o);
        TRY(e);
    }
    TRY(hand_over(im));
    return hand_over(im);
}

static enum tsm_err import_new(struct import *im)
{
    im->refused = json_array();
    for (size_t i = 0; i < 2; i++) {
        struct batch *b = &im->batch[i];
        b->im = &im->im;
        b->rows = calloc(IMPORT_BATCH, sizeof *b->rows);
        b->refused = json_array();
        sem_init(&b->stored, 0, 0);
        NEED(b->rows && b->refused, NO_MEMORY);
    }
    im->filling = &im->batch[0];
    NEED(im->refused != NULL, NO_MEMORY);
    return TSM_OK;
}

/* What is with the writer is waited for whatever happened. */
static void import_end(struct import *im)
{
    for (size_t i = 0; i < 2; i++) {
        struct batch *b = &im->batch[i];
        if (b->under_way)
            while (sem_wait(&b->stored) != 0)
                continue;
        if (b->rows)
            explicit_bzero(b->rows, IMPORT_BATCH * sizeof *b->rows);
        free(b->rows);
        json_decref(b->refused);
        sem_destroy(&b->stored);
    }
    json_decref(im->refused);
}

static enum source_form form_of(const char *content_type)
{
    return !strcmp(content_type, "application/json") ? SOURCE_LIST
           : !strcmp(content_type, "text/csv")       ? SOURCE_CSV
                                                     : SOURCE_NDJSON;
}

static int by_line(const void *a, const void *b)
{
    json_int_t x = json_integer_value(json_object_get(*(json_t *const *)a, "line")),
               y = json_integer_value(json_object_get(*(json_t *const *)b, "line"));
    return (x > y) - (x < y);
}

/* Lines are refused when they are read or when they are stored, which is later: they are told in their order.
 */
static json_t *in_order(json_t *refused)
{
    json_t *at[IMPORT_REFUSED_SHOWN], *o, *list = json_array();
    size_t n = 0, i;
    json_array_foreach(refused, i, o) at[n++] = o;
    qsort(at, n, sizeof at[0], by_line);
    for (i = 0; i < n; i++)
        json_array_append(list, at[i]);
    return list;
}

enum tsm_err sem_import(void *app, struct http_request *q, struct http_reply *reply)
{
    struct import im = {.im = {.sem = app}};
    struct source source;
    struct caller who;
    enum tsm_err e;
    TRY(sem_operator(app, q, &who));
    im.im.owner = who.party;
    TRY(im.im.sem->c.vault_of(im.im.sem->c.self, who.party, &im.im.vault));
    source_open(&source, form_of(q->content_type), q->body);
    source.knows = import_line_knows;
    e = import_new(&im);
    if (e == TSM_OK)
        e = import_body(&im, &source);
    if (e == TSM_OK)
        e = http_reply_json(reply, 200,
                            json_pack("{sI sI sI sI so}", "added", (json_int_t)im.ended[ROW_ADDED], "changed",
                                      (json_int_t)im.ended[ROW_CHANGED], "unchanged",
                                      (json_int_t)im.ended[ROW_UNCHANGED], "refused_count",
                                      (json_int_t)im.n_refused, "refused", in_order(im.refused)));
    import_end(&im);
    return e;
}
