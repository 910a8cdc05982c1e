/* SPDX-License-Identifier: Apache-2.0 */
/* Pacing of one bind: additive increase, multiplicative decrease over a token bucket. Station 9. Pure.
 * [SMPP 3.4 5.1.3: ESME_RTHROTTLED, ESME_RMSGQFUL] */
#include "link/smpp/pacing.h"

enum { TOKEN = 1000000, BURST_PART = 10 };

struct backoff backoff_make(time_us first, time_us max)
{
    return (struct backoff){first, max, first};
}

time_us backoff_next(struct backoff *b, uint32_t random)
{
    time_us pause = b->next, jitter = pause / 4;
    b->next = pause * 2 < b->max ? pause * 2 : b->max;
    return pause + (jitter ? (time_us)random % jitter : 0);
}

void backoff_reset(struct backoff *b)
{
    b->next = b->first;
}

struct pacing pacing_make(unsigned rate, struct backoff pause, time_us now)
{
    return (struct pacing){
        .base = rate, .rate = rate, .tokens = TOKEN, .filled_at = now, .raised_at = now, .pause = pause};
}

/* A tenth of a second's PDUs at once, never fewer than one: centres count over short times. */
static int64_t burst(const struct pacing *p)
{
    return p->rate / BURST_PART > 1 ? p->rate / BURST_PART * TOKEN : TOKEN;
}

static void fill(struct pacing *p, time_us now)
{
    time_us elapsed = now - p->filled_at;
    if (elapsed > SECONDS(1))
        elapsed = SECONDS(1);
    if (elapsed > 0)
        p->tokens += elapsed * p->rate;
    if (p->tokens > burst(p))
        p->tokens = burst(p);
    p->filled_at = now;
    for (; p->rate < p->base && now - p->raised_at >= SECONDS(1); p->raised_at += SECONDS(1)) {
        p->rate += p->base / PACING_STEPS > 1 ? p->base / PACING_STEPS : 1;
        if (p->rate > p->base)
            p->rate = p->base;
    }
}

bool pacing_take(struct pacing *p, time_us now)
{
    fill(p, now);
    if (now < p->paused_until || p->tokens < TOKEN)
        return false;
    p->tokens -= TOKEN;
    return true;
}

time_us pacing_ready_at(struct pacing *p, time_us now)
{
    time_us at = now;
    fill(p, now);
    if (p->tokens < TOKEN)
        at += (TOKEN - p->tokens + p->rate - 1) / p->rate;
    return at > p->paused_until ? at : p->paused_until;
}

void pacing_throttled(struct pacing *p, time_us now, uint32_t random)
{
    if (now < p->paused_until)
        return;
    p->paused_until = now + backoff_next(&p->pause, random);
    p->raised_at = p->paused_until;
    p->rate = p->rate / 2 > 1 ? p->rate / 2 : 1;
}

void pacing_accepted(struct pacing *p, time_us now)
{
    if (now >= p->paused_until)
        backoff_reset(&p->pause);
}
