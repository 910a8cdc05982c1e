/* SPDX-License-Identifier: Apache-2.0 */
/* Handsets built into a fleet: a few threads run GP SERAM Local Agents for the embedded secure elements that
 * the command pipe names. Edge (station 9). [GP SERAM 2.0.0] */
#include "fleet/reach/phones.h"

#include "handset/agent.h"
#include "handset/https.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RETRY_S = 20, MAX_POLL_S = 60, MAX_ELEMENT = 40 };

struct call {
    struct call *next;
    uint32_t place;
    char session[AGENT_MAX_ID];
    char url[];
};

struct phones {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct call *head, *tail;
    unsigned waiting, threads, busy;
    bool ending;
    const char *ca_file;
    uint16_t door;
    pthread_t thread[PHONES_MAX];
};

/* The call `done`, NULL at first, is over; the next one, NULL at the end. */
static struct call *next_call(struct phones *p, struct call *done)
{
    pthread_mutex_lock(&p->lock);
    p->busy -= done != NULL;
    free(done);
    while (!p->head && !p->ending)
        pthread_cond_wait(&p->more, &p->lock);
    struct call *c = p->ending ? NULL : p->head;
    if (c) {
        p->head = c->next;
        p->waiting--;
        p->busy++;
    }
    pthread_mutex_unlock(&p->lock);
    return c;
}

static void *phone(void *closure)
{
    struct phones *p = closure;
    char element[MAX_ELEMENT];
    for (struct call *c = NULL; (c = next_call(p, c)) != NULL;) {
        struct agent_options o = {.url = c->url,
                                  .session = c->session,
                                  .ca_file = p->ca_file,
                                  .element = element,
                                  .se_type = "eSE",
                                  .retry_s = RETRY_S,
                                  .max_poll_s = MAX_POLL_S};
        snprintf(element, sizeof element, "127.0.0.1:%u#%u", p->door, c->place);
        printf("phone %u ended %d\n", c->place, (int)agent_run(&o));
        fflush(stdout);
    }
    return NULL;
}

struct phones *phones_new(unsigned count, const char *ca_file, uint16_t door)
{
    struct phones *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->ca_file = ca_file;
    p->door = door;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->more, NULL);
    while (p->threads < count && p->threads < PHONES_MAX &&
           pthread_create(&p->thread[p->threads], NULL, phone, p) == 0)
        p->threads++;
    return p;
}

bool phones_call(struct phones *p, uint32_t place, const char *url, const char *session)
{
    size_t n = strlen(url) + 1;
    struct call *c =
        https_url_allowed(url) && strlen(session) < AGENT_MAX_ID ? calloc(1, sizeof *c + n) : NULL;
    if (!c)
        return false;
    c->place = place;
    strcpy(c->session, session);
    memcpy(c->url, url, n);
    pthread_mutex_lock(&p->lock);
    bool room = p->waiting < PHONES_MAX_QUEUE;
    if (room) {
        *(p->head ? &p->tail->next : &p->head) = c;
        p->tail = c;
        p->waiting++;
        pthread_cond_signal(&p->more);
    }
    pthread_mutex_unlock(&p->lock);
    if (!room)
        free(c);
    return room;
}

void phones_free(struct phones *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->ending = true;
    bool busy = p->busy > 0;
    pthread_cond_broadcast(&p->more);
    pthread_mutex_unlock(&p->lock);
    if (busy)
        return; /* a session may last a minute: the process that ends takes its thread along */
    for (unsigned i = 0; i < p->threads; i++)
        pthread_join(p->thread[i], NULL);
    while (p->head) {
        struct call *c = p->head;
        p->head = c->next;
        free(c);
    }
    pthread_cond_destroy(&p->more);
    pthread_mutex_destroy(&p->lock);
    free(p);
}
