/* SPDX-License-Identifier: Apache-2.0 */
/* The exchange beside a process. Edge. [docs/tsm-api.md "Processes"] */
#include "process/side.h"

#include <string.h>

static void *run(void *arg)
{
    struct side *s = arg;
    s->end = agent_run(&s->agent);
    pthread_mutex_lock(&s->api->lock);
    s->stopped = true;
    pthread_mutex_unlock(&s->api->lock);
    return NULL;
}

static bool is_over(struct side *s)
{
    pthread_mutex_lock(&s->api->lock);
    bool over = s->stopped;
    pthread_mutex_unlock(&s->api->lock);
    return over;
}

static void join(struct side *s)
{
    pthread_join(s->thread, NULL);
    https_free(s->agent.line);
    s->agent.line = NULL;
    s->running = false;
}

static void begin(struct side *s, const struct answer_exchange *x)
{
    s->agent = (struct agent){.api = s->api, .exchange = *x, .line = client_line(s->api, true)};
    s->stopped = false;
    s->running = s->agent.line && pthread_create(&s->thread, NULL, run, s) == 0;
    if (!s->running) {
        https_free(s->agent.line);
        s->agent.line = NULL;
    }
    log_say(&s->api->log, s->running ? TSM_API_LOG_INFO : TSM_API_LOG_ERROR, TSM_API_LOG_PROCESS,
            "exchange with %s%s", x->reader, s->running ? "" : " could not begin");
}

void side_follow(struct side *s, const struct answer_exchange *x)
{
    if (!x)
        return;
    bool same = strcmp(s->agent.exchange.session, x->session) == 0;
    if (s->running && same && !is_over(s))
        return;
    if (s->running)
        side_end(s);
    /* A session that the Remote Agent has ended is not begun again; one whose server was lost is. */
    if (!same || s->end == AGENT_SERVER_LOST)
        begin(s, x);
}

void side_end(struct side *s)
{
    if (!s->running)
        return;
    https_stop(s->agent.line);
    join(s);
}
