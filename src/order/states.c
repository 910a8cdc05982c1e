/* SPDX-License-Identifier: Apache-2.0 */
/* The life-cycle tables and their words. Station 11. Pure. [TR-03165 3.2.2] */
#include "order/states.h"

const char *const operation_words[OPERATIONS + 1] = {"deploy",    "update",   "suspend", "resume",
                                                     "terminate", "exchange", NULL};
const char *const se_kind_words[SE_KINDS + 1] = {"iccid", "seid", "msisdn", "eid", "cplc", "cin", NULL};
const char *const se_state_words[] = {"active", "locked", "terminated", "closed", NULL};
const char *const subscription_words[] = {"active", "suspended", "restricted", "terminated", NULL};
const char *const device_words[] = {"in-use", "lost", "stolen", "no-nfc", "unsupported", NULL};

static const struct transition rows[] = {
    {INSTANCE_NOT_DEPLOYED, EV_DEPLOY_STARTS, INSTANCE_INITIALIZED},
    {INSTANCE_INITIALIZED, EV_DEPLOY_STARTS, INSTANCE_INITIALIZED},
    {INSTANCE_IN_ERROR, EV_DEPLOY_STARTS, INSTANCE_INITIALIZED},
    {INSTANCE_INITIALIZED, EV_INSTALLED, INSTANCE_INSTALLED},
    {INSTANCE_INSTALLED, EV_PERSONALIZED, INSTANCE_PERSONALIZED},
    {INSTANCE_PERSONALIZED, EV_ACTIVATED, INSTANCE_ACTIVATED},
    {INSTANCE_INSTALLED, EV_ACTIVATED, INSTANCE_ACTIVATED},
    {INSTANCE_ACTIVATED, EV_PERSONALIZED, INSTANCE_PERSONALIZED},
    {INSTANCE_IN_ERROR, EV_INSTALLED, INSTANCE_INSTALLED},
    {INSTANCE_IN_ERROR, EV_PERSONALIZED, INSTANCE_PERSONALIZED},
    {INSTANCE_IN_ERROR, EV_ACTIVATED, INSTANCE_ACTIVATED},
    {INSTANCE_ACTIVATED, EV_DEPLOYED, INSTANCE_OPERATIONAL},
    {INSTANCE_PERSONALIZED, EV_DEPLOYED, INSTANCE_OPERATIONAL},
    {INSTANCE_INSTALLED, EV_DEPLOYED, INSTANCE_OPERATIONAL},
    {INSTANCE_OPERATIONAL, EV_UPDATED, INSTANCE_OPERATIONAL},
    {INSTANCE_SUSPENDED, EV_UPDATED, INSTANCE_SUSPENDED},
    {INSTANCE_IN_ERROR, EV_UPDATED, INSTANCE_OPERATIONAL},
    {INSTANCE_OPERATIONAL, EV_UPDATE_STARTS, INSTANCE_INITIALIZED},
    {INSTANCE_SUSPENDED, EV_UPDATE_STARTS, INSTANCE_INITIALIZED},
    {INSTANCE_IN_ERROR, EV_UPDATE_STARTS, INSTANCE_INITIALIZED},
    {INSTANCE_OPERATIONAL, EV_SUSPENDED, INSTANCE_SUSPENDED},
    {INSTANCE_SUSPENDED, EV_RESUMED, INSTANCE_OPERATIONAL},
    {INSTANCE_NOT_DEPLOYED, EV_TERMINATED, INSTANCE_REMOVED},
    {INSTANCE_OPERATIONAL, EV_TERMINATED, INSTANCE_REMOVED},
    {INSTANCE_SUSPENDED, EV_TERMINATED, INSTANCE_REMOVED},
    {INSTANCE_IN_ERROR, EV_TERMINATED, INSTANCE_REMOVED},
    {INSTANCE_INITIALIZED, EV_TERMINATED, INSTANCE_REMOVED},
    {INSTANCE_INSTALLED, EV_TERMINATED, INSTANCE_REMOVED},
    {INSTANCE_PERSONALIZED, EV_TERMINATED, INSTANCE_REMOVED},
    {INSTANCE_ACTIVATED, EV_TERMINATED, INSTANCE_REMOVED},
    {INSTANCE_INITIALIZED, EV_FAILED_AFTER_CHANGE, INSTANCE_IN_ERROR},
    {INSTANCE_INSTALLED, EV_FAILED_AFTER_CHANGE, INSTANCE_IN_ERROR},
    {INSTANCE_PERSONALIZED, EV_FAILED_AFTER_CHANGE, INSTANCE_IN_ERROR},
    {INSTANCE_ACTIVATED, EV_FAILED_AFTER_CHANGE, INSTANCE_IN_ERROR},
    {INSTANCE_OPERATIONAL, EV_FAILED_AFTER_CHANGE, INSTANCE_IN_ERROR},
    {INSTANCE_SUSPENDED, EV_FAILED_AFTER_CHANGE, INSTANCE_IN_ERROR},
    {INSTANCE_IN_ERROR, EV_FAILED_AFTER_CHANGE, INSTANCE_IN_ERROR},
};

size_t instance_transitions(const struct transition **out)
{
    *out = rows;
    return sizeof rows / sizeof rows[0];
}

enum tsm_err instance_next(enum instance_state state, enum instance_event event, enum instance_state *next)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].from == state && rows[i].event == event) {
            *next = rows[i].to;
            return TSM_OK;
        }
    return FAIL(WRONG_STATE, "a service instance in state %s cannot do this", instance_state_word(state));
}

const char *order_state_word(int64_t state)
{
    static const char *const words[ORDER_STATES] = {"ACCEPTED", "RUNNING", "DONE", "FAILED", "EXPIRED"};
    return state >= 0 && state < ORDER_STATES ? words[state] : "UNKNOWN";
}

const char *instance_state_word(int64_t state)
{
    switch (state) {
    case INSTANCE_NOT_DEPLOYED:
        return "NOT_DEPLOYED";
    case INSTANCE_INITIALIZED:
        return "INITIALIZED";
    case INSTANCE_INSTALLED:
        return "INSTALLED";
    case INSTANCE_PERSONALIZED:
        return "PERSONALIZED";
    case INSTANCE_ACTIVATED:
        return "ACTIVATED";
    case INSTANCE_OPERATIONAL:
        return "OPERATIONAL";
    case INSTANCE_SUSPENDED:
        return "SUSPENDED";
    case INSTANCE_IN_ERROR:
        return "IN_ERROR";
    default:
        return "REMOVED";
    }
}
