/* SPDX-License-Identifier: Apache-2.0 */
/* Numbered migrations, compiled in, one transaction each; the schema's tokens become the driver's words. A
 * database of another history is refused before anything is changed. At start. Edge. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"

/* The schema text with the driver's words put in; owned by the caller. */
static char *translate(const char *text, const char *const *words)
{
    size_t room = strlen(text) * 2 + 1, n = 0;
    char *out = malloc(room);
    while (out && *text) {
        const char *const *w = words;
        while (*w && strncmp(text, w[0], strlen(w[0])) != 0)
            w += 2;
        if (*w) {
            n += (size_t)snprintf(out + n, room - n, "%s", w[1]);
            text += strlen(w[0]);
        } else {
            out[n++] = *text++;
        }
    }
    if (out)
        out[n] = 0;
    return out;
}

static enum tsm_err version_of(const struct driver *d, struct conn *c, int64_t *version)
{
    void *cursor;
    enum tsm_err e;
    va_list none;
    memset(&none, 0, sizeof none);
    TRY(d->start(c, SQL_SCHEMA_VERSION, none, &cursor));
    e = d->next(c, cursor);
    if (e == TSM_OK)
        *version = d->get_int(cursor, 0);
    d->end(c, SQL_SCHEMA_VERSION, cursor);
    return e;
}

static enum tsm_err apply(const struct driver *d, struct conn *c, int64_t number, time_us now)
{
    const struct migration *m = &migrations[number - 1];
    char note[240];
    char *sql = translate(m->text, d->words);
    enum tsm_err e;
    NEED(sql != NULL, NO_MEMORY);
    snprintf(note, sizeof note,
             "INSERT INTO schema_migration(version, name, applied) VALUES(%lld, '%.100s', %lld)",
             (long long)number, m->name, (long long)now);
    e = d->script(c, "BEGIN IMMEDIATE");
    if (e == TSM_OK)
        e = d->script(c, sql);
    if (e == TSM_OK)
        e = d->script(c, note);
    if (e == TSM_OK)
        e = d->script(c, "COMMIT");
    free(sql);
    if (e != TSM_OK)
        d->script(c, "ROLLBACK");
    return e;
}

/* Each migration that was applied is the one that stands at its place here. */
static enum tsm_err names_agree(const struct driver *d, struct conn *c)
{
    void *cursor;
    enum tsm_err e;
    va_list none;
    memset(&none, 0, sizeof none);
    TRY(d->start(c, SQL_SCHEMA_NAMES, none, &cursor));
    for (int64_t at = 0; (e = d->next(c, cursor)) == TSM_OK; at++) {
        if (d->get_int(cursor, 0) == at + 1 && !strcmp(d->get_text(cursor, 1), migrations[at].name))
            continue;
        e = FAIL(DATABASE,
                 "the database has migration %lld %s, this program has %s there: they are not of one history",
                 (long long)d->get_int(cursor, 0), d->get_text(cursor, 1), migrations[at].name);
        break;
    }
    d->end(c, SQL_SCHEMA_NAMES, cursor);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* A migration must not change once a database had it. Where one did, what it made then is not what it makes
 * now: later ones, and all statements, would meet another schema. */
static enum tsm_err shapes_agree(const struct driver *d, struct conn *c, int64_t version)
{
    struct conn *model;
    enum tsm_err e;
    TRY(d->open(d->nowhere, false, &model));
    e = migrate_to(d, model, version, 0);
    if (e == TSM_OK)
        e = d->has_shape(c, model);
    d->close(model);
    return e;
}

enum tsm_err migrate_to(const struct driver *d, struct conn *c, int64_t version, time_us now)
{
    int64_t have = 0;
    TRY(d->script(c, "CREATE TABLE IF NOT EXISTS schema_migration(version BIGINT NOT NULL PRIMARY KEY, name "
                     "TEXT NOT NULL, "
                     "applied BIGINT NOT NULL)"));
    TRY(version_of(d, c, &have));
    while (have < version)
        TRY(apply(d, c, ++have, now));
    return TSM_OK;
}

enum tsm_err migrate(const struct driver *d, struct conn *c, time_us now)
{
    int64_t have = 0, known = 0;
    while (migrations[known].text)
        known++;
    TRY(migrate_to(d, c, 0, now));
    TRY(version_of(d, c, &have));
    if (have > known)
        return FAIL(DATABASE, "the database has schema %lld, this program knows %lld: use the newer program",
                    (long long)have, (long long)known);
    TRY(names_agree(d, c));
    TRY(shapes_agree(d, c, have));
    return migrate_to(d, c, known, now);
}
