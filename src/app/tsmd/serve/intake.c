/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders that an issuer leaves in files: PARTY/NAME.ndjson, an order a line in the form of POST
 * /api/v1/orders, card data in their envelopes. What came of each line is written to NAME.told.ndjson, then
 * the file becomes NAME.done. A line that comes again is the order that it was, so a stop in between loses
 * and doubles nothing. Station 1. App: edge. [capability P6]
 */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/tsmd/serve/house.h"
#include "app/tsmd/serve/pull.h"
#include "app/tsmd/log.h"
#include "base/sign/sign.h"
#include "base/hex.h"
#include "role/sp/orders/accept.h"
#include "role/sp/orders/order_api.h"

enum { INTAKE_LINE_MAX = 32 * 1024, INTAKE_PATH_MAX = 1100, KEY_OCTETS = 16, INTAKE_LONGEST_S = 86400 };
static const char ending[] = ".ndjson", told_ending[] = ".told.ndjson", done_ending[] = ".done";

struct intake {
    struct house *house;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stop_now;
    bool stopping;
    time_t pause;
};

struct batch {
    struct sp *sp;
    int64_t party;
    FILE *told;
    size_t line, taken, refused, waiting;
};

/* By the octets of the line: the same line is the same order, in whichever file. */
static enum tsm_err key_of(struct bytes line, char key[3 + 2 * KEY_OCTETS + 1])
{
    uint8_t digest[SHA256_LEN];
    TRY(sha256_of(line, digest));
    memcpy(key, "in-", 3);
    hex_text(BYTES_OF(digest, KEY_OCTETS), key + 3);
    return TSM_OK;
}

/* The cause of a refusal shows no value of the card record. */
static void take_line(struct batch *b, struct bytes line)
{
    char key[3 + 2 * KEY_OCTETS + 1];
    struct accepted a;
    json_t *o;
    enum tsm_err e;
    err_clear();
    e = key_of(line, key);
    if (e == TSM_OK)
        e = sp_take_order(b->sp, &(struct order_letter){b->party, line, key}, &a);
    b->waiting += err_may_retry(e) != 0;
    b->taken += e == TSM_OK;
    b->refused += e != TSM_OK && !err_may_retry(e);
    o = e == TSM_OK ? json_pack("{sI so sb}", "line", (json_int_t)b->line, "order",
                                json_sprintf("%lld", (long long)a.order.id), "repeated", a.repeated)
                    : json_pack("{sI ss ss ss}", "line", (json_int_t)b->line, "code", err_name(e), "field",
                                err_field(), "detail", err_cause()[0] ? err_cause() : err_text(e));
    json_dumpf(o, b->told, JSON_COMPACT);
    fputc('\n', b->told);
    json_decref(o);
}

static void take_lines(struct batch *b, FILE *f)
{
    static char line[INTAKE_LINE_MAX]; /* one thread reads */
    while (fgets(line, sizeof line, f)) {
        size_t n = strcspn(line, "\r\n");
        b->line++;
        if (n)
            take_line(b, BYTES_OF((const uint8_t *)line, n));
    }
    explicit_bzero(line, sizeof line);
}

/* The file's name with another ending. */
static bool path_of(const char *folder, const char *name, const char *end, char out[INTAKE_PATH_MAX])
{
    int stem = (int)(strlen(name) - strlen(ending));
    int n = snprintf(out, INTAKE_PATH_MAX, "%s/%.*s%s", folder, stem, name, end);
    return n > 0 && n < INTAKE_PATH_MAX;
}

/* A file whose lines could not all be judged now stays for the next look. */
static void take_file(struct batch *b, const char *folder, const char *name)
{
    char from[INTAKE_PATH_MAX], told[INTAKE_PATH_MAX], done[INTAKE_PATH_MAX];
    FILE *f = NULL;
    if (path_of(folder, name, ending, from) && path_of(folder, name, told_ending, told) &&
        path_of(folder, name, done_ending, done))
        f = fopen(from, "re");
    b->told = f ? fopen(told, "we") : NULL;
    if (f && b->told)
        take_lines(b, f);
    if (f)
        fclose(f);
    if (!b->told || fclose(b->told) != 0 || (b->waiting == 0 && rename(from, done) != 0)) {
        log_event("intake.trouble", "ss", "file", from, "reason", strerror(errno));
        return;
    }
    if (b->waiting == 0)
        log_event("intake.taken", "sii", "file", from, "orders", (int64_t)b->taken, "refused",
                  (int64_t)b->refused);
}

static bool is_new(const char *name)
{
    size_t n = strlen(name), e = strlen(ending), t = strlen(told_ending);
    return n > e && name[0] != '.' && !strcmp(name + n - e, ending) &&
           !(n > t && !strcmp(name + n - t, told_ending));
}

static void look_at(struct intake *in, int64_t party, const char *folder)
{
    DIR *d = opendir(folder);
    struct dirent *entry;
    while (d && (entry = readdir(d)) != NULL)
        if (is_new(entry->d_name))
            take_file(&(struct batch){.sp = in->house->sp, .party = party}, folder, entry->d_name);
    if (d)
        closedir(d);
}

static void look(struct intake *in)
{
    const struct parties *all = &in->house->parties;
    char folder[INTAKE_PATH_MAX];
    for (size_t i = 0; i < all->n; i++) {
        snprintf(folder, sizeof folder, "%s/%s", in->house->c->intake_dir, all->at[i].name);
        intake_pull(in->house->client, folder);
        look_at(in, all->at[i].id, folder);
        intake_tell(in->house->client, folder);
    }
}

static void *run(void *arg)
{
    struct intake *in = arg;
    pthread_mutex_lock(&in->lock);
    while (!in->stopping) {
        struct timespec until;
        pthread_mutex_unlock(&in->lock);
        look(in);
        until = clock_after(SECONDS(in->pause));
        pthread_mutex_lock(&in->lock);
        if (!in->stopping)
            pthread_cond_clockwait(&in->stop_now, &in->lock, CLOCK_MONOTONIC, &until);
    }
    pthread_mutex_unlock(&in->lock);
    return NULL;
}

enum tsm_err intake_start(struct house *h)
{
    struct intake *in;
    long pause = strtol(h->c->intake_s, NULL, 10);
    if (!h->c->intake_dir[0] || !h->sp)
        return TSM_OK;
    if (pause < 1 || pause > INTAKE_LONGEST_S)
        return FAIL(BAD_VALUE, "intake_s is 1 to %d", INTAKE_LONGEST_S);
    in = calloc(1, sizeof *in);
    NEED(in != NULL, NO_MEMORY);
    in->house = h;
    in->pause = (time_t)pause;
    pthread_mutex_init(&in->lock, NULL);
    pthread_cond_init(&in->stop_now, NULL);
    if (pthread_create(&in->thread, NULL, run, in) != 0) {
        free(in);
        return FAIL(NO_MEMORY, "no thread for the intake");
    }
    h->intake = in;
    return TSM_OK;
}

void intake_stop(struct house *h)
{
    struct intake *in = h->intake;
    if (!in)
        return;
    pthread_mutex_lock(&in->lock);
    in->stopping = true;
    pthread_cond_signal(&in->stop_now);
    pthread_mutex_unlock(&in->lock);
    pthread_join(in->thread, NULL);
    pthread_cond_destroy(&in->stop_now);
    pthread_mutex_destroy(&in->lock);
    free(in);
    h->intake = NULL;
}
