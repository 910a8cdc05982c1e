/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of a campaign, one a function. Station 5. Pure. [capability S12] */
#include "order/care/campaign.h"

static int64_t second_of_day(time_us t)
{
    return t / SECONDS(1) % DAY_S;
}

/* 0: open now; else how many seconds until it opens. */
static int64_t until_open(const struct campaign_rules *r, time_us now)
{
    int64_t at = second_of_day(now);
    bool inside = r->window_from <= r->window_to ? at >= r->window_from && at < r->window_to
                                                 : at >= r->window_from || at < r->window_to;
    if (inside || r->window_from == r->window_to)
        return 0;
    return r->window_from > at ? r->window_from - at : r->window_from + DAY_S - at;
}

/* A canary is judged when all of it has ended; the whole, from some ended members on. */
static bool too_many_failures(const struct campaign_rules *r, const struct campaign_counts *c)
{
    int64_t ended = c->done + c->failed, from = r->canary ? r->canary : CAMPAIGN_JUDGED_FROM;
    if (ended < from && ended < c->total)
        return false;
    return c->failed * 100 > r->stop_percent * ended;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* One begins at once, the others at their minute's share. */
static int64_t by_rate(const struct campaign_rules *r, const struct campaign_counts *c, time_us since)
{
    if (r->per_minute == 0)
        return CAMPAIGN_STEP_MAX;
    return 1 + since / SECONDS(1) * r->per_minute / 60 - c->started;
}

static void wait_until(struct campaign_step *out, time_us due, const char *why)
{
    out->verdict = CAMPAIGN_WAITS;
    out->due = due;
    out->why = why;
}

void campaign_decide(const struct campaign_rules *r, const struct campaign_counts *c, time_us begun,
                     time_us now, struct campaign_step *out)
{
    int64_t ended = c->done + c->failed, left = c->total - ended - c->running, closed = until_open(r, now);
    int64_t n = least(least(left, r->at_once - c->running), CAMPAIGN_STEP_MAX);
    *out = (struct campaign_step){.verdict = CAMPAIGN_GOES_ON, .due = now + SECONDS(CAMPAIGN_LOOK_S)};
    if (left == 0 && c->running == 0) {
        out->verdict = CAMPAIGN_OVER;
    } else if (too_many_failures(r, c)) {
        out->verdict = CAMPAIGN_STOPS;
        out->why = "more elements failed than the campaign allows";
    } else if (closed) {
        wait_until(out, now + SECONDS(closed), "its window is closed");
    } else if (r->canary && ended < r->canary) {
        n = least(n, r->canary - ended - c->running);
        if (n <= 0)
            wait_until(out, out->due, "the first elements have not ended yet");
    }
    if (out->verdict != CAMPAIGN_GOES_ON)
        return;
    out->start = least(n, by_rate(r, c, now - begun));
    if (out->start < 0)
        out->start = 0;
    if (r->per_minute && out->start < n)
        out->due = now + SECONDS(1);
}
