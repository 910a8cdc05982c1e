/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of a campaign, one a function. Station 5. Pure. [capability S12] */
#include "order/care/campaign.h"

#include <string.h>

const char *campaign_state_word(int64_t state)
{
    static const char *const words[] = {"RUNNING", "PAUSED", "STOPPED", "DONE"};
    return state >= 0 && state <= CAMPAIGN_DONE ? words[state] : "UNKNOWN";
}

enum tsm_err campaign_hand(const char *word, int64_t state, enum campaign_state *next)
{
    bool runs = state == CAMPAIGN_RUNNING, stops = !strcmp(word, "stop");
    if (!strcmp(word, "resume")) {
        if (runs)
            return FAIL(WRONG_STATE, "the campaign is running");
        *next = CAMPAIGN_RUNNING;
        return TSM_OK;
    }
    if (!stops && strcmp(word, "pause") != 0)
        return FAIL(NOT_FOUND, "a campaign is paused, resumed or stopped");
    if (!runs && !(state == CAMPAIGN_PAUSED && stops))
        return FAIL(WRONG_STATE, "the campaign is %s", campaign_state_word(state));
    *next = stops ? CAMPAIGN_STOPPED : CAMPAIGN_PAUSED;
    return TSM_OK;
}

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
    int64_t ended = c->done + c->failed, from = r->judged_from ? r->judged_from
                                                : r->canary    ? r->canary
                                                               : CAMPAIGN_JUDGED_FROM;
    if (ended < from && ended < c->total)
        return false;
    return c->failed * 100 > r->stop_percent * ended;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* A bucket whose level is (begun, started): one begins at once, the others at their share of the time since
 * then. */
static int64_t share_of(const struct campaign_rules *r, time_us since)
{
    return 1 + (since / SECONDS(1) * r->per_minute + since % SECONDS(1) * r->per_minute / SECONDS(1)) / 60;
}

/* When so many have had their share. */
static time_us share_at(const struct campaign_rules *r, int64_t members)
{
    return members / r->per_minute * SECONDS(60) + members % r->per_minute * SECONDS(60) / r->per_minute;
}

static void keep_rate(const struct campaign_rules *r, const struct campaign_counts *c, time_us begun,
                      time_us now, struct campaign_step *out)
{
    int64_t credit = share_of(r, now - begun) - c->started, most = r->per_minute * CAMPAIGN_CREDIT_S / 60;
    time_us tick = now + CAMPAIGN_TICK_MS * 1000, share;
    out->anew = credit > most + 2;
    if (out->anew)
        credit = 1;
    if (out->start < credit)
        return;
    out->start = credit > 0 ? credit : 0;
    share = (out->anew ? now : begun) + share_at(r, (out->anew ? 0 : c->started) + out->start);
    out->due = share > tick ? share : tick;
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
    bool in_canary = r->canary && ended < r->canary;
    *out = (struct campaign_step){.verdict = CAMPAIGN_GOES_ON, .due = now + SECONDS(CAMPAIGN_LOOK_S)};
    if (left == 0 && c->running == 0) {
        out->verdict = CAMPAIGN_OVER;
    } else if (too_many_failures(r, c)) {
        out->verdict = CAMPAIGN_STOPS;
        out->why = "more elements failed than the campaign allows";
    } else if (r->deadline && now >= r->deadline && left > 0) {
        out->verdict = CAMPAIGN_STOPS;
        out->why = "its time is over";
    } else if (r->canary_holds && !in_canary && left > 0) {
        out->verdict = CAMPAIGN_HOLDS;
        out->why = "the first ones have ended well: resume it";
    } else if (closed && left > 0) {
        wait_until(out, now + SECONDS(closed), "its window is closed");
    } else if (in_canary) {
        n = least(n, r->canary - ended - c->running);
        if (n <= 0)
            wait_until(out, out->due, "the first elements have not ended yet");
    }
    if (out->verdict != CAMPAIGN_GOES_ON)
        return;
    out->start = n > 0 ? n : 0;
    if (out->start == CAMPAIGN_STEP_MAX)
        out->due = now; /* others may begin, too, in a commit of their own */
    if (r->per_minute)
        keep_rate(r, c, begun, now, out);
}

time_us campaign_estimate(const struct campaign_rules *r, time_us now, int64_t seconds)
{
    int64_t open = r->window_to - r->window_from;
    if (open == 0)
        return now + SECONDS(seconds);
    if (open < 0)
        open += DAY_S;
    for (time_us at = now; at < now + SECONDS(366 * (int64_t)DAY_S);) {
        int64_t closed = until_open(r, at), rest;
        at += SECONDS(closed);
        rest = (r->window_to - second_of_day(at) + DAY_S) % DAY_S;
        rest = rest ? rest : open;
        if (seconds <= rest)
            return at + SECONDS(seconds);
        seconds -= rest;
        at += SECONDS(rest);
    }
    return -1;
}
