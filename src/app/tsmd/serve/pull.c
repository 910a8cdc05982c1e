/* SPDX-License-Identifier: Apache-2.0 */
/* A batch of orders from an issuer's https address into its directory, and what came of it back. Station 1.
 * App: edge. [capability P6] */
#include "app/tsmd/serve/pull.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/tsmd/log.h"
#include "base/sign/sign.h"
#include "base/hex.h"

enum {
    PULL_PATH_MAX = 1200,
    PULL_NAME_MAX = 64,
    STEM_DIGITS = 40,   /* "pulled-DIGEST" has fewer */
    TOLD_MAX = 8 << 20, /* octets of what came of a batch of 1 MiB */
    PULL_URL_MAX = 500,
    PULL_PEM_MAX = 32 * 1024,
    DIGEST_TEXT = 2 * SHA256_LEN + 1,
    NAME_DIGITS = 16, /* of a file's name */
    OK = 200,
    NO_CONTENT = 204,
    NOT_MODIFIED = 304,
};

struct pull {
    const char *folder;
    char url[PULL_URL_MAX + 2], last[DIGEST_TEXT], digest[DIGEST_TEXT];
    char pem[PULL_PEM_MAX + 1];
};

static bool path_of(const struct pull *p, const char *name, char out[PULL_PATH_MAX])
{
    int n = snprintf(out, PULL_PATH_MAX, "%s/%s", p->folder, name);
    return n > 0 && n < PULL_PATH_MAX;
}

/* A small text, without its line end; "" where there is no such file. */
static void read_text(const struct pull *p, const char *name, char *out, size_t room)
{
    char path[PULL_PATH_MAX];
    FILE *f = path_of(p, name, path) ? fopen(path, "re") : NULL;
    size_t n = f ? fread(out, 1, room - 1, f) : 0;
    if (f)
        fclose(f);
    while (n && (out[n - 1] == '\n' || out[n - 1] == '\r'))
        n--;
    out[n] = 0;
}

/* Whole or not at all: what is under the name was written to the disk before. */
static bool write_whole(const struct pull *p, const char *name, const char *text, size_t len)
{
    char path[PULL_PATH_MAX], part[PULL_PATH_MAX + 8];
    FILE *f;
    bool fine;
    if (!path_of(p, name, path))
        return false;
    snprintf(part, sizeof part, "%s.part", path);
    f = fopen(part, "we");
    fine = f && fwrite(text, 1, len, f) == len && fflush(f) == 0 && fsync(fileno(f)) == 0;
    if (f)
        fine = fclose(f) == 0 && fine;
    return fine && rename(part, path) == 0;
}

static bool is_there(const struct pull *p, const char *name)
{
    char path[PULL_PATH_MAX];
    return path_of(p, name, path) && access(path, F_OK) == 0;
}

static enum tsm_err keep(struct pull *p, const struct http_answer *a)
{
    uint8_t digest[SHA256_LEN];
    char name[48], done[48];
    if (a->size == 0)
        return TSM_OK;
    TRY(sha256_of(BYTES_OF((const uint8_t *)a->body, a->size), digest));
    hex_text(BYTES(digest), p->digest);
    snprintf(name, sizeof name, "pulled-%.*s.ndjson", NAME_DIGITS, p->digest);
    snprintf(done, sizeof done, "pulled-%.*s.done", NAME_DIGITS, p->digest);
    if (!is_there(p, done) && !is_there(p, name) && !write_whole(p, name, a->body, a->size))
        return FAIL(IO, "a batch of orders could not be written");
    if (!strcmp(p->last, p->digest) || write_whole(p, "pull.last", p->digest, strlen(p->digest)))
        return TSM_OK;
    return FAIL(IO, "the name of the batch could not be written");
}

static enum tsm_err fetch(struct http_client *client, struct pull *p)
{
    char tag[DIGEST_TEXT + 2];
    struct http_call call = {.method = "GET", .url = p->url, .trust = bytes_of_text(p->pem)};
    struct http_answer a;
    enum tsm_err e;
    snprintf(tag, sizeof tag, "\"%s\"", p->last);
    if (p->last[0]) {
        call.fields[0].name = "If-None-Match";
        call.fields[0].value = tag;
        call.n_fields = 1;
    }
    TRY(http_client_call(client, &call, &a));
    if (a.status == OK)
        e = keep(p, &a);
    else
        e = a.status == NO_CONTENT || a.status == NOT_MODIFIED
                ? TSM_OK
                : FAIL(PEER_REFUSED, "it answers with status %d", a.status);
    http_answer_drop(&a);
    return e;
}

static void say_trouble(const struct pull *p, enum tsm_err e)
{
    log_event("intake.trouble", "ss", "file", p->url, "reason", err_cause()[0] ? err_cause() : err_text(e));
}

