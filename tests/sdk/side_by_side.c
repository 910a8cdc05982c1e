/* SPDX-License-Identifier: Apache-2.0 */
/* An app of two services on a handset with two elements: two deploys run at once through one client, and a
 * third future is left alone. Argv: base address, CA, token, service, service. Exit 0 when all came to their
 * end. */
#include <opentsm_tsm_api.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "card/card.h"

enum { ELEMENTS = 2, ARGUMENTS = 6 };

struct handset {
    struct card *cards[ELEMENTS];
};

static size_t readers(void *self, char (*names)[TSM_API_MAX_NAME + 1], size_t cap)
{
    (void)self;
    for (size_t i = 0; i < ELEMENTS && i < cap; i++)
        snprintf(names[i], TSM_API_MAX_NAME + 1, "eSE%zu", i + 1);
    return ELEMENTS;
}

static enum tsm_api_access open_reader(void *self, const char *reader, void **channel)
{
    struct handset *h = self;
    *channel = h->cards[reader[3] == '2'];
    card_reset(*channel);
    return TSM_API_ACCESS_OPEN;
}

static size_t transmit(void *channel, const uint8_t *capdu, size_t len, uint8_t *rapdu)
{
    return card_transmit(channel, capdu, len, rapdu);
}

static void close_reader(void *channel)
{
    card_reset(channel);
}

/* What the library's threads tell. */
struct told {
    pthread_mutex_t lock;
    pthread_cond_t change;
    int starts, ends, last_progress;
};

static bool on_start(void *self, const struct tsm_api_process_start *s)
{
    struct told *t = self;
    pthread_mutex_lock(&t->lock);
    t->starts += s->process_id[0] != '\0';
    pthread_mutex_unlock(&t->lock);
    return true;
}

static void on_progress(void *self, const struct tsm_api_process_progress *p)
{
    struct told *t = self;
    pthread_mutex_lock(&t->lock);
    t->last_progress = p->progress;
    pthread_mutex_unlock(&t->lock);
}

static void on_done(void *self, struct tsm_api_future *f)
{
    struct told *t = self;
    pthread_mutex_lock(&t->lock);
    t->ends += tsm_api_future_status(f, NULL) == TSM_API_SUCCESS;
    pthread_cond_signal(&t->change);
    pthread_mutex_unlock(&t->lock);
}

static struct tsm_api_future *deploy(struct tsm_api *api, const char *service,
                                     const struct tsm_api_listener *l)
{
    static const struct tsm_api_service_command commands[] = {{.kind = TSM_API_INSTALL},
                                                              {.kind = TSM_API_ACTIVATE}};
    struct tsm_api_create_result r;
    tsm_api_create_service_instance(api, service, "1.0.0", &r);
    struct tsm_api_deployment d = {r.service_instance.id, NULL, commands, 2, true};
    if (!r.created)
        fprintf(stderr, "%s\n", r.execution_message);
    struct tsm_api_future *f = r.created ? tsm_api_deploy_service(api, &d, l) : NULL;
    tsm_api_create_result_clear(&r);
    return f;
}

static bool run(struct tsm_api *api, char **services)
{
    struct told t = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0};
    const struct tsm_api_listener l = {&t, on_start, on_progress};
    struct tsm_api_future *f[ELEMENTS];
    bool begun = true;
    for (int i = 0; i < ELEMENTS; i++) {
        f[i] = deploy(api, services[i], &l);
        begun = begun && f[i];
    }
    for (int i = 0; begun && i < ELEMENTS; i++)
        tsm_api_future_then(f[i], on_done, &t);
    pthread_mutex_lock(&t.lock);
    while (begun && t.ends < ELEMENTS)
        pthread_cond_wait(&t.change, &t.lock);
    bool fine = begun && t.starts == ELEMENTS && t.last_progress == 100;
    pthread_mutex_unlock(&t.lock);
    for (int i = 0; i < ELEMENTS; i++)
        tsm_api_future_free(f[i]);
    tsm_api_future_free(tsm_api_check_service_deployment_available(api, services[0], "x.x.x"));
    return fine;
}

int main(int argc, char **argv)
{
    struct card_config card = {.seid = {0x4F}, .seid_len = 10};
    struct handset h = {{card_new(&card), NULL}};
    card.seid[9] = 1;
    h.cards[1] = card_new(&card);
    const struct tsm_api_config c = {.struct_size = sizeof c,
                                     .base_url = argc == ARGUMENTS ? argv[1] : NULL,
                                     .ca_file = argv[2],
                                     .app_token = argv[3],
                                     .caller_id =
                                         "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e",
                                     .transport = {&h, readers, open_reader, transmit, close_reader, NULL}};
    struct tsm_api_status why;
    struct tsm_api *api = tsm_api_new(&c, &why);
    bool fine = api && run(api, argv + 4);
    if (!api)
        fprintf(stderr, "%s\n", why.execution_message);
    tsm_api_free(api);
    for (int i = 0; i < ELEMENTS; i++)
        card_free(h.cards[i]);
    return fine ? 0 : 1;
}
