/* SPDX-License-Identifier: Apache-2.0 */
/* A batch of orders from an issuer's https address into its directory. Station 1. App: edge. [capability P6]
 */
#include "app/tsmd/serve/pull.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/tsmd/log.h"
#include "base/hex.h"

enum {
    PULL_PATH_MAX = 1200,
    PULL_URL_MAX = 500,
    PULL_PEM_MAX = 32 * 1024,
    DIGEST_TEXT = 2 * SHA256_DIGEST_LENGTH + 1,
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
    uint8_t digest[SHA256_DIGEST_LENGTH];
    char name[48], done[48];
    if (a->size == 0)
        return TSM_OK;
    SHA256((const uint8_t *)a->body, a->size, digest);
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

void intake_pull(struct http_client *client, const char *folder)
{
    struct pull *p = calloc(1, sizeof *p);
    enum tsm_err e = TSM_OK;
    if (!p)
        return;
    p->folder = folder;
    read_text(p, "pull.url", p->url, sizeof p->url);
    read_text(p, "pull.pem", p->pem, sizeof p->pem);
    read_text(p, "pull.last", p->last, sizeof p->last);
    err_clear();
    if (strlen(p->url) > PULL_URL_MAX)
        e = FAIL(TOO_LONG, "the address is longer than %d characters", PULL_URL_MAX);
    else if (p->url[0])
        e = fetch(client, p);
    if (e != TSM_OK)
        log_event("intake.trouble", "ss", "file", p->url, "reason",
                  err_cause()[0] ? err_cause() : err_text(e));
    free(p);
}
