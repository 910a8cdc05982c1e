/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of a campaign: how many elements may begin now, when to look again, when to stop. Station 5.
 * Pure. [capability S12] */
#ifndef TSM_ORDER_CARE_CAMPAIGN_H
#define TSM_ORDER_CARE_CAMPAIGN_H

#include "base/clock.h"

enum {
    CAMPAIGN_MEMBERS_MAX = 100000,
    CAMPAIGN_AT_ONCE_MAX = 1000,
    CAMPAIGN_AT_ONCE = 50,
    CAMPAIGN_STEP_MAX = 200,   /* members that begin in one turn: one commit holds them */
    CAMPAIGN_JUDGED_FROM = 10, /* ended members from which a share of failures means something */
    CAMPAIGN_LOOK_S = 5,       /* a campaign that waits for its members looks at least this often */
    CAMPAIGN_TICK_MS = 100,    /* a rate is kept in steps of this length */
    CAMPAIGN_CREDIT_S = 5,     /* who lags more than this behind its rate does not catch up: no bursts */
    CAMPAIGN_NOTE_MAX = 95,    /* octets of why it waits or stands still */
    DAY_S = 86400,
};

struct campaign_rules {
    int64_t per_minute;   /* 0: as fast as it goes */
    int64_t at_once;      /* members in hand at a time */
    int64_t canary;       /* the first ones, which must end well before the others begin; 0: none */
    bool canary_holds;    /* when they have, somebody says that it may go on */
    int64_t stop_percent; /* more failures than this stop it; 100: never */
    int64_t judged_from;  /* not before so many have ended; 0: CAMPAIGN_JUDGED_FROM, or the canary */
    int64_t window_from, window_to; /* seconds of the UTC day; equal: always; may span midnight */
    time_us deadline;               /* from then on none begins; 0: none */
};
struct campaign_counts {
    int64_t total, running, done, failed;
    int64_t started; /* since `begun` */
};

/* Where a campaign stands; the numbers are stored. */
enum campaign_state { CAMPAIGN_RUNNING, CAMPAIGN_PAUSED, CAMPAIGN_STOPPED, CAMPAIGN_DONE };
const char *campaign_state_word(int64_t state);
/* What a hand laid on it ("pause", "resume", "stop") makes of one that stands so; RUNNING: it is resumed.
 * NOT_FOUND for another word, WRONG_STATE where that cannot be done to it now. */
enum tsm_err campaign_hand(const char *word, int64_t state, enum campaign_state *next);

enum campaign_verdict { CAMPAIGN_GOES_ON, CAMPAIGN_WAITS, CAMPAIGN_HOLDS, CAMPAIGN_STOPS, CAMPAIGN_OVER };
struct campaign_step {
    enum campaign_verdict verdict;
    int64_t start;   /* CAMPAIGN_GOES_ON: how many begin now */
    bool anew;       /* the pace begins now: `begun` is now and `started` is 0 before these begin */
    time_us due;     /* when to look again, unless a member ends before */
    const char *why; /* CAMPAIGN_WAITS, CAMPAIGN_HOLDS, CAMPAIGN_STOPS: static text */
};

/* `begun`: when it began or was resumed, or when its pace began anew. */
void campaign_decide(const struct campaign_rules *r, const struct campaign_counts *c, time_us begun,
                     time_us now, struct campaign_step *out);
/* When members that begin for `seconds` of open window from now on have all begun: -1 later than a year. */
time_us campaign_estimate(const struct campaign_rules *r, time_us now, int64_t seconds);

#endif
