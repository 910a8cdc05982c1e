/* SPDX-License-Identifier: Apache-2.0 */
/* Numbered migrations, compiled in, one transaction each; the schema's tokens become the driver's words. At
 * start. Edge. */
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

enum tsm_err migrate(const struct driver *d, struct conn *c, time_us now)
{
    int64_t have = 0, known = 0;
    while (migrations[known].text)
        known++;
    TRY(d->script(c, "CREATE TABLE IF NOT EXISTS schema_migration(version BIGINT NOT NULL PRIMARY KEY, name "
                     "TEXT NOT NULL, "
                     "applied BIGINT NOT NULL)"));
    TRY(version_of(d, c, &have));
    if (have > known)
        return FAIL(DATABASE, "the database has schema %lld, this program knows %lld: use the newer program",
                    (long long)have, (long long)known);
    while (have < known)
        TRY(apply(d, c, ++have, now));
    return TSM_OK;
}