/* Address and trust of a folder, by the name of the file with the address. */
static enum tsm_err read_settings(struct pull *p, const char *address)
{
    read_text(p, address, p->url, sizeof p->url);
    read_text(p, "pull.pem", p->pem, sizeof p->pem);
    read_text(p, "pull.last", p->last, sizeof p->last);
    err_clear();
    return strlen(p->url) > PULL_URL_MAX
               ? FAIL(TOO_LONG, "the address is longer than %d characters", PULL_URL_MAX)
               : TSM_OK;
}

void intake_pull(struct http_client *client, const char *folder)
{
    struct pull *p = calloc(1, sizeof *p);
    enum tsm_err e;
    if (!p)
        return;
    p->folder = folder;
    e = read_settings(p, "pull.url");
    if (e == TSM_OK && p->url[0])
        e = fetch(client, p);
    if (e != TSM_OK)
        say_trouble(p, e);
    free(p);
}

/* --- what came of a batch, back to the issuer --- */

static enum tsm_err read_told(const struct pull *p, const char *stem, struct writer *out)
{
    char name[PULL_NAME_MAX], path[PULL_PATH_MAX];
    FILE *f;
    snprintf(name, sizeof name, "%.*s.told.ndjson", STEM_DIGITS, stem);
    f = path_of(p, name, path) ? fopen(path, "re") : NULL;
    if (!f)
        return FAIL(NOT_FOUND, "%s cannot be read", name);
    out->len = fread(out->at, 1, out->cap, f);
    if (ferror(f) || !feof(f))
        out->len = out->cap + 1;
    fclose(f);
    return out->len <= out->cap ? TSM_OK : FAIL(TOO_LONG, "%s is longer than what is told", name);
}

static enum tsm_err post_told(struct http_client *client, const struct pull *p, const char *stem,
                              struct writer *room)
{
    struct http_call call = {.method = "POST",
                             .url = p->url,
                             .content_type = "application/x-ndjson",
                             .trust = bytes_of_text(p->pem),
                             .n_fields = 1,
                             .fields = {{"Idempotency-Key", stem}}};
    char heard[PULL_NAME_MAX];
    struct http_answer a;
    enum tsm_err e;
    TRY(read_told(p, stem, room));
    call.body = written(room);
    TRY(http_client_call(client, &call, &a));
    e = http_answer_class(a.status);
    http_answer_drop(&a);
    TRY(e);
    snprintf(heard, sizeof heard, "%.*s.heard", STEM_DIGITS, stem);
    return write_whole(p, heard, "", 0) ? TSM_OK : FAIL(IO, "%s could not be written", heard);
}

/* "pulled-DIGEST" of a batch that is taken and whose issuer does not know yet what came of it. */
static bool is_untold(const struct pull *p, const char *name, char stem[PULL_NAME_MAX])
{
    const char *end = strstr(name, ".done");
    char heard[PULL_NAME_MAX];
    if (strncmp(name, "pulled-", strlen("pulled-")) != 0 || !end || end[strlen(".done")] ||
        end - name > STEM_DIGITS)
        return false;
    snprintf(stem, PULL_NAME_MAX, "%.*s", (int)(end - name), name);
    snprintf(heard, sizeof heard, "%.*s.heard", (int)(end - name), name);
    return !is_there(p, heard);
}

/* An issuer that is away hears all of it at a later look; a batch that cannot be told keeps no other back. */
static enum tsm_err tell_all(struct http_client *client, const struct pull *p)
{
    struct writer room = {malloc(TOLD_MAX), 0, TOLD_MAX};
    DIR *d = room.at ? opendir(p->folder) : NULL;
    char stem[PULL_NAME_MAX];
    struct dirent *entry;
    enum tsm_err e = room.at ? TSM_OK : FAIL(NO_MEMORY, "no memory to tell what came of a batch");
    while (d && e == TSM_OK && (entry = readdir(d)) != NULL)
        if (is_untold(p, entry->d_name, stem)) {
            e = post_told(client, p, stem, &room);
            if (e != TSM_OK && !err_may_retry(e)) {
                say_trouble(p, e);
                e = TSM_OK;
            }
        }
    if (d)
        closedir(d);
    free(room.at);
    return e;
}

void intake_tell(struct http_client *client, const char *folder)
{
    struct pull *p = calloc(1, sizeof *p);
    enum tsm_err e;
    if (!p)
        return;
    p->folder = folder;
    e = read_settings(p, "pull.told");
    if (e == TSM_OK && p->url[0])
        e = tell_all(client, p);
    if (e != TSM_OK)
        say_trouble(p, e);
    free(p);
}
